/* The online-payment indicators of Decision 766. */
#include "chopay/service_points.h"
#include "chopay/cai.h"

static const struct {
	int64_t max, ceiling; /* points; percent */
} parameters[SERVICE_INDICATORS] = {
	[SERVICE_OFFERED] = {2, 80},
	[SERVICE_USED] = {2, 80},
	[SERVICE_DOSSIERS] = {6, 100},
};

int64_t
service_max_x100(enum service_indicator indicator)
{
	return 100 * parameters[indicator].max;
}

void
service_points(
	enum service_indicator indicator, int64_t num, int64_t den, struct service_figure *figure)
{
	int64_t most = service_max_x100(indicator), points;

	*figure = (struct service_figure){0};
	/* A count that was typed in may lag behind what was paid: no figure, rather than 120 %. */
	if (den <= 0 || num < 0 || num > den)
		return;
	points = round_half_up_of(most * 100, num, den * parameters[indicator].ceiling);
	*figure = (struct service_figure){num, den, true, points < most ? points : most};
}

bool
payout_tells_nobody(int64_t recipients, int64_t by_account)
{
	int64_t others = recipients - by_account;

	return (by_account == 0 || by_account >= PAYOUT_PERSONS_MIN) &&
	       (others == 0 || others >= PAYOUT_PERSONS_MIN);
}
