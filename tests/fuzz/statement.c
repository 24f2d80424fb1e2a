/*
 * statement.c - statement files of every format, on bytes that no bank wrote.
 *
 * Input: a byte that chooses the format and whether an account is expected, a line that is the
 * mapping, the file.  What was read once must be read the same from the kept bytes.
 */
#include "chopay/statement.h"

#include "../support/fuzz.h"

#define NOW_MS INT64_C(1785224000000)
#define FORMATS 4

static void
check_event(const struct feed_event *event)
{
	must(event->amount.dong > 0 && event->amount.dong <= INT64_C(1000000000000000));
	must(event->provider_txn_id.len > 0 && event->account.len > 0);
	must(str_is_utf8(event->content) && str_is_utf8(event->account) &&
		str_is_utf8(event->bank_txn_id));
}

static void
check_same(const struct feed_event *one, const struct feed_event *other)
{
	must(str_eq(one->provider_txn_id, other->provider_txn_id));
	must(str_eq(one->account, other->account) && str_eq(one->content, other->content));
	must(one->amount.dong == other->amount.dong && one->outgoing == other->outgoing);
	must(one->time_ms == other->time_ms);
}

/* As `ledger verify` does it. */
static void
read_again(struct arena *arena, const struct statement_source *source,
	const struct statement *statement)
{
	const struct feed *feed = statement_feed(source->format);
	const struct feed_message message = {
		.now_ms = NOW_MS,
		.content_type = statement_content_type(arena, source),
		.body = source->bytes,
	};
	struct feed_events events;

	must(feed_accepts(feed->parse(arena, &message, &events)));
	must(events.count == statement->count);
	for (size_t i = 0; i < events.count; i++)
		check_same(&events.items[i], &statement->events[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str input = {(const char *)data, size};
	struct statement *statement = arena_alloc(arena, sizeof(*statement));
	struct statement_source source = {.bank = STR("MB"), .now_ms = NOW_MS};
	struct str mapping, fault;
	const char *what;
	struct err err;

	if (size == 0)
		return 0;
	input = str_cut(input, 1, input.len);
	str_split(&input, '\n', &mapping);
	source.format = (enum statement_format)(STATEMENT_CSV + data[0] % FORMATS);
	source.account = (data[0] & 0x80) != 0 ? STR("19990000001234") : STR("");
	source.bytes = input;
	(void)statement_detect(input, &what);
	if (mapping.len > 0 && str_is_utf8(mapping) &&
		statement_mapping_check(arena, mapping, &source.mapping, &fault).code != ERR_OK)
		source.mapping = STR("");
	err = statement_read(arena, &source, statement);
	if (err.code != ERR_OK)
		return 0;
	must(statement->problem_count == 0 && statement->count <= STATEMENT_LINES_MAX);
	for (size_t i = 0; i < statement->count; i++)
		check_event(&statement->events[i]);
	if (statement->count > 0)
		read_again(arena, &source, statement);
	return 0;
}
