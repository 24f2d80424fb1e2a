/* Options as every command takes them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "chopay/str.h"
#include "options.h"

#define SECRET_SIZE_MAX 4096

static const struct option_spec *
find_spec(const struct option_spec *specs, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(name, str_from(specs[i].name)))
			return &specs[i];
	}
	return NULL;
}

/* "-o": the one option of a letter that commands have, for the file they write. */
static bool
is_letter(const char *word, const struct option_spec *specs, size_t count)
{
	return strcmp(word, "-o") == 0 && find_spec(specs, count, STR("o")) != NULL;
}

/* One option at argv[*at]; -1 to go on. */
static int
read_option(const char *command, int argc, char **argv, const struct option_spec *specs,
	size_t spec_count, int *at)
{
	struct str rest = str_from(argv[*at] + (argv[*at][1] == '-' ? 2 : 1)), name;
	bool has_value = str_split(&rest, '=', &name);
	const struct option_spec *spec = find_spec(specs, spec_count, name);

	if (spec == NULL) {
		complain("%s: unknown option %s; see `chopay %s --help`", command, argv[*at],
			command);
		return EX_USAGE;
	}
	if (spec->text == NULL) {
		if (has_value) {
			complain("%s: --%s takes no value", command, spec->name);
			return EX_USAGE;
		}
		*spec->flag = true;
		return -1;
	}
	if (!has_value && *at + 1 == argc) {
		complain("%s: --%s needs a value", command, spec->name);
		return EX_USAGE;
	}
	*spec->text = has_value ? strchr(argv[*at], '=') + 1 : argv[++*at];
	return -1;
}

int
options_read(const char *command, const char *help, int argc, char **argv,
	const struct option_spec *specs, size_t spec_count, const char **words, size_t words_max,
	size_t *word_count)
{
	bool only_words = false;

	*word_count = 0;
	for (int i = 1; i < argc; i++) {
		int status;

		if (!only_words && strcmp(argv[i], "--help") == 0) {
			fputs(help, stdout);
			if (find_spec(specs, spec_count, STR("store")) != NULL)
				fputs(where_help, stdout);
			return EX_OK;
		}
		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
			continue;
		}
		if (!only_words &&
			(strncmp(argv[i], "--", 2) == 0 || is_letter(argv[i], specs, spec_count))) {
			status = read_option(command, argc, argv, specs, spec_count, &i);
			if (status != -1)
				return status;
			continue;
		}
		if (!only_words && strcmp(argv[i], "-o") == 0 && i + 1 < argc &&
			find_spec(specs, spec_count, STR("o")) != NULL) {
			*find_spec(specs, spec_count, STR("o"))->text = argv[++i];
			continue;
		}
		if (!only_words && argv[i][0] == '-' && argv[i][1] != '\0') {
			complain(
				"%s: unknown option %s; options have two dashes, see `chopay %s --help`",
				command, argv[i], command);
			return EX_USAGE;
		}
		if (*word_count == words_max) {
			complain("%s: \"%s\" is one word too many; see `chopay %s --help`", command,
				argv[i], command);
			return EX_USAGE;
		}
		words[(*word_count)++] = argv[i];
	}
	return -1;
}

int
subcommand_missing(const char *command, const char *help, int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		fputs(help, stdout);
		return EX_OK;
	}
	if (argc > 1)
		complain("%s: there is no \"%s %s\"; see `chopay %s --help`", command, command,
			argv[1], command);
	else
		fputs(help, stderr);
	return EX_USAGE;
}

int
read_file(const char *command, const char *file, size_t max, struct buf *bytes)
{
	bool is_stdin = strcmp(file, "-") == 0;
	FILE *in = is_stdin ? stdin : fopen(file, "re");
	char chunk[65536];
	size_t got;
	bool failed;

	if (in == NULL) {
		complain("%s: cannot read %s: %s", command, file, strerror(errno));
		return EX_IOERR;
	}
	while ((got = fread(chunk, 1, sizeof(chunk), in)) > 0 && bytes->len <= max)
		buf_add(bytes, (struct str){chunk, got});
	failed = ferror(in) != 0;
	if (!is_stdin)
		fclose(in);
	if (failed) {
		complain("%s: cannot read %s: %s", command, file, strerror(errno));
		return EX_IOERR;
	}
	if (bytes->len > max) {
		complain("%s: %s is larger than %zu bytes", command, file, max);
		return EX_DATAERR;
	}
	return 0;
}

int
read_secret_file(const char *command, const char *file, struct buf *secret)
{
	struct str text;
	int status = read_file(command, file, SECRET_SIZE_MAX, secret);

	if (status != 0)
		return status;
	/* An editor's line end is not part of the secret. */
	text = buf_str(secret);
	while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
		text.len--;
	secret->len = text.len;
	if (text.len == 0) {
		complain("%s: %s holds no secret", command, file);
		return EX_DATAERR;
	}
	return 0;
}
