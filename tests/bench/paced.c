/*
 * SePay deliveries at a fixed rate, open loop: a call is sent when its time has come, whether or
 * not the ones before it were answered, and its latency counts from that time, so that a server
 * that stalls is charged for all who wait.
 *
 * usage: paced RATE SECONDS ACCOUNT KEY START URL...   (URL: http://ADDRESS:PORT/PATH; in turn)
 *
 * Prints what deliveries.lua prints.
 */
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS 64 /* of all URLs; a call waits for a free one, and is charged for it */
#define URLS_MAX 8
#define CALLS_MAX 10000000
#define NS_PER_S 1000000000LL
#define LAST_ANSWERS_S 10 /* after the last call */

struct lane {
	struct evhttp_connection *connection;
	const char *host, *path;
	struct paced *paced;
	int64_t due_ns; /* of the call under way */
	bool busy;
};

struct paced {
	struct event_base *base;
	struct event *timer;
	int64_t start_ns, step_ns;
	int64_t id;
	size_t calls, begun, answered, bad;
	const char *account, *authorization;
	struct lane lanes[CONNECTIONS];
	size_t next_lane;
	double *took_ms;
	int64_t end_ns; /* of the last answer */
};

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void begin_due(struct paced *paced);

static void
call_answered(struct evhttp_request *request, void *arg)
{
	struct lane *lane = arg;
	struct paced *paced = lane->paced;

	if (request == NULL || evhttp_request_get_response_code(request) != 200)
		paced->bad++;
	paced->end_ns = now_ns();
	paced->took_ms[paced->answered++] = (double)(paced->end_ns - lane->due_ns) / 1e6;
	lane->busy = false;
	if (paced->answered == paced->calls)
		event_base_loopbreak(paced->base);
	else
		begin_due(paced);
}

static void
call_begin(struct lane *lane, int64_t due_ns)
{
	struct evhttp_request *request = evhttp_request_new(call_answered, lane);
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	struct paced *paced = lane->paced;
	long long id = (long long)++paced->id;

	lane->busy = true;
	lane->due_ns = due_ns;
	evhttp_add_header(headers, "Host", lane->host);
	evhttp_add_header(headers, "Content-Type", "application/json");
	evhttp_add_header(headers, "Authorization", paced->authorization);
	evbuffer_add_printf(evhttp_request_get_output_buffer(request),
		"{\"id\":%lld,\"gateway\":\"MBBank\",\"transactionDate\":\"2026-01-05 10:00:00\","
		"\"accountNumber\":\"%s\",\"subAccount\":null,\"code\":null,"
		"\"content\":\"CK tien hang Ma GD ACSP/ II%lld\",\"transferType\":\"in\","
		"\"description\":\"BankAPINotify\",\"transferAmount\":45000,"
		"\"referenceCode\":\"FT%lld\",\"accumulated\":0}",
		id, paced->account, id, id);
	if (evhttp_make_request(lane->connection, request, EVHTTP_REQ_POST, lane->path) != 0)
		abort();
}

static struct lane *
free_lane(struct paced *paced)
{
	for (size_t tried = 0; tried < CONNECTIONS; tried++) {
		struct lane *lane = &paced->lanes[paced->next_lane++ % CONNECTIONS];

		if (!lane->busy)
			return lane;
	}
	return NULL;
}

static void
begin_due(struct paced *paced)
{
	struct lane *lane;

	while (paced->begun < paced->calls) {
		int64_t due_ns = paced->start_ns + (int64_t)paced->begun * paced->step_ns;

		if (due_ns > now_ns() || (lane = free_lane(paced)) == NULL)
			return;
		paced->begun++;
		call_begin(lane, due_ns);
	}
}

static void
ticked(evutil_socket_t fd, short what, void *arg)
{
	uint64_t ticks;

	(void)what;
	if (read(fd, &ticks, sizeof(ticks)) == sizeof(ticks))
		begin_due(arg);
}

static void
out_of_time(evutil_socket_t fd, short what, void *arg)
{
	struct paced *paced = arg;

	(void)fd;
	(void)what;
	paced->bad += paced->calls - paced->answered;
	event_base_loopbreak(paced->base);
}

static void
open_lanes(struct paced *paced, char **urls, size_t url_count)
{
	struct evhttp_uri *uris[URLS_MAX];

	for (size_t i = 0; i < url_count; i++) {
		uris[i] = evhttp_uri_parse(urls[i]);
		if (uris[i] == NULL || evhttp_uri_get_port(uris[i]) < 0) {
			fprintf(stderr, "paced: not http://ADDRESS:PORT/PATH: %s\n", urls[i]);
			exit(64);
		}
	}
	for (size_t i = 0; i < CONNECTIONS; i++) {
		const struct evhttp_uri *uri = uris[i % url_count];
		const char *host = evhttp_uri_get_host(uri);

		paced->lanes[i] = (struct lane){
			.connection = evhttp_connection_base_new(
				paced->base, NULL, host, (unsigned short)evhttp_uri_get_port(uri)),
			.host = host,
			.path = evhttp_uri_get_path(uri)[0] == '\0' ? "/"
								    : evhttp_uri_get_path(uri),
			.paced = paced,
		};
	}
}

static int
compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double
percentile(const struct paced *paced, size_t percent)
{
	return paced->answered == 0 ? 0 : paced->took_ms[(paced->answered - 1) * percent / 100];
}

int
main(int argc, char **argv)
{
	static struct paced paced;
	struct timespec every = {0};
	static char authorization[256];
	long rate = argc < 7 ? 0 : strtol(argv[1], NULL, 10);
	long seconds = argc < 7 ? 0 : strtol(argv[2], NULL, 10);
	int timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	if (rate <= 0 || seconds <= 0 || rate * seconds > CALLS_MAX || argc - 6 > URLS_MAX) {
		fprintf(stderr, "usage: paced RATE SECONDS ACCOUNT KEY START URL...\n");
		return 64;
	}
	snprintf(authorization, sizeof(authorization), "Apikey %s", argv[4]);
	paced = (struct paced){
		.base = event_base_new(),
		.step_ns = NS_PER_S / rate,
		.id = strtoll(argv[5], NULL, 10) * 8 * 10000000, /* as deliveries.lua */
		.calls = (size_t)(rate * seconds),
		.account = argv[3],
		.authorization = authorization,
	};
	paced.took_ms = calloc(paced.calls, sizeof(*paced.took_ms));
	open_lanes(&paced, argv + 6, (size_t)(argc - 6));
	paced.start_ns = now_ns();
	every.tv_nsec = (long)paced.step_ns % NS_PER_S;
	every.tv_sec = (time_t)(paced.step_ns / NS_PER_S);
	timerfd_settime(timer_fd, 0, &(struct itimerspec){every, every}, NULL);
	paced.timer = event_new(paced.base, timer_fd, EV_READ | EV_PERSIST, ticked, &paced);
	event_add(paced.timer, NULL);
	event_base_once(paced.base, -1, EV_TIMEOUT, out_of_time, &paced,
		&(struct timeval){seconds + LAST_ANSWERS_S, 0});
	event_base_dispatch(paced.base);
	qsort(paced.took_ms, paced.answered, sizeof(*paced.took_ms), compare);
	printf("rate=%.0f p50_ms=%.2f p99_ms=%.2f max_ms=%.2f requests=%zu bad=%zu\n",
		(double)paced.answered * 1e9 / (double)(paced.end_ns - paced.start_ns),
		percentile(&paced, 50), percentile(&paced, 99), percentile(&paced, 100),
		paced.answered, paced.bad);
	return 0;
}
