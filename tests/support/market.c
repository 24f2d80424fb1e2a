/* A small market in books of its own. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <libpq-fe.h>

#include "chopay/charge_commands.h"
#include "chopay/json.h"
#include "market.h"

#define PATIENCE_MS 60000 /* for races lost on a busy machine: none of the tests is about time */

const char market_csv[] =
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,"
	"bank_bin,account_no,account_holder,open_date,close_date\n"
	"MALAM,Chợ Ma Lâm,23059,A01,Rau cô Ba,stall,rau,Nguyễn Thị Ba,0990000001,970436,"
	"0071000000001,NGUYEN THI BA,2020-01-01,\n"
	"MALAM,Chợ Ma Lâm,23059,A02,Cá chú Tư,stall,cá,Trần Văn Tư,0990000002,970422,19990002,"
	"TRAN VAN TU,2020-01-01,\n"
	"MALAM,Chợ Ma Lâm,23059,A03,Thịt chú Tư,stall,thịt,Trần Văn Tư,0990000002,970422,19990002,"
	"TRAN VAN TU,2020-01-01,\n"
	"MALAM,Chợ Ma Lâm,23059,A04,Hoa dì Sáu,stall,hoa,Lê Thị Sáu,0990000003,970422,VQRQ0004,"
	"LE THI SAU,2020-01-01,\n"
	"MALAM,Chợ Ma Lâm,23059,A05,Gạo cũ,stall,gạo,Phạm Văn Cũ,0990000004,970415,1005,"
	"PHAM VAN CU,2020-01-01,2026-01-01\n";

static void
heard(void *arg, struct news *news)
{
	static pthread_mutex_t one_writer = PTHREAD_MUTEX_INITIALIZER;
	struct market_fixture *market = arg;

	pthread_mutex_lock(&one_writer);
	buf_add(&market->heard, news->kind);
	buf_addc(&market->heard, '\n');
	pthread_mutex_unlock(&one_writer);
}

static void
open_books(struct market_fixture *market)
{
	struct buf why CLEANUP(buf_fini) = {0};
	const struct books_config config = {
		.folder = market->folder,
		.store = market->store.ptr,
		.clock = {market->clock_offset_ms},
		.crypt = market->crypt,
		.prefix = STR("CH"),
		.readers = 2,
		.writers = market->writers > 1 ? market->writers : 1,
		.patience_ms = market->patience_ms > 0 ? market->patience_ms : PATIENCE_MS,
		.committed = heard,
		.arg = market,
	};
	struct err err = books_open(&config, &market->books, &why);

	if (err.code != ERR_OK)
		fail_msg("books_open: %s", why.ptr);
}

struct setup_command {
	struct command command;
	struct market_fixture *market;
};

static int64_t
next_id(void *tx)
{
	return tx_next_id(tx);
}

struct registry_import
market_import(struct tx *tx, struct arena *arena, const struct banks *banks, struct str csv)
{
	return (struct registry_import){
		.csv = csv,
		.banks = banks,
		.prefix = tx->prefix,
		.now_ms = tx->now_ms,
		.next_id = next_id,
		.arg = tx,
		.arena = arena,
	};
}

static struct err
setup_apply(struct tx *tx, struct command *self)
{
	struct market_fixture *market = ((struct setup_command *)self)->market;
	struct registry_import import = market_import(
		tx, self->arena, market->banks, str_from(market_csv));

	TRY(registry_seed(tx->db, self->arena, market->banks));
	return registry_import(tx->db, &import);
}

/* Unit tests run on PostgreSQL too when CHOPAY_TEST_STORE has a URI: each market in a schema of its
 * own there. */
static void
on_server(const char *uri, const char *verb, const char *schema, const char *end)
{
	struct buf sql CLEANUP(buf_fini) = {0};
	PGconn *conn = PQconnectdb(uri);
	PGresult *result;

	buf_addf(&sql, "SET client_min_messages = error; %s \"%s\"%s", verb, schema, end);
	result = PQexec(conn, sql.ptr);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		fail_msg("%s: %s", sql.ptr, PQerrorMessage(conn));
	PQclear(result);
	PQfinish(conn);
}

static void
choose_store(struct market_fixture *market)
{
	const char *uri = getenv("CHOPAY_TEST_STORE");
	const char *schema = strrchr(market->folder, '/') + 1;

	if (uri == NULL)
		return;
	on_server(uri, "CREATE SCHEMA", schema, "");
	buf_addf(&market->store, "%s%coptions=-csearch_path%%3D%%22%s%%22&application_name=%s", uri,
		strchr(uri, '?') == NULL ? '?' : '&', schema, schema);
}

