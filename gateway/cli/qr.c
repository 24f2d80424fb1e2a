/* qr.c - `chopay qr`: compose, read and draw payment codes. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/money.h"

#include "cli.h"
#include "qr.h"

#define TEXT_MAX 65536 /* of a code on stdin; over 512 characters it is refused anyway */

static const char usage_qr[] =
	"usage: chopay qr encode|decode|render|batch ...\n"
	"\n"
	"encode  composes a VietQR from a bank, an account, an amount, a memo\n"
	"decode  says what is in a code, VietQR or foreign, as JSON\n"
	"render  draws a code: PNG, SVG or characters\n"
	"batch   composes or reads many, a line each\n"
	"\n"
	"chopay qr encode --help (and so on) tells more.\n";

static const char usage_encode[] =
	"usage: chopay qr encode --bank BIN|NAME --account N [--amount N] [--memo T]\n"
	"           [--name T] [--city T] [--mcc N] [--service account|card|push]\n"
	"           [--bill T] [--store T] [--terminal T]\n"
	"\n"
	"Prints the code's text, one line.\n"
	"\n"
	"--bank      6-digit BIN, or any name of the bank: VCB, Vietcombank, ...\n"
	"--account   1 to 19 letters or digits; case and leading zeros count\n"
	"--amount    whole dong; without it the payer types the amount\n"
	"--memo      at most 25 letters, digits, blanks; accents are dropped\n"
	"--name, --city  of the merchant, at most 25 and 15; accents are dropped\n"
	"--mcc       merchant category, 4 digits\n"
	"--service   account (default), card (16 or 19 digits), push (merchant)\n"
	"--bill, --store, --terminal  labels of a merchant payment, at most 25 each\n"
	"\n"
	"Exit: 64 wrong usage, 65 a value breaks a rule.\n";

static const char usage_decode[] =
	"usage: chopay qr decode [--strict] TEXT|-\n"
	"\n"
	"Prints one line of JSON; - reads the text from stdin.\n"
	"  {\"valid\":true,\"scheme\":\"vietqr\",\"fields\":{...},\"warnings\":[...]}\n"
	"  {\"valid\":false,\"error\":{\"code\":...,\"path\":...,\"offset\":...}} and exit 65\n"
	"\n"
	"--strict  refuses what real apps get wrong but others accept (the warnings)\n";

static const char usage_batch[] =
	"usage: chopay qr batch < payments.csv\n"
	"       chopay qr batch --decode [--strict] < codes\n"
	"\n"
	"Composes: CSV with the header bin,account,amount,memo; prints a line for each\n"
	"row, the code's text, or !code of what is wrong (!bad_account, !unknown_bank,\n"
	"!bad_amount, !bad_memo, !columns, !csv). bin may be a bank's name; an empty\n"
	"amount leaves it to the payer. A broken quote over several lines ends the run.\n"
	"\n"
	"--decode  reads: a code's text on each line; prints a line of JSON for each\n"
	"--strict  as for decode\n"
	"\n"
	"Exit: 65 when any row was refused, after printing all.\n";

int
qr_complain(int status, const char *command, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "chopay qr%s%s: ", command[0] ? " " : "", command);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}

int
qr_flush(const char *command)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return qr_complain(EX_IOERR, command, "cannot write: %s", strerror(errno));
	return EX_OK;
}

int
qr_print(const char *command, struct str text)
{
	fwrite(text.ptr, 1, text.len, stdout);
	return qr_flush(command);
}

int
qr_next_option(int argc, char **argv, const struct qr_command *command)
{
	int option = getopt_long(argc, argv, command->shorts, command->options, NULL);

	if (option == ':')
		qr_complain(0, command->name, "%s wants a value (see --help)", argv[optind - 1]);
	else if (option == '?')
		qr_complain(0, command->name,
			"no such option, or not with a value: %s (see --help)", argv[optind - 1]);
	else
		return option;
	return '?';
}

