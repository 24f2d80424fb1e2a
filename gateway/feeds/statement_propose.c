/* The header of a file whose columns nobody has named yet, and what they seem to mean.  A person
 * confirms it: nothing is imported by a guess. */
#include "statement_rows.h"

#define ROWS_MAX 60 /* looked at for each separator or sheet */
#define PHRASES_MAX 24

/* Best first, of what banks write (VCB, MB, ACB, Techcombank, BIDV, VietinBank, TPBank, VPBank and
 * those that write English).  Accents are away: "có" (credit) and "nợ" (debit) by themselves are
 * only believed with their accents, because "No." numbers lines. */
static const struct {
	enum statement_field field;
	const char *phrases[PHRASES_MAX];
} meanings[] = {
	{FIELD_SIGN, {"ghi no ghi co", "ghi no co", "no co", "dr cr", "cr dr", "debit credit",
			     "credit debit", "loai giao dich", "loai gd", "transaction type"}},
	{FIELD_CREDIT, {"so tien ghi co", "phat sinh co", "ghi co", "credit amount", "credit",
			       "tien vao", "gui vao", "deposit", "money in", "co"}},
	{FIELD_DEBIT, {"so tien ghi no", "phat sinh no", "ghi no", "debit amount", "debit",
			      "tien ra", "rut ra", "withdrawal", "money out", "no"}},
	{FIELD_DATE, {"ngay gio giao dich", "thoi gian giao dich", "ngay giao dich", "ngay gd",
			     "transaction date", "txn date", "tnx date", "trans date",
			     "ngay hach toan", "posting date", "accounting date", "booking date",
			     "ngay ghi so", "ngay hieu luc", "value date", "effective date",
			     "thoi gian", "date time", "ngay", "date"}},
	{FIELD_TIME, {"gio giao dich", "gio gd", "transaction time", "gio", "time"}},
	{FIELD_AMOUNT, {"so tien giao dich", "so tien gd", "transaction amount", "so tien",
			       "amount", "gia tri"}},
	{FIELD_REF, {"so but toan", "so tham chieu", "ma giao dich", "so giao dich", "ma gd",
			    "so gd", "so ct", "so chung tu", "transaction number", "transaction no",
			    "transaction id", "reference number", "reference no", "reference",
			    "ref no", "ref", "doc no", "trace"}},
	{FIELD_NOTE,
		{"noi dung chi tiet", "noi dung giao dich", "mo ta giao dich", "dien giai",
			"noi dung", "mo ta", "transaction description", "transactions in detail",
			"description", "remarks", "details", "detail", "narrative", "content"}},
	{FIELD_BALANCE,
		{"so du sau giao dich", "so du luy ke", "so du", "running balance", "balance"}},
	{FIELD_CURRENCY, {"loai tien", "currency", "tien te", "ccy"}},
};

#define MEANINGS (sizeof(meanings) / sizeof(meanings[0]))

/* The other side of a transfer has columns too. */
static const char *const others[] = {"doi ung", "doi tac", "thu huong", "nguoi chuyen",
	"nguoi nhan", "counter", "corresponsive", "beneficiary", "remitter", "partner"};

struct statement_proposal {
	struct statement_build *build;
	bool windows_1258;
	size_t rows, best;
};

struct statement_proposal *
statement_proposal_new(struct statement_build *build, bool windows_1258)
{
	struct statement_proposal *proposal = arena_alloc(build->arena, sizeof(*proposal));

	proposal->build = build;
	proposal->windows_1258 = windows_1258;
	return proposal;
}

void
statement_proposal_next(struct statement_proposal *proposal)
{
	proposal->rows = 0;
}

/* ---- one header ----------------------------------------------------------------------------- */

/* As whole words. */
static bool
has_phrase(struct str words, struct str phrase)
{
	for (size_t at = 0; at + phrase.len <= words.len; at++) {
		size_t end = at + phrase.len;

		if ((at == 0 || words.ptr[at - 1] == ' ') &&
			(end == words.len || words.ptr[end] == ' ') &&
			str_eq(str_cut(words, at, end), phrase))
			return true;
	}
	return false;
}

static bool
is_ascii(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] >= 0x80)
			return false;
	}
	return true;
}

static bool
is_of_other_side(struct str words)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (has_phrase(words, str_from(others[i])))
			return true;
	}
	return false;
}

/* The place of the first phrase that a header cell holds; PHRASES_MAX: none. */
static size_t
rank_of(size_t meaning, struct str cell, struct str words)
{
	const char *const *phrases = meanings[meaning].phrases;

	for (size_t i = 0; i < PHRASES_MAX && phrases[i] != NULL; i++) {
		struct str phrase = str_from(phrases[i]);

		if (phrase.len == 2 && is_ascii(cell))
			continue;
		if (has_phrase(words, phrase))
			return i;
	}
	return PHRASES_MAX;
}

