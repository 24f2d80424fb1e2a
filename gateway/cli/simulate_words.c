/* simulate_words.c - what `chopay simulate` is told on the command line. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>

#include "chopay/money.h"
#include "simulate.h"

#define RATE_MAX 1000
#define DELAY_MAX_S 86400

const char simulate_usage[] =
	"usage: chopay simulate --url URL --key-file F --endpoint PATH --secret-file F [options]\n"
	"       chopay simulate --url URL --endpoint PATH --secret-file F --pay REFERENCE\n"
	"       chopay simulate --url URL --endpoint PATH --secret-file F --pay-picture FILE\n"
	"       chopay simulate --history ...   (a year of a province; --history --help)\n"
	"\n"
	"Buyers scan the codes of the gateway's stalls with zbarimg and pay; a bank tells the\n"
	"gateway, as SePay does.  At the end what the bank sent is compared with the books.\n"
	"\n"
	"  --url URL          the gateway, http://HOST:PORT or https://HOST\n"
	"  --key-file F       an API key of role operator (chopay key add)\n"
	"  --endpoint PATH    /webhooks/sepay/ID (chopay endpoint add --feed sepay)\n"
	"  --secret-file F    the endpoint's secret\n"
	"  --mode M           hmac, apikey or none: the endpoint's (hmac)\n"
	"  --ca-file F        PEM certificates to trust, for https\n"
	"  --seed N           the same seed, the same purchases and faults (1)\n"
	"  --payments N       stop after N purchases; 0: when interrupted (0)\n"
	"  --rate R           purchases a second, such as 0.5; 0: as fast as possible (2)\n"
	"\n"
	"One purchase, and exit:\n"
	"  --pay REFERENCE    scan the gateway's picture of this charge or stall, and pay it\n"
	"  --pay-picture F    scan a PNG or JPEG instead: a screenshot or a photo\n"
	"  --amount N         pay N đồng: for a code without an amount, or too little or too much\n"
	"\n"
	"Shares in percent, such as 5 or 0.25 (0 unless said otherwise):\n"
	"  --static P         buyers who scan the stall's static code (40)\n"
	"  --short P          charges for which the buyer pays less ...\n"
	"  --over P           ... or more\n"
	"  --mangle P         notes rewritten the way banks do; the reference can be found\n"
	"  --no-reference P   notes in which the reference is lost\n"
	"  --duplicates P     deliveries repeated, at the same time or later\n"
	"  --reorder P        deliveries that later ones overtake\n"
	"  --delay P          deliveries held back for up to --delay-max S seconds (5)\n"
	"  --forge P          purchases beside which somebody forges a delivery\n"
	"  --out P            purchases beside which the stall sends money\n"
	"  --favour STALL=P   purchases at this stall, a code or a reference; the rest anywhere\n"
	"\n"
	"  --no-check         do not compare at the end\n"
	"  --end-with-parent  be killed when the process that started us ends (the demo's bank)\n"
	"  --verbose          a line for each purchase on stderr\n"
	"  --json             the summary as JSON\n"
	"\n"
	"Exit status: 0 all well, 64 usage, 65 the gateway refused, lost, doubled or misplaced\n"
	"something, or there is no code to pay; 69 it cannot be reached, 74 a file or the scanner\n"
	"fails, 77 a bad API key or secret.\n"
	"The first interrupt finishes what is in flight, the second one stops at once.\n";

int
simulate_refuse(const char *what, const char *word)
{
	fprintf(stderr, "chopay simulate: %s%s%s (see chopay simulate --help)\n", what,
		word != NULL ? ": " : "", word != NULL ? word : "");
	return EXIT_USAGE;
}

/* ---- words into settings ------------------------------------------------------------------- */

/* "12.5" with two decimals is 1250: digits, at most one point, at most so many decimals. */
static bool
read_decimal(const char *text, int decimals, int64_t max, int64_t *scaled)
{
	struct str rest = str_from(text), whole;
	bool point = str_split(&rest, '.', &whole);
	struct buf digits CLEANUP(buf_fini) = {0};
	int64_t scale = 1;

	if (whole.len == 0 || whole.ptr[0] == '-' || (point && rest.len == 0) ||
		rest.len > (size_t)decimals)
		return false;
	buf_add(&digits, whole);
	buf_add(&digits, rest);
	for (size_t i = rest.len; i < (size_t)decimals; i++)
		buf_addc(&digits, '0');
	for (int i = 0; i < decimals; i++)
		scale *= 10;
	return str_to_i64(buf_str(&digits), scaled).code == ERR_OK && *scaled <= max * scale;
}

