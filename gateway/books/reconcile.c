/*
 * One day of one account: the bank's lines of a source, the transfers they are, and the proof.
 *
 * A transfer belongs to the day that the bank's line gives it, or to its own when no line is it.
 * Rows of the proof, of which all but `missed` keep the day from being equal:
 *   missed          the bank told it, and no webhook did: booked when a list or statement told it
 *   extra           we have it, the bank's lines have not
 *   amount_differs  the line and our transfer do not say the same amount or direction
 *   same_transfer   a second line that was taken for a transfer which another line is
 *   ambiguous       it may repeat another transfer; a person has to say
 */
#include "reconcile.h"

#include <stdlib.h>
#include <string.h>

#include "chopay/json.h"
#include "chopay/version.h"

#define ROWS_MAX 2000 /* named in one proof; the rest is counted */

struct kept_line {
	struct day_line line; /* first */
	bool repeats;	      /* another line is the same transfer */
};

struct day_work {
	struct arena *arena;
	const struct bank_day *day;
	struct kept_line *lines;
	size_t count, capacity;
	struct account_sums bank, ours;
	int64_t now_ms;
	int64_t newest_ms; /* of the lines */
	bool watched;	   /* webhooks tell of this account */
	json_t *rows;
	int64_t gaps, missed, left_out;
	struct vnd missed_sum;
	struct buf keys; /* of the lines, for their digest */
	struct err err;
};

/* ---- collecting --------------------------------------------------------------------------------
 */

static void
keep(struct day_work *work, const struct day_line *line)
{
	work->lines = mem_room(work->lines, sizeof(*work->lines), work->count, &work->capacity);
	work->lines[work->count] = (struct kept_line){*line, false};
	work->lines[work->count].line.line_key = arena_copy(work->arena, line->line_key);
	work->lines[work->count++].line.feed = arena_copy(work->arena, line->feed);
}

static void
add_to(struct day_work *work, struct account_sums *sums, struct vnd amount, bool outgoing)
{
	struct vnd *sum = outgoing ? &sums->debit_sum : &sums->credit_sum;
	struct err err = vnd_add(*sum, amount, sum);

	if (outgoing)
		sums->debits++;
	else
		sums->credits++;
	if (err.code != ERR_OK)
		work->err = err;
}

static void
line_read(void *arg, const struct day_line *line)
{
	struct day_work *work = arg;

	keep(work, line);
	add_to(work, &work->bank, line->amount, line->outgoing);
	if (line->booked_at_ms > work->newest_ms)
		work->newest_ms = line->booked_at_ms;
	buf_addf(&work->keys, "%.*s %lld %s\n", STR_FMT(line->line_key),
		(long long)line->amount.dong, line->outgoing ? "out" : "in");
}

/* ---- rows ---------------------------------------------------------------------------------------
 */

static void
name_row(struct day_work *work, const char *kind, const struct day_line *line)
{
	json_t *row;

	if (json_array_size(work->rows) == ROWS_MAX) {
		work->left_out++;
		return;
	}
	row = json_object();
	json_set_str(row, "kind", str_from(kind));
	if (line->line_key.len > 0)
		json_set_str(row, "line", line->line_key);
	json_set_id(row, "transfer", line->transfer_id);
	json_set_i64(row, "amount", line->amount.dong);
	json_set_str(row, "direction", line->outgoing ? STR("out") : STR("in"));
	if (line->our_amount.dong != line->amount.dong || line->our_outgoing != line->outgoing) {
		json_set_i64(row, "our_amount", line->our_amount.dong);
		json_set_str(row, "our_direction", line->our_outgoing ? STR("out") : STR("in"));
	}
	json_set_time(row, "booked_at", line->booked_at_ms);
	json_set_str(row, "first_told_by", line->feed);
	json_array_append_new(work->rows, row);
}

static void
name_gap(struct day_work *work, const char *kind, const struct day_line *line)
{
	work->gaps++;
	name_row(work, kind, line);
}

