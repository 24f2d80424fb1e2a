/* courier.c - curl's multi interface, with a fixed number of hands. */
#include "courier.h"

#include <stdlib.h>

#include "wire.h"

struct hand {
	struct wire wire;
	void *parcel;
	bool busy;
};

struct courier {
	const struct simulate_options *options;
	CURLM *multi;
	struct hand hands[COURIER_HANDS];
	size_t under_way;
};

struct err
courier_new(const struct simulate_options *options, struct courier **courier)
{
	struct courier *made = mem_alloc_zero(1, sizeof(*made));
	struct err err = OK;

	made->options = options;
	made->multi = curl_multi_init();
	if (made->multi == NULL)
		err = FAIL(ERR_BROKEN, "libcurl cannot be set up");
	for (size_t i = 0; err.code == ERR_OK && i < COURIER_HANDS; i++)
		err = wire_init(&made->hands[i].wire, options);
	if (err.code != ERR_OK) {
		courier_free(made);
		return err;
	}
	*courier = made;
	return OK;
}

static void
put_down(struct courier *courier, struct hand *hand)
{
	(void)curl_multi_remove_handle(courier->multi, hand->wire.easy);
	hand->busy = false;
	courier->under_way--;
}

void
courier_free(struct courier *courier)
{
	if (courier == NULL)
		return;
	for (size_t i = 0; i < COURIER_HANDS; i++) {
		if (courier->hands[i].busy)
			put_down(courier, &courier->hands[i]);
		wire_fini(&courier->hands[i].wire);
	}
	if (courier->multi != NULL)
		(void)curl_multi_cleanup(courier->multi);
	free(courier);
}

size_t
courier_under_way(const struct courier *courier)
{
	return courier->under_way;
}

static struct err
pack(struct courier *courier, struct wire *wire, const struct buf *lines, size_t line_count,
	struct str body)
{
	TRY(wire_aim(wire, courier->options, courier->options->endpoint));
	TRY(wire_set_body(wire, body));
	for (size_t i = 0; i < line_count; i++)
		TRY(wire_add_header(wire, lines[i].ptr));
	if (curl_multi_add_handle(courier->multi, wire->easy) != CURLM_OK)
		return FAIL(ERR_BROKEN, "libcurl takes no more calls");
	return OK;
}

struct err
courier_send(struct courier *courier, const struct buf *lines, size_t line_count, struct str body,
	void *parcel)
{
	for (size_t i = 0; i < COURIER_HANDS; i++) {
		struct hand *hand = &courier->hands[i];
		int running;

		if (hand->busy)
			continue;
		TRY(pack(courier, &hand->wire, lines, line_count, body));
		hand->parcel = parcel;
		hand->busy = true;
		courier->under_way++;
		(void)curl_multi_perform(courier->multi, &running);
		return OK;
	}
	return FAIL(ERR_BUSY, "the courier has its hands full");
}

bool
courier_take(struct courier *courier, struct courier_answer *answer)
{
	struct hand *hand = NULL;
	CURLMsg *message;
	curl_off_t took_us = 0;
	int left;

	do {
		message = curl_multi_info_read(courier->multi, &left);
		if (message == NULL)
			return false;
	} while (message->msg != CURLMSG_DONE);
	for (size_t i = 0; i < COURIER_HANDS; i++) {
		if (courier->hands[i].busy && courier->hands[i].wire.easy == message->easy_handle)
			hand = &courier->hands[i];
	}
	if (hand == NULL)
		return false;
	if (curl_easy_getinfo(message->easy_handle, CURLINFO_TOTAL_TIME_T, &took_us) != CURLE_OK)
		took_us = 0;
	*answer = (struct courier_answer){
		.parcel = hand->parcel,
		.body = buf_str(&hand->wire.answer),
		.took_ms = took_us / 1000,
		.fault = "",
	};
	if (message->data.result == CURLE_OK)
		answer->status = wire_status(&hand->wire);
	else
		answer->fault = hand->wire.fault[0] != '\0'
					? hand->wire.fault
					: curl_easy_strerror(message->data.result);
	put_down(courier, hand);
	return true;
}

bool
courier_wait(struct courier *courier, int timeout_ms, int stop_fd)
{
	struct curl_waitfd stop = {.fd = stop_fd, .events = CURL_WAIT_POLLIN};
	int running, ready;

	(void)curl_multi_perform(courier->multi, &running);
	if (running < (int)courier->under_way)
		timeout_ms = 0; /* an answer is there to be taken */
	(void)curl_multi_poll(courier->multi, &stop, stop_fd < 0 ? 0 : 1,
		timeout_ms < 0 ? 0 : timeout_ms, &ready);
	return stop_fd >= 0 && stop.revents != 0;
}
