/* chopay demo: the sample market, a simulated bank, everything on, no configuration. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "chopay/app.h"
#include "chopay/asset.h"
#include "chopay/clock.h"
#include "chopay/log.h"
#include "chopay/money.h"
#include "cli.h"
#include "control.h"
#include "demo_lan.h"
#include "demo_people.h"
#include "demo_registers.h"
#include "options.h"

#define LISTEN_HOST "127.0.0.1"
#define LISTEN_PORT "8080"
#define SHOWN_STALL "MALAM.A03"
#define FIRST_PURCHASES "120"	      /* so that the first figures say something */
#define FAVOUR SHOWN_STALL "=8"	      /* percent: the page that is shown has something to show */
#define CHARGE_LIVES_S (12 * 60 * 60) /* the hour it ends names one moment only */
#define BANK_GRACE_MS 1000
#define SECRET_BYTES 24

static const char DEMO_HELP[] =
	"usage: chopay demo [--data DIR] [--listen ADDRESS:PORT] [--lan] [--rate N] [--verbose]\n\n"
	"A running sample market (Ma Lâm: 300 stalls, 40 street shops, invented people) with a\n"
	"simulated bank that keeps a trickle of purchases going.  The first line is \"ready URL\",\n"
	"then the addresses to open.  Ctrl-C ends it.\n"
	"Without a store of yours it is in a temporary folder, which is removed at the end.\n\n"
	"  --listen A:P  default 127.0.0.1:8080, or a free port when that is taken\n"
	"  --lan         HTTPS on this machine's own address (port 8443, or a free one), by a throwaway\n"
	"                certificate, and a QR code that opens the stall's page on a phone beside it\n"
	"  --rate N      purchases per second (default 0.5; 0: none)\n"
	"  --verbose     a line per purchase on stderr\n";

struct demo {
	const char *rate;
	bool verbose, lan;
	struct app_config config;
	struct app *app;
	struct buf url;
	struct buf secret_file, key_file; /* for the bank's process */
	struct buf endpoint;
	struct buf host;    /* where it listens unless told */
	struct buf ca_file; /* with --lan: whom the bank trusts */
	atomic_bool ending;
	int status;
};

extern char **environ;

/* ---- the bank's process ---------------------------------------------------------------------- */

static pid_t
start_bank(struct demo *demo, const char *payments, const char *rate)
{
	char *argv[] = {"chopay", "simulate", "--url", demo->url.ptr, "--endpoint",
		demo->endpoint.ptr, "--secret-file", demo->secret_file.ptr, "--key-file",
		demo->key_file.ptr, "--payments", (char *)(uintptr_t)payments, "--rate",
		(char *)(uintptr_t)rate, "--mangle", "70", "--duplicates", "5", "--short", "2",
		"--no-reference", "2", "--favour", FAVOUR, "--end-with-parent", "--no-check",
		"--seed", NULL, NULL, NULL, NULL, NULL};
	size_t count = sizeof(argv) / sizeof(argv[0]) - 5;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t manner;
	sigset_t none;
	char seed[24];
	pid_t pid = 0;

	snprintf(seed, sizeof(seed), "%lld", (long long)clock_now_ms(&(struct clock){0}) % 1000000);
	argv[count++] = seed;
	if (demo->lan) {
		argv[count++] = "--ca-file";
		argv[count++] = demo->ca_file.ptr;
	}
	if (demo->verbose)
		argv[count++] = "--verbose";
	sigemptyset(&none); /* this thread blocks them all, a process of its own should not */
	posix_spawnattr_init(&manner);
	posix_spawnattr_setsigmask(&manner, &none);
	posix_spawnattr_setflags(&manner, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawn(&pid, "/proc/self/exe", &files, &manner, argv, environ) != 0)
		pid = 0;
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&manner);
	if (pid == 0)
		complain("demo: the simulated bank cannot be started; nobody buys");
	return pid;
}

/* Told to stop, it finishes what is in flight; but the gateway is gone by then. */
static void
end_bank(pid_t pid, int64_t asked_ms)
{
	kill(pid, clock_monotonic_ms() - asked_ms > BANK_GRACE_MS ? SIGKILL : SIGTERM);
}