/* A webhook may still come for what is younger. */
static bool
is_missed(const struct day_work *work, const struct day_line *line)
{
	const struct feed *feed = feed_find(line->feed);

	return work->watched && !line->our_outgoing && !line->told &&
	       (feed == NULL || feed->mode_count == 0) &&
	       line->booked_at_ms + LINES_LATE_MS <= work->now_ms;
}

static int
by_transfer(const void *a, const void *b)
{
	const struct day_line *one = a, *other = b;
	bool one_fits = one->amount.dong == one->our_amount.dong;
	bool other_fits = other->amount.dong == other->our_amount.dong;

	if (one->transfer_id != other->transfer_id)
		return one->transfer_id < other->transfer_id ? -1 : 1;
	/* Of two lines of one transfer the one that says what we have comes first. */
	if (one_fits != other_fits)
		return one_fits ? -1 : 1;
	return strcmp(one->line_key.ptr, other->line_key.ptr);
}

static int
by_time(const void *a, const void *b)
{
	const struct day_line *one = a, *other = b;

	if (one->booked_at_ms != other->booked_at_ms)
		return one->booked_at_ms < other->booked_at_ms ? -1 : 1;
	return strcmp(one->line_key.ptr, other->line_key.ptr);
}

static void
judge_line(struct day_work *work, const struct kept_line *kept)
{
	const struct day_line *line = &kept->line;

	if (kept->repeats) {
		name_gap(work, "same_transfer", line);
		return;
	}
	add_to(work, &work->ours, line->our_amount, line->our_outgoing);
	if (line->amount.dong != line->our_amount.dong || line->outgoing != line->our_outgoing)
		name_gap(work, "amount_differs", line);
	if (line->maybe_repeats)
		name_gap(work, "ambiguous", line);
	if (is_missed(work, line)) {
		work->missed++;
		work->missed_sum.dong += line->our_amount.dong;
		name_row(work, "missed", line);
	}
}

static void
judge_lines(struct day_work *work)
{
	struct kept_line *lines = work->lines;

	if (work->count == 0)
		return;
	qsort(lines, work->count, sizeof(*lines), by_transfer);
	for (size_t i = 1; i < work->count; i++)
		lines[i].repeats = lines[i].line.transfer_id == lines[i - 1].line.transfer_id;
	qsort(lines, work->count, sizeof(*lines), by_time);
	for (size_t i = 0; i < work->count; i++)
		judge_line(work, &lines[i]);
}

static void
unlined_read(void *arg, const struct day_line *line)
{
	struct day_work *work = arg;

	add_to(work, &work->ours, line->our_amount, line->our_outgoing);
	name_gap(work, "extra", line);
}

/* ---- the proof ----------------------------------------------------------------------------------
 */

static json_t *
sums_json(const struct account_sums *sums)
{
	json_t *json = json_object();

	json_set_i64(json, "credits", sums->credits);
	json_set_i64(json, "credit_sum", sums->credit_sum.dong);
	json_set_i64(json, "debits", sums->debits);
	json_set_i64(json, "debit_sum", sums->debit_sum.dong);
	return json;
}

static void
set_hex(json_t *json, const char *name, struct str bytes)
{
	struct buf text CLEANUP(buf_fini) = {0};

	hex_put(&text, bytes);
	json_set_str(json, name, buf_str(&text));
}