static struct market_fixture *
market_new(void)
{
	struct market_fixture *market = mem_alloc_zero(1, sizeof(*market));

	snprintf(market->folder, sizeof(market->folder), "/tmp/chopay_unit_XXXXXX");
	assert_non_null(mkdtemp(market->folder));
	assert_int_equal(crypt_new(&market->crypt).code, ERR_OK);
	assert_int_equal(banks_load(&market->banks).code, ERR_OK);
	market->arena = arena_new();
	choose_store(market);
	return market;
}

struct market_fixture *
market_open(void)
{
	struct market_fixture *market = market_new();
	struct setup_command setup = {.market = market};

	open_books(market);
	setup.command = (struct command){.apply = setup_apply, .arena = market->arena};
	assert_int_equal(books_submit_wait(market->books, &setup.command).code, ERR_OK);
	return market;
}

void
market_reopen(struct market_fixture *market)
{
	books_close(market->books);
	open_books(market);
}

void
market_close(struct market_fixture *market)
{
	books_close(market->books);
	market->books = NULL;
}

static void
copy_file(const char *from_folder, const char *to_folder, const char *name)
{
	char path[128], bytes[65536];
	FILE *from, *to;
	size_t got;

	snprintf(path, sizeof(path), "%s/%s", from_folder, name);
	from = fopen(path, "rb");
	snprintf(path, sizeof(path), "%s/%s", to_folder, name);
	to = fopen(path, "wb");
	assert_true(from != NULL && to != NULL);
	while ((got = fread(bytes, 1, sizeof(bytes), from)) > 0)
		assert_int_equal(fwrite(bytes, 1, got, to), got);
	fclose(from);
	assert_int_equal(fclose(to), 0);
}

struct market_fixture *
market_copy(const struct market_fixture *closed)
{
	struct market_fixture *market = market_new();
	char keys[128];

	snprintf(keys, sizeof(keys), "%s/keys", market->folder);
	assert_int_equal(mkdir(keys, 0700), 0);
	copy_file(closed->folder, market->folder, "chopay.db");
	copy_file(closed->folder, market->folder, "keys/master.key");
	open_books(market);
	return market;
}

void
market_free(struct market_fixture *market)
{
	static const char *const files[] = {"chopay.db", "chopay.db-wal", "chopay.db-shm", "lock",
		"keys/master.key", "keys/ledger.key", "keys"};
	char path[128];

	books_close(market->books);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", market->folder, files[i]);
		remove(path);
	}
	remove(market->folder);
	if (market->store.ptr != NULL)
		on_server(getenv("CHOPAY_TEST_STORE"), "DROP SCHEMA",
			strrchr(market->folder, '/') + 1, " CASCADE");
	buf_fini(&market->store);
	banks_free(market->banks);
	crypt_free(market->crypt);
	arena_free(market->arena);
	buf_fini(&market->heard);
	free(market);
}

int
market_setup(void **state)
{
	*state = market_open();
	return 0;
}

int
market_teardown(void **state)
{
	market_free(*state);
	return 0;
}

struct stall_query {
	struct query query;
	struct str code;
	struct stall stall;
	struct charge charge;
	struct market_fixture *market;
	struct buf faults;
	struct store_counts counts;
};

static struct err
find_stall(struct db *db, struct query *query)
{
	struct stall_query *asked = (struct stall_query *)query;

	return stalls_find(db, query->arena, asked->code, &asked->stall);
}

struct stall
market_stall(struct market_fixture *market, const char *code)
{
	struct stall_query asked = {
		.query = {.run = find_stall, .arena = market->arena}, .code = str_from(code)};

	assert_int_equal(books_ask_wait(market->books, &asked.query).code, ERR_OK);
	return asked.stall;
}

/* The bank's second in which the credit was booked: feeds tell no fractions. */
static int64_t
booked_at(struct market_fixture *market, const struct credit *credit)
{
	int64_t ms = credit->booked_at_ms == 0 ? books_now_ms(market->books) : credit->booked_at_ms;

	return ms / MS_PER_SECOND * MS_PER_SECOND;
}

static struct str
bank_ref(const struct credit *credit)
{
	return str_from(credit->bank_ref == NULL ? "FT1" : credit->bank_ref);
}

struct str
market_raw(struct market_fixture *market, const struct credit *credit)
{
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf text CLEANUP(buf_fini) = {0};
	struct str when;

	time_format_rfc3339(&text, booked_at(market, credit));
	when = arena_copy(market->arena, str_cut(buf_str(&text), 0, 19));
	((char *)(uintptr_t)when.ptr)[10] = ' ';
	json_set_str(body, "id", str_from(credit->id));
	json_set_str(body, "gateway", STR(""));
	json_set_str(body, "transactionDate", when);
	json_set_str(body, "accountNumber", str_from(credit->account));
	json_set_str(body, "subAccount", str_from(credit->virtual_account));
	json_set_str(body, "content", str_from(credit->memo));
	json_set_str(body, "transferType", credit->outgoing ? STR("out") : STR("in"));
	json_set_i64(body, "transferAmount", credit->amount);
	json_set_str(body, "referenceCode", bank_ref(credit));
	buf_clear(&text);
	json_write(&text, body);
	return arena_copy(market->arena, buf_str(&text));
}