static void
tell_why(int how)
{
	if (WIFSIGNALED(how))
		complain("demo: the simulated bank was ended by signal %d (%s); nobody buys any "
			 "more, the rest goes on",
			WTERMSIG(how), strsignal(WTERMSIG(how)));
	else
		complain("demo: the simulated bank has stopped (exit %d, see above); nobody buys "
			 "any more, the rest goes on",
			WEXITSTATUS(how));
}

/* Until it ends, or the demo does.  True when it came to the end it was meant to come to. */
static bool
wait_for_bank(struct demo *demo, pid_t pid)
{
	int64_t asked_ms = 0;
	pid_t gone;
	int how = 0;

	while ((gone = waitpid(pid, &how, WNOHANG)) == 0 || (gone < 0 && errno == EINTR)) {
		if (atomic_load(&demo->ending)) {
			asked_ms = asked_ms == 0 ? clock_monotonic_ms() : asked_ms;
			end_bank(pid, asked_ms);
		}
		nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
	}
	if (atomic_load(&demo->ending) || (WIFEXITED(how) && WEXITSTATUS(how) == 0))
		return true;
	tell_why(how);
	return false;
}

/* ---- setting up, over the control socket like any other command ------------------------------ */

static int
write_secret(struct buf *path, const char *data, const char *name, struct str text)
{
	FILE *file;

	buf_addf(path, "%s/%s", data, name);
	unlink(path->ptr);
	file = fdopen(open(path->ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), "w");
	if (file == NULL || fwrite(text.ptr, 1, text.len, file) != text.len || fclose(file) != 0) {
		complain("demo: cannot write %s: %s", path->ptr, strerror(errno));
		return EX_IOERR;
	}
	return 0;
}

static int
post(struct control *control, const char *path, json_t *body, json_t **answer)
{
	int status = control_json(control, "POST", path, body, answer);

	json_decref(body);
	return status;
}

static int
set_up_market(struct control *control)
{
	struct control_answer answer CLEANUP(control_answer_fini) = {0};
	int status = control_send(control, "POST", "/control/registry", "text/csv",
		asset_find("merchants/data/ma-lam-market.csv"), &answer);

	if (status == 0 && answer.status != 200)
		status = control_complain(control, "the sample market", &answer);
	return status;
}

static int
set_up_bank(struct demo *demo, struct control *control)
{
	json_t *endpoint CLEANUP(json_cleanup) = NULL, *key CLEANUP(json_cleanup) = NULL;
	struct buf secret CLEANUP(buf_fini) = {0};
	unsigned char bytes[SECRET_BYTES];
	json_t *body = json_object();
	int status;

	crypt_random(bytes, sizeof(bytes));
	hex_put(&secret, (struct str){(const char *)bytes, sizeof(bytes)});
	json_set_str(body, "feed", STR("sepay"));
	json_set_str(body, "mode", STR("hmac"));
	json_set_str(body, "secret", buf_str(&secret));
	status = post(control, "/control/endpoints", body, &endpoint);
	if (status != 0)
		return status;
	buf_add(&demo->endpoint, json_str(json_object_get(endpoint, "path")));
	body = json_object();
	json_set_str(body, "name", STR("demo"));
	json_set_str(body, "role", STR("operator"));
	status = post(control, "/control/keys", body, &key);
	if (status == 0)
		status = write_secret(
			&demo->secret_file, demo->config.data, "demo.secret", buf_str(&secret));
	if (status == 0)
		status = write_secret(&demo->key_file, demo->config.data, "demo.key",
			json_str(json_object_get(key, "key")));
	return status;
}

/* As it must be typed, wherever this binary lies. */
static void
print_how_to_pay(const struct demo *demo, struct str reference)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self));
	struct str program = len > 0 ? (struct str){self, (size_t)len} : STR("chopay");

	printf("  Trả khoản trên như người mua (pay it; any reference you see on a page will do)\n");
	printf("    '%.*s' simulate --url %s --endpoint %s --secret-file '%s'%s%s --pay %.*s\n\n",
		STR_FMT(program), demo->url.ptr, demo->endpoint.ptr, demo->secret_file.ptr,
		demo->lan ? " --ca-file " : "", demo->lan ? demo->ca_file.ptr : "",
		STR_FMT(reference));
}