int
qr_usage(const struct qr_command *command)
{
	return qr_print(command->name, str_from(command->usage));
}

/* No words beside the options. */
static int
refuse_words(int argc, char **argv, const struct qr_command *command)
{
	if (optind == argc)
		return EX_OK;
	return qr_complain(
		EX_USAGE, command->name, "unexpected word: %s (see --help)", argv[optind]);
}

/* ---- encode ---- */

static bool
read_service(const char *word, enum vietqr_service *service)
{
	*service = strcmp(word, "card") == 0 ? VIETQR_TO_CARD : VIETQR_TO_ACCOUNT;
	if (strcmp(word, "push") == 0)
		*service = VIETQR_PUSH;
	return *service != VIETQR_TO_ACCOUNT || strcmp(word, "account") == 0;
}

/* Where an option's value goes. */
static struct str *
word_of(struct compose_words *words, int option)
{
	switch (option) {
	case 'b':
		return &words->bank;
	case 'a':
		return &words->account;
	case 'n':
		return &words->amount;
	case 'm':
		return &words->memo;
	case 'N':
		return &words->name;
	case 'C':
		return &words->city;
	case 'M':
		return &words->mcc;
	case 'B':
		return &words->bill;
	case 'S':
		return &words->store;
	default:
		return &words->terminal;
	}
}

static int
print_code(const struct compose_words *words)
{
	CLEANUP(banks_cleanup) struct banks *banks = NULL;
	struct compose_refusal refusal;
	struct vietqr code;
	char text[VIETQR_TEXT_SIZE];
	struct vnd amount;
	struct err e = banks_load(&banks);

	if (e.code != ERR_OK)
		return qr_complain(EX_SOFTWARE, "encode", "%s", e.what);
	if (!compose(banks, words, &code, text, &refusal))
		return qr_complain(EX_DATAERR, "encode", "--%s: %s", refusal.field, refusal.text);
	if (words->amount.ptr && vnd_parse(words->amount, &amount).code == ERR_OK &&
		amount.dong > VND_TRANSFER_MAX)
		qr_complain(0, "encode", "note: single transfers end below 500000000 dong");
	puts(text);
	return qr_flush("encode");
}

static int
run_encode(int argc, char **argv, const struct qr_command *command)
{
	struct compose_words words = {.service = VIETQR_TO_ACCOUNT};
	int option, status;

	while ((option = qr_next_option(argc, argv, command)) != -1) {
		if (option == '?')
			return EX_USAGE;
		if (option == 'h')
			return qr_usage(command);
		if (option != 's')
			*word_of(&words, option) = str_from(optarg);
		else if (!read_service(optarg, &words.service))
			return qr_complain(
				EX_USAGE, command->name, "--service: say account, card or push");
	}
	status = refuse_words(argc, argv, command);
	if (status != EX_OK)
		return status;
	if (!words.bank.ptr || !words.account.ptr)
		return qr_complain(EX_USAGE, command->name, "%s is missing (see --help)",
			words.bank.ptr ? "--account" : "--bank");
	return print_code(&words);
}

/* ---- decode ---- */

int
qr_read_text(int argc, char **argv, const struct qr_command *command, struct buf *text)
{
	char block[4096];
	size_t n;

	if (optind + 1 != argc)
		return qr_complain(
			EX_USAGE, command->name, "give one text, or - for stdin (see --help)");
	if (strcmp(argv[optind], "-") != 0) {
		buf_adds(text, argv[optind]);
		return EX_OK;
	}
	while (text->len < TEXT_MAX && (n = fread(block, 1, sizeof(block), stdin)) > 0)
		buf_add(text, (struct str){block, n});
	if (ferror(stdin))
		return qr_complain(EX_IOERR, command->name, "cannot read: %s", strerror(errno));
	if (text->len > 0 && text->ptr[text->len - 1] == '\n')
		text->len--;
	if (text->len > 0 && text->ptr[text->len - 1] == '\r')
		text->len--;
	return EX_OK;
}

