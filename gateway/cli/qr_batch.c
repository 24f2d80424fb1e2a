/* qr_batch.c - `chopay qr batch`: payments in, codes out, or codes in, JSON out; a line each. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/csv.h"

#include "qr.h"

#define COLUMNS 4
#define ARENA_ROWS 1024		 /* rows whose text is held at once */
#define OUTPUT_BLOCK (64 * 1024) /* bytes written at once */
#define INPUT_MAX (1024 * 1024 * 1024)

static const char batch[] = "batch";

static int
read_input(struct buf *input)
{
	CLEANUP(mem_free) char *block = mem_alloc(OUTPUT_BLOCK);
	size_t n;

	while ((n = fread(block, 1, OUTPUT_BLOCK, stdin)) > 0) {
		if (input->len + n > INPUT_MAX)
			return qr_complain(EX_DATAERR, batch, "the input is over 1 GiB: split it");
		buf_add(input, (struct str){block, n});
	}
	return ferror(stdin) ? qr_complain(EX_IOERR, batch, "cannot read: %s", strerror(errno)) : 0;
}

/* Write `out` once it is a block long, or now. */
static int
write_output(struct buf *out, bool now)
{
	if (out->len < (now ? 1 : OUTPUT_BLOCK))
		return 0;
	if (fwrite(out->ptr, 1, out->len, stdout) != out->len)
		return qr_complain(EX_IOERR, batch, "cannot write: %s", strerror(errno));
	buf_clear(out);
	return 0;
}

static bool
is_header(const struct str *fields, size_t count)
{
	return count == COLUMNS && str_eq(fields[0], STR("bin")) &&
	       str_eq(fields[1], STR("account")) && str_eq(fields[2], STR("amount")) &&
	       str_eq(fields[3], STR("memo"));
}

/* A row that is not CSV: where it ends is certain only if its fault is on its first line, and not
 * behind a quote that was closed, or not, further down. */
static bool
skip_bad_line(struct csv *csv)
{
	struct str line;

	if (csv->next_line != csv->line)
		return false;
	str_split(&csv->rest, '\n', &line);
	csv->next_line = csv->line + 1;
	return true;
}

/* One row to one line: the code, or "!code" of what is wrong. */
static bool
compose_row(const struct banks *banks, const struct str *fields, size_t count, struct buf *out)
{
	char text[VIETQR_TEXT_SIZE];
	struct vietqr code;
	struct compose_refusal refusal = {.code = "columns"};
	bool good = false;

	if (count == COLUMNS) {
		struct compose_words words = {
			.bank = fields[0],
			.account = fields[1],
			.memo = fields[3],
		};

		if (fields[2].len > 0)
			words.amount = fields[2];
		good = compose(banks, &words, &code, text, &refusal);
	}
	if (!good)
		buf_addc(out, '!');
	buf_adds(out, good ? text : refusal.code);
	buf_addc(out, '\n');
	return good;
}

struct rows {
	const struct banks *banks;
	struct csv csv;
	struct buf out;
	size_t bad;
};

static void
rows_fini(struct rows *rows)
{
	buf_fini(&rows->out);
}

/* Up to ARENA_ROWS rows; `more` is false at the end.  An exit status. */
static int
compose_rows(struct rows *rows, bool *more)
{
	CLEANUP(arena_cleanup) struct arena *arena = arena_new();
	struct str fields[CSV_FIELDS_MAX];
	size_t count;
	int status = 0;

	for (int row = 0; row < ARENA_ROWS && status == 0; row++) {
		struct err e = csv_next(&rows->csv, arena, fields, &count);

		if (e.code == ERR_NOT_FOUND) {
			*more = false;
			return 0;
		}
		if (e.code == ERR_OK) {
			rows->bad += !compose_row(rows->banks, fields, count, &rows->out);
		} else {
			rows->bad++;
			buf_adds(&rows->out, "!csv\n");
			if (!skip_bad_line(&rows->csv)) {
				write_output(&rows->out, true);
				return qr_complain(EX_DATAERR, batch,
					"line %zu, field %zu: %s; mend it, nothing behind it was read",
					rows->csv.line, rows->csv.fault_column, rows->csv.fault);
			}
		}
		status = write_output(&rows->out, false);
	}
	return status;
}

/* A line about the rows, once all are out. */
static int
finish(struct buf *out, size_t bad, const char *mark)
{
	int status = write_output(out, true);

	if (status == 0)
		status = qr_flush(batch);
	if (status == 0 && bad > 0)
		return qr_complain(
			EX_DATAERR, batch, "%zu refused: see the lines with %s", bad, mark);
	return status;
}

int
qr_batch_encode(void)
{
	CLEANUP(buf_fini) struct buf input = {0};
	CLEANUP(banks_cleanup) struct banks *banks = NULL;
	CLEANUP(rows_fini) struct rows rows = {0};
	CLEANUP(arena_cleanup) struct arena *arena = arena_new();
	struct str fields[CSV_FIELDS_MAX];
	bool more = true;
	size_t count;
	struct err e = banks_load(&banks);
	int status;

	if (e.code != ERR_OK)
		return qr_complain(EX_SOFTWARE, batch, "%s", e.what);
	status = read_input(&input);
	if (status != 0)
		return status;
	rows.banks = banks;
	csv_init(&rows.csv, buf_str(&input));
	if (csv_next(&rows.csv, arena, fields, &count).code != ERR_OK || !is_header(fields, count))
		return qr_complain(
			EX_DATAERR, batch, "the first line must be: bin,account,amount,memo");
	while (more && status == 0)
		status = compose_rows(&rows, &more);
	return status ? status : finish(&rows.out, rows.bad, "\"!\"");
}

/* Without its line end, LF or CRLF. */
static struct str
line_of(const char *line, size_t length)
{
	if (length > 0 && line[length - 1] == '\n')
		length--;
	if (length > 0 && line[length - 1] == '\r')
		length--;
	return (struct str){line, length};
}

int
qr_batch_decode(enum vietqr_mode mode)
{
	CLEANUP(mem_free) struct vietqr_decoded *decoded = mem_alloc(sizeof(*decoded));
	CLEANUP(mem_free) char *line = NULL;
	CLEANUP(buf_fini) struct buf out = {0};
	size_t size = 0, bad = 0;
	ssize_t length;
	int status = 0;

	while (status == 0 && (length = getline(&line, &size, stdin)) > 0) {
		struct str text = line_of(line, (size_t)length);
		enum vietqr_status read = vietqr_decode(text.ptr, text.len, mode, decoded);

		bad += read != VIETQR_OK;
		qr_put_json(&out, read, decoded);
		buf_addc(&out, '\n');
		status = write_output(&out, false);
	}
	if (status == 0 && ferror(stdin))
		return qr_complain(EX_IOERR, batch, "cannot read: %s", strerror(errno));
	return status ? status : finish(&out, bad, "\"valid\":false");
}
