/* chopay print cards|inspector: what hangs at the stalls, and the list to inspect it by. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/cards.h"
#include "chopay/clock.h"
#include "chopay/log.h"
#include "cli.h"
#include "control.h"
#include "list.h"
#include "options.h"
#include "output.h"

#define STALLS_MAX 1000 /* named one by one */
#define PROGRESS_EVERY_MS 1000

static const char PRINT_HELP[] =
	"usage: chopay print cards --market CODE | --stall CODE... [--size A6|A5|A4] [--issue N]\n"
	"                          [-o FILE.pdf] --data DIR\n"
	"       chopay print inspector --market CODE [--issue N] [--lang vi|en] [-o FILE.pdf]\n"
	"                          --data DIR\n\n"
	"cards: a card for each stall with its code, the holder's name that the bank app must show,\n"
	"bank, account, reference, and how to pay in three pictures. A6 (default) and A5: a card a\n"
	"page; A4: four of A6 on a page, with marks to cut along. Stalls that can have none are\n"
	"named with the reason.\n"
	"inspector: a row for each stall, with boxes for: the right code, a wrong one, none.\n\n"
	"CODE of a stall is its reference, code or MARKET.CODE.\n"
	"--issue  1 to 99 (default 1): part of the serial on each card; take the next one when cards\n"
	"         were lost or copied, and hand out new ones\n"
	"-o       the PDF; without it, standard output. Whole or not at all\n\n"
	"Exit: 64 wrong usage, 65 no such market or stall, or none can have a card.\n";

struct print_options {
	struct where where;
	const char *market, *stall, *size, *issue, *lang, *file;
	const char *more[STALLS_MAX]; /* stalls behind --stall */
	size_t more_count;
};

/* What the gateway told of the stalls. */
struct told {
	json_t *answers[STALLS_MAX + 1]; /* own the texts of the cards */
	size_t answer_count;
	struct card *cards;
	size_t count, skipped;
};

static void
told_fini(struct told *told)
{
	for (size_t i = 0; i < told->answer_count; i++)
		json_decref(told->answers[i]);
	mem_free(&told->cards);
}

/* ---- what the gateway knows of them -----------------------------------------------------------
 */

static int
ask_stalls(struct control *control, const struct print_options *options, const char *name,
	const char *code, struct told *told)
{
	struct buf path CLEANUP(buf_fini) = {0};

	buf_addf(&path, "/v1/print/stalls?%s=", name);
	path_add(&path, str_from(code));
	if (options->issue != NULL) {
		buf_adds(&path, "&issue=");
		path_add(&path, str_from(options->issue));
	}
	return control_json(control, "GET", path.ptr, NULL, &told->answers[told->answer_count++]);
}

static struct card
card_from(const json_t *stall)
{
	return (struct card){
		.code = list_text(stall, "code"),
		.name = list_text(stall, "name"),
		.market = list_text(stall, "market_name"),
		.bank_bin = list_text(stall, "bank_bin"),
		.bank_name = list_text(stall, "bank_name"),
		.account_no = list_text(stall, "account_no"),
		.holder = list_text(stall, "account_holder"),
		.reference = list_text(stall, "reference"),
		.serial = list_text(stall, "serial"),
	};
}

/* A list has stalls without an account, too; both leave out those that are closed. */
static bool
wanted(const json_t *stall, bool list)
{
	struct str fault = list_text(stall, "fault");

	return fault.len == 0 || (list && !str_eq(fault, str_from(card_fault_name(CARD_CLOSED))));
}

static void
take_stalls(const char *command, const json_t *answer, bool list, struct told *told)
{
	const json_t *stalls = json_object_get(answer, "stalls");

	told->cards = mem_resize(
		told->cards, (told->count + json_array_size(stalls) + 1) * sizeof(*told->cards));
	for (size_t i = 0; i < json_array_size(stalls); i++) {
		const json_t *stall = json_array_get(stalls, i);

		if (wanted(stall, list)) {
			told->cards[told->count++] = card_from(stall);
			continue;
		}
		told->skipped++;
		if (!list)
			complain("%s: skipped %.*s, %.*s: %.*s", command,
				STR_FMT(list_text(stall, "code")),
				STR_FMT(list_text(stall, "name")),
				STR_FMT(list_text(stall, "fault_text")));
	}
}

static int
read_stalls(const char *command, const struct print_options *options, bool list,
	struct control *control, struct told *told)
{
	int status;

	if (options->market != NULL)
		status = ask_stalls(control, options, "market", options->market, told);
	else
		status = ask_stalls(control, options, "stall", options->stall, told);
	for (size_t i = 0; status == 0 && i < options->more_count; i++)
		status = ask_stalls(control, options, "stall", options->more[i], told);
	for (size_t i = 0; status == 0 && i < told->answer_count; i++)
		take_stalls(command, told->answers[i], list, told);
	if (status != 0 || told->count > 0)
		return status;
	complain("%s: nothing to print: %s", command,
		told->skipped > 0 ? "none of the stalls can have one" : "the market has no stall");
	return EX_DATAERR;
}

