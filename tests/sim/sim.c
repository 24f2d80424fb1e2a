/*
 * The simulation: books, matcher, feeds and charges in one process, on a simulated clock, bank and
 * disk, from a seed.
 *
 *   sim [--from SEED] [--seeds N] [--steps N] [--jobs N] [--verbose]
 *
 * After each step world_judge must find nothing.  A seed that fails prints the line that repeats
 * it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chopay/json.h"
#include "chopay/log.h"
#include "world.h"

#define STEPS_DEFAULT 60
#define JOBS_MAX 64
#define PROGRESS_EVERY 500

struct run {
	uint64_t from, seeds;
	int steps, jobs, verbose;
};

static bool
run_seed(struct world *world, const struct run *run, uint64_t seed)
{
	const char *fault = NULL;

	world_start(world, seed);
	for (int step = 0; step < run->steps && fault == NULL; step++) {
		world_step(world);
		fault = world_judge(world, false);
	}
	if (fault == NULL) {
		world_settle_down(world);
		fault = world_judge(world, true);
	}
	if (fault != NULL && run->verbose)
		world_describe(world);
	if (fault != NULL)
		printf("seed %llu, step %d: %s\nrepeat with: make sim SEED=%llu STEPS=%d\n",
			(unsigned long long)seed, world->steps, fault, (unsigned long long)seed,
			run->steps);
	else if (run->verbose)
		printf("seed %llu: %d transfers, %d charges, %d crashes, %d resolved by a person,"
		       " %d folds\n",
			(unsigned long long)seed, world->transfer_count, world->charge_count,
			world->crashes, world->resolved, world->folded);
	world_end(world);
	return fault == NULL;
}

/* Every jobs-th seed; the exit status of the process. */
static int
run_share(const struct run *run, int share)
{
	struct world *world = mem_alloc_zero(1, sizeof(*world));
	bool good = true;

	world_prepare(world);
	for (uint64_t n = (uint64_t)share; n < run->seeds && good; n += (uint64_t)run->jobs) {
		good = run_seed(world, run, run->from + n);
		if (share == 0 && n > 0 && n % PROGRESS_EVERY < (uint64_t)run->jobs)
			fprintf(stderr, "sim: about %llu of %llu seeds\n", (unsigned long long)n,
				(unsigned long long)run->seeds);
	}
	fflush(stdout);
	world_leave(world);
	free(world);
	return good ? 0 : 1;
}

static int
run_all(const struct run *run)
{
	int status, failed = 0;

	if (run->jobs == 1)
		return run_share(run, 0);
	for (int share = 0; share < run->jobs; share++) {
		if (fork() == 0)
			_exit(run_share(run, share));
	}
	while (wait(&status) > 0)
		failed |= status != 0;
	return failed;
}

static uint64_t
number(int argc, char **argv, const char *name, uint64_t otherwise)
{
	for (int i = 1; i + 1 < argc; i++) {
		if (strcmp(argv[i], name) == 0)
			return strtoull(argv[i + 1], NULL, 10);
	}
	return otherwise;
}

int
main(int argc, char **argv)
{
	struct run run = {
		.from = number(argc, argv, "--from", 1),
		.seeds = number(argc, argv, "--seeds", 100),
		.steps = (int)number(argc, argv, "--steps", STEPS_DEFAULT),
		.jobs = (int)number(argc, argv, "--jobs", 1),
		.verbose = (int)number(argc, argv, "--verbose", 0),
	};
	int status;

	if (run.jobs < 1 || run.jobs > JOBS_MAX)
		run.jobs = 1;
	json_use_memory();
	if (!run.verbose)
		log_quiet();
	status = run_all(&run);
	if (status == 0)
		printf("sim: %llu seeds from %llu, %d steps each: every rule held\n",
			(unsigned long long)run.seeds, (unsigned long long)run.from, run.steps);
	return status;
}
