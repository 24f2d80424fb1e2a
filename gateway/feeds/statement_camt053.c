/*
 * statement_camt053.c - ISO 20022 camt.053: each booked entry is a line, and a batch that tells its
 * transactions is a line for each of them.
 *
 * Source: camt.053.001.02 and .001.08 (BankToCustomerStatement), whose entries are alike here.
 */
#include <string.h>

#include "statement_formats.h"
#include "statement_values.h"
#include "statement_xml.h"

#define PATH_MAX_BYTES 512
#define NOTE_BYTES_MAX 8192 /* then it is too long for a line anyway */
#define UNIQUE_REF_MIN 8    /* shorter ones count the lines of one file */

/* What the elements of an entry, or of one transaction in it, say. */
struct said {
	struct str amount, currency, mark, ref, entry_ref, tx_id, end_to_end, structured, extra;
	struct str reversal, status, booked_day, booked_time, value_day, value_time;
	struct buf note; /* Ustrd, joined */
	size_t last_piece;
};

struct balance {
	struct str kind, amount, currency, mark;
};

struct figure {
	bool told;
	int64_t dong;
};

/* One of an entry's, kept until the entry ends and its time is known. */
struct transaction {
	struct statement_line line;
	struct str end_to_end;
	bool told; /* its own amount */
};

struct camt {
	struct statement_build *build;
	struct statement_xml xml;
	struct buf path; /* from the statement down: "Ntry/NtryDtls/TxDtls" */
	bool in_statement, seen_document, seen_statement;
	/* of this statement */
	size_t line;
	struct str iban, account, currency;
	struct balance balance;
	struct figure opening, previous, closing, interim_first, interim_last;
	int64_t moved;
	/* of this entry */
	size_t entry_line;
	struct said entry, detail;
	struct transaction *batch;
	size_t batch_count, batch_capacity;
	size_t faults_before;
};

/* ---- small ------------------------------------------------------------------------------------
 */

static void
said_fini(struct said *said)
{
	buf_fini(&said->note);
	*said = (struct said){0};
}

static void
fault(struct camt *camt, size_t line, const char *element, const char *reason, struct str text)
{
	statement_fault(camt->build, line, element, "\"%.*s\": %s",
		(int)(text.len > 60 ? 60 : text.len), text.ptr == NULL ? "" : text.ptr, reason);
}

/* +1 in, -1 out, 0 neither. */
static int
mark_of(struct str mark)
{
	return str_eq(mark, STR("CRDT")) ? 1 : str_eq(mark, STR("DBIT")) ? -1 : 0;
}

/* ---- balances ---------------------------------------------------------------------------------
 */

static void
balance_ends(struct camt *camt)
{
	const struct balance *balance = &camt->balance;
	struct figure figure = {true, 0};
	const char *wrong = statement_amount_decimal(balance->amount, &figure.dong);
	const struct {
		const char *kind;
		struct figure *to;
	} kinds[] = {{"OPBD", &camt->opening}, {"PRCD", &camt->previous}, {"CLBD", &camt->closing},
		{"ITBD", &camt->interim_last}};

	for (size_t i = 0; i < 4; i++) {
		if (!str_eq(balance->kind, str_from(kinds[i].kind)))
			continue;
		if (wrong == NULL && !str_eq(balance->currency, STR("VND")))
			wrong = "only accounts in VND can be imported";
		if (wrong == NULL && mark_of(balance->mark) == 0)
			wrong = "neither CRDT nor DBIT";
		if (wrong != NULL) {
			fault(camt, statement_xml_line(&camt->xml), "Bal", wrong, balance->amount);
			return;
		}
		figure.dong *= mark_of(balance->mark);
		if (i == 3 && !camt->interim_first.told)
			camt->interim_first = figure;
		*kinds[i].to = figure;
	}
}

/* A page of a longer statement begins or ends with an interim balance. */
static void
check_balances(struct camt *camt)
{
	struct figure opening = camt->opening.told    ? camt->opening
				: camt->previous.told ? camt->previous
						      : camt->interim_first;
	struct figure closing = camt->closing.told ? camt->closing : camt->interim_last;
	bool one_interim_for_both = !camt->opening.told && !camt->previous.told &&
				    !camt->closing.told;

	if (opening.told && closing.told && !one_interim_for_both &&
		camt->build->out->problem_count == camt->faults_before)
		statement_check_balance(
			camt->build, camt->line, opening.dong, camt->moved, closing.dong);
}

/* ---- an entry ---------------------------------------------------------------------------------
 */

static const char *
time_of(const struct said *entry, struct statement_time *time)
{
	const struct str texts[] = {
		entry->booked_time, entry->booked_day, entry->value_time, entry->value_day};

	for (size_t i = 0; i < 4; i++) {
		if (texts[i].len > 0)
			return statement_time_text(texts[i], STATEMENT_YMD, time);
	}
	return "the entry has no date";
}

