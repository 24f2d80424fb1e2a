/* Who is silent in hours in which something usually comes: stalls, by the cells of the index, and
 * endpoints, by their deliveries. */
#include <string.h>

#include "books.h"
#include "chopay/adoption_rows.h"
#include "chopay/market_days.h"
#include "chopay/registers.h"
#include "chopay/silence.h"
#include "chopay/watching.h"

#define MARKETS_MAX 20000
#define MARKET_STALLS_MAX 20000
#define ENDPOINTS_MAX 1000
#define HOUR_MS (3600 * MS_PER_SECOND)

struct finding {
	struct db *db;
	struct arena *arena;
	struct silences *silences;
	/* of the market that is looked at */
	const struct market *market;
	int32_t today;
	int hour; /* that runs, of its day */
	struct standing_stall *standing;
	struct silence *stalls;
	size_t count;
	uint32_t sold[SILENCE_DAYS]; /* by any of its stalls, on each day before today */
	/* of the stall, or the endpoint, that is read */
	uint32_t days[SILENCE_DAYS]; /* before today */
	uint32_t now;
};

static void
found(struct finding *finding, const char *kind, struct str subject, struct str detail)
{
	struct silences *silences = finding->silences;

	if (silences->count < WATCHED_MAX)
		silences->found[silences->count++] = (struct watched){
			str_from(kind), subject, detail};
}

/* ---- stalls --------------------------------------------------------------------------------- */

static struct err
take_standing(void *arg, const struct standing_stall *stall)
{
	struct finding *finding = arg;

	if (finding->count < MARKET_STALLS_MAX)
		finding->standing[finding->count++] = *stall;
	return OK;
}

static struct err
take_day(void *arg, const struct adoption_day_row *row)
{
	struct finding *finding = arg;
	uint32_t hours = silence_turn(row->hours, finding->market->day_cut_min);
	int32_t ago = finding->today - row->day;

	if (ago == 0) {
		finding->now = hours;
	} else if (ago > 0 && ago <= SILENCE_DAYS) {
		finding->days[ago - 1] = hours;
		finding->sold[ago - 1] |= hours;
	}
	return OK;
}

/* Days since its last sale on which others of the market sold. */
static int
idle_days(const struct finding *finding, const uint32_t *days)
{
	int count = 0;

	for (int i = 0; i < SILENCE_DAYS && days[i] == 0; i++)
		count += finding->sold[i] != 0;
	return count;
}

static struct err
read_stalls(struct finding *finding)
{
	uint32_t(*days)[SILENCE_DAYS] = arena_alloc(
		finding->arena, finding->count * sizeof(*days) + 1);

	for (size_t i = 0; i < finding->count; i++) {
		const struct stall_range one = {finding->standing[i].id, finding->standing[i].id};

		memset(finding->days, 0, sizeof(finding->days));
		finding->now = 0;
		TRY(adoption_days_walk_some(finding->db, &one, finding->today - SILENCE_DAYS,
			finding->today, take_day, finding));
		memcpy(days[i], finding->days, sizeof(finding->days));
		finding->stalls[i] = (struct silence){
			.busy = silence_busy(finding->days, SILENCE_DAYS),
			.today = finding->now,
			.open = finding->standing[i].open,
		};
	}
	for (size_t i = 0; i < finding->count; i++)
		finding->stalls[i].hours_before = idle_days(finding, days[i]) *
						  silence_count(finding->stalls[i].busy);
	return OK;
}

/* "6-7, 9": hours of the clock. */
static struct str
hours_text(const struct finding *finding, uint32_t hours)
{
	struct buf text CLEANUP(buf_fini) = {0};
	int cut = finding->market == NULL ? 0 : finding->market->day_cut_min / 60;

	for (int hour = 0; hour < 24; hour++) {
		if (hours >> hour & 1)
			buf_addf(&text, "%s%d", text.len > 0 ? "," : "", (hour + cut) % 24);
	}
	return arena_copy(finding->arena, buf_str(&text));
}

static struct err
tell_stalls(struct finding *finding)
{
	for (size_t i = 0; i < finding->count; i++) {
		const struct silence *silence = &finding->stalls[i];
		struct stall stall;
		struct str detail;

		if (!silence->silent)
			continue;
		TRY(stalls_get(finding->db, finding->arena, finding->standing[i].id, &stall));
		detail = arena_printf(finding->arena, "stall=%.*s.%.*s hours=%.*s days=%d",
			STR_FMT(stall.market_code), STR_FMT(stall.code),
			STR_FMT(hours_text(finding, silence->missed)),
			silence->today != 0 || silence_count(silence->busy) == 0
				? 0
				: silence->hours_before / silence_count(silence->busy));
		found(finding, ALARM_SILENT_STALL, stall.reference, detail);
		if (silence->swap)
			found(finding, ALARM_STICKER_SWAP, stall.reference, detail);
	}
	return OK;
}

