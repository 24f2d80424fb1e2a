/* A world from its seed: the store everybody starts from, and what a crash leaves of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chopay/log.h"
#include "chopay/registry.h"
#include "disk.h"
#include "server.h"
#include "world.h"

#define START_MS INT64_C(1785200000000) /* 2026-07-28, in the morning */

/* Amounts and seconds repeat on purpose; so do references of the short kind, day after day. */
const struct account_at_bank bank_accounts[ACCOUNTS] = {
	{"0071000000001", "Vietcombank", true, REF_IDENTIFIES, {0}, 1},
	{"19990002", "ACB", true, REF_SHORT, {1, 2}, 2},
	{"VQRQ0004", "MBBank", false, REF_NONE, {3}, 1},
};

static const char register_csv[] =
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,"
	"bank_bin,account_no,account_holder,open_date,close_date\n"
	"MALAM,Chợ Ma Lâm,23059,A01,Rau,stall,rau,Ba,0990000001,970436,0071000000001,NGUYEN THI BA,2020-01-01,\n"
	"MALAM,Chợ Ma Lâm,23059,A02,Cá,stall,cá,Tư,0990000002,970416,19990002,TRAN VAN TU,2020-01-01,\n"
	"MALAM,Chợ Ma Lâm,23059,A03,Thịt,stall,thịt,Tư,0990000002,970416,19990002,TRAN VAN TU,2020-01-01,\n"
	"MALAM,Chợ Ma Lâm,23059,A04,Hoa,stall,hoa,Sáu,0990000003,970422,VQRQ0004,LE THI SAU,2020-01-01,\n";

static void
must(struct err err, const char *what)
{
	if (err.code == ERR_OK)
		return;
	fprintf(stderr, "sim: %s: %s\n", what, err.what);
	abort();
}

static void
open_books(struct world *world)
{
	struct buf why CLEANUP(buf_fini) = {0};
	const struct books_config config = {
		.folder = world->folder,
		.store = world->on_server ? world->uri.ptr : NULL,
		.clock = {.fixed_ms = &world->now_ms},
		.crypt = world->crypt,
		.prefix = STR("CH"),
		.readers = 2,
	};
	struct err err = books_open(&config, &world->books, &why);

	if (err.code != ERR_OK) {
		fprintf(stderr, "sim: seed %llu: the books do not open: %s\n",
			(unsigned long long)world->seed, why.ptr);
		abort();
	}
	must(store_open(world->on_server ? world->uri.ptr : world->file, STORE_READ, &world->eye,
		     &why),
		"a look past the books");
}

static void
close_books(struct world *world)
{
	store_close(world->eye);
	world->eye = NULL;
	books_close(world->books);
	world->books = NULL;
}

/* ---- the first store ---------------------------------------------------------------------------
 */

struct fill_command {
	struct command command;
	const struct banks *banks;
};

static int64_t
next_id(void *tx)
{
	return tx_next_id(tx);
}

static struct err
fill_apply(struct tx *tx, struct command *self)
{
	const struct banks *banks = ((struct fill_command *)self)->banks;
	struct registry_import import = {
		.csv = str_from(register_csv),
		.banks = banks,
		.prefix = tx->prefix,
		.now_ms = tx->now_ms,
		.next_id = next_id,
		.arg = tx,
		.arena = self->arena,
	};

	TRY(registry_seed(tx->db, self->arena, banks));
	return registry_import(tx->db, &import);
}

static void
read_first_store(struct world *world)
{
	FILE *file = fopen(world->file, "rb");
	struct buf bytes = {0};
	char piece[65536];
	size_t got;

	if (file == NULL)
		abort();
	while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
		buf_add(&bytes, (struct str){piece, got});
	fclose(file);
	world->first_store = buf_str(&bytes);
}

/* A new database `name`, which is where the books are from now on. */
static void
use_database(struct world *world, const char *name, const char *like)
{
	if (!world->on_server)
		return;
	server_drop(name);
	server_make(name, like);
	buf_clear(&world->uri);
	server_database(name, &world->uri);
}