static int
invite_to_stall(struct control *control, json_t **invite)
{
	return post(control, "/v1/stalls/" SHOWN_STALL "/invites", json_object(), invite);
}

/* An invite of its own: the other one is for this machine's browser. */
static int
print_for_phone(struct demo *demo, struct control *control)
{
	json_t *invite CLEANUP(json_cleanup) = NULL;
	int status = invite_to_stall(control, &invite);

	if (status == 0)
		demo_lan_print(buf_str(&demo->url), json_str(json_object_get(invite, "path")));
	return status;
}

static int
print_addresses(struct demo *demo, struct control *control)
{
	json_t *invite CLEANUP(json_cleanup) = NULL, *charge CLEANUP(json_cleanup) = NULL;
	json_t *body;
	int status = invite_to_stall(control, &invite);

	if (status != 0)
		return status;
	body = json_object();
	json_set_i64(body, "amount", 50000);
	json_set_i64(body, "expires_in", CHARGE_LIVES_S);
	status = post(control, "/v1/stalls/" SHOWN_STALL "/charges", body, &charge);
	if (status != 0)
		return status;
	printf("ready %s\n\n", demo->url.ptr);
	printf("  Quầy của tiểu thương (the stall)   %s%.*s\n", demo->url.ptr,
		STR_FMT(json_str(json_object_get(invite, "path"))));
	printf("  Trang của người mua (the buyer)    %s%.*s\n", demo->url.ptr,
		STR_FMT(json_str(json_object_get(charge, "pay_url"))));
	status = demo_people(control, demo->url.ptr);
	if (status != 0)
		return status;
	printf("  API (OpenAPI 3.1)                  %s/openapi.json\n\n", demo->url.ptr);
	print_how_to_pay(demo, json_str(json_object_get(charge, "reference")));
	if (demo->lan)
		status = print_for_phone(demo, control);
	printf("  Dữ liệu (data): %s · Ctrl-C để dừng (to stop)\n", demo->config.data);
	fflush(stdout);
	return status;
}

static void
print_figures(struct control *control)
{
	json_t *summary CLEANUP(json_cleanup) = NULL;
	struct buf value CLEANUP(buf_fini) = {0};
	const json_t *today;

	if (control_json(control, "GET", "/v1/reports/summary", NULL, &summary) != 0)
		return;
	today = json_object_get(json_object_get(summary, "total"), "today");
	vnd_format(&value, (struct vnd){json_integer_value(json_object_get(today, "value"))});
	printf("  Hôm nay (today): %lld giao dịch · %s đ · %lld điểm bán có hoạt động\n",
		(long long)json_integer_value(json_object_get(today, "payments")), value.ptr,
		(long long)json_integer_value(json_object_get(today, "active_stalls")));
	fflush(stdout);
}

/* First a day's worth of purchases, then a trickle until the end. */
static void
keep_buying(struct demo *demo, struct control *control)
{
	pid_t pid;

	if (strcmp(demo->rate, "0") == 0)
		return;
	pid = start_bank(demo, FIRST_PURCHASES, "20");
	if (pid == 0 || !wait_for_bank(demo, pid) || atomic_load(&demo->ending))
		return;
	print_figures(control);
	pid = start_bank(demo, "0", demo->rate);
	if (pid > 0)
		wait_for_bank(demo, pid);
}

static void *
stage(void *arg)
{
	struct demo *demo = arg;
	struct control *control CLEANUP(control_cleanup) = NULL;
	const struct where here = {.data = demo->config.data};
	int status = control_open("demo", &here, &control);

	if (status == 0)
		status = set_up_market(control);
	if (status == 0)
		status = demo_registers(control);
	if (status == 0)
		status = set_up_bank(demo, control);
	if (status == 0)
		status = print_addresses(demo, control);
	if (status == 0) {
		keep_buying(demo, control);
	} else {
		demo->status = status;
		app_stop(demo->app);
	}
	return NULL;
}