struct err
market_credits(struct market_fixture *market, const struct credit *credits, size_t count,
	struct settlement *settlements)
{
	struct feed_event *events = arena_alloc(market->arena, count * sizeof(*events));
	struct str *bins = arena_alloc(market->arena, count * sizeof(*bins));
	struct settle_command settle = {
		.command = {.apply = settle_apply, .arena = market->arena},
		.feed = feed_find(STR("sepay")),
		.endpoint_id = STR("e1"),
		.content_type = STR("application/json"),
		.raw = market_raw(market, &credits[0]),
		.events = events,
		.bank_bins = bins,
		.event_count = count,
	};
	struct err err;

	for (size_t i = 0; i < count; i++) {
		events[i] = (struct feed_event){
			.provider_txn_id = str_from(credits[i].id),
			.bank_txn_id = bank_ref(&credits[i]),
			.account = str_from(credits[i].account),
			.virtual_account = str_from(credits[i].virtual_account),
			.amount = {credits[i].amount},
			.outgoing = credits[i].outgoing,
			.content = str_from(credits[i].memo),
			.time_ms = booked_at(market, &credits[i]),
		};
		bins[i] = credits[i].bank == NULL ? STR("") : str_from(credits[i].bank);
	}
	err = books_submit_wait(market->books, &settle.command);
	for (size_t i = 0; i < count && err.code == ERR_OK; i++)
		settlements[i] = settle.settlements[i];
	return err;
}

struct settlement
market_credit(struct market_fixture *market, const struct credit *credit)
{
	struct settlement settlement;

	assert_int_equal(market_credits(market, credit, 1, &settlement).code, ERR_OK);
	return settlement;
}

struct charge
market_charge(struct market_fixture *market, const char *stall, int64_t amount)
{
	struct charge_create_command create = {
		.command = {.apply = charge_create_apply, .arena = market->arena},
		.stall = str_from(stall),
		.amount = {amount},
	};

	assert_int_equal(books_submit_wait(market->books, &create.command).code, ERR_OK);
	return create.charge;
}

static struct err
find_charge(struct db *db, struct query *query)
{
	struct stall_query *asked = (struct stall_query *)query;

	return charges_find(db, query->arena, asked->code, &asked->charge);
}

struct charge
market_charge_now(struct market_fixture *market, struct str reference)
{
	struct stall_query asked = {
		.query = {.run = find_charge, .arena = market->arena}, .code = reference};

	assert_int_equal(books_ask_wait(market->books, &asked.query).code, ERR_OK);
	return asked.charge;
}

static struct err
count_rows(struct db *db, struct query *query)
{
	return store_count(db, &((struct stall_query *)query)->counts);
}

int64_t
market_count(struct market_fixture *market, const char *what)
{
	struct stall_query asked = {.query = {.run = count_rows, .arena = market->arena}};

	assert_int_equal(books_ask_wait(market->books, &asked.query).code, ERR_OK);
	if (strcmp(what, "transfers") == 0)
		return asked.counts.transfers;
	if (strcmp(what, "payments") == 0)
		return asked.counts.payments;
	if (strcmp(what, "suspense") == 0)
		return asked.counts.suspense;
	if (strcmp(what, "attributed") == 0)
		return asked.counts.attributed.dong;
	if (strcmp(what, "held") == 0)
		return asked.counts.held.dong;
	fail_msg("no count of %s", what);
	return -1;
}

static void
fault_found(void *arg, const char *table, struct str key, const char *fault)
{
	buf_addf(arg, "%s %.*s: %s\n", table, STR_FMT(key), fault);
}

static struct err
verify(struct db *db, struct query *query)
{
	struct stall_query *asked = (struct stall_query *)query;
	int64_t unchecked;

	return ledger_verify(db, asked->market->crypt, fault_found, &asked->faults, &unchecked);
}

struct str
market_verify(struct market_fixture *market)
{
	struct stall_query asked = {
		.query = {.run = verify, .arena = market->arena}, .market = market};
	struct str faults;

	assert_int_equal(books_ask_wait(market->books, &asked.query).code, ERR_OK);
	faults = arena_copy(market->arena, buf_str(&asked.faults));
	buf_fini(&asked.faults);
	return faults;
}

void
market_assert_verified(struct market_fixture *market)
{
	struct str faults = market_verify(market);

	if (faults.len > 0)
		fail_msg("%.*s", STR_FMT(faults));
}
