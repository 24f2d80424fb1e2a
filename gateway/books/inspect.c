/* An inspector's look at the code that hangs at a stall: is it the one in the register? */
#include "chopay/inspect.h"

#include "books.h"
#include "chopay/code_check.h"
#include "chopay/reference.h"

#define ALARM_SWAP "sticker_swap"

/* What the code says beside the register, into `found`. */
static struct err
judge(struct tx *tx, const struct inspection_command *asked, struct inspection *found)
{
	struct arena *arena = asked->command.arena;
	struct references named;
	struct code_check check;

	found->result = STR(INSPECTION_MISSING);
	if (asked->payload.len == 0)
		return OK;
	TRY(code_check(tx->db, tx->prefix, &asked->stall, asked->payload, &check));
	reference_find(tx->prefix, str_from(check.code.memo), &named);
	found->result = str_from(code_verdict_name(check.verdict));
	found->bank_bin = arena_copy(arena, str_from(check.code.bank_bin));
	found->account_no = arena_copy(arena, str_from(check.code.account_no));
	if (named.count > 0)
		found->reference = arena_copy(arena, str_from(named.items[0].text));
	return OK;
}

static struct err
raise_swap(struct tx *tx, const struct inspection_command *asked)
{
	const struct inspection *found = &asked->inspection;
	struct str detail = arena_printf(asked->command.arena,
		"an inspection found a code of account %.*s at bank %.*s instead of %.*s at %.*s",
		STR_FMT(found->account_no), STR_FMT(found->bank_bin),
		STR_FMT(asked->stall.account_no), STR_FMT(asked->stall.bank_bin));

	log_warn("alarm", "kind=" ALARM_SWAP " subject=%.*s", STR_FMT(asked->stall.reference));
	return alarms_put(tx->db, tx_next_id(tx), STR(ALARM_SWAP), asked->stall.reference, detail,
		tx->now_ms);
}

/* What was scanned may be any text, a joke or an attack: kept as far as it can be shown. */
static struct str
printable(struct arena *arena, struct str text)
{
	struct buf out CLEANUP(buf_fini) = {0};

	text = str_cut(text, 0, VIETQR_TEXT_MAX);
	for (size_t i = 0; i < text.len; i++)
		buf_addc(&out, text.ptr[i] >= ' ' && text.ptr[i] <= '~' ? text.ptr[i] : '?');
	return arena_copy(arena, buf_str(&out));
}

struct err
inspection_apply(struct tx *tx, struct command *self)
{
	struct inspection_command *asked = (struct inspection_command *)self;
	struct inspection *found = &asked->inspection, last;
	const struct str other = str_from(code_verdict_name(CODE_OTHER_ACCOUNT));
	struct str why = STR("inspects");

	asked->note = str_trim(asked->note);
	TRY(words_check(&asked->person, asked->note.len > 0 ? &asked->note : &why));
	TRY(stalls_find_in_market(
		tx->db, self->arena, asked->market_id, asked->stall_code, &asked->stall));
	TRY(inspections_last(tx->db, self->arena, asked->stall.id, &last));
	*found = (struct inspection){.stall_id = asked->stall.id};
	TRY(judge(tx, asked, found));
	found->id = tx_next_id(tx);
	found->payload = printable(self->arena, asked->payload);
	found->person = asked->person;
	found->note = asked->note;
	found->created_at_ms = tx->now_ms;
	TRY(inspections_put(tx->db, found));
	if (!str_eq(found->result, other) ||
		(str_eq(last.result, found->result) && str_eq(last.account_no, found->account_no) &&
			str_eq(last.bank_bin, found->bank_bin)))
		return OK;
	return raise_swap(tx, asked);
}
