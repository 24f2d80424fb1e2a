/*
 * The n-th allocation and the n-th I/O call fail, for each n, on the way of the money: what was
 * acknowledged is there, nothing is half there, and all of it can be told again.
 *
 * Each n is tried in a process of its own on a copy of the same market.  Our own allocations may
 * end that process (str.h); SQLite's failures must be answered.  NTH=all tries each
 * n, otherwise about POINTS_MAX of each kind, elsewhere in each run.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../support/market.h"
#include "chopay/json.h"

#define POINTS_MAX 25
#define CREDITS 3

enum kind { NOTHING, OUR_ALLOC, SQLITE_ALLOC, WRITE, SYNC, READ };

/* Shared with the process that fails. */
struct trial {
	atomic_int armed; /* an enum kind */
	atomic_long calls, fail_at;
	atomic_bool fired;
	atomic_bool acknowledged[CREDITS];
};
static struct trial *trial;

static bool
must_fail(enum kind kind)
{
	if (trial == NULL || atomic_load(&trial->armed) != (int)kind)
		return false;
	if (atomic_fetch_add(&trial->calls, 1) + 1 != atomic_load(&trial->fail_at))
		return false;
	atomic_store(&trial->fired, true);
	return true;
}

/* ---- the calls ---------------------------------------------------------------------------------
 */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *ptr, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *ptr, size_t size);

void *
__wrap_malloc(size_t size)
{
	return must_fail(OUR_ALLOC) ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return must_fail(OUR_ALLOC) ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *ptr, size_t size)
{
	return must_fail(OUR_ALLOC) ? NULL : __real_realloc(ptr, size);
}

static sqlite3_mem_methods sqlite_memory; /* SQLite's own */

static void *
sqlite_alloc(int size)
{
	return must_fail(SQLITE_ALLOC) ? NULL : sqlite_memory.xMalloc(size);
}

static void *
sqlite_resize(void *ptr, int size)
{
	return must_fail(SQLITE_ALLOC) ? NULL : sqlite_memory.xRealloc(ptr, size);
}

/* SQLite's calls to the system land here: a program's own symbols come before libc's. */
static bool
io_fails(enum kind kind)
{
	if (!must_fail(kind))
		return false;
	errno = EIO;
	return true;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset);
ssize_t pread64(int fd, void *data, size_t size, off64_t offset);

ssize_t
pwrite64(int fd, const void *data, size_t size, off64_t offset)
{
	return io_fails(WRITE) ? -1 : syscall(SYS_pwrite64, fd, data, size, offset);
}

ssize_t
pread64(int fd, void *data, size_t size, off64_t offset)
{
	return io_fails(READ) ? -1 : syscall(SYS_pread64, fd, data, size, offset);
}

