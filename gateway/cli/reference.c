/* reference.c - `chopay reference`: mint references, and find them in transfer notes. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chopay/crypt.h"
#include "chopay/reference.h"

#include "cli.h"

#define EXIT_USAGE 64
#define EXIT_IO 74
#define COUNT_MAX 1000000 /* references of one run */
#define RANDOM_BLOCK 512  /* numbers asked of the system at once */

static const char usage[] =
	"usage: chopay reference new [--count N] [--kind stall|charge] [--prefix CH]\n"
	"       chopay reference find [--prefix CH] [--null] < notes\n"
	"\n"
	"new   prints N (1..1000000, default 1) different references, one a line, with\n"
	"      random numbers; kind charge unless told otherwise.\n"
	"find  reads one note a line and prints, a line for each, the reference in it,\n"
	"      `-` when there is none, or `REF1|REF2` when there are several.\n"
	"      --null: notes end with a NUL byte, so that a note may hold line ends.\n"
	"\n"
	"A prefix is two of 0-9 A-Z without I L O U.\n";

struct options {
	struct str prefix;
	uint32_t count;
	bool stalls; /* new: stall references, not charges */
	bool null;   /* find: notes end with NUL */
	bool help;
};

/* One line for a person; the rest is in --help. */
static int
refuse(const char *what, const char *word)
{
	fprintf(stderr, "chopay reference: %s%s%s (see chopay reference --help)\n", what,
		word != NULL ? ": " : "", word != NULL ? word : "");
	return EXIT_USAGE;
}

static int
fail_io(const char *what)
{
	fprintf(stderr, "chopay reference: %s: %s\n", what, strerror(errno));
	return EXIT_IO;
}

static int
help(void)
{
	if (fputs(usage, stdout) == EOF || fflush(stdout) != 0)
		return fail_io("cannot write");
	return 0;
}

static int
take_option(int option, char *value, struct options *options)
{
	struct str text = str_from(value);
	int64_t count;

	switch (option) {
	case 'c':
		if (str_to_i64(text, &count).code != ERR_OK || count < 1 || count > COUNT_MAX)
			return refuse("--count is a number from 1 to 1000000", NULL);
		options->count = (uint32_t)count;
		return 0;
	case 'k':
		options->stalls = str_eq(text, STR("stall"));
		if (!options->stalls && !str_eq(text, STR("charge")))
			return refuse("--kind is stall or charge", NULL);
		return 0;
	case 'p':
		if (!reference_prefix_ok(text))
			return refuse("--prefix is two of 0-9 A-Z without I L O U", NULL);
		options->prefix = text;
		return 0;
	case '0':
		options->null = true;
		return 0;
	default:
		options->help = true;
		return 0;
	}
}

/* argv[0] is the verb.  Returns an exit status; 0 to go on. */
static int
read_options(int argc, char **argv, const struct option *known, struct options *options)
{
	int option;

	opterr = 0; /* our own words: one line, with the way to --help */
	optind = 0; /* GNU: begin anew */
	while ((option = getopt_long(argc, argv, "+:h", known, NULL)) != -1) {
		if (option == ':')
			return refuse("this option wants a value", argv[optind - 1]);
		if (option == '?')
			return refuse("unknown option", argv[optind - 1]);
		int status = take_option(option, optarg, options);
		if (status != 0)
			return status;
	}
	if (optind < argc)
		return refuse("unexpected word", argv[optind]);
	return 0;
}

/* The numbers given out so far: open addressing, at most half full; 0 is an empty place. */
struct taken {
	uint64_t *keys;
	size_t mask;
};

static bool
taken_add(struct taken *taken, uint64_t number)
{
	size_t place = (size_t)((number * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & taken->mask;

	while (taken->keys[place] != 0) {
		if (taken->keys[place] == number + 1)
			return false;
		place = (place + 1) & taken->mask;
	}
	taken->keys[place] = number + 1;
	return true;
}

/* Mint for one random number; false when it cannot be used or was. */
static bool
mint_random(const struct options *options, uint64_t random, struct taken *taken,
	struct reference *reference)
{
	uint32_t stall = (uint32_t)(random % REFERENCE_STALL_NUMBERS);
	uint32_t counter = (uint32_t)((random >> 32) % REFERENCE_CHARGE_COUNTERS);
	struct err e;

	if (options->stalls)
		e = reference_stall(options->prefix, stall, reference);
	else
		e = reference_charge(options->prefix, stall, counter, reference);
	if (e.code != ERR_OK)
		return false; /* a look-alike in the check: the next number */
	if (options->stalls)
		return taken_add(taken, stall);
	return taken_add(taken, (uint64_t)stall * REFERENCE_CHARGE_COUNTERS + counter);
}

static int
print_new(const struct options *options)
{
	size_t places = 2;
	uint64_t random[RANDOM_BLOCK];
	uint32_t printed = 0;

	while (places < (size_t)options->count * 2)
		places *= 2;
	CLEANUP(mem_free) uint64_t *keys = mem_alloc_zero(places, sizeof *keys);
	struct taken taken = {.keys = keys, .mask = places - 1};

	while (printed < options->count) {
		crypt_random(random, sizeof random);
		for (size_t i = 0; i < RANDOM_BLOCK && printed < options->count; i++) {
			struct reference reference;

			if (!mint_random(options, random[i], &taken, &reference))
				continue;
			if (fputs(reference.text, stdout) == EOF || putchar('\n') == EOF)
				return fail_io("cannot write");
			printed++;
		}
	}
	return fflush(stdout) == 0 ? 0 : fail_io("cannot write");
}

static void
put_found(const struct references *found)
{
	if (found->count == 0)
		putchar('-');
	for (size_t i = 0; i < found->count; i++) {
		if (i > 0)
			putchar('|');
		fputs(found->items[i].text, stdout);
	}
	putchar('\n');
}

static int
find_in_notes(const struct options *options)
{
	const char end = options->null ? '\0' : '\n';
	CLEANUP(mem_free) char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getdelim(&line, &size, end, stdin)) > 0) {
		struct str note = {line, (size_t)len};
		struct references found;

		if (note.ptr[note.len - 1] == end)
			note.len--;
		reference_find(options->prefix, note, &found);
		put_found(&found);
		if (ferror(stdout))
			return fail_io("cannot write");
	}
	if (ferror(stdin))
		return fail_io("cannot read the notes");
	return fflush(stdout) == 0 ? 0 : fail_io("cannot write");
}

int
cli_reference(int argc, char **argv)
{
	static const struct option for_new[] = {
		{"count", required_argument, NULL, 'c'},
		{"kind", required_argument, NULL, 'k'},
		{"prefix", required_argument, NULL, 'p'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	static const struct option for_find[] = {
		{"prefix", required_argument, NULL, 'p'},
		{"null", no_argument, NULL, '0'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	struct options options = {.prefix = STR("CH"), .count = 1};
	struct str verb = str_from(argc > 1 ? argv[1] : NULL);
	bool minting = str_eq(verb, STR("new"));
	int status;

	if (str_eq(verb, STR("--help")) || str_eq(verb, STR("-h")) || str_eq(verb, STR("help")))
		return help();
	if (!minting && !str_eq(verb, STR("find")))
		return refuse("say new or find", argc > 1 ? argv[1] : NULL);
	status = read_options(argc - 1, argv + 1, minting ? for_new : for_find, &options);
	if (status != 0)
		return status;
	if (options.help)
		return help();
	return minting ? print_new(&options) : find_in_notes(&options);
}