enum word {
	WORD_URL = 1000,
	WORD_KEY_FILE,
	WORD_ENDPOINT,
	WORD_SECRET_FILE,
	WORD_MODE,
	WORD_CA_FILE,
	WORD_SEED,
	WORD_PAYMENTS,
	WORD_RATE,
	WORD_DELAY_MAX,
	WORD_NO_CHECK,
	WORD_END_WITH_PARENT,
	WORD_VERBOSE,
	WORD_JSON,
	WORD_PAY,
	WORD_PAY_PICTURE,
	WORD_AMOUNT,
	WORD_FAVOUR,
	WORD_SHARE /* and those above it: which of `shares` */
};

/* In the order of `shares` in read_options. */
static int *
share_of(struct simulate_options *run, int n)
{
	int *const shares[] = {&run->static_codes, &run->amount_short, &run->amount_over,
		&run->mangle, &run->no_reference, &run->duplicates, &run->reorder, &run->delay,
		&run->forge, &run->out};

	return shares[n];
}

static int
take_number(int option, const char *value, struct simulate_options *run)
{
	int64_t number;

	switch (option) {
	case WORD_SEED:
		if (!read_decimal(value, 0, INT64_MAX, &number))
			return simulate_refuse("--seed is a whole number", value);
		run->seed = (uint64_t)number;
		return 0;
	case WORD_PAYMENTS:
		if (!read_decimal(value, 0, INT64_MAX, &run->payments))
			return simulate_refuse("--payments is a whole number", value);
		return 0;
	case WORD_RATE:
		if (!read_decimal(value, 3, RATE_MAX, &run->rate_milli))
			return simulate_refuse(
				"--rate is a number from 0 to 1000, such as 0.5", value);
		return 0;
	case WORD_DELAY_MAX:
		if (!read_decimal(value, 0, DELAY_MAX_S, &number))
			return simulate_refuse("--delay-max is seconds, from 0 to 86400", value);
		run->delay_max_s = (int)number;
		return 0;
	default:
		if (!read_decimal(value, 2, 100, &number))
			return simulate_refuse(
				"a share is a percentage from 0 to 100, such as 2.5", value);
		*share_of(run, option - WORD_SHARE) = (int)number;
		return 0;
	}
}

/* MALAM.A03=5 */
static int
take_favour(const char *value, struct simulate_options *run)
{
	struct str stall = str_from(value);
	size_t len = stall.len;
	int64_t share;

	while (len > 0 && value[len - 1] != '=')
		len--;
	if (len < 2 || !read_decimal(value + len, 2, 100, &share))
		return simulate_refuse("--favour is STALL=PERCENT, such as MALAM.A03=5", value);
	run->favourite = str_cut(stall, 0, len - 1);
	run->favour = (int)share;
	return 0;
}

/* A charge's or a stall's: whether there is one, the gateway says. */
static int
take_reference(const char *value, struct str *reference)
{
	*reference = str_from(value);
	for (size_t i = 0; i < reference->len; i++) {
		char c = value[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')))
			return simulate_refuse(
				"--pay is a reference, such as CHC0001N0027V8", value);
	}
	return reference->len > 0 ? 0 : simulate_refuse("--pay wants a reference", NULL);
}

static int
take_mode(const char *value, struct simulate_options *run)
{
	static const char *const modes[] = {
		[SIMULATE_HMAC] = "hmac", [SIMULATE_APIKEY] = "apikey", [SIMULATE_NONE] = "none"};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (str_eq(str_from(value), str_from(modes[i]))) {
			run->mode = (enum simulate_mode)i;
			return 0;
		}
	}
	return simulate_refuse("--mode is hmac, apikey or none", value);
}

