/* Is a scanned code this stall's?  Bank, account and reference against the register. */
#include "chopay/code_check.h"

#include "chopay/reference.h"

static const char *const names[] = {
	[CODE_RIGHT] = "right",
	[CODE_OTHER_ACCOUNT] = "other_account",
	[CODE_OLD_ACCOUNT] = "old_account",
	[CODE_NO_REFERENCE] = "no_reference",
	[CODE_OTHER_REFERENCE] = "other_reference",
	[CODE_NO_VIETQR] = "no_vietqr",
};

const char *
code_verdict_name(enum code_verdict verdict)
{
	return names[verdict];
}

/* Lenient: what a bank's app would pay is what counts. */
static bool
read_code(struct str text, struct vietqr *code)
{
	struct vietqr_decoded decoded;

	text = str_trim(text);
	return vietqr_decode(text.ptr, text.len, VIETQR_LENIENT, &decoded) == VIETQR_OK &&
	       vietqr_view(&decoded, code) == VIETQR_OK;
}

static enum code_verdict
check_reference(struct str prefix, const struct stall *stall, struct str memo)
{
	struct references found;

	reference_find(prefix, memo, &found);
	for (size_t i = 0; i < found.count; i++) {
		if (reference_stall_number(&found.items[i]) == stall->number)
			return CODE_RIGHT;
	}
	return found.count == 0 ? CODE_NO_REFERENCE : CODE_OTHER_REFERENCE;
}

struct err
code_check(struct db *db, struct str prefix, const struct stall *stall, struct str text,
	struct code_check *check)
{
	struct str account;
	bool served;

	*check = (struct code_check){.verdict = CODE_NO_VIETQR};
	if (!read_code(text, &check->code)) {
		check->code = (struct vietqr){0};
		return OK;
	}
	account = str_from(check->code.account_no);
	if (stall->account_id != 0 && str_eq(account, stall->account_no) &&
		str_eq(str_from(check->code.bank_bin), stall->bank_bin)) {
		check->verdict = check_reference(prefix, stall, str_from(check->code.memo));
		return OK;
	}
	TRY(accounts_serve_at(db, stall->id, account, str_from(check->code.bank_bin), &served));
	check->verdict = served ? CODE_OLD_ACCOUNT : CODE_OTHER_ACCOUNT;
	return OK;
}
