/* A statement while its file is read. */
#include <stdlib.h>
#include <string.h>

#include "statement_build.h"
#include "statement_values.h"

#define FIRST_CAPACITY 256
#define NOTE_MAX 4096		  /* bytes of one line's note */
#define REF_MAX 128		  /* bytes of a bank's reference */
#define PROBLEMS_COUNTED_MAX 1000 /* then nothing is read any more */
#define EXCERPT_MAX 60		  /* bytes */
#define AHEAD_MAX_MS (2 * MS_PER_DAY)
#define LINE_DONG_MAX INT64_C(10000000000000) /* so that no sum of a file overflows */

static const char ID_OF[] = "%s-%c%lld-%016llx-";

struct err
statement_build_init(struct statement_build *build, struct arena *arena,
	const struct statement_source *source, struct statement *out)
{
	const char *fault;

	*out = (struct statement){0};
	*build = (struct statement_build){.arena = arena, .source = source, .out = out};
	if (source->account.len > 0) {
		fault = statement_account_text(arena, source->account, &build->file_account);
		if (fault != NULL) {
			statement_fault(build, 0, "account", "%s", fault);
			return FAIL(ERR_INVALID, "the account cannot be one");
		}
	}
	return OK;
}

struct str
statement_excerpt(struct str text)
{
	size_t len = EXCERPT_MAX;

	text = statement_trim(text);
	if (text.len <= EXCERPT_MAX)
		return text.ptr == NULL ? STR("") : text;
	while (len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len--; /* not in the middle of a letter */
	return str_cut(text, 0, len);
}

struct str
statement_plain(struct arena *arena, struct str text)
{
	struct str copy = arena_copy(arena, text);
	char *at = (char *)(uintptr_t)copy.ptr; /* our own */

	for (size_t i = 0; i < copy.len; i++) {
		unsigned char c = (unsigned char)at[i];

		if (c < ' ' || c == 0x7f)
			at[i] = ' ';
		else if (c == 0xc2 && i + 1 < copy.len && (unsigned char)at[i + 1] < 0xa0)
			at[i] = at[i + 1] = ' '; /* the controls of Latin-1 */
	}
	return copy;
}

void
statement_fault(
	struct statement_build *build, size_t line, const char *column, const char *reason_fmt, ...)
{
	struct statement *out = build->out;
	struct buf reason CLEANUP(buf_fini) = {0};
	va_list args;

	if (out->problem_count++ >= STATEMENT_PROBLEMS_MAX)
		return;
	va_start(args, reason_fmt);
	buf_vaddf(&reason, reason_fmt, args);
	va_end(args);
	out->problems[out->problem_count - 1] = (struct statement_problem){
		.line = line,
		.column = arena_copy(build->arena, str_from(column)),
		.reason = statement_plain(build->arena, buf_str(&reason)),
	};
}

bool
statement_gives_up(const struct statement_build *build)
{
	return build->out->problem_count >= PROBLEMS_COUNTED_MAX;
}

/* ---- lines ---------------------------------------------------------------------------------- */

static void
grow(struct statement_build *build)
{
	size_t capacity = build->capacity == 0 ? FIRST_CAPACITY : build->capacity * 2;
	struct feed_event *events = arena_alloc(build->arena, capacity * sizeof(*events));
	struct statement_mark *marks = arena_alloc(build->arena, capacity * sizeof(*marks));

	if (build->out->count > 0) {
		memcpy(events, build->out->events, build->out->count * sizeof(*events));
		memcpy(marks, build->marks, build->out->count * sizeof(*marks));
	}
	build->out->events = events;
	build->marks = marks;
	build->capacity = capacity;
}

/* One copy of each account number, however many lines are of it. */
static bool
note_account(struct statement_build *build, struct str account, struct str *kept)
{
	struct statement *out = build->out;

	for (size_t i = 0; i < out->account_count; i++) {
		if (str_eq(out->accounts[i], account)) {
			*kept = out->accounts[i];
			return true;
		}
	}
	if (out->account_count == STATEMENT_ACCOUNTS_MAX)
		return false;
	*kept = out->accounts[out->account_count++] = arena_copy(build->arena, account);
	return true;
}

static const char *
line_fault(const struct statement_build *build, const struct statement_line *line)
{
	int64_t now_ms = build->source->now_ms;

	if (build->out->count == STATEMENT_LINES_MAX)
		return "the file has more lines than can be read at once; export fewer days";
	if (line->account.len == 0)
		return "the file names no account; say which with --account";
	if (build->file_account.len > 0 && !str_eq(line->account, build->file_account))
		return "another account than the one that was named";
	if (line->amount.dong <= 0 || line->amount.dong > LINE_DONG_MAX)
		return "an amount that large cannot be paid";
	if (line->note.len > NOTE_MAX)
		return "the note is too long";
	if (line->ref.len > REF_MAX)
		return "the reference is too long";
	if (!str_is_utf8(line->note) || !str_is_utf8(line->ref))
		return "the text is not UTF-8";
	if (now_ms != NO_TIME && line->time_ms > now_ms + AHEAD_MAX_MS)
		return "a day that is still to come; are day and month in the order of the file?";
	return NULL;
}

bool
statement_add(struct statement_build *build, const struct statement_line *line)
{
	const char *fault = line_fault(build, line);
	struct feed_event *event;
	struct str account;

	if (fault == NULL && !note_account(build, line->account, &account))
		fault = "too many accounts in one file";
	if (fault != NULL) {
		statement_fault(build, line->line, "", "%s", fault);
		return false;
	}
	if (build->out->count == build->capacity)
		grow(build);
	build->marks[build->out->count] = (struct statement_mark){
		line->line, line->clock, line->unique_ref};
	event = &build->out->events[build->out->count++];
	*event = (struct feed_event){
		.bank = build->source->bank,
		.account = account,
		.amount = line->amount,
		.outgoing = line->outgoing,
		.content = arena_copy(build->arena, line->note),
		.time_ms = line->time_ms,
	};
	if (line->ref.len > 0)
		event->bank_txn_id = arena_copy(build->arena, line->ref);
	return true;
}

void
statement_check_balance(
	struct statement_build *build, size_t line, int64_t opening, int64_t moved, int64_t closing)
{
	struct buf texts[4] = {0};
	const int64_t figures[] = {opening, moved, opening + moved, closing};

	if (opening + moved == closing) {
		build->out->balanced = true;
		return;
	}
	for (size_t i = 0; i < 4; i++)
		vnd_format(&texts[i], (struct vnd){figures[i]});
	statement_fault(build, line, "balance",
		"the balances do not agree: opening %s and lines of %s make %s, the file says %s;"
		" lines are missing or changed",
		texts[0].ptr, texts[1].ptr, texts[2].ptr, texts[3].ptr);
	for (size_t i = 0; i < 4; i++)
		buf_fini(&texts[i]);
}

/* ---- ids ------------------------------------------------------------------------------------ */

/* FNV-1a, 64 bits: only told apart are lines of the same second, amount and direction, and those
 * that collide are numbered like those that are equal. */
static uint64_t
hash_add(uint64_t hash, struct str text)
{
	bool blank = false;

	text = statement_trim(text);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		/* A CSV and an XLSX of the same lines differ in their blanks. */
		if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
			blank = true;
			continue;
		}
		if (blank)
			hash = (hash ^ ' ') * UINT64_C(1099511628211);
		blank = false;
		hash = (hash ^ c) * UINT64_C(1099511628211);
	}
	return (hash ^ 0xff) * UINT64_C(1099511628211); /* no text holds this byte */
}