/* What the payer wrote, or the nearest to it. */
static struct str
note_of(const struct said *detail)
{
	if (detail->note.len > 0)
		return buf_str(&detail->note);
	return detail->extra.len > 0 ? detail->extra : detail->structured;
}

static struct str
note_or(struct str note, const struct said *entry, struct str end_to_end)
{
	if (note.len > 0)
		return note;
	if (entry->extra.len > 0)
		return entry->extra;
	return str_eq(end_to_end, STR("NOTPROVIDED")) ? STR("") : end_to_end;
}

static struct str
ref_of(const struct said *detail, const struct said *entry)
{
	return detail->ref.len > 0     ? detail->ref
	       : entry->ref.len > 0    ? entry->ref
	       : detail->tx_id.len > 0 ? detail->tx_id
				       : entry->entry_ref;
}

static void
detail_ends(struct camt *camt)
{
	const struct said *detail = &camt->detail;
	struct arena *arena = camt->build->arena;
	struct transaction *one;
	int64_t dong = 0;

	if (camt->batch_count == STATEMENT_LINES_MAX) {
		statement_xml_stop(&camt->xml, "an entry has too many transactions");
		return;
	}
	if (camt->batch_count == camt->batch_capacity) {
		camt->batch_capacity = camt->batch_capacity == 0 ? 4 : camt->batch_capacity * 2;
		camt->batch = mem_resize(camt->batch, camt->batch_capacity * sizeof(*one));
	}
	one = &camt->batch[camt->batch_count++];
	/* An amount in the payer's currency is not this account's. */
	one->told = str_eq(detail->currency, STR("VND")) &&
		    statement_amount_decimal(detail->amount, &dong) == NULL;
	one->end_to_end = detail->end_to_end;
	one->line = (struct statement_line){
		.line = statement_xml_line(&camt->xml),
		.amount = {dong},
		.outgoing = mark_of(detail->mark.len > 0 ? detail->mark : camt->entry.mark) < 0,
		.ref = ref_of(detail, &camt->entry),
		.note = arena_copy(arena, note_of(detail)),
	};
}

/* Does every transaction tell its amount?  Then each is a line, and together they are the entry. */
static bool
is_told_one_by_one(const struct camt *camt, int64_t *sum, bool *overflow)
{
	*sum = 0;
	*overflow = false;
	for (size_t i = 0; i < camt->batch_count; i++) {
		const struct statement_line *line = &camt->batch[i].line;
		int64_t dong = line->outgoing ? -line->amount.dong : line->amount.dong;

		if (!camt->batch[i].told)
			return false;
		*overflow = *overflow || __builtin_add_overflow(*sum, dong, sum);
	}
	return camt->batch_count > 1;
}

static bool
add(struct camt *camt, struct statement_line *line, const struct statement_time *time)
{
	line->time_ms = time->ms;
	line->clock = time->clock;
	line->account = camt->account;
	line->unique_ref = line->ref.len >= UNIQUE_REF_MIN;
	if (line->amount.dong == 0) {
		camt->build->out->left_out++;
		return true;
	}
	return statement_add(camt->build, line);
}

static void
add_batch(struct camt *camt, const struct statement_time *time)
{
	for (size_t i = 0; i < camt->batch_count; i++) {
		struct transaction *one = &camt->batch[i];

		one->line.note = note_or(one->line.note, &camt->entry, one->end_to_end);
		if (!add(camt, &one->line, time))
			return;
	}
}

static void
add_whole(struct camt *camt, const struct statement_time *time, int64_t dong, int mark)
{
	const struct transaction *one = camt->batch_count == 1 ? camt->batch : NULL;
	struct statement_line line = {
		.line = camt->entry_line,
		.amount = {dong},
		.outgoing = mark < 0,
		.ref = one != NULL ? one->line.ref : ref_of(&camt->detail, &camt->entry),
		.note = note_or(one != NULL ? one->line.note : STR(""), &camt->entry,
			one != NULL ? one->end_to_end : STR("")),
	};

	(void)add(camt, &line, time);
}

static void
add_entry(struct camt *camt, const struct statement_time *time, int64_t dong, int mark)
{
	bool overflow;
	int64_t sum;

	if (!is_told_one_by_one(camt, &sum, &overflow)) {
		add_whole(camt, time, dong, mark);
	} else if (overflow || sum != mark * dong) {
		fault(camt, camt->entry_line, "Ntry",
			"the transactions of the entry do not add up to it", camt->entry.amount);
		return;
	} else {
		add_batch(camt, time);
	}
	camt->moved += mark * dong;
}

