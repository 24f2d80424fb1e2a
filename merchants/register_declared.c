/* What stalls declare and pay, what units aim at, from which accounts a stall's people pay. */
#include "register.h"

/* ---- turnover ------------------------------------------------------------------------------- */

enum { TURNOVER_MARKET, TURNOVER_STALL, TURNOVER_MONTH, TURNOVER_AMOUNT, TURNOVER_SOURCE };

static struct err
turnover_add(struct reading *reading, const struct register_row *row)
{
	const struct turnover turnover = {
		.stall_id = row->stall->id,
		.id = register_next_id(reading),
		.month = (month_key)row->values[TURNOVER_MONTH],
		.amount = {row->values[TURNOVER_AMOUNT]},
		.source = row->fields[TURNOVER_SOURCE],
		.entry = register_entered(reading),
	};

	return turnover_put(reading->db, &turnover);
}

static struct err
write_turnover(void *arg, const struct turnover *turnover)
{
	struct writing *writing = arg;

	field_put_stall(writing, turnover->stall_id);
	field_put_month(writing, turnover->month);
	field_put_number(writing, turnover->amount.dong);
	field_put_text(writing, turnover->source);
	field_put_entry(writing, &turnover->entry, false);
	return OK;
}

static struct err
turnover_export(struct db *db, struct writing *writing)
{
	return turnover_walk(db, 0, INT32_MAX, write_turnover, writing);
}

const struct csv_register register_turnover = {
	.name = "turnover",
	.example = "MALAM,A01,2026-06,92000000,tờ khai thuế",
	.columns = {{"market_code", field_read_market}, {"stall_code", field_read_stall},
		{"month", field_read_past_month}, {"amount", field_read_amount},
		{"source", field_read_text}},
	.key = 3,
	.put = turnover_add,
	.export = turnover_export,
};

/* ---- fees ----------------------------------------------------------------------------------- */

enum { FEE_MARKET, FEE_STALL, FEE_DAY, FEE_KIND, FEE_AMOUNT, FEE_CASHLESS };

static const char *
read_kind(struct reading *reading, struct register_row *row, int column)
{
	static const char *const kinds[] = {"rent", "electricity", "cleaning", "other"};

	(void)reading;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (str_eq(row->fields[column], str_from(kinds[i])))
			return NULL;
	}
	return "is none of rent, electricity, cleaning, other";
}

static struct err
fee_add(struct reading *reading, const struct register_row *row)
{
	const struct market_fee fee = {
		.stall_id = row->stall->id,
		.id = register_next_id(reading),
		.day = (int32_t)row->values[FEE_DAY],
		.kind = row->fields[FEE_KIND],
		.amount = {row->values[FEE_AMOUNT]},
		.cashless = row->values[FEE_CASHLESS] != 0,
		.entry = register_entered(reading),
	};

	return fees_put(reading->db, &fee);
}

static struct err
write_fee(void *arg, const struct market_fee *fee)
{
	struct writing *writing = arg;

	field_put_stall(writing, fee->stall_id);
	field_put_day(writing, fee->day);
	field_put_text(writing, fee->kind);
	field_put_number(writing, fee->amount.dong);
	field_put_number(writing, fee->cashless);
	field_put_entry(writing, &fee->entry, false);
	return OK;
}

static struct err
fees_export(struct db *db, struct writing *writing)
{
	return fees_walk(db, DAY_FIRST, DAY_LAST, write_fee, writing);
}

const struct csv_register register_fees = {
	.name = "fees",
	.example = "MALAM,A01,2026-06-05,rent,350000,1",
	.columns = {{"market_code", field_read_market}, {"stall_code", field_read_stall},
		{"day", field_read_past_day}, {"kind", read_kind}, {"amount", field_read_amount},
		{"cashless", field_read_flag}},
	.key = 4,
	.put = fee_add,
	.export = fees_export,
};

/* ---- targets -------------------------------------------------------------------------------- */

enum {
	TARGET_UNIT,
	TARGET_YEAR,
	TARGET_INDICATOR,
	TARGET_VALUE,
	TARGET_BASIS,
	TARGET_OWNER,
	TARGET_DUE
};

#define HUNDRED_PERCENT 10000 /* or 100 points, in hundredths */

static const struct indicator {
	const char *name;
	bool whole; /* a count or dong, not hundredths */
} indicators[] = {{"CAI", false}, {"P", false}, {"H", false}, {"N", false}, {"D", false},
	{"T", false}, {"F", false}, {"V1", true}, {"V2", true}};

static const struct indicator *
indicator_of(struct str name)
{
	for (size_t i = 0; i < sizeof(indicators) / sizeof(indicators[0]); i++) {
		if (str_eq(name, str_from(indicators[i].name)))
			return &indicators[i];
	}
	return NULL;
}

static const char *
read_indicator(struct reading *reading, struct register_row *row, int column)
{
	(void)reading;
	return indicator_of(row->fields[column]) == NULL
		       ? "is no indicator with a target: CAI, P, H, N, D, T, F, V1, V2"
		       : NULL;
}

static const char *
read_value(struct reading *reading, struct register_row *row, int column)
{
	const struct indicator *indicator = indicator_of(row->fields[TARGET_INDICATOR]);
	const char *reason;

	if (indicator != NULL && indicator->whole)
		return field_read_amount(reading, row, column);
	reason = field_read_hundredths(reading, row, column);
	if (reason == NULL && row->values[column] > HUNDRED_PERCENT)
		return "register.above_hundred";
	return reason;
}

