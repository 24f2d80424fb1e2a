/* A small market in books of its own, for tests: five stalls, a bank, a clock. */
#ifndef TESTS_MARKET_H
#define TESTS_MARKET_H

#include "chopay/books.h"
#include "chopay/registry.h"

struct market_fixture {
	char folder[64];
	struct buf store; /* empty: SQLite in the folder */
	struct crypt *crypt;
	struct banks *banks;
	struct books *books;
	struct arena *arena;
	int64_t clock_offset_ms; /* takes effect at market_reopen */
	int writers;		 /* on PostgreSQL; 0: one.  Takes effect at market_reopen */
	int64_t patience_ms;	 /* 0: whatever a busy machine needs.  At market_reopen */
	struct buf heard;	 /* kinds of the news committed, a line each */
};

/* The register of market_csv below is imported; ends the test when anything fails. */
struct market_fixture *market_open(void);
/* Close the books and open them again on the same folder. */
void market_reopen(struct market_fixture *market);
void market_free(struct market_fixture *market);
/* Of cmocka, around each test or all: the state is a market. */
int market_setup(void **state);
int market_teardown(void **state);
/* Close the books alone; the next call is market_copy, market_reopen or market_free. */
void market_close(struct market_fixture *market);
/* A market in a folder of its own that begins as the closed one is. */
struct market_fixture *market_copy(const struct market_fixture *closed);

extern const char market_csv[];
/* That file's import in a command: `registry_import` takes it from here. */
struct registry_import market_import(
	struct tx *tx, struct arena *arena, const struct banks *banks, struct str csv);

/* The stall's row, by code. */
struct stall market_stall(struct market_fixture *market, const char *code);

/* One SePay credit. */
struct credit {
	const char *id, *account, *memo;
	int64_t amount, booked_at_ms; /* 0: now */
	const char *virtual_account, *bank;
	bool outgoing;
	const char *bank_ref; /* NULL: one that identifies nothing */
};
/* Its SePay message; one that carries several credits cannot be written, the first stands for it.
 */
struct str market_raw(struct market_fixture *market, const struct credit *credit);
struct settlement market_credit(struct market_fixture *market, const struct credit *credit);
struct err market_credits(struct market_fixture *market, const struct credit *credits, size_t count,
	struct settlement *settlements);

struct charge market_charge(struct market_fixture *market, const char *stall, int64_t amount);
struct charge market_charge_now(struct market_fixture *market, struct str reference);
int64_t market_count(struct market_fixture *market, const char *table_of_counts);
/* Faults that ledger_verify finds, as "table key: fault" lines in the arena. */
struct str market_verify(struct market_fixture *market);
void market_assert_verified(struct market_fixture *market); /* there are none */

#endif