static int
take_option(int option, const char *value, struct settings *settings)
{
	switch (option) {
	case WORD_URL:
		settings->run.url = value;
		return 0;
	case WORD_KEY_FILE:
		settings->key_file = value;
		return 0;
	case WORD_ENDPOINT:
		settings->run.endpoint = value;
		return 0;
	case WORD_SECRET_FILE:
		settings->secret_file = value;
		return 0;
	case WORD_MODE:
		return take_mode(value, &settings->run);
	case WORD_CA_FILE:
		settings->run.ca_file = value;
		return 0;
	case WORD_PAY:
		return take_reference(value, &settings->purchase.reference);
	case WORD_PAY_PICTURE:
		settings->picture_file = value;
		return 0;
	case WORD_AMOUNT:
		if (!read_decimal(value, 0, VND_TRANSFER_MAX, &settings->purchase.amount_dong) ||
			settings->purchase.amount_dong == 0)
			return simulate_refuse(
				"--amount is whole đồng, from 1 to 499999999", value);
		return 0;
	case WORD_FAVOUR:
		return take_favour(value, &settings->run);
	case WORD_NO_CHECK:
		settings->run.skip_check = true;
		return 0;
	case WORD_END_WITH_PARENT:
		/* The demo's gateway may be killed outright: its bank must not outlive it. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		return 0;
	case WORD_VERBOSE:
		settings->verbose = true;
		return 0;
	case WORD_JSON:
		settings->json = true;
		return 0;
	case 'h':
		settings->help = true;
		return 0;
	default:
		return take_number(option, value, &settings->run);
	}
}

/* What both manners know; anything else belongs to a run. */
static bool
is_for_purchase(int option)
{
	switch (option) {
	case WORD_URL:
	case WORD_KEY_FILE:
	case WORD_ENDPOINT:
	case WORD_SECRET_FILE:
	case WORD_MODE:
	case WORD_CA_FILE:
	case WORD_PAY:
	case WORD_PAY_PICTURE:
	case WORD_AMOUNT:
	case 'h':
		return true;
	default:
		return false;
	}
}

bool
settings_buy_one(const struct settings *settings)
{
	return settings->purchase.reference.len > 0 || settings->picture_file != NULL;
}

static int
check_manner(const struct settings *settings)
{
	if (settings->purchase.reference.len > 0 && settings->picture_file != NULL)
		return simulate_refuse("--pay and --pay-picture: choose one", NULL);
	if (settings_buy_one(settings) && settings->run_word != NULL)
		return simulate_refuse("no use for this in a single purchase", settings->run_word);
	if (!settings_buy_one(settings) && settings->purchase.amount_dong > 0)
		return simulate_refuse("--amount goes with --pay or --pay-picture", NULL);
	return 0;
}

int
simulate_read_options(int argc, char **argv, struct settings *settings)
{
	static const struct option known[] = {
		{"url", required_argument, NULL, WORD_URL},
		{"key-file", required_argument, NULL, WORD_KEY_FILE},
		{"endpoint", required_argument, NULL, WORD_ENDPOINT},
		{"secret-file", required_argument, NULL, WORD_SECRET_FILE},
		{"mode", required_argument, NULL, WORD_MODE},
		{"ca-file", required_argument, NULL, WORD_CA_FILE},
		{"seed", required_argument, NULL, WORD_SEED},
		{"payments", required_argument, NULL, WORD_PAYMENTS},
		{"rate", required_argument, NULL, WORD_RATE},
		{"delay-max", required_argument, NULL, WORD_DELAY_MAX},
		{"no-check", no_argument, NULL, WORD_NO_CHECK},
		{"end-with-parent", no_argument, NULL, WORD_END_WITH_PARENT},
		{"verbose", no_argument, NULL, WORD_VERBOSE},
		{"json", no_argument, NULL, WORD_JSON},
		{"pay", required_argument, NULL, WORD_PAY},
		{"pay-picture", required_argument, NULL, WORD_PAY_PICTURE},
		{"amount", required_argument, NULL, WORD_AMOUNT},
		{"favour", required_argument, NULL, WORD_FAVOUR},
		{"help", no_argument, NULL, 'h'},
		{"static", required_argument, NULL, WORD_SHARE},
		{"short", required_argument, NULL, WORD_SHARE + 1},
		{"over", required_argument, NULL, WORD_SHARE + 2},
		{"mangle", required_argument, NULL, WORD_SHARE + 3},
		{"no-reference", required_argument, NULL, WORD_SHARE + 4},
		{"duplicates", required_argument, NULL, WORD_SHARE + 5},
		{"reorder", required_argument, NULL, WORD_SHARE + 6},
		{"delay", required_argument, NULL, WORD_SHARE + 7},
		{"forge", required_argument, NULL, WORD_SHARE + 8},
		{"out", required_argument, NULL, WORD_SHARE + 9},
		{0},
	};
	int option;

	opterr = 0; /* our own words: one line, with the way to --help */
	optind = 0; /* GNU: begin anew */
	while ((option = getopt_long(argc, argv, "+:h", known, NULL)) != -1) {
		int status;

		if (option == ':')
			return simulate_refuse("this option wants a value", argv[optind - 1]);
		if (option == '?')
			return simulate_refuse("unknown option", argv[optind - 1]);
		if (!is_for_purchase(option))
			settings->run_word =
				argv[optarg != NULL && optarg == argv[optind - 1] ? optind - 2
										  : optind - 1];
		status = take_option(option, optarg, settings);
		if (status != 0)
			return status;
	}
	return optind < argc ? simulate_refuse("unexpected word", argv[optind])
			     : check_manner(settings);
}
