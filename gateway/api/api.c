/* The context of one loop. */
#include <stdlib.h>

#include "api.h"
#include "hashing.h"
#include "pictures.h"
#include "refusals.h"

struct api_counts *
api_counts_new(void)
{
	struct api_counts *counts = mem_alloc_zero(1, sizeof(*counts));

	counts->refusals = refusals_new();
	counts->hashing = hashing_line_new();
	return counts;
}

void
api_counts_free(struct api_counts *counts)
{
	if (counts == NULL)
		return;
	refusals_free(counts->refusals);
	hashing_line_free(counts->hashing);
	free(counts);
}

struct api *
api_new(const struct api_config *config)
{
	struct api *api = mem_alloc_zero(1, sizeof(*api));

	api->config = *config;
	api->live = live_new();
	api->pictures = pictures_new();
	return api;
}

void
api_free(struct api *api)
{
	if (api == NULL)
		return;
	endpoints_forget_switches(api);
	free(api->peers);
	live_free(api->live);
	pictures_free(api->pictures);
	endpoints_free(api->endpoints);
	free(api);
}

void
api_meet(struct api *const *apis, int count)
{
	for (int i = 0; i < count; i++) {
		apis[i]->peers = mem_alloc((size_t)count * sizeof(struct api *));
		apis[i]->peer_count = count;
		for (int n = 0; n < count; n++)
			apis[i]->peers[n] = apis[n];
	}
}
