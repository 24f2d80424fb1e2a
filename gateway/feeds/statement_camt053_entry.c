/* What a camt.053 entry means: a line, or a line for each transaction of a batch; and whether the
 * balances agree with them. */
#include "statement_camt053.h"

#define UNIQUE_REF_MIN 8 /* shorter ones count the lines of one file */

/* ---- small ---------------------------------------------------------------------------------- */

void
camt_said_fini(struct said *said)
{
	buf_fini(&said->note);
	*said = (struct said){0};
}

void
camt_fault(struct camt *camt, size_t line, const char *element, const char *reason, struct str text)
{
	struct str excerpt = statement_excerpt(text);

	statement_fault(camt->build, line, element, "\"%.*s\": %s", STR_FMT(excerpt), reason);
}

/* +1 in, -1 out, 0 neither. */
static int
mark_of(struct str mark)
{
	return str_eq(mark, STR("CRDT")) ? 1 : str_eq(mark, STR("DBIT")) ? -1 : 0;
}

/* ---- balances ------------------------------------------------------------------------------- */

void
camt_balance_ends(struct camt *camt)
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
			camt_fault(camt, statement_xml_line(&camt->xml), "Bal", wrong,
				balance->amount);
			return;
		}
		figure.dong *= mark_of(balance->mark);
		if (i == 3 && !camt->interim_first.told)
			camt->interim_first = figure;
		*kinds[i].to = figure;
	}
}

/* A page of a longer statement begins or ends with an interim balance. */
void
camt_statement_ends(struct camt *camt)
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

/* ---- an entry ------------------------------------------------------------------------------- */

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

void
camt_detail_ends(struct camt *camt)
{
	const struct said *detail = &camt->detail;
	struct arena *arena = camt->build->arena;
	struct transaction *one;
	int64_t dong = 0;

	if (camt->batch_count == STATEMENT_LINES_MAX) {
		statement_xml_stop(&camt->xml, "an entry has too many transactions");
		return;
	}
	camt->batch = mem_room(camt->batch, sizeof(*one), camt->batch_count, &camt->batch_capacity);
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
		camt_fault(camt, camt->entry_line, "Ntry",
			"the transactions of the entry do not add up to it", camt->entry.amount);
		return;
	} else {
		add_batch(camt, time);
	}
	camt->moved += mark * dong;
}

void
camt_entry_ends(struct camt *camt)
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
		camt_fault(camt, camt->entry_line, element, wrong, entry->amount);
	else
		add_entry(camt, &time, dong, mark);
}
