/* The stall's own book and accounts: for its holder's session, and for the operator of this machine
 * who acts on the holder's wish; never for a key. */
#include "api.h"
#include "chopay/json.h"
#include "chopay/revenue.h"

enum book_form { BOOK_JSON, BOOK_XLSX, BOOK_PDF };

static const struct {
	const char *word, *type;
	struct err (*make)(const struct revenue_book *book, struct buf *out);
} forms[] = {
	[BOOK_JSON] = {"json", "application/json", NULL},
	[BOOK_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		revenue_xlsx},
	[BOOK_PDF] = {"pdf", "application/pdf", revenue_pdf},
};

struct book_request {
	struct book_look_command look; /* first: the audit line */
	struct request *req;
	struct proof proof;
	struct principal who;
	struct stall stall;
	struct str word;   /* the stall, of an operator; empty: the session's own */
	bool accounts;	   /* these alone */
	const char *wrong; /* with the query, told to who may ask; NULL: nothing */
	int32_t from_day, to_day;
	enum book_form form;
};

/* ---- as JSON -----------------------------------------------------------------------------------
 */

static void
set_day(json_t *json, const char *name, int32_t day)
{
	struct buf text CLEANUP(buf_fini) = {0};

	if (day != DAY_FIRST && day != DAY_LAST)
		day_format(&text, day);
	json_object_set_new(
		json, name, text.len == 0 ? json_null() : json_from_str(buf_str(&text)));
}

static json_t *
accounts_json(const struct revenue_book *book)
{
	json_t *items = json_array();

	for (size_t i = 0; i < book->account_count; i++) {
		const struct revenue_account *account = &book->accounts[i];
		json_t *item = json_object();

		json_set_str(item, "bank_bin", account->bank_bin);
		json_set_str(item, "bank", account->bank_name);
		json_set_str(item, "account_no", account->account_no);
		json_set_str(item, "holder", account->holder);
		set_day(item, "from", account->from_day);
		set_day(item, "to", account->to_day);
		json_array_append_new(items, item);
	}
	return items;
}

static json_t *
book_json(const struct revenue_book *book)
{
	json_t *json = json_object(), *lines = json_array();

	json_set_str(json, "merchant", book->merchant_name);
	json_set_str(json, "stall", book->stall_code);
	json_set_str(json, "market_name", book->market_name);
	set_day(json, "from", book->from_day);
	set_day(json, "to", book->to_day);
	json_object_set_new(json, "lines", lines);
	for (size_t i = 0; i < book->line_count; i++) {
		json_t *line = json_object();

		set_day(line, "date", book->lines[i].day);
		json_set_str(line, "text", book->lines[i].text);
		json_set_i64(line, "amount", book->lines[i].amount.dong);
		json_array_append_new(lines, line);
	}
	json_set_i64(json, "total", book->total.dong);
	json_set_i64(json, "year", book->year);
	json_set_i64(json, "year_total", book->year_total.dong);
	if (book->threshold.dong == 0) {
		json_object_set_new(json, "threshold", json_null());
		json_object_set_new(json, "threshold_basis", json_null());
	} else {
		json_set_i64(json, "threshold", book->threshold.dong);
		json_set_str(json, "threshold_basis", book->threshold_basis);
	}
	json_object_set_new(json, "accounts", accounts_json(book));
	return json;
}

/* ---- made on a reader, when the audit line is written ------------------------------------------
 */

static struct err
book_answer(struct db *db, struct ask *ask)
{
	struct book_request *asked = ask->more;
	struct revenue_book *book;

	TRY(revenue_build(
		db, ask->query.arena, asked->stall.id, asked->from_day, asked->to_day, &book));
	if (asked->accounts) {
		ask->json = json_object();
		json_object_set_new(ask->json, "accounts", accounts_json(book));
		return OK;
	}
	if (forms[asked->form].make != NULL)
		return forms[asked->form].make(book, &ask->bytes);
	ask->json = book_json(book);
	return OK;
}

static struct str
file_name(struct arena *arena, const struct book_request *asked)
{
	struct buf from CLEANUP(buf_fini) = {0}, to CLEANUP(buf_fini) = {0};

	day_format(&from, asked->from_day);
	day_format(&to, asked->to_day);
	return arena_printf(arena, "attachment; filename=\"S1a-HKD_%.*s_%s_%s.%s\"",
		STR_FMT(asked->stall.code), from.ptr, to.ptr, forms[asked->form].word);
}