static struct str
write_proof(struct day_work *work, const struct books *books, const struct reconciliation *made,
	int64_t until_ms)
{
	json_t *proof CLEANUP(json_cleanup) = json_object();
	json_t *missed = json_object();
	struct buf day CLEANUP(buf_fini) = {0}, text CLEANUP(buf_fini) = {0};
	unsigned char digest[SHA256_SIZE];

	day_format(&day, made->day);
	crypt_sha256(books->config.crypt, buf_str(&work->keys), digest);
	json_set_str(proof, "type", STR("chopay.reconciliation.v1"));
	json_set_str(proof, "chopay", STR(CHOPAY_VERSION));
	json_set_str(proof, "account", made->account_no);
	json_set_str(proof, "day", buf_str(&day));
	json_set_str(proof, "source", made->source);
	json_set_str(proof, "state", made->state);
	json_object_set_new(proof, "bank", sums_json(&made->bank));
	json_object_set_new(proof, "ours", sums_json(&made->ours));
	json_set_i64(missed, "count", made->missed);
	json_set_i64(missed, "sum", made->missed_sum.dong);
	json_object_set_new(proof, "missed", missed);
	json_set_i64(proof, "gaps", made->gaps);
	json_object_set(proof, "rows", work->rows);
	json_set_i64(proof, "rows_left_out", work->left_out);
	set_hex(proof, "lines_sha256", (struct str){(const char *)digest, sizeof(digest)});
	json_set_time(proof, "until", until_ms);
	json_set_time(proof, "made_at", made->created_at_ms);
	set_hex(proof, "public_key", books_ledger_key(books));
	json_write_sorted(&text, proof);
	return arena_copy(work->arena, buf_str(&text));
}

static void
sign(struct arena *arena, const struct books *books, struct reconciliation *made)
{
	unsigned char *signature = arena_alloc(arena, ED25519_SIGNATURE_SIZE);

	crypt_ed25519_sign(books->config.crypt, books->ledger_seed, made->proof, signature);
	made->signature = (struct str){(const char *)signature, ED25519_SIGNATURE_SIZE};
}

/* ---- all together -------------------------------------------------------------------------------
 */

/* Up to where the bank's lines can be complete: the whole day once it is over, else its last line.
 */
static int64_t
compared_until(const struct day_work *work)
{
	int64_t end_ms = day_start_ms(work->day->day + 1, 0);

	if (work->now_ms >= end_ms + RECONCILE_GRACE_MS || work->newest_ms >= end_ms)
		return end_ms;
	return work->newest_ms + MS_PER_SECOND;
}

static bool
sums_equal(const struct account_sums *a, const struct account_sums *b)
{
	return a->credits == b->credits && a->credit_sum.dong == b->credit_sum.dong &&
	       a->debits == b->debits && a->debit_sum.dong == b->debit_sum.dong;
}

static struct err
compare(struct db *db, struct day_work *work, const struct books *books,
	struct reconciliation *made)
{
	const struct bank_day *day = work->day;
	int64_t start_ms = day_start_ms(day->day, 0), until_ms;

	work->newest_ms = start_ms - MS_PER_SECOND;
	TRY(webhooks_tell(db, work->arena, day->account_no, &work->watched));
	TRY(bank_days_lines(db, day, line_read, work));
	judge_lines(work);
	until_ms = compared_until(work);
	TRY(bank_days_unlined(db, day, start_ms, until_ms, unlined_read, work));
	TRY(work->err);
	*made = (struct reconciliation){
		.account_no = day->account_no,
		.source = day->source,
		.day = day->day,
		.state = work->gaps == 0 && sums_equal(&work->bank, &work->ours) ? STR("equal")
										 : STR("gap"),
		.bank = work->bank,
		.ours = work->ours,
		.gaps = work->gaps,
		.missed = work->missed,
		.missed_sum = work->missed_sum,
		.created_at_ms = work->now_ms,
	};
	made->proof = write_proof(work, books, made, until_ms);
	sign(work->arena, books, made);
	return OK;
}

struct err
reconcile_day(struct db *db, struct arena *arena, const struct books *books,
	const struct bank_day *day, int64_t now_ms, struct reconciliation *made)
{
	struct day_work work = {.arena = arena, .day = day, .now_ms = now_ms, .rows = json_array()};
	struct err err = compare(db, &work, books, made);

	free(work.lines);
	buf_fini(&work.keys);
	json_decref(work.rows);
	return err;
}
