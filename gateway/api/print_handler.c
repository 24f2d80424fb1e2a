/* What is printed for the stalls of a market: cards with their codes, the inspector's list. */
#include <stdlib.h>
#include <string.h>

#include "chopay/cards.h"
#include "report_task.h"

#define FILE_NAME_MAX 60

struct print_ask {
	struct ask ask;		  /* first */
	struct str market, stall; /* one of the two */
	int64_t issue;
	enum card_size size;
	const char *what;	 /* for the audit log: "cards-A6" */
	struct str subject;	 /* ... "market:MALAM" */
	struct card *cards;	 /* of the stalls asked for */
	enum card_fault *faults; /* of each */
	size_t count, fits;
	struct str bytes; /* in the arena */
	struct audit_command audit;
};

/* ---- which stalls -----------------------------------------------------------------------------
 */

/* A2 before A10.  Codes read from the store end in a NUL. */
static int
by_code(const void *a, const void *b)
{
	return strverscmp(((const struct stall *)a)->code.ptr, ((const struct stall *)b)->code.ptr);
}

/* Whose they are, before they are read: who may not is not told either whether there is such a
 * market, and costs no long answer.  `one`: the stall, where one is asked for. */
static struct err
check(struct db *db, struct print_ask *print, struct market *market, struct stall *one)
{
	struct arena *arena = print->ask.query.arena;
	struct err err;

	if (print->stall.len > 0) {
		err = stalls_find(db, arena, print->stall, one);
		market->id = one->market_id;
		print->subject = arena_printf(arena, "stall:%.*s", STR_FMT(one->reference));
	} else {
		err = markets_find(db, arena, print->market, market);
		print->subject = arena_printf(arena, "market:%.*s", STR_FMT(market->code));
	}
	if (!may_at(&print->ask.who, PRINT_CARDS, 0, err.code == ERR_OK ? market->id : 0))
		return ask_denied(&print->ask);
	return err;
}

static struct err
read_stalls(struct db *db, struct print_ask *print, struct stall **stalls, size_t *count)
{
	struct arena *arena = print->ask.query.arena;
	struct market market = {0};

	*stalls = arena_alloc(arena, sizeof(**stalls));
	*count = 1;
	TRY(check(db, print, &market, *stalls));
	if (print->stall.len > 0)
		return OK;
	TRY(stalls_of_market(db, arena, market.id, CARDS_MAX, stalls, count));
	qsort(*stalls, *count, sizeof(**stalls), by_code);
	return OK;
}

static struct err
read_cards(struct db *db, struct print_ask *print)
{
	struct arena *arena = print->ask.query.arena;
	const struct crypt *crypt = print->ask.api->config.crypt;
	int32_t today = day_of(print->ask.now_ms, 0);
	struct stall *stalls;
	size_t count;

	TRY(read_stalls(db, print, &stalls, &count));
	print->cards = arena_alloc(arena, (count + 1) * sizeof(*print->cards));
	print->faults = arena_alloc(arena, (count + 1) * sizeof(*print->faults));
	for (size_t i = 0; i < count; i++)
		print->faults[i] = card_of_stall(
			crypt, arena, &stalls[i], (int)print->issue, today, &print->cards[i]);
	print->count = count;
	return OK;
}

/* ---- the words of the request -----------------------------------------------------------------
 */

/* May they, of whose cards are asked for, or of any where that is not said? */
static struct err
refused_answer(struct db *db, struct ask *ask)
{
	struct print_ask *print = (struct print_ask *)ask;
	struct market market = {0};
	struct stall one;

	if ((print->market.len == 0) != (print->stall.len == 0))
		return check(db, print, &market, &one);
	return may_at(&ask->who, PRINT_CARDS, 0, ask->who.market_id) ? OK : ask_denied(ask);
}

static void
wrong_query(struct print_ask *print, const char *what)
{
	print->ask.answer = refused_answer;
	ask_refuse(&print->ask, what);
}

/* NULL: it is refused. */
static struct print_ask *
print_new(struct request *req)
{
	struct print_ask *print = arena_alloc(request_arena(req), sizeof(*print));
	struct str text;

	print->ask = *ask_new(req);
	print->issue = 1;
	request_query(req, "market", &print->market);
	request_query(req, "stall", &print->stall);
	if ((print->market.len == 0) == (print->stall.len == 0)) {
		wrong_query(
			print, "say whose: market=CODE for all of a market, or stall=CODE for one");
		return NULL;
	}
	if (request_query(req, "issue", &text) &&
		(str_to_i64(text, &print->issue).code != ERR_OK || print->issue < 1 ||
			print->issue > CARD_ISSUE_MAX)) {
		wrong_query(print,
			"issue is a number from 1 to 99: one more than on the cards that are"
			" not to be trusted any longer");
		return NULL;
	}
	return print;
}

/* ---- as JSON -----------------------------------------------------------------------------------
 */

static json_t *
card_json(const struct card *card, enum card_fault fault)
{
	const struct {
		const char *name;
		struct str text;
	} members[] = {{"code", card->code}, {"name", card->name}, {"market_name", card->market},
		{"bank_bin", card->bank_bin}, {"bank_name", card->bank_name},
		{"account_no", card->account_no}, {"account_holder", card->holder},
		{"reference", card->reference}, {"serial", card->serial}};
	json_t *json = json_object();

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		json_set_str(json, members[i].name, members[i].text);
	json_set_str(json, "fault", str_from(card_fault_name(fault)));
	json_set_str(json, "fault_text", str_from(card_fault_text(fault)));
	return json;
}