/* ---- the run --------------------------------------------------------------------------------- */

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
	(void)st;
	(void)kind;
	(void)walk;
	return remove(path);
}

/* `listen`, or the usual port, or a free one when that is taken. */
static int
start_app(struct demo *demo, const char *listen)
{
	struct buf usual CLEANUP(buf_fini) = {0}, any CLEANUP(buf_fini) = {0};
	struct buf why CLEANUP(buf_fini) = {0};
	struct err err;

	buf_addf(&usual, "%s:%s", demo->host.ptr, demo->lan ? DEMO_LAN_PORT : LISTEN_PORT);
	buf_addf(&any, "%s:0", demo->host.ptr);
	demo->config.listen = mem_copy_str(listen == NULL ? buf_str(&usual) : str_from(listen));
	if (config_check(&demo->config, &why).code != ERR_OK) {
		complain("demo: %s", why.ptr);
		return EX_USAGE;
	}
	err = app_start(&demo->config, &demo->app, &demo->url, &why);
	if (err.code == ERR_CONFLICT && listen == NULL) {
		buf_clear(&why);
		buf_clear(&demo->url);
		free(demo->config.listen);
		demo->config.listen = mem_copy_str(buf_str(&any));
		err = app_start(&demo->config, &demo->app, &demo->url, &why);
	}
	if (err.code == ERR_OK)
		return 0;
	complain("demo: %s", why.ptr);
	return err.code == ERR_CONFLICT ? EX_UNAVAILABLE : err_exit_status(err.code);
}

static int
run_demo(struct demo *demo, const char *listen)
{
	sigset_t all, before;
	pthread_t stagehand;
	int status = start_app(demo, listen);

	if (status != 0)
		return status;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	status = pthread_create(&stagehand, NULL, stage, demo);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (status == 0) {
		status = app_run(demo->app);
		atomic_store(&demo->ending, true);
		pthread_join(stagehand, NULL);
	}
	app_free(demo->app);
	return demo->status != 0 ? demo->status : status;
}

/* What `chopay simulate --rate` takes too. */
static bool
is_rate(const char *text)
{
	char *end;
	double rate = strtod(text, &end);

	return end != text && *end == '\0' && rate >= 0 && rate <= 1000;
}

static int
cannot_make_folder(void)
{
	complain("demo: cannot make a temporary folder: %s", strerror(errno));
	return EX_IOERR;
}

int
cli_demo(int argc, char **argv)
{
	struct demo demo = {.rate = "0.5"};
	struct where where = {0};
	const char *listen = NULL, *words[1];
	const struct option_spec specs[] = {WHERE_OPTIONS(where), {"listen", &listen, NULL},
		{"lan", NULL, &demo.lan}, {"rate", &demo.rate, NULL},
		{"verbose", NULL, &demo.verbose}};
	char temporary[] = "/tmp/chopay-demo-XXXXXX";
	size_t count;
	int status = options_read("demo", DEMO_HELP, argc, argv, specs, 7, words, 0, &count);

	if (status != -1)
		return status;
	if (!is_rate(demo.rate)) {
		complain("demo: --rate is a number from 0 to 1000, such as 0.5: %s", demo.rate);
		return EX_USAGE;
	}
	status = 0;
	if (where_given(&where))
		status = where_config("demo", &where, &demo.config);
	else if (mkdtemp(temporary) != NULL)
		demo.config.data = mem_copy_str(str_from(temporary));
	else
		status = cannot_make_folder();
	if (status == 0 && demo.lan)
		status = demo_lan_prepare(&demo.config, listen, &demo.host, &demo.ca_file);
	else
		buf_adds(&demo.host, LISTEN_HOST);
	if (status == 0)
		status = run_demo(&demo, listen);
	if (!where_given(&where))
		nftw(temporary, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	config_fini(&demo.config);
	buf_fini(&demo.url);
	buf_fini(&demo.secret_file);
	buf_fini(&demo.key_file);
	buf_fini(&demo.endpoint);
	buf_fini(&demo.host);
	buf_fini(&demo.ca_file);
	return status;
}