static void
entry_ends(struct camt *camt)
{
	const struct said *entry = &camt->entry;
	struct statement_time time;
	int mark = mark_of(entry->mark);
	const char *wrong, *element = "Ntry";
	int64_t dong = 0;

	if (entry->status.len > 0 && !str_eq(entry->status, STR("BOOK"))) {
		camt->build->out->left_out++; /* pending or for information: no money yet */
		return;
	}
	wrong = time_of(entry, &time);
	if (wrong == NULL) {
		wrong = statement_amount_decimal(entry->amount, &dong);
		element = "Amt";
	}
	if (wrong == NULL && !str_eq(entry->currency, STR("VND")))
		wrong = "only accounts in VND can be imported";
	if (wrong == NULL && mark == 0)
		wrong = "neither CRDT nor DBIT";
	if (wrong != NULL)
		fault(camt, camt->entry_line, element, wrong, entry->amount);
	else
		add_entry(camt, &time, dong, mark);
}

/* ---- elements ---------------------------------------------------------------------------------
 */

#define ENTRY(path, member)                               \
	{                                                 \
		path, offsetof(struct camt, entry.member) \
	}
#define DETAIL(path, member)                                                       \
	{                                                                          \
		"Ntry/NtryDtls/TxDtls/" path, offsetof(struct camt, detail.member) \
	}

static const struct {
	const char *path;
	size_t at; /* of a struct str in struct camt */
} texts[] = {
	{"Acct/Id/IBAN", offsetof(struct camt, iban)},
	{"Acct/Id/Othr/Id", offsetof(struct camt, account)},
	{"Acct/Ccy", offsetof(struct camt, currency)},
	{"Bal/Tp/CdOrPrtry/Cd", offsetof(struct camt, balance.kind)},
	{"Bal/Amt", offsetof(struct camt, balance.amount)},
	{"Bal/CdtDbtInd", offsetof(struct camt, balance.mark)},
	ENTRY("Ntry/NtryRef", entry_ref),
	ENTRY("Ntry/Amt", amount),
	ENTRY("Ntry/CdtDbtInd", mark),
	ENTRY("Ntry/Sts", status),
	ENTRY("Ntry/Sts/Cd", status),
	ENTRY("Ntry/BookgDt/Dt", booked_day),
	ENTRY("Ntry/BookgDt/DtTm", booked_time),
	ENTRY("Ntry/ValDt/Dt", value_day),
	ENTRY("Ntry/ValDt/DtTm", value_time),
	ENTRY("Ntry/AcctSvcrRef", ref),
	ENTRY("Ntry/AddtlNtryInf", extra),
	DETAIL("Amt", amount),
	DETAIL("AmtDtls/TxAmt/Amt", amount),
	DETAIL("CdtDbtInd", mark),
	DETAIL("Refs/AcctSvcrRef", ref),
	DETAIL("Refs/TxId", tx_id),
	DETAIL("Refs/EndToEndId", end_to_end),
	DETAIL("RmtInf/Strd/CdtrRefInf/Ref", structured),
	DETAIL("AddtlTxInf", extra),
};

static const struct {
	const char *path;
	size_t at;
} currencies[] = {
	{"Bal/Amt", offsetof(struct camt, balance.currency)},
	{"Ntry/Amt", offsetof(struct camt, entry.currency)},
	{"Ntry/NtryDtls/TxDtls/Amt", offsetof(struct camt, detail.currency)},
	{"Ntry/NtryDtls/TxDtls/AmtDtls/TxAmt/Amt", offsetof(struct camt, detail.currency)},
};

static struct str *
member(struct camt *camt, size_t at)
{
	return (struct str *)(void *)((char *)camt + at);
}

/* Pieces that are full were cut where they were full; others stand for themselves. */
static void
add_note(struct said *said, struct str piece)
{
	if (said->note.len > NOTE_BYTES_MAX)
		return;
	if (said->note.len > 0 && said->last_piece != 140)
		buf_addc(&said->note, ' ');
	buf_add(&said->note, piece);
	said->last_piece = piece.len;
}

static void
document_starts(struct camt *camt, struct str name)
{
	struct str space = camt->xml.space;
	ptrdiff_t at = str_find(space, STR("camt."));

	camt->seen_document = true;
	if (!str_eq(name, STR("Document")))
		statement_xml_stop(&camt->xml, "it is XML, but no ISO 20022 document");
	else if (at >= 0 && !str_starts(str_cut(space, (size_t)at, space.len), STR("camt.053.")))
		statement_xml_stop(&camt->xml,
			"it is another ISO 20022 message; the statement is camt.053 (camt.052 is"
			" of a day that goes on, camt.054 a notification)");
}