/* ---- the file ----------------------------------------------------------------------------------
 */

struct progress {
	const char *command;
	size_t count;
	int64_t told_ms;
};

static void
drawn(void *arg, size_t count)
{
	struct progress *progress = arg;
	int64_t now_ms = clock_monotonic_ms();

	if (now_ms - progress->told_ms < PROGRESS_EVERY_MS)
		return;
	progress->told_ms = now_ms;
	complain("%s: %zu of %zu stalls", progress->command, count, progress->count);
}

static int
write_file(const char *command, const struct print_options *options, struct cards_print *print,
	struct err (*pdf)(const struct cards_print *print, struct buf *out))
{
	struct buf bytes CLEANUP(buf_fini) = {0};
	struct progress progress = {command, print->count, clock_monotonic_ms()};
	struct err err;
	int status;

	print->made_ms = clock_now_ms(&(struct clock){0});
	print->drawn = drawn;
	print->arg = &progress;
	err = pdf(print, &bytes);
	if (err.code != ERR_OK) {
		complain("%s: %s", command, err.what);
		return err_exit_status(err.code);
	}
	status = output_write(command, options->file, buf_str(&bytes));
	if (status == EX_OK)
		complain("%s: %zu stalls printed", command, print->count);
	return status;
}

static int
print_stalls(const char *command, const struct print_options *options, bool list,
	struct cards_print *print)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct told told CLEANUP(told_fini) = {0};
	int status = control_open(command, &options->where, &control);

	if (status == 0)
		status = read_stalls(command, options, list, control, &told);
	if (status != 0)
		return status;
	print->cards = told.cards;
	print->count = told.count;
	status = write_file(command, options, print, list ? cards_list_pdf : cards_pdf);
	if (status == EX_OK && told.skipped > 0 && !list)
		complain("%s: %zu skipped, see above", command, told.skipped);
	return status;
}

/* ---- the words ---------------------------------------------------------------------------------
 */

static bool
is_issue(const char *text)
{
	int64_t issue;

	return text == NULL || (str_to_i64(str_from(text), &issue).code == ERR_OK && issue >= 1 &&
				       issue <= CARD_ISSUE_MAX);
}

static int
wrong(const char *command, const char *what)
{
	complain("%s: %s (see --help)", command, what);
	return EX_USAGE;
}

static int
cards(int argc, char **argv)
{
	static const char COMMAND[] = "print cards";
	struct print_options options = {0};
	const struct option_spec specs[] = {WHERE_OPTIONS(options.where),
		{"market", &options.market, NULL}, {"stall", &options.stall, NULL},
		{"size", &options.size, NULL}, {"issue", &options.issue, NULL},
		{"o", &options.file, NULL}};
	struct cards_print print = {.size = CARD_A6};
	int status = options_read(COMMAND, PRINT_HELP, argc, argv, specs,
		sizeof(specs) / sizeof(specs[0]), options.more, STALLS_MAX, &options.more_count);

	if (status != -1)
		return status;
	if ((options.market == NULL) == (options.stall == NULL))
		return wrong(COMMAND, "say whose: --market CODE, or --stall CODE...");
	if (options.market != NULL && options.more_count > 0)
		return wrong(COMMAND, "a word too many behind --market");
	if (options.size != NULL && !card_size_of(str_from(options.size), &print.size))
		return wrong(COMMAND, "--size is A6, A5 or A4");
	if (!is_issue(options.issue))
		return wrong(COMMAND, "--issue is a number from 1 to 99");
	return print_stalls(COMMAND, &options, false, &print);
}

static int
inspector(int argc, char **argv)
{
	static const char COMMAND[] = "print inspector";
	struct print_options options = {0};
	const struct option_spec specs[] = {WHERE_OPTIONS(options.where),
		{"market", &options.market, NULL}, {"issue", &options.issue, NULL},
		{"lang", &options.lang, NULL}, {"o", &options.file, NULL}};
	struct cards_print print = {.lang = VIETNAMESE};
	int status = options_read(COMMAND, PRINT_HELP, argc, argv, specs,
		sizeof(specs) / sizeof(specs[0]), options.more, 0, &options.more_count);

	if (status != -1)
		return status;
	if (options.market == NULL)
		return wrong(COMMAND, "whose? give --market CODE");
	if (!is_issue(options.issue))
		return wrong(COMMAND, "--issue is a number from 1 to 99");
	if (options.lang != NULL && strcmp(options.lang, "vi") != 0 &&
		strcmp(options.lang, "en") != 0)
		return wrong(COMMAND, "--lang is vi or en");
	if (options.lang != NULL && strcmp(options.lang, "en") == 0)
		print.lang = ENGLISH;
	return print_stalls(COMMAND, &options, true, &print);
}

int
cli_print(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "cards") == 0)
		return cards(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "inspector") == 0)
		return inspector(argc - 1, argv + 1);
	return subcommand_missing("print", PRINT_HELP, argc, argv);
}
