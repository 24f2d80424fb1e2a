/* What the pages of a stall share: who may open them, and what they say of a stall and a payment.
 */
#include "stall_pages.h"

#include "chopay/people.h"
#include "form_once.h"

#define THOUSAND_DIGITS 3

/* Whoever wants the stall's money elsewhere does not hold its phones: they say so, in time. */
static struct err
set_account_change(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct buf text CLEANUP(buf_fini) = {0};
	struct account_change change;
	struct err err = account_changes_open(db, arena, ask->stall.id, &change);
	struct str values[2];

	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	values[0] = change.account_no;
	values[1] = change.due_at_ms == 0 ? STR("")
					  : moment_text(arena, change.due_at_ms, ask->now_ms);
	words_fill(&text,
		words_find(ask->lang, change.due_at_ms == 0 ? STR("stall.account_proposed")
							    : STR("stall.account_changes")),
		values, 2);
	json_set_str(ask->json, "account_change", buf_str(&text));
	return OK;
}

struct err
stall_page_begin(struct db *db, struct ask *ask)
{
	int64_t stall_id = ask->who.stall_id;

	if (stall_id == 0 || !may(&ask->who, SEE_NEWS, stall_id))
		return FAIL(ERR_DENIED, "no stall is open on this phone");
	TRY(stalls_get(db, ask->query.arena, stall_id, &ask->stall));
	ask->json = page_data(ask->req);
	form_once_put(ask->json);
	json_object_set_new(ask->json, "stall", stall_data(&ask->stall));
	json_object_set_new(
		ask->json, "is_owner", json_boolean(may(&ask->who, SEE_PAYMENTS, stall_id)));
	return set_account_change(db, ask);
}

void
stall_page_reply(struct ask *ask)
{
	if (ask->query.result.code == ERR_DENIED && ask->who.stall_id == 0)
		reply_redirect(ask->req, STR("/stall"));
	else
		ask_reply_page(ask);
}

json_t *
stall_data(const struct stall *stall)
{
	json_t *json = json_object();

	json_set_str(json, "name", stall->name);
	json_set_str(json, "code", stall->code);
	json_set_str(json, "market", stall->market_name);
	json_set_str(json, "reference", stall->reference);
	json_set_str(json, "holder", stall->account_holder);
	json_set_str(json, "bank", stall->bank_short_name);
	json_set_str(json, "account", stall->account_no);
	return json;
}

static struct str
via_text(struct arena *arena, const struct payment *payment, enum language language)
{
	struct buf via CLEANUP(buf_fini) = {0};

	if (payment->charge_id == 0)
		buf_add(&via, words_find(language, STR("stall.js.via_standing")));
	else
		buf_add(&via, words_with(arena, language, "stall.js.via_charge",
				      payment->charge_reference));
	if (payment->refunded.dong > 0) {
		buf_adds(&via, " · ");
		buf_add(&via, words_with(arena, language, "stall.js.went_back",
				      amount_text(arena, payment->refunded.dong)));
	}
	return arena_copy(arena, buf_str(&via));
}

json_t *
payment_data(struct arena *arena, const struct payment *payment, enum language language)
{
	json_t *json = json_object();

	json_set_id(json, "id", payment->id);
	json_set_str(json, "amount_text", amount_text(arena, payment->amount.dong));
	json_set_str(json, "time_text", clock_text(arena, payment->booked_at_ms));
	json_set_str(json, "via_text", via_text(arena, payment, language));
	json_set_str(json, "charge", payment->charge_id == 0 ? STR("") : payment->charge_reference);
	return json;
}

struct str
words_with(struct arena *arena, enum language language, const char *key, struct str value)
{
	struct buf text CLEANUP(buf_fini) = {0};

	words_fill(&text, words_find(language, str_from(key)), &value, 1);
	return arena_copy(arena, buf_str(&text));
}

struct str
date_text(struct arena *arena, int32_t day)
{
	int year, month, mday;

	day_civil(day, &year, &month, &mday);
	return arena_printf(arena, "%02d/%02d/%04d", mday, month, year);
}

struct str
day_text(struct arena *arena, int32_t day)
{
	struct buf text CLEANUP(buf_fini) = {0};

	day_format(&text, day);
	return arena_copy(arena, buf_str(&text));
}

/* 50.000, 50,000 and 50 000 are written by people and by their bank apps. */
static bool
is_separator(char c)
{
	return c == '.' || c == ',' || c == ' ';
}

/* What follows the point at `at` is a whole group of thousands: 1.5 is not 15. */
static bool
is_group(struct str text, size_t at)
{
	size_t end = at + 1;

	while (end < text.len && !is_separator(text.ptr[end]))
		end++;
	return at > 0 && end - at - 1 == THOUSAND_DIGITS;
}

bool
read_amount(struct str text, struct vnd *amount)
{
	struct buf digits CLEANUP(buf_fini) = {0};

	text = str_trim(text);
	for (size_t i = 0; i < text.len; i++) {
		if (!is_separator(text.ptr[i]))
			buf_addc(&digits, text.ptr[i]);
		else if (!is_group(text, i))
			return false;
	}
	return vnd_parse(buf_str(&digits), amount).code == ERR_OK &&
	       amount->dong <= VND_TRANSFER_MAX;
}
