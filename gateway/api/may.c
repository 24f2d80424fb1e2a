/* Who may do what: one table, deny by default. */
#include "api.h"

/* What a role may do: to anybody's, or (ROLE_STALL) to its own stall only. */
static const struct {
	enum role role;
	bool own_only;
	bool actions[ACTIONS];
} rules[] = {
	{ROLE_ANYONE, false, {[SEE_SUMMARY] = true}},
	{ROLE_STALL, false, {[SEE_SUMMARY] = true}},
	{ROLE_STALL, true,
		{[SEE_STALL] = true,
			[SEE_CHARGE] = true,
			[CREATE_CHARGE] = true,
			[CANCEL_CHARGE] = true,
			[SEE_PAYMENTS] = true,
			[TAKE_BOOK] = true}},
	/* An official's key: adoption, and no stall's turnover (DESIGN promise 10). */
	{ROLE_READER, false,
		{[SEE_SUMMARY] = true,
			[LIST_STALLS] = true,
			[SEE_STALL] = true,
			[SEE_REPORTS] = true}},
	/* The same of one unit alone, for whom reports are made and who freezes them. */
	{ROLE_OFFICIAL, false,
		{[SEE_SUMMARY] = true, [SEE_REPORTS] = true, [FREEZE_REPORTS] = true}},
	{ROLE_OPERATOR, false,
		{[SEE_STALL] = true,
			[LIST_STALLS] = true,
			[SEE_CHARGE] = true,
			[CREATE_CHARGE] = true,
			[CANCEL_CHARGE] = true,
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
			[SEE_REGISTERS] = true,
			[CHANGE_REGISTERS] = true,
			[IMPORT_STATEMENTS] = true,
			[SEE_REPORTS] = true,
			[FREEZE_REPORTS] = true,
			[SEE_AUDIT] = true}},
};

bool
may(const struct principal *who, enum action action, int64_t stall_id)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].role != who->role || !rules[i].actions[action])
			continue;
		if (!rules[i].own_only || (stall_id != 0 && stall_id == who->stall_id))
			return true;
	}
	return false;
}