int
fdatasync(int fd)
{
	return io_fails(SYNC) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

/* ---- the way of the money
 * ------------------------------------------------------------------------
 */

/* To a charge, to a stall of a shared account, to nobody. */
static const struct credit credits[CREDITS] = {
	{.id = "1", .account = "0071000000001", .memo = "", .amount = 70000, .booked_at_ms = 1},
	{.id = "2", .account = "19990002", .memo = "", .amount = 20000, .booked_at_ms = 1},
	{.id = "3", .account = "19990002", .memo = "khong ma", .amount = 3000, .booked_at_ms = 1},
};

static void
pay_all(struct market_fixture *market, const char *const memos[CREDITS])
{
	for (size_t i = 0; i < CREDITS; i++) {
		struct credit credit = credits[i];
		struct settlement settled;

		credit.memo = memos[i];
		if (market_credits(market, &credit, 1, &settled).code == ERR_OK)
			atomic_store(&trial->acknowledged[i], true);
	}
}

/* In the process that fails; never returns. */
static void
fail_there(const struct market_fixture *closed, enum kind kind, const char *const memos[CREDITS])
{
	struct market_fixture copy = *closed;

	if (freopen("/dev/null", "w", stderr) == NULL) /* it complains, as it should */
		_exit(1);
	market_reopen(&copy);
	atomic_store(&trial->armed, (int)kind);
	pay_all(&copy, memos);
	books_close(copy.books); /* the checkpoint at the end may fail, too */
	_exit(0);
}

/* What a restart finds. */
static void
look_after(struct market_fixture *market, const char *const memos[CREDITS], const char *what)
{
	struct str faults;

	market_reopen(market);
	faults = market_verify(market);
	if (faults.len > 0)
		fail_msg("%s: %.*s", what, STR_FMT(faults));
	for (size_t i = 0; i < CREDITS; i++) {
		struct credit credit = credits[i];
		struct settlement settled;

		credit.memo = memos[i];
		settled = market_credit(market, &credit);
		if (atomic_load(&trial->acknowledged[i]) && !settled.replay)
			fail_msg("%s: credit %zu was acknowledged and is lost", what, i);
	}
	assert_int_equal(market_count(market, "transfers"), CREDITS);
	assert_int_equal(market_count(market, "attributed"), 90000);
	assert_int_equal(market_count(market, "held"), 3000);
	faults = market_verify(market);
	if (faults.len > 0)
		fail_msg("%s, told again: %.*s", what, STR_FMT(faults));
}

/* One n in a process of its own; the calls of this kind that were made. */
static long
try_one(const struct market_fixture *template, enum kind kind, long fail_at,
	const char *const memos[CREDITS])
{
	struct market_fixture *market = market_copy(template);
	char what[64];
	int status;
	pid_t child;

	market_close(market);
	memset(trial, 0, sizeof(*trial));
	atomic_store(&trial->fail_at, fail_at);
	snprintf(what, sizeof(what), "kind %d, call %ld", kind, fail_at);
	child = fork();
	if (child == 0)
		fail_there(market, kind, memos);
	assert_int_equal(waitpid(child, &status, 0), child);
	atomic_store(&trial->armed, NOTHING);
	/* A crash is a fault of ours; our own allocation that fails ends the process by intent. */
	if (!WIFEXITED(status) && !(kind == OUR_ALLOC && WTERMSIG(status) == SIGABRT))
		fail_msg("%s: ended by signal %d", what, WTERMSIG(status));
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		fail_msg("%s: exit %d", what, WEXITSTATUS(status));
	if (fail_at == 0)
		for (size_t i = 0; i < CREDITS; i++)
			assert_true(atomic_load(&trial->acknowledged[i]));
	else
		assert_true(atomic_load(&trial->fired));
	look_after(market, memos, what);
	market_free(market);
	return atomic_load(&trial->calls);
}

static void
each_failure_is_survived(void **state)
{
	static const char *const names[] = {
		"", "our allocations", "SQLite's allocations", "writes", "syncs", "reads"};
	struct market_fixture *template = market_open();
	struct charge charge = market_charge(template, "A01", 70000);
	struct stall stall = market_stall(template, "A02");
	const char *const memos[CREDITS] = {
		mem_copy_str(charge.reference), mem_copy_str(stall.reference), credits[2].memo};
	bool all = getenv("NTH") != NULL && strcmp(getenv("NTH"), "all") == 0;

	(void)state;
	market_close(template);
	for (int kind = OUR_ALLOC; kind <= READ; kind++) {
		/* The number of calls is about the same each time; the last few may not come. */
		long calls = try_one(template, (enum kind)kind, 0, memos) * 95 / 100;
		long step = all || calls <= POINTS_MAX ? 1 : calls / POINTS_MAX;
		long tried = 0;

		for (long n = 1 + (long)time(NULL) % step; n <= calls; n += step, tried++)
			try_one(template, (enum kind)kind, n, memos);
		print_message("%s: %ld of %ld failed, each survived\n", names[kind], tried, calls);
	}
	market_free(template);
	free((void *)(uintptr_t)memos[0]);
	free((void *)(uintptr_t)memos[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_failure_is_survived)};
	sqlite3_mem_methods failing;

	/* The calls that fail are those of SQLite's disk, and each n begins with a copy of its
	 * file.  PostgreSQL's disk is its own process's; losing that is tried by the writer's test
	 * and by the stories of a killed server. */
	unsetenv("CHOPAY_TEST_STORE");
	trial = mmap(
		NULL, sizeof(*trial), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (trial == MAP_FAILED)
		return 1;
	json_use_memory();
	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_memory);
	failing = sqlite_memory;
	failing.xMalloc = sqlite_alloc;
	failing.xRealloc = sqlite_resize;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &failing);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