/* A unit that is not in force on any day of that year has no target. */
static bool
target_check(struct reading *reading, const struct register_row *row)
{
	int64_t year = row->values[TARGET_YEAR];

	if (row->values[TARGET_DUE] < day_from_civil(year, 1, 1))
		return register_refuse(
			reading, row, TARGET_DUE, "is before the year that the target is for");
	if (names_unit_touches(&reading->names, row->fields[TARGET_UNIT],
		    day_from_civil(year, 1, 1), day_from_civil(year, 12, 31)))
		return true;
	return register_refuse(
		reading, row, TARGET_UNIT, "is the code of no unit in force in that year");
}

static struct err
target_add(struct reading *reading, const struct register_row *row)
{
	const struct target target = {
		.unit_code = row->fields[TARGET_UNIT],
		.indicator = row->fields[TARGET_INDICATOR],
		.year = (int)row->values[TARGET_YEAR],
		.id = register_next_id(reading),
		.value = row->values[TARGET_VALUE],
		.legal_basis = row->fields[TARGET_BASIS],
		.owner = row->fields[TARGET_OWNER],
		.due_day = (int32_t)row->values[TARGET_DUE],
		.entry = register_entered(reading),
	};

	return targets_put(reading->db, &target);
}

static struct err
write_target(void *arg, const struct target *target)
{
	const struct indicator *indicator = indicator_of(target->indicator);
	struct writing *writing = arg;

	field_put_text(writing, target->unit_code);
	field_put_number(writing, target->year);
	field_put_text(writing, target->indicator);
	if (indicator != NULL && indicator->whole)
		field_put_number(writing, target->value);
	else
		field_put_hundredths(writing, target->value);
	field_put_text(writing, target->legal_basis);
	field_put_text(writing, target->owner);
	field_put_day(writing, target->due_day);
	field_put_entry(writing, &target->entry, false);
	return OK;
}

static struct err
targets_export(struct db *db, struct writing *writing)
{
	return targets_walk(db, STR(""), 0, write_target, writing);
}

const struct csv_register register_targets = {
	.name = "targets",
	.example = "23059,2026,CAI,75.00,Kế hoạch 12/KH-UBND,Phòng Kinh tế,2026-12-31",
	.columns = {{"unit_code", field_read_unit}, {"year", field_read_year},
		{"indicator", read_indicator}, {"value", read_value},
		{"legal_basis", field_read_text}, {"owner", field_read_text},
		{"due", field_read_day}},
	.key = 3,
	.check = target_check,
	.put = target_add,
	.export = targets_export,
};

/* ---- own accounts --------------------------------------------------------------------------- */

enum { OWN_MARKET, OWN_STALL, OWN_BANK, OWN_ACCOUNT, OWN_RELATION, OWN_FROM, OWN_TO };

static const char *
read_relation(struct reading *reading, struct register_row *row, int column)
{
	static const char *const relations[] = {"owner", "household", "staff", "none"};

	(void)reading;
	for (size_t i = 0; i < sizeof(relations) / sizeof(relations[0]); i++) {
		if (str_eq(row->fields[column], str_from(relations[i])))
			return NULL;
	}
	return "is none of owner, household, staff; none takes an earlier row back";
}

static struct err
own_account_add(struct reading *reading, const struct register_row *row)
{
	bool none = str_eq(row->fields[OWN_RELATION], STR("none"));
	const struct own_account account = {
		.merchant_id = row->stall->merchant_id,
		.id = register_next_id(reading),
		.bank_bin = row->fields[OWN_BANK],
		.account_no = row->fields[OWN_ACCOUNT],
		.relation = row->fields[OWN_RELATION],
		.from_day = none ? 0 : (int32_t)row->values[OWN_FROM],
		.to_day = none ? -1 : (int32_t)row->values[OWN_TO],
		.entry = register_entered(reading),
	};

	return own_accounts_put(reading->db, &account);
}

static const struct stall *
stall_of_merchant(const struct names *names, int64_t merchant_id)
{
	for (size_t i = 0; i < names->stall_count; i++) {
		if (names->stalls[i].merchant_id == merchant_id)
			return &names->stalls[i];
	}
	return NULL;
}

static struct err
write_own_account(void *arg, const struct own_account *account)
{
	struct writing *writing = arg;
	const struct stall *stall;

	if (str_eq(account->relation, STR("receiving")))
		return OK; /* the register of stalls says so */
	stall = stall_of_merchant(writing->names, account->merchant_id);
	if (stall == NULL)
		return OK; /* who has no stall any more is nobody's payer */
	field_put_stall(writing, stall->id);
	field_put_text(writing, account->bank_bin);
	field_put_text(writing, account->account_no);
	field_put_text(writing, account->relation);
	field_put_day(writing, account->from_day);
	field_put_day(writing, account->to_day);
	field_put_entry(writing, &account->entry, false);
	return OK;
}

static struct err
own_accounts_export(struct db *db, struct writing *writing)
{
	return own_accounts_walk(db, 0, write_own_account, writing);
}

const struct csv_register register_own_accounts = {
	.name = "own_accounts",
	.example = "MALAM,A01,970436,0071000000099,household,2024-01-01,",
	.columns = {{"market_code", field_read_market}, {"stall_code", field_read_stall},
		{"bank_bin", field_read_bank}, {"account_no", field_read_account},
		{"relation", read_relation}, {"from", field_read_from}, {"to", field_read_to}},
	.key = 4,
	.put = own_account_add,
	.export = own_accounts_export,
};
