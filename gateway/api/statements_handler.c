/* Statement files: POST /v1/statements answers when all is booked; the control socket tells the
 * progress as events, because a year of lines takes its time. */
#include "statement_import.h"

#define BANK_WORD_MAX 64

/* Who waits for an import: a request that is held, or a stream of events. */
struct waiter {
	struct request *req;
	struct stream *stream;
	bool local; /* the control socket */
	bool left;  /* the stream's client */
};

/* ---- answers -------------------------------------------------------------------------------- */

static json_t *
side_json(const struct statement *statement, bool outgoing)
{
	json_t *side = json_object();
	int64_t sum = 0, count = 0;

	for (size_t i = 0; i < statement->count; i++) {
		if (statement->events[i].outgoing != outgoing)
			continue;
		sum += statement->events[i].amount.dong;
		count++;
	}
	json_set_i64(side, "count", count);
	json_set_i64(side, "sum", sum);
	return side;
}

static void
set_times(json_t *json, const struct statement *statement)
{
	int64_t first = NO_TIME, last = NO_TIME;

	for (size_t i = 0; i < statement->count; i++) {
		int64_t ms = statement->events[i].time_ms;

		first = first == NO_TIME || ms < first ? ms : first;
		last = ms > last ? ms : last;
	}
	json_set_time(json, "first_at", first);
	json_set_time(json, "last_at", last);
}

static json_t *
import_json(const struct statement_import *import)
{
	const struct statement *statement = import->statement;
	json_t *json = json_object(), *accounts = json_array();

	for (size_t i = 0; i < statement->account_count; i++)
		json_array_append_new(accounts, json_from_str(statement->accounts[i]));
	json_set_str(json, "format", str_from(statement_format_name(import->source.format)));
	json_set_str(json, "bank", import->source.bank);
	json_object_set_new(json, "accounts", accounts);
	set_times(json, statement);
	json_set_i64(json, "lines", (int64_t)statement->count);
	json_object_set_new(json, "credits", side_json(statement, false));
	json_object_set_new(json, "debits", side_json(statement, true));
	json_set_i64(json, "left_out", (int64_t)statement->left_out);
	json_object_set_new(json, "balanced", json_boolean(statement->balanced));
	json_set_i64(json, "new", (int64_t)import->fresh);
	json_set_i64(json, "known", (int64_t)import->known);
	json_set_i64(json, "held", (int64_t)import->held);
	json_set_i64(json, "missed", (int64_t)import->missed);
	if (import->source.mapping.len > 0)
		json_set_str(json, "mapping", import->source.mapping);
	else
		json_object_set_new(json, "mapping", json_null());
	json_object_set_new(json, "dry_run", json_boolean(import->dry_run));
	return json;
}

static json_t *
problems_json(const struct statement *statement)
{
	size_t shown = statement->problem_count < STATEMENT_PROBLEMS_MAX ? statement->problem_count
									 : STATEMENT_PROBLEMS_MAX;
	json_t *items = json_array();

	for (size_t i = 0; i < shown; i++) {
		json_t *item = json_object();

		json_set_i64(item, "line", (int64_t)statement->problems[i].line);
		json_set_str(item, "column", statement->problems[i].column);
		json_set_str(item, "reason", statement->problems[i].reason);
		json_array_append_new(items, item);
	}
	return items;
}

static json_t *
strings_json(const struct str *texts, size_t count)
{
	json_t *items = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, json_from_str(texts[i]));
	return items;
}

static json_t *
ambiguities_json(const struct statement *statement)
{
	json_t *items = json_object();

	for (size_t i = 0; i < statement->ambiguity_count; i++)
		json_object_set_new(items, statement->ambiguities[i].field,
			strings_json(statement->ambiguities[i].columns,
				statement->ambiguities[i].column_count));
	return items;
}