static struct err
stalls_answer(struct db *db, struct ask *ask)
{
	struct print_ask *print = (struct print_ask *)ask;
	json_t *json CLEANUP(json_cleanup) = json_object();
	json_t *items = json_array();

	json_object_set_new(json, "stalls", items);
	TRY(read_cards(db, print));
	for (size_t i = 0; i < print->count; i++)
		json_array_append_new(items, card_json(&print->cards[i], print->faults[i]));
	json_write(&ask->bytes, json);
	return OK;
}

/* ---- as a file ---------------------------------------------------------------------------------
 */

/* "cards-MALAM-A6.pdf": of a code only what any system takes in a file's name. */
static struct str
file_name(struct print_ask *print)
{
	struct buf name CLEANUP(buf_fini) = {0};
	struct str of = print->stall.len > 0 ? print->stall : print->market;

	buf_addf(&name, "inline; filename=\"%s-", print->what);
	for (size_t i = 0; i < of.len && i < FILE_NAME_MAX; i++) {
		char c = of.ptr[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z');

		buf_addc(&name, plain ? c : '-');
	}
	buf_adds(&name, ".pdf\"");
	return arena_copy(print->ask.query.arena, buf_str(&name));
}

static void
audited(struct command *command)
{
	struct print_ask *print = (struct print_ask *)((char *)command -
						       offsetof(struct print_ask, audit));
	struct request *req = print->ask.req;
	struct arena *arena = print->ask.query.arena;

	if (command->result.code != ERR_OK) {
		reply_err(req, command->result);
		return;
	}
	request_add_header(req, "Cache-Control", STR("no-store"));
	if (print->fits == 0) { /* the stalls alone */
		reply_bytes(req, 200, "application/json", print->bytes);
		return;
	}
	request_add_header(req, "Content-Disposition", file_name(print));
	request_add_header(req, "Chopay-Printed", arena_printf(arena, "%zu", print->fits));
	request_add_header(
		req, "Chopay-Skipped", arena_printf(arena, "%zu", print->count - print->fits));
	reply_bytes(req, 200, "application/pdf", print->bytes);
}

/* Account numbers leave the house: the audit log says to whom before they go. */
static void
printed(struct ask *ask)
{
	struct print_ask *print = (struct print_ask *)ask;

	if (ask->query.result.code != ERR_OK) {
		ask_fail(ask);
		return;
	}
	print->bytes = arena_copy(ask->query.arena, buf_str(&ask->bytes));
	print->audit = (struct audit_command){
		.command = {audit_apply, audited, ask->api->config.mailbox, ask->query.arena, OK},
		.line = {.who = audit_who(ask->query.arena, &ask->who),
			.what = STR("export"),
			.subject = print->subject,
			.detail = str_from(print->what)},
	};
	submit_command(ask->req, &print->audit.command);
}

/* Those that can have a card to the front, in their order. */
static void
leave_out_faults(struct print_ask *print)
{
	print->fits = 0;
	for (size_t i = 0; i < print->count; i++)
		if (print->faults[i] == CARD_FITS)
			print->cards[print->fits++] = print->cards[i];
}

static struct err
cards_answer(struct db *db, struct ask *ask)
{
	struct print_ask *print = (struct print_ask *)ask;
	struct cards_print job = {.size = print->size, .made_ms = ask->now_ms};

	TRY(read_cards(db, print));
	leave_out_faults(print);
	if (print->fits == 0)
		return FAIL(ERR_CONFLICT,
			"none of its stalls can have a card; GET /v1/print/stalls says why");
	job.cards = print->cards;
	job.count = print->fits;
	return cards_pdf(&job, &ask->bytes);
}

static void
print_send(struct print_ask *print, struct err (*answer)(struct db *db, struct ask *ask))
{
	print->ask.answer = answer;
	print->ask.reply = printed;
	ask_send_long(&print->ask);
}

void
print_cards_get(struct request *req)
{
	static const char *const whats[] = {"cards-A6", "cards-A5", "cards-A4"};
	struct print_ask *print = print_new(req);
	struct str text;

	if (print == NULL)
		return;
	if (request_query(req, "size", &text) && !card_size_of(text, &print->size)) {
		wrong_query(print, "size is A6 or A5, a card a page, or A4, four of A6 on a page");
		return;
	}
	print->what = whats[print->size];
	print_send(print, cards_answer);
}

static struct err
inspector_answer(struct db *db, struct ask *ask)
{
	struct print_ask *print = (struct print_ask *)ask;
	struct cards_print job = {.lang = ask->lang, .made_ms = ask->now_ms};
	size_t open = 0;

	TRY(read_cards(db, print));
	/* A code at a stall that has no account is a finding, too: it has a row. */
	for (size_t i = 0; i < print->count; i++)
		if (print->faults[i] != CARD_CLOSED)
			print->cards[open++] = print->cards[i];
	if (open == 0)
		return FAIL(ERR_CONFLICT, "no stall of it is open");
	job.cards = print->cards;
	job.count = print->fits = open;
	return cards_list_pdf(&job, &ask->bytes);
}

void
print_inspector_get(struct request *req)
{
	struct print_ask *print = print_new(req);

	if (print == NULL)
		return;
	print->what = "inspector";
	print_send(print, inspector_answer);
}

void
print_stalls_get(struct request *req)
{
	struct print_ask *print = print_new(req);

	if (print == NULL)
		return;
	print->what = "stalls";
	print->ask.answer = stalls_answer;
	print->ask.reply = printed;
	ask_send(&print->ask);
}
