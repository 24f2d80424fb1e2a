/*
 * statement_mt940.c - SWIFT MT940: one or more customer statement messages.
 *
 * Source: SWIFT FIN, Category 9 (fields 20 25 28C 60 61 86 62).  Years of two digits: 80 to 99 are
 * of the last century.
 */
#include <stdio.h>
#include <string.h>

#include "statement_formats.h"
#include "statement_values.h"

#define TAG_MAX 4	     /* ":62F:" without its colons, and a NUL */
#define FIELD_BYTES_MAX 8192 /* then a line's note is too long anyway */
#define FULL_NOTE_LINE 65    /* a line of field 86 that was cut where it was full */
#define UNIQUE_REF_MIN 8     /* shorter ones count the lines of one file */

struct field {
	size_t line;
	char tag[TAG_MAX];
	struct str first; /* its first line, the tag gone */
	struct buf text;  /* all its lines */
};

struct mt940 {
	struct statement_build *build;
	struct field field;
	/* of this message */
	bool in_message, has_account, has_opening, has_closing;
	size_t line;
	struct str account;
	int64_t opening, moved, closing;
	size_t faults_before;
	/* of the page before, when this one goes on */
	struct str page_account;
	int64_t page_closing;
	bool has_page;
	/* the line that waits for its note */
	bool has_entry;
	struct statement_line entry;
	struct buf note; /* field 86, or what follows on field 61's second line */
	bool has_note;
};