/* A problem document with what a person needs to put it right. */
static void
reply_unreadable(struct request *req, const struct statement_import *import)
{
	const struct statement *statement = import->statement;
	bool unmapped = import->read.code == ERR_NOT_FOUND;
	struct buf text CLEANUP(buf_fini) = {0};
	json_t *json CLEANUP(json_cleanup) = json_object();

	json_set_str(json, "type",
		unmapped ? STR("/problems/mapping-needed") : STR("/problems/unreadable-statement"));
	json_set_str(json, "title",
		unmapped ? STR("Which column says what is not known yet")
			 : STR("The statement was not imported"));
	json_set_i64(json, "status", 422);
	json_set_str(json, "detail",
		unmapped
			? STR("no mapping is known for this bank; say it with map, the proposal may"
			      " help")
			: STR("nothing was imported; each problem names its line"));
	json_set_str(json, "instance", request_path(req));
	json_set_str(json, "request_id", request_id(req));
	json_set_i64(json, "problem_count", (int64_t)statement->problem_count);
	json_object_set_new(json, "problems", problems_json(statement));
	json_object_set_new(
		json, "header", strings_json(statement->header, statement->header_count));
	if (unmapped && statement->proposal.len > 0)
		json_set_str(json, "proposal", statement->proposal);
	else
		json_object_set_new(json, "proposal", json_null());
	json_object_set_new(json, "ambiguous", ambiguities_json(statement));
	json_write(&text, json);
	request_add_header(req, "Cache-Control", STR("no-store"));
	reply_bytes(req, 422, "application/problem+json", buf_str(&text));
}

/* ---- who waits ------------------------------------------------------------------------------ */

static struct waiter *
waiter_of(const struct statement_import *import)
{
	return import->arg;
}

static void
stream_json(struct stream *stream, const char *event, json_t *json)
{
	struct buf text CLEANUP(buf_fini) = {0};

	json_write(&text, json);
	json_decref(json);
	stream_send(stream, STR(""), event, buf_str(&text));
}

static void
stream_closed(struct stream *stream, void *arg)
{
	struct waiter *waiter = arg;

	(void)stream;
	waiter->stream = NULL;
	waiter->left = true;
}

static bool
waiter_gone(const struct statement_import *import)
{
	const struct waiter *waiter = waiter_of(import);

	return waiter->left || (waiter->req != NULL && request_gone(waiter->req));
}

static void
waiter_progress(struct statement_import *import)
{
	struct stream *stream = waiter_of(import)->stream;
	json_t *json;

	if (stream == NULL)
		return;
	json = json_object();
	json_set_i64(json, "done", (int64_t)import->next);
	json_set_i64(json, "lines", (int64_t)import->statement->count);
	stream_json(stream, "progress", json);
}

static json_t *
failure_json(const struct statement_import *import)
{
	json_t *json = json_object();

	json_set_str(json, "code", str_from(err_code_name(import->result.code)));
	json_set_str(json, "what", str_from(import->result.what));
	json_set_i64(json, "done", (int64_t)import->next);
	json_set_i64(json, "lines", (int64_t)import->statement->count);
	return json;
}

static void
waiter_done(struct statement_import *import)
{
	const struct waiter *waiter = waiter_of(import);
	bool failed = import->result.code != ERR_OK;

	if (waiter->req != NULL && failed) {
		reply_err(waiter->req, import->result);
	} else if (waiter->req != NULL) {
		request_add_header(waiter->req, "Cache-Control", STR("no-store"));
		reply_json(waiter->req, 200, import_json(import));
	} else if (waiter->stream != NULL) {
		stream_json(waiter->stream, failed ? "failed" : "result",
			failed ? failure_json(import) : import_json(import));
		stream_close(waiter->stream);
	}
	statement_import_free(import);
}

/* ---- requests ------------------------------------------------------------------------------- */

static struct err
read_file(struct db *db, struct ask *ask)
{
	if (!may(&ask->who, IMPORT_STATEMENTS, 0))
		return ask_denied(ask);
	return statement_import_read(db, ask->more);
}

static void
file_read(struct ask *ask)
{
	struct statement_import *import = ask->more;
	struct waiter *waiter = waiter_of(import);

	if (ask->query.result.code != ERR_OK) {
		ask_fail(ask);
		statement_import_free(import);
		return;
	}
	if (import->read.code != ERR_OK) {
		reply_unreadable(ask->req, import);
		statement_import_free(import);
		return;
	}
	if (waiter->local) {
		waiter->req = NULL; /* the stream takes its place */
		waiter->stream = stream_open(ask->req, stream_closed, waiter);
		if (waiter->stream == NULL) {
			statement_import_free(import);
			return;
		}
	}
	statement_import_book(import);
}