struct header {
	struct arena *arena;
	const struct statement_row *row;
	struct str words[STATEMENT_COLUMNS_MAX];
	bool taken[STATEMENT_COLUMNS_MAX];
	struct statement_mapping mapping;
	struct statement_ambiguity ambiguities[8];
	size_t ambiguity_count, hits;
};

static void
note_ambiguity(struct header *header, size_t meaning, const size_t ranks[], size_t best)
{
	struct statement_ambiguity *one;

	if (header->ambiguity_count == sizeof(header->ambiguities) / sizeof(*one))
		return;
	one = &header->ambiguities[header->ambiguity_count++];
	one->field = statement_field_name(meanings[meaning].field);
	for (size_t n = 0; n < header->row->count; n++) {
		struct str name = statement_plain(
			header->arena, statement_trim(header->row->cells[n].text));

		if (ranks[n] == best && one->column_count < 4)
			one->columns[one->column_count++] = arena_printf(
				header->arena, "#%zu %.*s", n + 1, STR_FMT(name));
	}
}

static void
choose(struct header *header, size_t meaning)
{
	enum statement_field field = meanings[meaning].field;
	size_t ranks[STATEMENT_COLUMNS_MAX], best = PHRASES_MAX, column = 0, equals = 0;

	for (size_t n = 0; n < header->row->count; n++) {
		ranks[n] = header->taken[n]
				   ? PHRASES_MAX
				   : rank_of(meaning, header->row->cells[n].text, header->words[n]);
		if (ranks[n] < best) {
			best = ranks[n];
			column = n;
			equals = 0;
		}
		equals += ranks[n] == best;
	}
	if (best == PHRASES_MAX)
		return;
	header->hits++;
	if (equals > 1) {
		note_ambiguity(header, meaning, ranks, best);
		header->mapping.columns[field].name = STR("?"); /* no column: a person chooses */
		return;
	}
	header->taken[column] = true;
	header->mapping.columns[field].name = header->row->cells[column].text;
}

/* Credit and debit say all; else an amount, and perhaps the column that says which it is. */
static void
drop_what_contradicts(struct header *header)
{
	struct statement_mapping *mapping = &header->mapping;

	if (statement_mapping_has(mapping, FIELD_CREDIT) ||
		statement_mapping_has(mapping, FIELD_DEBIT)) {
		mapping->columns[FIELD_AMOUNT].name = (struct str){NULL, 0};
		mapping->columns[FIELD_AMOUNT].number = 0;
	}
	if (!statement_mapping_has(mapping, FIELD_AMOUNT)) {
		mapping->columns[FIELD_SIGN].name = (struct str){NULL, 0};
		mapping->columns[FIELD_SIGN].number = 0;
	}
}

static void
keep_best(struct statement_proposal *proposal, struct header *header)
{
	struct statement *out = proposal->build->out;
	struct arena *arena = proposal->build->arena;

	proposal->best = header->hits;
	drop_what_contradicts(header);
	out->proposal = statement_mapping_text(arena, &header->mapping);
	out->header_count = header->row->count;
	for (size_t n = 0; n < header->row->count; n++)
		out->header[n] = statement_plain(arena, statement_trim(header->row->cells[n].text));
	out->ambiguity_count = header->ambiguity_count;
	for (size_t i = 0; i < header->ambiguity_count; i++)
		out->ambiguities[i] = header->ambiguities[i];
}

bool
statement_proposal_row(void *arg, const struct statement_row *row)
{
	struct statement_proposal *proposal = arg;
	struct header header = {
		.arena = proposal->build->arena,
		.row = row,
		.mapping = {.windows_1258 = proposal->windows_1258},
	};

	for (size_t n = 0; n < row->count; n++) {
		header.words[n] = statement_words(proposal->build->arena, row->cells[n].text);
		header.taken[n] = header.words[n].len == 0 || row->cells[n].number ||
				  is_of_other_side(header.words[n]);
	}
	for (size_t i = 0; i < MEANINGS; i++)
		choose(&header, i);
	/* A letterhead has a date or an amount somewhere; a header has several columns we know. */
	if (header.hits >= 3 && header.hits > proposal->best)
		keep_best(proposal, &header);
	return ++proposal->rows < ROWS_MAX;
}

/* A proposal is a mapping that could be used, or could be once the "?" are filled in; otherwise the
 * header alone is shown. */
void
statement_proposal_end(struct statement_proposal *proposal)
{
	struct statement *out = proposal->build->out;
	struct statement_mapping mapping;

	if (out->proposal.len > 0 && out->ambiguity_count == 0 &&
		statement_mapping_parse(proposal->build->arena, out->proposal, &mapping).len > 0)
		out->proposal = STR("");
}