static void
fault(struct mt940 *mt, const char *reason)
{
	struct str text = statement_excerpt(mt->field.first);
	char tag[TAG_MAX + 2];

	snprintf(tag, sizeof(tag), ":%s:", mt->field.tag);
	statement_fault(mt->build, mt->field.line, tag, "\"%.*s\": %s", STR_FMT(text), reason);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
two_digits(struct str text, size_t at, int *value)
{
	if (at + 2 > text.len || !is_digit(text.ptr[at]) || !is_digit(text.ptr[at + 1]))
		return false;
	*value = (text.ptr[at] - '0') * 10 + (text.ptr[at + 1] - '0');
	return true;
}

/* ---- balances ------------------------------------------------------------------------------- */

/* C260728VND1000000, */
static bool
read_balance(struct mt940 *mt, int64_t *dong)
{
	struct str text = statement_trim(mt->field.first);
	bool debit = str_starts(text, STR("D"));
	const char *wrong = NULL;

	if (text.len < 11 || (!debit && text.ptr[0] != 'C'))
		wrong = "a balance is C or D, YYMMDD, VND, an amount";
	else if (!str_eq(str_cut(text, 7, 10), STR("VND")))
		wrong = "only accounts in VND can be imported";
	else
		wrong = statement_amount_swift(str_cut(text, 10, text.len), dong);
	if (wrong != NULL) {
		fault(mt, wrong);
		return false;
	}
	*dong = debit ? -*dong : *dong;
	return true;
}

static void
opening_field(struct mt940 *mt)
{
	bool goes_on = mt->field.tag[2] == 'M';

	if (mt->has_opening) {
		fault(mt, "a second opening balance in one message");
		return;
	}
	if (!read_balance(mt, &mt->opening))
		return;
	mt->has_opening = true;
	if (goes_on && mt->has_page && str_eq(mt->page_account, mt->account) &&
		mt->page_closing != mt->opening)
		fault(mt, "not the balance that the page before ends with; a page is missing");
}

/* ---- a line --------------------------------------------------------------------------------- */

/* YYMMDD of the value, then perhaps MMDD of the booking, which may lie in the year beside. */
static const char *
read_day(struct str text, size_t *at, int64_t *ms)
{
	int year, month, day, booked_month, booked_day;

	if (!two_digits(text, 0, &year) || !two_digits(text, 2, &month) ||
		!two_digits(text, 4, &day))
		return "a line begins with YYMMDD";
	year += year < 80 ? 2000 : 1900;
	*at = 6;
	if (two_digits(text, 6, &booked_month) && two_digits(text, 8, &booked_day)) {
		year += (month == 12 && booked_month == 1) - (month == 1 && booked_month == 12);
		month = booked_month;
		day = booked_day;
		*at = 10;
	}
	return statement_day(year, month, day, ms);
}

/* C, D, or R before them: a credit taken back is money out, a debit taken back is money in. */
static const char *
read_mark(struct str text, size_t *at, bool *outgoing)
{
	bool reversed = *at < text.len && text.ptr[*at] == 'R';
	char mark;

	*at += reversed;
	mark = *at < text.len ? text.ptr[*at] : '\0';
	if (mark != 'C' && mark != 'D')
		return "behind the date stands C, D, RC or RD";
	*outgoing = (mark == 'D') != reversed;
	(*at)++;
	if (*at < text.len && text.ptr[*at] >= 'A' && text.ptr[*at] <= 'Z')
		(*at)++; /* the third letter of the currency */
	return NULL;
}

static const char *
read_amount(struct str text, size_t *at, int64_t *dong)
{
	size_t from = *at;

	while (*at < text.len && (is_digit(text.ptr[*at]) || text.ptr[*at] == ','))
		(*at)++;
	return statement_amount_swift(str_cut(text, from, *at), dong);
}

/* NTRF<for the owner>//<of the bank> */
static const char *
read_references(struct str text, struct statement_line *line)
{
	struct str owner, bank = {NULL, 0};
	ptrdiff_t at;

	if (text.len < 4 || strchr("SNF", text.ptr[0]) == NULL)
		return "behind the amount stands S, N or F and three characters";
	owner = str_cut(text, 4, text.len);
	at = str_find(owner, STR("//"));
	if (at >= 0) {
		bank = statement_trim(str_cut(owner, (size_t)at + 2, owner.len));
		owner = str_cut(owner, 0, (size_t)at);
	}
	owner = statement_trim(owner);
	line->ref = bank.len > 0 ? bank : str_eq(owner, STR("NONREF")) ? STR("") : owner;
	line->unique_ref = bank.len >= UNIQUE_REF_MIN;
	return NULL;
}

static void
line_field(struct mt940 *mt)
{
	struct str text = statement_trim(mt->field.first);
	struct statement_line *line = &mt->entry;
	const char *wrong;
	int64_t dong = 0;
	size_t at = 0;

	*line = (struct statement_line){.line = mt->field.line, .account = mt->account};
	wrong = read_day(text, &at, &line->time_ms);
	if (wrong == NULL)
		wrong = read_mark(text, &at, &line->outgoing);
	if (wrong == NULL)
		wrong = read_amount(text, &at, &dong);
	if (wrong == NULL)
		wrong = read_references(str_cut(text, at, text.len), line);
	if (wrong != NULL) {
		fault(mt, wrong);
		return;
	}
	line->amount.dong = dong;
	line->ref = arena_copy(mt->build->arena, line->ref);
	mt->has_entry = true;
	mt->has_note = false;
	buf_clear(&mt->note);
	buf_add(&mt->note,
		str_cut(buf_str(&mt->field.text), mt->field.first.len, mt->field.text.len));
}

/* The line is whole: its note has been read, or there is none. */
static void
end_entry(struct mt940 *mt)
{
	if (!mt->has_entry)
		return;
	mt->has_entry = false;
	mt->entry.note = statement_trim(buf_str(&mt->note));
	if (mt->entry.amount.dong == 0)
		mt->build->out->left_out++;
	else if (statement_add(mt->build, &mt->entry))
		mt->moved += mt->entry.outgoing ? -mt->entry.amount.dong : mt->entry.amount.dong;
}

/* ---- messages ------------------------------------------------------------------------------- */

static void
message_ends(struct mt940 *mt)
{
	end_entry(mt);
	if (!mt->in_message)
		return;
	mt->in_message = false;
	if (!mt->has_account || !mt->has_opening || !mt->has_closing) {
		statement_fault(mt->build, mt->line, "",
			"the message has no field %s; is it cut off?",
			!mt->has_account   ? ":25:"
			: !mt->has_opening ? ":60F:"
					   : ":62F:");
		return;
	}
	if (mt->build->out->problem_count == mt->faults_before)
		statement_check_balance(mt->build, mt->line, mt->opening, mt->moved, mt->closing);
	mt->has_page = true;
	mt->page_account = mt->account;
	mt->page_closing = mt->closing;
}

static void
message_starts(struct mt940 *mt)
{
	message_ends(mt);
	mt->in_message = true;
	mt->line = mt->field.line;
	mt->has_account = mt->has_opening = mt->has_closing = false;
	mt->account = (struct str){NULL, 0};
	mt->moved = 0;
	mt->faults_before = mt->build->out->problem_count;
}

/* "BFTVVNVX/0071000000001", "0071000000001VND" */
static void
account_field(struct mt940 *mt)
{
	struct str text = statement_trim(mt->field.first), head;
	const char *wrong;

	while (str_split(&text, '/', &head))
		;
	text = head;
	if (str_ends(text, STR("VND")))
		text = str_cut(text, 0, text.len - 3);
	wrong = statement_account_text(mt->build->arena, text, &mt->account);
	if (wrong == NULL && mt->build->file_account.len > 0 &&
		!str_eq(mt->account, mt->build->file_account)) {
		wrong = "another account than the one that was named";
		mt->account = mt->build->file_account; /* one fault for it is enough */
	}
	if (wrong != NULL)
		fault(mt, wrong);
	mt->has_account = true;
}

static void
closing_field(struct mt940 *mt)
{
	end_entry(mt);
	if (mt->has_closing)
		fault(mt, "a second closing balance in one message");
	else
		mt->has_closing = read_balance(mt, &mt->closing);
}

static void
field_ends(struct mt940 *mt)
{
	const char *tag = mt->field.tag;

	if (tag[0] == '\0')
		return;
	if (strcmp(tag, "20") == 0) {
		message_starts(mt);
	} else if (!mt->in_message) {
		fault(mt, "a message begins with :20:");
	} else if (strcmp(tag, "25") == 0 || strcmp(tag, "25P") == 0) {
		account_field(mt);
	} else if (strcmp(tag, "60F") == 0 || strcmp(tag, "60M") == 0) {
		opening_field(mt);
	} else if (strcmp(tag, "61") == 0) {
		end_entry(mt);
		line_field(mt);
	} else if (strcmp(tag, "62F") == 0 || strcmp(tag, "62M") == 0) {
		closing_field(mt);
	} else if (strcmp(tag, "86") == 0 && mt->has_entry) {
		if (!mt->has_note)
			buf_clear(&mt->note);
		mt->has_note = true;
		buf_add(&mt->note, buf_str(&mt->field.text));
	}
}

/* ---- bytes to fields ------------------------------------------------------------------------ */

/* ":61:..." or ":62F:...": the tag's length without colons; 0: no field begins here. */
static size_t
tag_length(struct str line)
{
	size_t length = line.len > 3 && line.ptr[3] == ':' ? 2 : 3;

	if (line.len < length + 2 || line.ptr[0] != ':' || line.ptr[length + 1] != ':' ||
		!is_digit(line.ptr[1]) || !is_digit(line.ptr[2]))
		return 0;
	if (length == 3 && (line.ptr[3] < 'A' || line.ptr[3] > 'Z'))
		return 0;
	return length;
}

static void
field_starts(struct mt940 *mt, size_t at, struct str line, size_t length)
{
	field_ends(mt);
	mt->field.line = at;
	memcpy(mt->field.tag, line.ptr + 1, length);
	mt->field.tag[length] = '\0';
	mt->field.first = str_cut(line, length + 2, line.len);
	buf_clear(&mt->field.text);
	buf_add(&mt->field.text, mt->field.first);
}

/* A line that was cut because it was full goes on without a blank. */
static void
field_goes_on(struct mt940 *mt, struct str line, size_t before)
{
	if (mt->field.text.len + line.len + 1 > FIELD_BYTES_MAX)
		return;
	if (before < FULL_NOTE_LINE)
		buf_addc(&mt->field.text, ' ');
	buf_add(&mt->field.text, line);
}

/* The blocks around a message as the network carries it: {1:...}{2:...}{4: before, -} behind. */
static struct str
without_blocks(struct str line)
{
	ptrdiff_t at = str_find(line, STR("{4:"));

	if (!str_starts(line, STR("{")))
		return line;
	return at < 0 ? STR("") : str_cut(line, (size_t)at + 3, line.len);
}

static void
read_line(struct mt940 *mt, size_t at, struct str line, size_t *before)
{
	size_t length;

	if (str_ends(line, STR("\r")))
		line = str_cut(line, 0, line.len - 1);
	line = without_blocks(line);
	length = tag_length(line);
	if (length > 0)
		field_starts(mt, at, line, length);
	else if (str_eq(line, STR("-")) || str_starts(line, STR("-}"))) {
		field_ends(mt);
		mt->field.tag[0] = '\0';
		message_ends(mt);
	} else if (line.len > 0 && mt->field.tag[0] != '\0')
		field_goes_on(mt, line, *before);
	else if (statement_trim(line).len > 0)
		statement_fault(mt->build, at, "", "text outside of a message");
	*before = length > 0 ? line.len - length - 2 : line.len;
}

void
statement_read_mt940(struct statement_build *build)
{
	struct mt940 mt = {.build = build};
	struct str rest = build->source->bytes, line;
	size_t at = 0, before = 0;
	bool more = true;

	if (!str_is_utf8(rest)) {
		statement_fault(build, 0, "", "the file is not UTF-8");
		return;
	}
	if (str_starts(rest, STR("\xef\xbb\xbf")))
		rest = str_cut(rest, 3, rest.len);
	while (more && !statement_gives_up(build)) {
		more = str_split(&rest, '\n', &line);
		read_line(&mt, ++at, line, &before);
	}
	field_ends(&mt);
	message_ends(&mt);
	if (at > 0 && mt.line == 0)
		statement_fault(build, 0, "", "the file holds no message (:20:)");
	buf_fini(&mt.field.text);
	buf_fini(&mt.note);
}
