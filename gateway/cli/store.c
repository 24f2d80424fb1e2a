/* chopay store SUBCOMMAND: what concerns the database under the books. */
#include <string.h>

#include "chopay/log.h"
#include "chopay/str.h"

#include "cli.h"
#include "options.h"
#include "store.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{"plan", store_plan, store_plan_help},
	{"partition", store_partition, store_partition_help},
	{"archive", store_archive, store_archive_help},
	{"copy", store_copy, store_copy_help},
	{"reopen", store_reopen, store_reopen_help},
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

int
cli_store(int argc, char **argv)
{
	struct buf help CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (argc > 1 && strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
		buf_addf(&help, "%s%s", i == 0 ? "" : "\n", commands[i].help);
	}
	return subcommand_missing("store", help.ptr, argc, argv);
}
