/*
 * statement_camt053.c - ISO 20022 camt.053: its elements, by their paths.
 *
 * Source: camt.053.001.02 and .001.08 (BankToCustomerStatement), whose entries are alike here.
 */
#include <stddef.h>

#include "statement_camt053.h"
#include "statement_formats.h"

#define PATH_BYTES_MAX 512
#define NOTE_BYTES_MAX 8192 /* then it is too long for a line anyway */

/* ---- elements ------------------------------------------------------------------------------- */

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
	if (camt->path.len + name.len + 1 > PATH_BYTES_MAX) {
		statement_xml_stop(xml, "the names of its elements are too long");
		return;
	}
	if (camt->path.len > 0)
		buf_addc(&camt->path, '/');
	buf_add(&camt->path, name);
	path = buf_str(&camt->path);
	if (str_eq(path, STR("Ntry"))) {
		camt->entry_line = statement_xml_line(xml);
		camt_said_fini(&camt->entry);
		camt_said_fini(&camt->detail);
		camt->batch_count = 0;
	} else if (str_eq(path, STR("Ntry/NtryDtls/TxDtls"))) {
		camt_said_fini(&camt->detail);
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
		camt_fault(camt, statement_xml_line(&camt->xml), "Acct", wrong, account);
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
		camt_statement_ends(camt);
		camt->in_statement = false;
		return;
	}
	text_ends(camt, path, text);
	if (str_eq(path, STR("Acct")))
		account_ends(camt);
	else if (str_eq(path, STR("Bal")))
		camt_balance_ends(camt);
	else if (str_eq(path, STR("Ntry/NtryDtls/TxDtls")))
		camt_detail_ends(camt);
	else if (str_eq(path, STR("Ntry")))
		camt_entry_ends(camt);
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
	camt_said_fini(&camt.entry);
	camt_said_fini(&camt.detail);
	buf_fini(&camt.path);
	mem_free(&camt.batch);
}
