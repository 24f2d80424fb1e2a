/*
 * statement_feeds.c - statement files as feeds: they cannot be called, only read, and read again
 * from their kept bytes with what the content type keeps beside them.
 */
#include <string.h>

#include "chopay/crypt.h"
#include "chopay/statement.h"

#include "rows.h"
#include "statement_values.h"

static const char *const content_types[] = {
	[STATEMENT_CSV] = "text/csv",
	[STATEMENT_XLSX] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	[STATEMENT_MT940] = "text/x-mt940",
	[STATEMENT_CAMT053] = "application/xml",
};

/* ---- what is kept beside the bytes ---------------------------------------------------------- */

static void
put_parameter(struct buf *out, const char *name, struct str value)
{
	buf_addf(out, "; %s=", name);
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			(c != '\0' && strchr("-._", c) != NULL))
			buf_addc(out, c);
		else
			buf_addf(out, "%%%02X", (unsigned char)c);
	}
}

struct str
statement_content_type(struct arena *arena, const struct statement_source *source)
{
	struct buf out CLEANUP(buf_fini) = {0};

	buf_adds(&out, content_types[source->format]);
	if (source->bank.len > 0)
		put_parameter(&out, "bank", source->bank);
	if (source->account.len > 0)
		put_parameter(&out, "account", source->account);
	if (source->mapping.len > 0)
		put_parameter(&out, "mapping", source->mapping);
	return arena_copy(arena, buf_str(&out));
}

static struct str
decoded(struct arena *arena, struct str text)
{
	struct buf out CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '%' && i + 2 < text.len && hex_digit(text.ptr[i + 1]) >= 0 &&
			hex_digit(text.ptr[i + 2]) >= 0) {
			buf_addc(&out, (char)(hex_digit(text.ptr[i + 1]) << 4 |
					       hex_digit(text.ptr[i + 2])));
			i += 2;
		} else {
			buf_addc(&out, text.ptr[i]);
		}
	}
	return arena_copy(arena, buf_str(&out));
}

static void
read_parameters(struct arena *arena, struct str content_type, struct statement_source *source)
{
	struct str rest = content_type, item, name;

	str_split(&rest, ';', &item);
	while (rest.len > 0) {
		str_split(&rest, ';', &item);
		item = statement_trim(item);
		if (!str_split(&item, '=', &name))
			continue;
		if (str_eq(name, STR("bank")))
			source->bank = decoded(arena, item);
		else if (str_eq(name, STR("account")))
			source->account = decoded(arena, item);
		else if (str_eq(name, STR("mapping")))
			source->mapping = decoded(arena, item);
	}
}

/* ---- the feeds ------------------------------------------------------------------------------ */

static enum feed_reason
parse(struct arena *arena, const struct feed_message *message, enum statement_format format,
	struct feed_events *events)
{
	struct statement *statement = arena_alloc(arena, sizeof(*statement));
	struct statement_source source = {
		.format = format, .bytes = message->body, .now_ms = message->now_ms};

	*events = (struct feed_events){0};
	read_parameters(arena, message->content_type, &source);
	if (statement_read(arena, &source, statement).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	*events = (struct feed_events){.items = statement->events, .count = statement->count};
	return FEED_OK;
}

static enum feed_reason
parse_csv(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	return parse(arena, message, STATEMENT_CSV, events);
}

static enum feed_reason
parse_xlsx(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	return parse(arena, message, STATEMENT_XLSX, events);
}

static enum feed_reason
parse_mt940(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	return parse(arena, message, STATEMENT_MT940, events);
}

static enum feed_reason
parse_camt053(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	return parse(arena, message, STATEMENT_CAMT053, events);
}

/* A file proves nothing by itself: it is believed because an operator brought it, so these have no
 * modes and nobody can send them.
 *
 * A CSV and an XLSX of the same lines number them alike.  The other formats tell other notes and
 * references: there the books find out by account, amount, time and reference what is the same. */
const struct feed feed_statement_csv = {
	.name = "statement_csv",
	.provider = "statement_csv",
	.key_prefix = "statement",
	.parse = parse_csv,
};

const struct feed feed_statement_xlsx = {
	.name = "statement_xlsx",
	.provider = "statement_xlsx",
	.key_prefix = "statement",
	.parse = parse_xlsx,
};

const struct feed feed_statement_mt940 = {
	.name = "statement_mt940",
	.provider = "statement_mt940",
	.key_prefix = "mt940",
	.parse = parse_mt940,
};

const struct feed feed_statement_camt053 = {
	.name = "statement_camt053",
	.provider = "statement_camt053",
	.key_prefix = "camt053",
	.parse = parse_camt053,
};