static void
statement_starts(struct camt *camt)
{
	camt->in_statement = camt->seen_statement = true;
	camt->line = statement_xml_line(&camt->xml);
	camt->iban = camt->account = camt->currency = (struct str){NULL, 0};
	camt->opening = camt->previous = camt->closing = (struct figure){0};
	camt->interim_first = camt->interim_last = (struct figure){0};
	camt->moved = 0;
	camt->faults_before = camt->build->out->problem_count;
	buf_clear(&camt->path);
}

static void
element_starts(struct statement_xml *xml, struct str name, const char **attributes)
{
	struct camt *camt = xml->arg;
	struct str path;

	if (!camt->seen_document) {
		document_starts(camt, name);
		return;
	}
	if (!camt->in_statement) {
		if (str_eq(name, STR("Stmt")))
			statement_starts(camt);
		return;
	}
	if (camt->path.len + name.len + 1 > PATH_MAX_BYTES) {
		statement_xml_stop(xml, "the names of its elements are too long");
		return;
	}
	if (camt->path.len > 0)
		buf_addc(&camt->path, '/');
	buf_add(&camt->path, name);
	path = buf_str(&camt->path);
	if (str_eq(path, STR("Ntry"))) {
		camt->entry_line = statement_xml_line(xml);
		said_fini(&camt->entry);
		said_fini(&camt->detail);
		camt->batch_count = 0;
	} else if (str_eq(path, STR("Ntry/NtryDtls/TxDtls"))) {
		said_fini(&camt->detail);
	} else if (str_eq(path, STR("Bal"))) {
		camt->balance = (struct balance){0};
	}
	for (size_t i = 0; i < sizeof(currencies) / sizeof(currencies[0]); i++) {
		if (str_eq(path, str_from(currencies[i].path)))
			*member(camt, currencies[i].at) = arena_copy(
				camt->build->arena, statement_xml_attribute(attributes, "Ccy"));
	}
}

/* The account of the statement: by the time of its first entry or balance it has been told. */
static void
account_ends(struct camt *camt)
{
	struct str account = camt->account.len > 0 ? camt->account : camt->iban;
	const char *wrong = statement_account_text(camt->build->arena, account, &account);
	struct str wanted = camt->build->file_account;

	if (wrong == NULL && wanted.len > 0 && !str_eq(account, wanted))
		wrong = "another account than the one that was named";
	if (wrong == NULL && camt->currency.len > 0 && !str_eq(camt->currency, STR("VND")))
		wrong = "only accounts in VND can be imported";
	if (wrong != NULL)
		fault(camt, statement_xml_line(&camt->xml), "Acct", wrong, account);
	camt->account = wanted.len > 0 ? wanted : account; /* one fault for it is enough */
}

static void
text_ends(struct camt *camt, struct str path, struct str text)
{
	text = statement_trim(text);
	if (text.len == 0)
		return;
	if (str_eq(path, STR("Ntry/NtryDtls/TxDtls/RmtInf/Ustrd"))) {
		add_note(&camt->detail, text);
		return;
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (str_eq(path, str_from(texts[i].path)))
			*member(camt, texts[i].at) = arena_copy(camt->build->arena, text);
	}
}

static void
element_ends(struct statement_xml *xml, struct str name, struct str text)
{
	struct camt *camt = xml->arg;
	struct str path = buf_str(&camt->path);

	if (!camt->in_statement)
		return;
	if (path.len == 0) { /* Stmt itself */
		check_balances(camt);
		camt->in_statement = false;
		return;
	}
	text_ends(camt, path, text);
	if (str_eq(path, STR("Acct")))
		account_ends(camt);
	else if (str_eq(path, STR("Bal")))
		balance_ends(camt);
	else if (str_eq(path, STR("Ntry/NtryDtls/TxDtls")))
		detail_ends(camt);
	else if (str_eq(path, STR("Ntry")))
		entry_ends(camt);
	camt->path.len -= name.len + (path.len > name.len);
	camt->path.ptr[camt->path.len] = '\0';
	if (statement_gives_up(camt->build))
		statement_xml_stop(xml, "too many faults");
}

void
statement_read_camt053(struct statement_build *build)
{
	struct camt camt = {
		.build = build,
		.xml = {.start = element_starts, .end = element_ends},
	};

	camt.xml.arg = &camt;
	statement_xml_init(&camt.xml);
	if (!statement_xml_feed(&camt.xml, build->source->bytes, true))
		statement_fault(build, statement_xml_line(&camt.xml), "", "%s",
			statement_xml_fault(&camt.xml));
	else if (!camt.seen_statement)
		statement_fault(build, 0, "", "the document holds no statement (Stmt)");
	statement_xml_fini(&camt.xml);
	said_fini(&camt.entry);
	said_fini(&camt.detail);
	buf_fini(&camt.path);
	mem_free(&camt.batch);
}