static bool
refuse_query(struct request *req, const char *detail)
{
	reply_problem(req, 400, "invalid-query", "A query value is wrong", "%s", detail);
	return false;
}

/* bank=...: any name of it, or its BIN. */
static bool
take_bank(struct request *req, struct statement_import *import)
{
	const struct banks *banks = import->api->config.banks;
	const struct bank *bank;
	struct str word;

	if (!request_query(req, "bank", &word) || word.len == 0 || word.len > BANK_WORD_MAX)
		return refuse_query(req, "bank says whose statement it is: a name or a BIN");
	if (banks_bin_of(banks, word, import->bank_bin).code != ERR_OK)
		return refuse_query(
			req, "no bank has that name; `bank` is a name or a BIN of 6 digits");
	bank = banks_by_bin(banks, str_from(import->bank_bin));
	import->source.bank = arena_copy(
		import->arena, bank == NULL ? str_from(import->bank_bin) : bank->code);
	return true;
}

static bool
take_mapping(struct request *req, struct statement_import *import)
{
	struct str text, fault;

	if (!request_query(req, "map", &text) || text.len == 0)
		return true;
	if (statement_mapping_check(import->arena, text, &import->source.mapping, &fault).code !=
		ERR_OK) {
		reply_problem(req, 400, "invalid-mapping", "The mapping cannot be used", "%.*s",
			STR_FMT(fault));
		return false;
	}
	import->names_mapping = true;
	return true;
}

static bool
take_format(struct request *req, struct statement_import *import)
{
	struct statement_source *source = &import->source;
	const char *what = NULL;
	struct str word;

	if (request_query(req, "format", &word) && word.len > 0) {
		if (!statement_format_parse(word, &source->format))
			return refuse_query(req, "format is csv, xlsx, mt940 or camt053");
		return true;
	}
	source->format = statement_detect(source->bytes, &what);
	if (source->format != STATEMENT_UNKNOWN)
		return true;
	reply_problem(req, 422, "unknown-format", "The file is no statement", "%s", what);
	return false;
}

static bool
take_query(struct request *req, struct statement_import *import)
{
	struct str word;

	if (request_query(req, "account", &word) && word.len > 0) {
		import->source.account = arena_copy(import->arena, word);
		import->names_account = true;
	}
	if (request_query(req, "dry_run", &word)) {
		import->dry_run = str_eq(word, STR("true"));
		if (!import->dry_run && !str_eq(word, STR("false")))
			return refuse_query(req, "dry_run is true or false");
	}
	return take_bank(req, import) && take_mapping(req, import) && take_format(req, import);
}

static void
statement_import(struct request *req, bool local)
{
	struct statement_import *import = statement_import_new(api_of(req));
	struct waiter *waiter = arena_alloc(import->arena, sizeof(*waiter));
	struct ask *ask;
	struct err err;

	*waiter = (struct waiter){.req = req, .local = local};
	import->arg = waiter;
	import->progress = waiter_progress;
	import->done = waiter_done;
	import->gone = waiter_gone;
	import->source.now_ms = books_now_ms(import->api->config.books);
	/* A request that is held keeps its body; a stream outlives its request. */
	import->source.bytes = local ? arena_copy(import->arena, request_body(req))
				     : request_body(req);
	if (!take_query(req, import)) {
		statement_import_free(import);
		return;
	}
	ask = ask_new(req);
	ask->more = import;
	ask->answer = read_file;
	ask->reply = file_read;
	err = books_ask_long(import->api->config.books, &ask->query);
	if (err.code != ERR_OK) {
		reply_err(req, err);
		statement_import_free(import);
	}
}

static void
post_may(struct request *req)
{
	statement_import(req, false);
}

void
statement_post(struct request *req)
{
	behind_gate(req, IMPORT_STATEMENTS, post_may);
}

void
control_statement_import(struct request *req)
{
	statement_import(req, true);
}
