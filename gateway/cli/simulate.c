/* simulate.c - `chopay simulate`: a bank and its buyers against a running gateway. */
#include "chopay/simulate.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "chopay/money.h"

#include "cli.h"

#define EXIT_USAGE 64
#define EXIT_IO 74
#define SECRET_FILE_MAX 4096
#define RATE_MAX 1000
#define DELAY_MAX_S 86400

static const char usage[] =
	"usage: chopay simulate --url URL --key-file F --endpoint PATH --secret-file F [options]\n"
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
	"\n"
	"  --no-check         do not compare at the end\n"
	"  --verbose          a line for each purchase on stderr\n"
	"  --json             the summary as JSON\n"
	"\n"
	"Exit status: 0 all well, 64 usage, 65 the gateway refused, lost, doubled or misplaced\n"
	"something, 69 it cannot be reached, 74 a file or the scanner fails, 77 a bad API key.\n"
	"The first interrupt finishes what is in flight, the second one stops at once.\n";

struct settings {
	struct simulate_options run;
	const char *key_file, *secret_file;
	struct buf key, secret;
	bool verbose, json, help;
};

static void
settings_fini(struct settings *settings)
{
	buf_fini(&settings->key);
	buf_fini(&settings->secret);
}

static int
refuse(const char *what, const char *word)
{
	fprintf(stderr, "chopay simulate: %s%s%s (see chopay simulate --help)\n", what,
		word != NULL ? ": " : "", word != NULL ? word : "");
	return EXIT_USAGE;
}

static int
fail_io(const char *what, const char *path)
{
	fprintf(stderr, "chopay simulate: %s%s%s: %s\n", what, path != NULL ? " " : "",
		path != NULL ? path : "", strerror(errno));
	return EXIT_IO;
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
	WORD_VERBOSE,
	WORD_JSON,
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
			return refuse("--seed is a whole number", value);
		run->seed = (uint64_t)number;
		return 0;
	case WORD_PAYMENTS:
		if (!read_decimal(value, 0, INT64_MAX, &run->payments))
			return refuse("--payments is a whole number", value);
		return 0;
	case WORD_RATE:
		if (!read_decimal(value, 3, RATE_MAX, &run->rate_milli))
			return refuse("--rate is a number from 0 to 1000, such as 0.5", value);
		return 0;
	case WORD_DELAY_MAX:
		if (!read_decimal(value, 0, DELAY_MAX_S, &number))
			return refuse("--delay-max is seconds, from 0 to 86400", value);
		run->delay_max_s = (int)number;
		return 0;
	default:
		if (!read_decimal(value, 2, 100, &number))
			return refuse("a share is a percentage from 0 to 100, such as 2.5", value);
		*share_of(run, option - WORD_SHARE) = (int)number;
		return 0;
	}
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
	return refuse("--mode is hmac, apikey or none", value);
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
	case WORD_NO_CHECK:
		settings->run.skip_check = true;
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

static int
read_options(int argc, char **argv, struct settings *settings)
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
		{"verbose", no_argument, NULL, WORD_VERBOSE},
		{"json", no_argument, NULL, WORD_JSON},
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
			return refuse("this option wants a value", argv[optind - 1]);
		if (option == '?')
			return refuse("unknown option", argv[optind - 1]);
		status = take_option(option, optarg, settings);
		if (status != 0)
			return status;
	}
	return optind < argc ? refuse("unexpected word", argv[optind]) : 0;
}

/* ---- settings into a run ------------------------------------------------------------------- */

static int
check_settings(const struct settings *settings)
{
	const struct simulate_options *run = &settings->run;
	struct err err = simulate_check(run);

	if (err.code != ERR_OK)
		return refuse(err.what, NULL);
	if (settings->key_file == NULL)
		return refuse("--key-file is missing: an API key of role operator", NULL);
	if (run->mode != SIMULATE_NONE && settings->secret_file == NULL)
		return refuse("--secret-file is missing: the endpoint's secret", NULL);
	if (run->ca_file != NULL && access(run->ca_file, R_OK) != 0)
		return fail_io("cannot read", run->ca_file);
	return 0;
}

static void
close_file(FILE **file)
{
	if (*file != NULL)
		(void)fclose(*file); /* only ever read from */
}

