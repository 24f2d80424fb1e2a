/*
 * feeds_check.c - `chopay webhook check`: its lines, and the exit status of each way to fail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <unistd.h>

#include <cmocka.h>

#include "chopay/json.h"

int cli_webhook(int argc, char **argv); /* gateway/cli/cli.h is private to its folder */

#define GOOD "tests/fixtures/webhooks/sepay_hmac_ok.json"
#define FORGED "tests/fixtures/webhooks/sepay_hmac_body_changed.json"
#define FOREIGN "tests/fixtures/foreign-webhook.json" /* no feed of ours */
#define NO_FIXTURE "tests/fixtures/json/naughty.jsonl"

#define WORDS_MAX 8

/* Run with stdout and stderr caught; the exit status. */
static int
run(const char *const *words, struct buf *out, struct buf *errors)
{
	FILE *files[2] = {tmpfile(), tmpfile()};
	int saved[2] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
	struct buf *bufs[2] = {out, errors};
	char *argv[WORDS_MAX] = {0};
	char line[4096];
	size_t got;
	int argc = 0, status;

	for (; words[argc] != NULL; argc++)
		argv[argc] = mem_copy_str(str_from(words[argc]));
	fflush(NULL);
	dup2(fileno(files[0]), STDOUT_FILENO);
	dup2(fileno(files[1]), STDERR_FILENO);
	status = cli_webhook(argc, argv);
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		dup2(saved[i], i == 0 ? STDOUT_FILENO : STDERR_FILENO);
		close(saved[i]);
		rewind(files[i]);
		while ((got = fread(line, 1, sizeof(line), files[i])) > 0)
			buf_add(bufs[i], (struct str){line, got});
		fclose(files[i]);
	}
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return status;
}

static void
statuses(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		int status;
		const char *out, *errors; /* must occur in it */
	} cases[] = {
		{{"webhook", "check", GOOD}, 0, "\"accepted\":true", ""},
		{{"webhook", "check", FORGED}, 0, "\"reason\":\"bad_signature\"", ""},
		{{"webhook", "check", "--expect", GOOD, FORGED}, 0, "sepay_hmac_body_changed", ""},
		{{"webhook", "check", GOOD, FOREIGN}, 65, "{\"name\":\"foreign\",\"error\":\"",
			"foreign"},
		{{"webhook", "check", FOREIGN, GOOD}, 65, "\"accepted\":true", "provider"},
		{{"webhook", "check", NO_FIXTURE, GOOD}, 65,
			"{\"name\":\"" NO_FIXTURE "\",\"error\":\"", ""},
		{{"webhook", "check", "tests/no such file"}, 74, "", "tests/no such file"},
		{{"webhook", "check", "tests", FOREIGN, GOOD}, 74, "\"accepted\":true", "tests"},
		{{"webhook", "check"}, 64, "", "--help"},
		{{"webhook", "check", "--expect"}, 64, "", "--help"},
		{{"webhook", "check", "--wrong", GOOD}, 64, "", "--wrong"},
		{{"webhook", "verify", GOOD}, 64, "", "verify"},
		{{"webhook"}, 64, "", "--help"},
		{{"webhook", "--help"}, 0, "usage: ", ""},
		{{"webhook", "check", "--help"}, 0, "usage: ", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf out CLEANUP(buf_fini) = {0};
		struct buf errors CLEANUP(buf_fini) = {0};
		int status = run(cases[i].words, &out, &errors);

		if (status != cases[i].status ||
			str_find(buf_str(&out), str_from(cases[i].out)) < 0 ||
			str_find(buf_str(&errors), str_from(cases[i].errors)) < 0)
			fail_msg("row %zu: status %d, stdout:\n%s\nstderr:\n%s", i, status,
				out.len > 0 ? out.ptr : "", errors.len > 0 ? errors.ptr : "");
	}
}

/* One line for each fixture, with the promised members in the promised order. */
static void
lines(void **state)
{
	const char *const words[WORDS_MAX] = {"webhook", "check", GOOD, FORGED};
	struct buf out CLEANUP(buf_fini) = {0};
	struct buf errors CLEANUP(buf_fini) = {0};
	struct str rest, line;
	size_t count = 0;

	(void)state;
	assert_int_equal(run(words, &out, &errors), 0);
	for (rest = buf_str(&out); str_split(&rest, '\n', &line); count++) {
		static const char *const members[] = {
			"name", "accepted", "status", "reply", "events", "reason", "duplicate"};
		json_t *json CLEANUP(json_cleanup) = NULL;
		const char *name;
		json_t *value;
		size_t n = 0;

		assert_int_equal(json_parse_strict(line, &json, NULL).code, ERR_OK);
		json_object_foreach(json, name, value) assert_string_equal(name, members[n++]);
		assert_int_equal(n, 7);
	}
	assert_int_equal(count, 2);
	assert_int_equal(errors.len, 0);
}

/* --expect names what differs, and shows both sides. */
static void
expectations(void **state)
{
	char path[] = "/tmp/chopay-fixture-XXXXXX";
	const char *const words[WORDS_MAX] = {"webhook", "check", "--expect", path};
	json_t *fixture CLEANUP(json_cleanup) = json_load_file(FORGED, 0, NULL);
	struct buf out CLEANUP(buf_fini) = {0};
	struct buf errors CLEANUP(buf_fini) = {0};
	int fd = mkstemp(path), status;

	(void)state;
	assert_int_not_equal(fd, -1);
	json_object_set_new(json_object_get(fixture, "expect"), "status", json_integer(403));
	assert_int_equal(json_dumpfd(fixture, fd, 0), 0);
	close(fd);
	status = run(words, &out, &errors);
	unlink(path);
	assert_int_equal(status, 65);
	assert_true(str_find(buf_str(&errors), STR("status differs: expected 403, got 401")) >= 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statuses),
		cmocka_unit_test(lines),
		cmocka_unit_test(expectations),
	};

	return cmocka_run_group_tests_name("feeds_check", tests, NULL, NULL);
}