static int
print_reading(struct str text, enum vietqr_mode mode)
{
	CLEANUP(mem_free) struct vietqr_decoded *decoded = mem_alloc(sizeof(*decoded));
	CLEANUP(buf_fini) struct buf json = {0};
	enum vietqr_status read = vietqr_decode(text.ptr, text.len, mode, decoded);
	int status;

	qr_put_json(&json, read, decoded);
	buf_addc(&json, '\n');
	status = qr_print("decode", buf_str(&json));
	return status != EX_OK || read == VIETQR_OK ? status : EX_DATAERR;
}

static int
run_decode(int argc, char **argv, const struct qr_command *command)
{
	CLEANUP(buf_fini) struct buf text = {0};
	enum vietqr_mode mode = VIETQR_LENIENT;
	int option, status;

	while ((option = qr_next_option(argc, argv, command)) != -1) {
		if (option == '?')
			return EX_USAGE;
		if (option == 'h')
			return qr_usage(command);
		mode = VIETQR_STRICT;
	}
	status = qr_read_text(argc, argv, command, &text);
	return status != EX_OK ? status : print_reading(buf_str(&text), mode);
}

/* ---- batch ---- */

static int
run_batch(int argc, char **argv, const struct qr_command *command)
{
	enum vietqr_mode mode = VIETQR_LENIENT;
	bool decode = false;
	int option, status;

	while ((option = qr_next_option(argc, argv, command)) != -1) {
		if (option == '?')
			return EX_USAGE;
		if (option == 'h')
			return qr_usage(command);
		if (option == 'd')
			decode = true;
		else
			mode = VIETQR_STRICT;
	}
	status = refuse_words(argc, argv, command);
	if (status != EX_OK)
		return status;
	if (mode == VIETQR_STRICT && !decode)
		return qr_complain(EX_USAGE, "batch", "--strict goes with --decode");
	return decode ? qr_batch_decode(mode) : qr_batch_encode();
}

int
cli_qr(int argc, char **argv)
{
	static const struct option encode[] = {
		{"bank", required_argument, NULL, 'b'},
		{"account", required_argument, NULL, 'a'},
		{"amount", required_argument, NULL, 'n'},
		{"memo", required_argument, NULL, 'm'},
		{"name", required_argument, NULL, 'N'},
		{"city", required_argument, NULL, 'C'},
		{"mcc", required_argument, NULL, 'M'},
		{"service", required_argument, NULL, 's'},
		{"bill", required_argument, NULL, 'B'},
		{"store", required_argument, NULL, 'S'},
		{"terminal", required_argument, NULL, 'T'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	static const struct option decode[] = {
		{"strict", no_argument, NULL, 't'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	static const struct option batch[] = {
		{"decode", no_argument, NULL, 'd'},
		{"strict", no_argument, NULL, 't'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	static const struct qr_command COMMANDS[] = {
		{"encode", usage_encode, ":h", encode, run_encode},
		{"decode", usage_decode, ":h", decode, run_decode},
		{"batch", usage_batch, ":h", batch, run_batch},
	};
	const char *name = argc > 1 ? argv[1] : "";

	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
		return qr_print("", str_from(usage_qr));
	opterr = 0; /* our own words: one line, with the way to --help */
	optind = 0; /* GNU: begin anew */
	for (size_t i = 0; i < sizeof(COMMANDS) / sizeof(COMMANDS[0]); i++)
		if (strcmp(name, COMMANDS[i].name) == 0)
			return COMMANDS[i].run(argc - 1, argv + 1, &COMMANDS[i]);
	if (strcmp(name, "render") == 0)
		return qr_render(argc - 1, argv + 1);
	return qr_complain(EX_USAGE, "", "%s%ssay encode, decode, render or batch (see --help)",
		name[0] ? name : "", name[0] ? ": " : "");
}