/* A file of one line: no blanks around it, none inside. */
static int
read_secret(const char *path, struct buf *secret)
{
	FILE *file CLEANUP(close_file) = fopen(path, "rb");
	char block[SECRET_FILE_MAX];
	struct str text;
	size_t got;

	if (file == NULL)
		return fail_io("cannot read", path);
	got = fread(block, 1, sizeof(block), file);
	if (ferror(file))
		return fail_io("cannot read", path);
	text = str_trim((struct str){block, got});
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
			return refuse("not one line of printable characters", path);
	}
	if (text.len == 0 || got == sizeof(block))
		return refuse("not one line of printable characters", path);
	buf_add(secret, text);
	return 0;
}

/* Interrupts become something to read. */
static int
catch_interrupts(int *fd)
{
	sigset_t set;

	if (sigemptyset(&set) != 0 || sigaddset(&set, SIGINT) != 0 ||
		sigaddset(&set, SIGTERM) != 0 || sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return fail_io("cannot catch interrupts", NULL);
	*fd = signalfd(-1, &set, SFD_CLOEXEC);
	return *fd < 0 ? fail_io("cannot catch interrupts", NULL) : 0;
}

/* ---- what people see ----------------------------------------------------------------------- */

static void
say_sold(void *arg, const struct simulate_sale *sale)
{
	struct buf amount CLEANUP(buf_fini) = {0};

	(void)arg;
	vnd_format(&amount, (struct vnd){sale->amount_dong});
	fprintf(stderr, "%.*s %s đ paid in %lld ms\n", STR_FMT(sale->stall_code), amount.ptr,
		(long long)sale->took_ms);
}

static void
say_progress(void *arg, const struct simulate_summary *said)
{
	(void)arg;
	fprintf(stderr, "%lld s: %lld purchases, %lld sent, %lld delivered, %lld retries\n",
		(long long)(said->elapsed_ms / 1000), (long long)said->purchases,
		(long long)said->sent, (long long)said->delivered, (long long)said->retries);
}

static int
run_and_report(struct settings *settings)
{
	struct simulate_options *run = &settings->run;
	struct buf out CLEANUP(buf_fini) = {0};
	struct simulate_summary said;
	struct err err;

	run->api_key = buf_str(&settings->key);
	run->secret = buf_str(&settings->secret);
	run->sold = settings->verbose ? say_sold : NULL;
	run->ticked = settings->verbose || isatty(STDERR_FILENO) == 1 ? say_progress : NULL;
	err = simulate_run(run, &said);
	if (settings->json)
		simulate_put_json(&out, run, &said, err);
	else if (said.purchases > 0 || err.code == ERR_OK)
		simulate_put_text(&out, &said);
	if (out.len > 0 && (fwrite(out.ptr, 1, out.len, stdout) != out.len || fflush(stdout) != 0))
		return fail_io("cannot write", NULL);
	if (err.code != ERR_OK)
		fprintf(stderr, "chopay simulate: %s%s%s\n", err.what,
			str_eq(str_from(err.what), str_from(said.fault)) ? "" : ": ",
			str_eq(str_from(err.what), str_from(said.fault)) ? "" : said.fault);
	return err_exit_status(err.code);
}

int
cli_simulate(int argc, char **argv)
{
	struct settings settings CLEANUP(settings_fini) = {
		.run = {.seed = 1,
			.rate_milli = 2 * SIMULATE_RATE_SCALE,
			.delay_max_s = 5,
			.static_codes = 4000,
			.stop_fd = -1}};
	int status = read_options(argc, argv, &settings);

	if (status == 0 && settings.help)
		return fputs(usage, stdout) == EOF || fflush(stdout) != 0
			       ? fail_io("cannot write", NULL)
			       : 0;
	if (status == 0)
		status = check_settings(&settings);
	if (status == 0)
		status = read_secret(settings.key_file, &settings.key);
	if (status == 0 && settings.run.mode != SIMULATE_NONE)
		status = read_secret(settings.secret_file, &settings.secret);
	if (status == 0)
		status = catch_interrupts(&settings.run.stop_fd);
	if (status == 0)
		status = run_and_report(&settings);
	if (settings.run.stop_fd >= 0)
		(void)close(settings.run.stop_fd);
	return status;
}
