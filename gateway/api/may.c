/* Who may do what: one table, deny by default. */
#include "api.h"

/* Whose things a row is about. */
enum reach {
	ANY,	    /* anybody's, and what is nobody's */
	OWN_STALL,  /* of the stall it belongs to */
	OWN_MARKET, /* of the stalls of its market, and of the market itself */
};

static const struct {
	enum role role;
	enum reach reach;
	bool actions[ACTIONS];
} rules[] = {
	{ROLE_STALL_HELPER, OWN_STALL,
		{[SEE_STALL] = true,
			[SEE_CHARGE] = true,
			[CREATE_CHARGE] = true,
			[CANCEL_CHARGE] = true,
			[SEE_NEWS] = true}},
	{ROLE_STALL, OWN_STALL,
		{[SEE_STALL] = true,
			[SEE_CHARGE] = true,
			[CREATE_CHARGE] = true,
			[CANCEL_CHARGE] = true,
			[SEE_NEWS] = true,
			[SEE_PAYMENTS] = true,
			[TAKE_BOOK] = true,
			[SEE_DEVICES] = true,
			[CHANGE_DEVICES] = true}},
	/* The market board: sums of its market, small cells too, and no stall's turnover. */
	{ROLE_MANAGER, ANY,
		{[LIST_STALLS] = true,
			[SEE_SUMMARY] = true,
			[SEE_SMALL_CELLS] = true,
			[SEE_REPORTS] = true,
			[SEE_INSPECTIONS] = true,
			[INSPECT] = true}},
	{ROLE_MANAGER, OWN_MARKET,
		{[SEE_STALL] = true,
			[SEE_DEVICES] = true,
			[CHANGE_DEVICES] = true,
			[INVITE_STALL] = true,
			[PRINT_CARDS] = true}},
	/* Adoption, and no stall's turnover (DESIGN promise 10). */
	{ROLE_READER, ANY,
		{[SEE_SUMMARY] = true,
			[LIST_STALLS] = true,
			[SEE_STALL] = true,
			[SEE_REPORTS] = true}},
	/* Of one unit alone, for whom reports are made and who freezes them. */
	{ROLE_OFFICIAL, ANY, {[SEE_SUMMARY] = true, [SEE_REPORTS] = true, [FREEZE_REPORTS] = true}},
	/* What an operator sees, and nothing that changes anything. */
	{ROLE_AUDITOR, ANY,
		{[SEE_STALL] = true,
			[LIST_STALLS] = true,
			[SEE_CHARGE] = true,
			[SEE_NEWS] = true,
			[SEE_PAYMENTS] = true,
			[SEE_ALL_PAYMENTS] = true,
			[SEE_SUSPENSE] = true,
			[SEE_SUMMARY] = true,
			[SEE_SMALL_CELLS] = true,
			[SEE_REFUSALS] = true,
			[SEE_RECEIVERS] = true,
			[SEE_ALARMS] = true,
			[SEE_RECONCILIATIONS] = true,
			[SEE_ENDPOINTS] = true,
			[SEE_FLAGS] = true,
			[SEE_REGISTERS] = true,
			[SEE_REPORTS] = true,
			[SEE_INSPECTIONS] = true,
			[SEE_AUDIT] = true,
			[SEE_DEVICES] = true,
			[SEE_PEOPLE] = true,
			[SEE_ACCOUNT_CHANGES] = true}},
	/* Everything but a stall's own book. */
	{ROLE_OPERATOR, ANY,
		{[SEE_STALL] = true,
			[LIST_STALLS] = true,
			[SEE_CHARGE] = true,
			[CREATE_CHARGE] = true,
			[CANCEL_CHARGE] = true,
			[SEE_NEWS] = true,
			[SEE_PAYMENTS] = true,
			[SEE_ALL_PAYMENTS] = true,
			[SEE_SUSPENSE] = true,
			[RESOLVE_SUSPENSE] = true,
			[REFUND_PAYMENT] = true,
			[SEE_SUMMARY] = true,
			[SEE_SMALL_CELLS] = true,
			[SEE_REFUSALS] = true,
			[SEE_RECEIVERS] = true,
			[CHANGE_RECEIVERS] = true,
			[SEE_ALARMS] = true,
			[CLOSE_ALARMS] = true,
			[SEE_RECONCILIATIONS] = true,
			[SEE_ENDPOINTS] = true,
			[CHANGE_ENDPOINTS] = true,
			[SEE_FLAGS] = true,
			[RELEASE_FLAGS] = true,
			[SEE_REGISTERS] = true,
			[CHANGE_REGISTERS] = true,
			[IMPORT_STATEMENTS] = true,
			[SEE_REPORTS] = true,
			[FREEZE_REPORTS] = true,
			[SEE_AUDIT] = true,
			[SEE_DEVICES] = true,
			[CHANGE_DEVICES] = true,
			[INVITE_STALL] = true,
			[SEE_PEOPLE] = true,
			[CHANGE_PEOPLE] = true,
			[SEE_ACCOUNT_CHANGES] = true,
			[CHANGE_ACCOUNTS] = true,
			[SEE_INSPECTIONS] = true,
			[INSPECT] = true,
			[PRINT_CARDS] = true}},
};

static bool
reaches(enum reach reach, const struct principal *who, int64_t stall_id, int64_t market_id)
{
	switch (reach) {
	case ANY:
		return true;
	case OWN_STALL:
		return stall_id != 0 && stall_id == who->stall_id;
	case OWN_MARKET:
		return market_id != 0 && market_id == who->market_id;
	}
	return false;
}

bool
may_at(const struct principal *who, enum action action, int64_t stall_id, int64_t market_id)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].role == who->role && rules[i].actions[action] &&
			reaches(rules[i].reach, who, stall_id, market_id))
			return true;
	}
	return false;
}