static struct err
look_at_market(struct finding *finding, const struct market *market)
{
	int64_t now_ms = finding->silences->now_ms;
	struct market_day day = {market->id, day_of(now_ms, market->day_cut_min)};
	struct str pattern;

	finding->market = market;
	finding->today = day.day;
	finding->hour = (int)((now_ms - day_start_ms(day.day, market->day_cut_min)) / HOUR_MS);
	finding->count = 0;
	memset(finding->sold, 0, sizeof(finding->sold));
	TRY(calendars_at(finding->db, finding->arena, market->id, day.day, &pattern));
	if (!market_days_open(pattern, day.day))
		return OK;
	TRY(adoption_stalls_walk(finding->db, &day, take_standing, finding));
	if (finding->count <= NEIGHBOURS_MIN)
		return OK;
	finding->stalls = arena_alloc(finding->arena, finding->count * sizeof(*finding->stalls));
	TRY(read_stalls(finding));
	silence_judge(finding->stalls, finding->count, finding->hour);
	return tell_stalls(finding);
}

struct market_list {
	struct arena *arena;
	struct market *items;
	size_t count;
};

static struct err
take_market(void *arg, const struct market *market)
{
	struct market_list *list = arg;
	struct market *kept = &list->items[list->count];

	if (list->count == MARKETS_MAX)
		return OK;
	*kept = *market;
	kept->code = arena_copy(list->arena, market->code);
	list->count++;
	return OK;
}

static struct err
find_stalls(struct finding *finding)
{
	struct market_list markets = {finding->arena,
		arena_alloc(finding->arena, MARKETS_MAX * sizeof(struct market)), 0};

	finding->standing = arena_alloc(
		finding->arena, MARKET_STALLS_MAX * sizeof(*finding->standing));
	TRY(markets_walk(finding->db, take_market, &markets));
	for (size_t i = 0; i < markets.count; i++)
		TRY(look_at_market(finding, &markets.items[i]));
	return OK;
}

/* ---- endpoints ------------------------------------------------------------------------------ */

struct endpoint_finding {
	struct finding *finding;
	struct endpoint *endpoints;
	size_t count;
	struct str id; /* whose days are read */
	int64_t last_ms;
};

static struct err
tell_endpoint(struct endpoint_finding *of)
{
	struct finding *finding = of->finding;
	uint32_t missed = silence_missed(
		silence_busy(finding->days, SILENCE_DAYS), finding->now, finding->hour);
	struct buf since CLEANUP(buf_fini) = {0};

	if (of->id.len == 0 || silence_count(missed) < SILENT_HOURS)
		return OK;
	time_format_rfc3339(&since, of->last_ms);
	for (size_t i = 0; i < of->count; i++) {
		if (str_eq(of->endpoints[i].id, of->id) && of->endpoints[i].revoked_at_ms == 0)
			found(finding, ALARM_SILENT_FEED, of->endpoints[i].id,
				arena_printf(finding->arena, "feed=%.*s hours=%.*s last=%s",
					STR_FMT(of->endpoints[i].feed),
					STR_FMT(hours_text(finding, missed)), since.ptr));
	}
	return OK;
}

static struct err
take_endpoint_day(void *arg, const struct endpoint_day *day)
{
	struct endpoint_finding *of = arg;
	struct finding *finding = of->finding;
	int32_t ago = finding->today - day->day;

	if (!str_eq(of->id, day->endpoint_id)) {
		TRY(tell_endpoint(of));
		of->id = arena_copy(finding->arena, day->endpoint_id);
		memset(finding->days, 0, sizeof(finding->days));
		finding->now = 0;
	}
	of->last_ms = day->last_ms;
	if (ago == 0)
		finding->now = day->hours;
	else if (ago > 0 && ago <= SILENCE_DAYS)
		finding->days[ago - 1] = day->hours;
	return OK;
}

static struct err
find_endpoints(struct finding *finding)
{
	struct endpoint_finding of = {.finding = finding,
		.endpoints = arena_alloc(finding->arena, ENDPOINTS_MAX * sizeof(*of.endpoints)),
		.id = STR("")};
	int64_t now_ms = finding->silences->now_ms;

	finding->market = NULL;
	finding->today = day_of(now_ms, 0);
	finding->hour = (int)((now_ms - day_start_ms(finding->today, 0)) / HOUR_MS);
	TRY(endpoints_list(finding->db, finding->arena, ENDPOINTS_MAX, of.endpoints, &of.count));
	TRY(endpoint_days_walk(finding->db, finding->today - SILENCE_DAYS, take_endpoint_day, &of));
	return tell_endpoint(&of);
}

struct err
silences_find(struct db *db, struct arena *arena, struct silences *silences)
{
	struct finding *finding = arena_alloc(arena, sizeof(*finding));

	*finding = (struct finding){.db = db, .arena = arena, .silences = silences};
	silences->found = arena_alloc(arena, WATCHED_MAX * sizeof(*silences->found));
	silences->count = 0;
	TRY(find_endpoints(finding));
	return find_stalls(finding);
}
