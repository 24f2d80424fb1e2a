/*
 * register.c - a register's file, on bytes that nobody wrote: refused with a line, or taken; and
 * then its export is taken, too.
 */
#include "chopay/crypt.h"
#include "chopay/registry.h"

#include "../support/fuzz.h"

/* 2026-07-15 12:00 in Vietnam. */
#define NOW INT64_C(1784091600000)

static const char MARKET[] =
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,"
	"bank_bin,account_no,account_holder,open_date,close_date\n"
	"MALAM,Chợ Ma Lâm,23059,A01,Rau,stall,rau,Bà Ba,,970436,0071,BA BA,2020-01-01,\n"
	"HAI,Chợ Hai,23059,B01,Rau,stall,rau,Bà Tư,,970436,0072,BA TU,2020-01-01,\n";

/* One store in memory for all inputs: each is undone. */
struct world {
	struct db *db;
	struct banks *banks;
	int64_t last_id;
};

static int64_t
next_id(void *arg)
{
	return ++((struct world *)arg)->last_id;
}

static struct err
import(struct world *world, struct arena *arena, struct str csv, struct registry_import *done)
{
	*done = (struct registry_import){
		.csv = csv,
		.banks = world->banks,
		.prefix = STR("CH"),
		.now_ms = NOW,
		.next_id = next_id,
		.arg = world,
		.arena = arena,
		.person = STR("Lan"),
		.why = STR("vì"),
		.approver = STR("Hùng"),
	};
	return registry_import(world->db, done);
}

static void
open_world(struct world *world)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	static const struct sealing_key key;
	struct registry_import done;
	static struct crypt *crypt; /* of a store that lives as long as the process */

	must(crypt_new(&crypt).code == ERR_OK && banks_load(&world->banks).code == ERR_OK);
	must(store_open_sqlite(":memory:", STORE_WRITE, &world->db).code == ERR_OK);
	store_seal_with(world->db, crypt, &key);
	must(store_migrate(world->db, NOW).code == ERR_OK);
	must(store_begin(world->db).code == ERR_OK);
	must(registry_seed(world->db, arena, world->banks).code == ERR_OK);
	must(import(world, arena, str_from(MARKET), &done).code == ERR_OK);
	must(store_commit(world->db).code == ERR_OK);
}

/* What was taken is written so that it is read again. */
static void
check_taken(struct world *world, struct arena *arena, const char *name)
{
	struct buf csv CLEANUP(buf_fini) = {0};
	struct registry_import again;
	struct err err;

	must(registry_export_of(world->db, arena, str_from(name), day_of(NOW, 0), &csv).code ==
		ERR_OK);
	err = import(world, arena, buf_str(&csv), &again);
	must(err.code == ERR_OK || again.problem_count > 0);
	must(again.name == name);
}

static void
check_refused(const struct registry_import *done)
{
	for (size_t i = 0; i < done->problem_count && i < REGISTRY_PROBLEMS_MAX; i++)
		must(done->problems[i].reason.len > 0 && done->problems[i].column != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world world;
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct registry_import done;
	struct err err;

	if (world.db == NULL)
		open_world(&world);
	must(store_begin(world.db).code == ERR_OK);
	err = import(&world, arena, (struct str){(const char *)data, size}, &done);
	must((err.code == ERR_OK) == (done.problem_count == 0));
	must(err.code == ERR_OK || err.code == ERR_INVALID);
	if (err.code == ERR_OK)
		check_taken(&world, arena, done.name);
	else
		check_refused(&done);
	store_rollback(world.db);
	return 0;
}