void
world_prepare(struct world *world)
{
	struct fill_command fill;

	*world = (struct world){.now_ms = START_MS, .on_server = server_uri() != NULL};
	snprintf(world->folder, sizeof(world->folder), "%s/chopay-sim-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(world->folder) == NULL)
		abort();
	snprintf(world->file, sizeof(world->file), "%s/chopay.db", world->folder);
	must(crypt_new(&world->crypt), "crypt");
	must(banks_load(&world->banks), "banks");
	world->arena = arena_new();
	disk_install();
	snprintf(world->first, sizeof(world->first), "sim_%ld_first", (long)getpid());
	snprintf(world->database, sizeof(world->database), "sim_%ld", (long)getpid());
	use_database(world, world->first, NULL);
	open_books(world);
	fill = (struct fill_command){{.apply = fill_apply, .arena = world->arena}, world->banks};
	must(books_submit_wait(world->books, &fill.command), "the register");
	close_books(world);
	disk_forget();
	arena_free(world->arena);
	if (!world->on_server)
		read_first_store(world);
}

/* ---- a world
 * -------------------------------------------------------------------------------------
 */

struct stall_query {
	struct query query;
	struct world *world;
};

static struct err
learn_stalls(struct db *db, struct query *query)
{
	static const char *const codes[STALLS] = {"A01", "A02", "A03", "A04"};
	struct world *world = ((struct stall_query *)query)->world;
	struct stall stall;

	for (int i = 0; i < STALLS; i++) {
		TRY(stalls_find(db, world->arena, str_from(codes[i]), &stall));
		world->references[i] = stall.reference;
		world->stall_ids[i] = stall.id;
	}
	return OK;
}

static void
write_first_store(const struct world *world)
{
	FILE *file = fopen(world->file, "wb");

	if (file == NULL ||
		fwrite(world->first_store.ptr, 1, world->first_store.len, file) !=
			world->first_store.len ||
		fclose(file) != 0)
		abort();
}

void
world_start(struct world *world, uint64_t seed)
{
	struct stall_query asked = {.world = world};

	if (world->on_server)
		use_database(world, world->database, world->first);
	else
		write_first_store(world);
	world->seed = seed;
	world->now_ms = START_MS;
	world->arena = arena_new();
	world->transfer_count = world->message_count = world->charge_count = 0;
	world->crashes = world->steps = world->resolved = world->folded = 0;
	world->look_at_index = false;
	prng_seed(&world->prng, seed, 0);
	open_books(world);
	asked.query = (struct query){.run = learn_stalls, .arena = world->arena};
	must(books_ask_wait(world->books, &asked.query), "the stalls");
}

static void
forget_files(const struct world *world)
{
	char path[128];

	disk_forget();
	unlink(world->file);
	snprintf(path, sizeof(path), "%s-wal", world->file);
	unlink(path);
	snprintf(path, sizeof(path), "%s-shm", world->file);
	unlink(path);
}

void
world_end(struct world *world)
{
	close_books(world);
	arena_free(world->arena);
	forget_files(world);
}

void
world_plan(struct world *world, enum disk_fault fault, long calls)
{
	if (world->on_server)
		server_plan(calls);
	else
		disk_plan(fault, calls);
}

void
world_heal(struct world *world)
{
	if (world->on_server)
		server_heal();
	else
		disk_heal();
}

/* The process dies, the server lives: what was not committed is undone there. */
static void
crash_beside_server(struct world *world)
{
	server_die();
	close_books(world);
	server_heal();
	open_books(world);
	world->crashes++;
}

void
world_crash(struct world *world, bool power)
{
	char shm[128];

	if (world->on_server) {
		crash_beside_server(world);
		return;
	}
	/* A dead disk takes nothing more: what the closing would write is not written. */
	disk_plan(DISK_DIES, 1);
	close_books(world);
	if (power)
		disk_cut_power(&world->prng);
	snprintf(shm, sizeof(shm), "%s-shm", world->file);
	unlink(shm);
	disk_forget();
	open_books(world);
	world->crashes++;
}

void
world_leave(struct world *world)
{
	char path[128];

	forget_files(world);
	if (world->on_server) {
		server_drop(world->database);
		server_drop(world->first);
		buf_fini(&world->uri);
	}
	snprintf(path, sizeof(path), "%s/keys/master.key", world->folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/keys", world->folder);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/lock", world->folder);
	unlink(path);
	rmdir(world->folder);
	banks_free(world->banks);
	crypt_free(world->crypt);
	free((void *)(uintptr_t)world->first_store.ptr);
}