static void
book_answered(struct ask *ask)
{
	struct book_request *asked = ask->more;

	if (ask->query.result.code != ERR_OK || ask->json != NULL) {
		ask_reply_json(ask);
		return;
	}
	request_add_header(ask->req, "Cache-Control", STR("no-store"));
	request_add_header(
		ask->req, "Content-Disposition", file_name(request_arena(ask->req), asked));
	reply_bytes(ask->req, 200, forms[asked->form].type, buf_str(&ask->bytes));
}

/* ---- who, and the audit line -------------------------------------------------------------------
 */

static struct err
refused(const struct principal *who)
{
	return who->role == ROLE_ANYONE
		       ? FAIL(ERR_DENIED, "the stall's own session is needed: open /stall")
		       : FAIL(ERR_DENIED, "a stall's book is its holder's alone; no key sees it");
}

static struct err
look_apply(struct tx *tx, struct command *self)
{
	struct book_request *asked = (struct book_request *)self;
	struct buf detail CLEANUP(buf_fini) = {0};

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, &asked->who));
	if (asked->look.for_holder) /* the control socket: the operator of this machine */
		TRY(stalls_find(tx->db, self->arena, asked->word, &asked->stall));
	else if (may(&asked->who, TAKE_BOOK, asked->who.stall_id))
		TRY(stalls_get(tx->db, self->arena, asked->who.stall_id, &asked->stall));
	else
		return refused(&asked->who);
	if (asked->wrong != NULL)
		return FAIL(ERR_INVALID, asked->wrong);
	buf_adds(&detail, asked->accounts ? "accounts " : "S1a-HKD ");
	day_format(&detail, asked->from_day);
	buf_adds(&detail, "..");
	day_format(&detail, asked->to_day);
	buf_addf(&detail, " %s", forms[asked->form].word);
	asked->look.stall_id = asked->stall.id;
	asked->look.who = asked->who.name;
	asked->look.subject = asked->stall.reference;
	asked->look.detail = arena_copy(self->arena, buf_str(&detail));
	return book_look_apply(tx, self);
}

static void
looked(struct command *self)
{
	struct book_request *asked = (struct book_request *)self;
	struct ask *ask;

	if (self->result.code == ERR_INVALID && asked->wrong != NULL) {
		reply_problem(asked->req, 400, "invalid-query", "A query value is wrong", "%s",
			asked->wrong);
		return;
	}
	if (self->result.code != ERR_OK) {
		reply_refusal(asked->req, &asked->who, self->result);
		return;
	}
	ask = ask_new(asked->req);
	ask->more = asked;
	ask->answer = book_answer;
	ask->reply = book_answered;
	ask_send_long(ask);
}

/* ---- the question ------------------------------------------------------------------------------
 */

static struct book_request *
book_request_new(struct request *req)
{
	struct book_request *asked = arena_alloc(request_arena(req), sizeof(*asked));

	asked->req = req;
	asked->proof = proof_of(req);
	asked->look.command = (struct command){
		look_apply, looked, api_of(req)->config.mailbox, request_arena(req), OK};
	asked->to_day = day_of(books_now_ms(api_of(req)->config.books), 0);
	asked->from_day = day_month_start(asked->to_day);
	return asked;
}

static bool
read_day(struct request *req, const char *name, int32_t *day)
{
	struct str text;

	return !request_query(req, name, &text) || day_parse(text, day).code == ERR_OK;
}

static bool
read_form(struct request *req, enum book_form *form)
{
	struct str text;

	if (!request_query(req, "format", &text))
		return true;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (str_eq(text, str_from(forms[i].word))) {
			*form = (enum book_form)i;
			return true;
		}
	}
	return false;
}

static void
send(struct book_request *asked)
{
	struct request *req = asked->req;

	if (!read_form(req, &asked->form))
		asked->wrong = "format is json, xlsx or pdf";
	else if (!read_day(req, "to", &asked->to_day))
		asked->wrong = "to is a date: 2026-06-30";
	asked->from_day = day_month_start(asked->to_day);
	if (!read_day(req, "from", &asked->from_day))
		asked->wrong = "from is a date: 2026-06-30";
	submit_command(req, &asked->look.command);
}

void
stall_book(struct request *req)
{
	send(book_request_new(req));
}

void
stall_accounts(struct request *req)
{
	struct book_request *asked = book_request_new(req);

	asked->accounts = true;
	submit_command(req, &asked->look.command);
}

void
control_book(struct request *req)
{
	struct book_request *asked = book_request_new(req);

	asked->look.for_holder = true;
	asked->word = request_param(req, "stall");
	request_query(req, "person", &asked->look.person);
	send(asked);
}
