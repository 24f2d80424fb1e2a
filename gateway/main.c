/* The command line: the first word chooses the command. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/cli.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about;
} commands[] = {
	{"qr", cli_qr, "compose, read and draw VietQR codes"},
	{"reference", cli_reference, "mint references, find them in transfer notes"},
	{"webhook", cli_webhook, "check a bank's message against its fixture"},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void
usage(FILE *out)
{
	fputs("chopay: makes a Vietnamese market cashless and proves how far it got\n\n"
	      "usage: chopay COMMAND [options]      chopay COMMAND --help\n\n",
		out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].about);
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EX_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return EX_OK;
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	fprintf(stderr, "chopay: no command \"%s\"; `chopay --help` lists them\n", argv[1]);
	return EX_USAGE;
}
