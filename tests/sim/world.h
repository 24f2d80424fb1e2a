/*
 * world.h - one market, its banks and their feeds, as one seed makes them.
 *
 * The bank's own list of transfers is the truth; what feeds tell of it is late, repeated, in other
 * order, in parts or not at all.  The books are real, in this process, on the disk of disk.h, at
 * the time `now_ms`.  Everything follows from the seed.
 *
 * Beside PostgreSQL (server.h) the same happens but for the disk, which is the server's: each fault
 * is a connection that is cut, before or after its words were sent, and each crash a process that
 * dies beside a server that lives.  A power cut of the server is for a killed server to show.
 */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include "../../gateway/simulate/prng.h"
#include "../../gateway/store/db.h"
#include "chopay/banks.h"
#include "chopay/books.h"
#include "disk.h"

#define TRANSFERS_MAX 256
#define MESSAGES_MAX 512
#define MESSAGE_ROOM 4 /* transfers in one message */
#define CHARGES_MAX 64
#define ACCOUNTS 3
#define STALLS 4

enum teller { SEPAY, CASSO, SEPAY_LIST };

struct account_at_bank {
	const char *number;
	const char *bank; /* as feeds name it */
	bool casso;	  /* Casso watches it, too */
	enum { REF_IDENTIFIES, REF_SHORT, REF_NONE } refs;
	int stalls[2], stall_count;
};

/* What really happened at the bank. */
struct bank_transfer {
	int account, stall; /* stall -1: nobody can say from the note */
	bool outgoing;
	int64_t amount, at_ms;
	char ref[32];
	struct str note;
	const char *payer; /* whose account paid; "": Casso was not told either */
	bool told[3];	   /* by this teller, and acknowledged */
};

/* What a feed has still to tell. */
struct message {
	enum teller teller;
	int transfers[MESSAGE_ROOM], count;
};

struct open_charge {
	struct str reference;
	int stall;
	int64_t amount;
	struct str state; /* as last seen, */
	int64_t paid, refunded;
};

struct world {
	uint64_t seed;
	struct prng prng;
	int64_t now_ms;
	bool verbose;
	char folder[64], file[96];
	bool on_server;		      /* PostgreSQL, see server.h */
	char database[64], first[64]; /* its name there, and what every world starts from */
	struct buf uri;
	struct crypt *crypt;
	struct banks *banks;
	struct books *books;
	struct arena *arena;	/* of the whole world */
	struct db *eye;		/* reads the books past our own code */
	struct str first_store; /* the bytes every world starts from; the process's */
	struct str references[STALLS];
	int64_t stall_ids[STALLS];
	struct bank_transfer transfers[TRANSFERS_MAX];
	int transfer_count;
	struct message messages[MESSAGES_MAX];
	int message_count;
	struct open_charge charges[CHARGES_MAX];
	int charge_count;
	int crashes, steps, resolved, folded;
	bool look_at_index; /* something happened that may upset it */
	const char *fault;  /* a call was answered as it must not be */
};

extern const struct account_at_bank bank_accounts[ACCOUNTS];

/* Once per process: the folder, and the store that every world starts from. */
void world_prepare(struct world *world);
void world_start(struct world *world, uint64_t seed);
void world_end(struct world *world);
void world_leave(struct world *world); /* the folder, at the end of the process */

/* The process died, or the power went; the books open again on what is left. */
/* Something strikes at the `calls`-th call to the disk, or to the server, from now. */
void world_plan(struct world *world, enum disk_fault fault, long calls);
void world_heal(struct world *world);
void world_crash(struct world *world, bool power);

/* ---- what can happen (happen.c) -------------------------------------------------------------- */

void world_step(struct world *world);
/* Everything that is still to be told is told, a person who knows the truth resolves all, and the
 * index is folded. */
void world_settle_down(struct world *world);

/* ---- what must hold (judge.c) ------------------------------------------------------------------
 */

/* NULL, or the first rule that is broken.  At the end: each credit of the bank counts exactly once,
 * and nothing of the index is left to be folded. */
const char *world_judge(struct world *world, bool at_the_end);

/* A credit that waits for a person, for one who knows the truth. */
struct waiting {
	int64_t transfer_id;
	int64_t same_id; /* the transfer that counts already for the same credit; 0: none does */
	int stall;	 /* whose it is */
};
/* The first of them whose number is above `after`; false: nothing waits. */
bool world_waiting(struct world *world, int64_t after, struct waiting *waiting);
/* What the bank saw and what the books hold, on stdout. */
void world_describe(struct world *world);

/* Feeds number a transfer by its place in the bank's list. */
#define SEPAY_FIRST 100000
#define CASSO_FIRST 500000
#define FORGED_FIRST 900000

#endif
