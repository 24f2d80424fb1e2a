/* simulate.c - `chopay simulate`: a bank and its buyers against a running gateway. */
#include "simulate.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "chopay/money.h"

#include "cli.h"
#include "options.h"

#define EXIT_IO 74
#define SECRET_FILE_MAX 4096
#define PICTURE_FILE_MAX (16 * 1024 * 1024)

static void
settings_fini(struct settings *settings)
{
	buf_fini(&settings->key);
	buf_fini(&settings->secret);
	buf_fini(&settings->picture);
}

static int
fail_io(const char *what, const char *path)
{
	fprintf(stderr, "chopay simulate: %s%s%s: %s\n", what, path != NULL ? " " : "",
		path != NULL ? path : "", strerror(errno));
	return EXIT_IO;
}

/* ---- settings into a run ------------------------------------------------------------------- */

static int
check_settings(const struct settings *settings)
{
	const struct simulate_options *run = &settings->run;
	struct err err = simulate_check(run);

	if (err.code != ERR_OK)
		return simulate_refuse(err.what, NULL);
	if (settings->key_file == NULL && !settings_buy_one(settings))
		return simulate_refuse("--key-file is missing: an API key of role operator", NULL);
	if (run->mode != SIMULATE_NONE && settings->secret_file == NULL)
		return simulate_refuse("--secret-file is missing: the endpoint's secret", NULL);
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
			return simulate_refuse("not one line of printable characters", path);
	}
	if (text.len == 0 || got == sizeof(block))
		return simulate_refuse("not one line of printable characters", path);
	buf_add(secret, text);
	return 0;
}

/* Interrupts become something to read. */
int
simulate_catch_interrupts(int *fd)
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

/* ---- the two manners ----------------------------------------------------------------------- */

static int
run_market(struct settings *settings)
{
	int status = read_secret(settings->key_file, &settings->key);

	if (status == 0)
		status = simulate_catch_interrupts(&settings->run.stop_fd);
	if (status == 0)
		status = run_and_report(settings);
	if (settings->run.stop_fd >= 0)
		(void)close(settings->run.stop_fd);
	return status;
}

static int
buy_one(struct settings *settings)
{
	struct buf amount CLEANUP(buf_fini) = {0};
	struct simulate_receipt receipt;
	struct err err;
	int status = 0;

	if (settings->picture_file != NULL)
		status = read_file(
			"simulate", settings->picture_file, PICTURE_FILE_MAX, &settings->picture);
	if (status != 0)
		return status;
	if (settings->picture_file != NULL && settings->picture.len == 0)
		return simulate_refuse("the picture is empty", settings->picture_file);
	settings->run.secret = buf_str(&settings->secret);
	settings->purchase.picture = buf_str(&settings->picture);
	err = simulate_pay(&settings->run, &settings->purchase, &receipt);
	if (err.code != ERR_OK) {
		fprintf(stderr, "chopay simulate: not paid: %s\n",
			receipt.fault[0] != '\0' ? receipt.fault : err.what);
		return err_exit_status(err.code);
	}
	vnd_format(&amount, (struct vnd){receipt.amount_dong});
	if (printf("paid %s đ to %s, note %s\n", amount.ptr, receipt.account_no, receipt.note) <
			0 ||
		fflush(stdout) != 0)
		return fail_io("cannot write", NULL);
	return 0;
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
	int status;

	if (argc > 1 && strcmp(argv[1], "--history") == 0)
		return simulate_history(argc - 1, argv + 1);
	status = simulate_read_options(argc, argv, &settings);
	if (status == 0 && settings.help)
		return fputs(simulate_usage, stdout) == EOF || fflush(stdout) != 0
			       ? fail_io("cannot write", NULL)
			       : 0;
	if (status == 0)
		status = check_settings(&settings);
	if (status == 0 && settings.run.mode != SIMULATE_NONE)
		status = read_secret(settings.secret_file, &settings.secret);
	if (status != 0)
		return status;
	return settings_buy_one(&settings) ? buy_one(&settings) : run_market(&settings);
}
