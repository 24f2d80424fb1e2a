/* The command line: the first word chooses the command. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/json.h"

#include "cli/cli.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about;
} commands[] = {
	{"demo", cli_demo, "a running sample market with a simulated bank"},
	{"serve", cli_serve, "run the gateway"},
	{"config", cli_config, "check a configuration file"},
	{"registry", cli_registry, "import and export markets, stalls, accounts"},
	{"stall", cli_stall, "a stall's phones: invite, list, revoke; the sign-up sheet"},
	{"account", cli_account, "which account a stall has: two persons and a delay"},
	{"user", cli_user, "who signs in: officials, market boards, auditors, operators"},
	{"print", cli_print, "cards for the stalls with their codes; the inspector's list"},
	{"book", cli_book, "a stall's own revenue book, on its holder's wish"},
	{"endpoint", cli_endpoint, "the addresses that banks and aggregators call"},
	{"pull", cli_pull, "lists that we ask a provider for, so that nothing is missed"},
	{"reconcile", cli_reconcile, "compare days with the bank's lines; signed proofs"},
	{"alarms", cli_alarms, "what a person must look at"},
	{"key", cli_key, "keys for the /v1 API"},
	{"receiver", cli_receiver, "who is told of payments and charges over the network"},
	{"charge", cli_charge, "ask an amount of one buyer"},
	{"payments", cli_payments, "list payments; say that one was given back"},
	{"transfers", cli_transfers, "what the banks told, by whom, and what became of it"},
	{"suspense", cli_suspense, "credits nobody could be found for"},
	{"statement", cli_statement, "import a bank's statement file"},
	{"report", cli_report, "the adoption index that officials review"},
	{"flag", cli_flag, "payments that a rule took out of the index, and their release"},
	{"audit", cli_audit, "who looked at which report"},
	{"ledger", cli_ledger, "recompute every sum and compare"},
	{"store", cli_store, "move the books to another store; how large they grow"},
	{"backup", cli_backup, "copy the store while it runs"},
	{"restore", cli_restore, "put a backup into an empty folder"},
	{"qr", cli_qr, "compose, read and draw VietQR codes"},
	{"reference", cli_reference, "mint references, find them in transfer notes"},
	{"webhook", cli_webhook, "check a bank's message against its fixture"},
	{"simulate", cli_simulate, "a bank and its buyers against a running gateway"},
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
	json_use_memory();
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