/* Without its number among equals: "20260728T143045-c50000-9f3c0a1b2c3d4e5f-" */
static struct str
id_head(struct arena *arena, const struct feed_event *event, const struct statement_mark *mark)
{
	struct buf time CLEANUP(buf_fini) = {0}, day CLEANUP(buf_fini) = {0};
	uint64_t hash = hash_add(UINT64_C(14695981039346656037), event->bank_txn_id);

	time_format_rfc3339(&time, event->time_ms);
	for (size_t i = 0; i < (mark->clock ? 19u : 10u); i++) {
		if (time.ptr[i] != '-' && time.ptr[i] != ':')
			buf_addc(&day, time.ptr[i]);
	}
	if (!mark->unique_ref)
		hash = hash_add(hash, event->content);
	return arena_printf(arena, ID_OF, day.ptr, event->outgoing ? 'd' : 'c',
		(long long)event->amount.dong, (unsigned long long)hash);
}

static int
compare_events(const void *a, const void *b)
{
	const struct feed_event *const *x = a, *const *y = b;
	int order = strcmp((*x)->account.ptr, (*y)->account.ptr);

	if (order == 0)
		order = strcmp((*x)->provider_txn_id.ptr, (*y)->provider_txn_id.ptr);
	if (order != 0)
		return order;
	return *x < *y ? -1 : *x > *y; /* in the order of the file */
}

/* Lines that tell the same are as many transfers as there are lines: the first, the second ... of
 * their second.  A file that overlaps this one numbers them alike. */
static void
number_events(struct statement_build *build)
{
	struct statement *out = build->out;
	struct feed_event **sorted = mem_alloc((out->count + 1) * sizeof(struct feed_event *));
	struct str head = {NULL, 0};
	size_t number = 0;

	for (size_t i = 0; i < out->count; i++) {
		sorted[i] = &out->events[i];
		out->events[i].provider_txn_id = id_head(
			build->arena, &out->events[i], &build->marks[i]);
	}
	qsort(sorted, out->count, sizeof(struct feed_event *), compare_events);
	for (size_t i = 0; i < out->count; i++) {
		bool again = i > 0 && str_eq(sorted[i]->provider_txn_id, head) &&
			     str_eq(sorted[i]->account, sorted[i - 1]->account);

		head = sorted[i]->provider_txn_id;
		number = again ? number + 1 : 1;
		sorted[i]->provider_txn_id = arena_printf(
			build->arena, "%.*s%zu", STR_FMT(head), number);
	}
	free(sorted);
}

struct err
statement_finish(struct statement_build *build)
{
	if (build->out->problem_count > 0) {
		build->out->count = 0;
		return FAIL(ERR_INVALID, "the statement cannot be read");
	}
	number_events(build);
	return OK;
}
