/* webhook.c - `chopay webhook check`: what the gateway makes of a recorded message. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "chopay/fixture.h"

#include "cli.h"

#define EXIT_USAGE 64
#define EXIT_DATA 65
#define EXIT_IO 74
#define FILE_MAX (8 * 1024 * 1024) /* bytes of one fixture */

static const char usage[] =
	"usage: chopay webhook check [--expect] FILE.json...\n"
	"\n"
	"Runs each recorded message through its feed, at the message's own clock and with its\n"
	"own secret, and prints one line of JSON for it:\n"
	"  {name, accepted, status, reply, events, reason, duplicate}\n"
	"and send_headers for a notice of our own,\n"
	"or {name, error} when the file is no fixture or its provider is unknown.\n"
	"\n"
	"--expect  also compare with the file's `expect`; name what differs, exit 65.\n"
	"\n"
	"Exit status: 0 done, 64 usage, 65 a bad fixture or a difference, 74 unreadable file.\n";

static int
refuse(const char *what, const char *word)
{
	fprintf(stderr, "chopay webhook: %s%s%s (see chopay webhook --help)\n", what,
		word != NULL ? ": " : "", word != NULL ? word : "");
	return EXIT_USAGE;
}

static int
fail_io(const char *what, const char *path)
{
	fprintf(stderr, "chopay webhook: %s%s%s: %s\n", what, path != NULL ? " " : "",
		path != NULL ? path : "", strerror(errno));
	return EXIT_IO;
}

static int
help(void)
{
	if (fputs(usage, stdout) == EOF || fflush(stdout) != 0)
		return fail_io("cannot write", NULL);
	return 0;
}

static void
close_file(FILE **file)
{
	if (*file != NULL)
		(void)fclose(*file); /* only ever read from */
}

/* Whole files only; errno says why not. */
static bool
read_file(const char *path, struct buf *text)
{
	FILE *file CLEANUP(close_file) = fopen(path, "rb");
	char block[16384];
	size_t got;

	if (file == NULL)
		return false;
	while ((got = fread(block, 1, sizeof(block), file)) > 0) {
		if (text->len + got > FILE_MAX) {
			errno = EFBIG;
			return false;
		}
		buf_add(text, (struct str){block, got});
	}
	return ferror(file) == 0;
}

static bool
print_line(const json_t *value)
{
	struct buf line CLEANUP(buf_fini) = {0};

	json_write(&line, value);
	buf_addc(&line, '\n');
	return fwrite(line.ptr, 1, line.len, stdout) == line.len;
}

/* Not run: the line still says which one and why.  Without a name, the path stands for it. */
static int
print_fault(const char *path, const json_t *fixture, struct err e)
{
	json_t *line CLEANUP(json_cleanup) = json_object();
	struct str name;

	if (json_member_str(fixture, "name", &name).code != ERR_OK)
		name = str_is_utf8(str_from(path)) ? str_from(path) : STR("");
	json_set_str(line, "name", name);
	json_set_str(line, "error", str_from(e.what));
	fprintf(stderr, "chopay webhook: %s: %s\n", path, e.what);
	return print_line(line) ? EXIT_DATA : fail_io("cannot write", NULL);
}

/* The line that shows both sides of a difference. */
static int
print_difference(const char *path, const char *member, const json_t *fixture, const json_t *result)
{
	const json_t *want = json_object_get(json_object_get(fixture, "expect"), member);
	const json_t *have = json_object_get(result, member);
	struct buf text CLEANUP(buf_fini) = {0};

	buf_addf(&text, "chopay webhook: %s: %s differs: expected ", path, member);
	if (want != NULL)
		json_write(&text, want);
	else
		buf_adds(&text, "nothing");
	buf_adds(&text, ", got ");
	if (have != NULL)
		json_write(&text, have);
	else
		buf_adds(&text, "nothing");
	fprintf(stderr, "%s\n", text.ptr);
	return EXIT_DATA;
}

static int
check(const struct crypt *crypt, const char *path, bool compare)
{
	struct buf text CLEANUP(buf_fini) = {0};
	json_t *fixture CLEANUP(json_cleanup) = NULL;
	json_t *result CLEANUP(json_cleanup) = NULL;
	const char *member = NULL;
	struct err e;

	if (!read_file(path, &text))
		return fail_io("cannot read", path);
	e = json_parse_strict(buf_str(&text), &fixture, NULL);
	if (e.code == ERR_OK)
		e = fixture_run(crypt, fixture, &result);
	if (e.code != ERR_OK)
		return print_fault(path, fixture, e);
	if (!print_line(result))
		return fail_io("cannot write", NULL);
	if (compare)
		member = fixture_difference(fixture, result);
	return member == NULL ? 0 : print_difference(path, member, fixture, result);
}

static int
check_all(int count, char **paths, bool compare)
{
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	struct err e = crypt_new(&crypt);
	int worst = 0;

	if (e.code != ERR_OK) {
		fprintf(stderr, "chopay webhook: %s\n", e.what);
		return err_exit_status(e.code);
	}
	for (int i = 0; i < count; i++) {
		int status = check(crypt, paths[i], compare);

		worst = status > worst ? status : worst;
	}
	return fflush(stdout) == 0 ? worst : fail_io("cannot write", NULL);
}

int
cli_webhook(int argc, char **argv)
{
	static const struct option known[] = {
		{"expect", no_argument, NULL, 'e'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	struct str verb = str_from(argc > 1 ? argv[1] : NULL);
	bool compare = false;
	int option;

	if (str_eq(verb, STR("--help")) || str_eq(verb, STR("-h")) || str_eq(verb, STR("help")))
		return help();
	if (!str_eq(verb, STR("check")))
		return refuse("say check", argc > 1 ? argv[1] : NULL);
	opterr = 0;
	optind = 0; /* GNU: begin anew */
	while ((option = getopt_long(argc - 1, argv + 1, "h", known, NULL)) != -1) {
		if (option == 'h')
			return help();
		if (option != 'e')
			return refuse("unknown option", argv[optind]);
		compare = true;
	}
	if (optind >= argc - 1)
		return refuse("name the fixtures to check", NULL);
	return check_all(argc - 1 - optind, argv + 1 + optind, compare);
}
