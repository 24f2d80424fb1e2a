/* What the commands about a report share: their words, the fold before, the bytes after. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "chopay/clock.h"
#include "chopay/log.h"
#include "report.h"

static const char *const names[REPORT_WORDS] = {[WORD_UNIT] = "unit",
	[WORD_MARKET] = "market",
	[WORD_FORMER] = "former",
	[WORD_PERIOD] = "period",
	[WORD_CALENDAR] = "calendar",
	[WORD_BOUNDARY] = "boundary",
	[WORD_AUDIENCE] = "audience",
	[WORD_LEVEL] = "level",
	[WORD_SNAPSHOT] = "snapshot",
	[WORD_FORMAT] = "format",
	[WORD_LANG] = "lang"};

static bool
word_said(void *arg, const char *name, struct str *value)
{
	const struct report_words *words = arg;

	for (size_t i = 0; i < REPORT_WORDS; i++) {
		if (strcmp(names[i], name) != 0 || words->of[i] == NULL)
			continue;
		*value = str_from(words->of[i]);
		return true;
	}
	return false;
}

static bool
is_binary(enum report_form form)
{
	return form == FORM_XLSX || form == FORM_DOCX || form == FORM_PDF || form == FORM_PNG;
}

int
report_check(const char *command, const struct report_words *words, enum order_what what,
	struct report_order *order)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report_words said = *words;
	struct buf why CLEANUP(buf_fini) = {0};

	*order = (struct report_order){.what = what};
	if (report_order_read(arena, word_said, &said, order, &why).code != ERR_OK) {
		complain("%s: %s", command, why.ptr);
		return EX_USAGE;
	}
	if (is_binary(order->form) && words->file == NULL && isatty(STDOUT_FILENO)) {
		complain("%s: a %s would garble this terminal: add -o FILE", command,
			words->of[WORD_FORMAT]);
		return EX_USAGE;
	}
	order->request.code = order->level = STR(""); /* the arena's */
	return -1;
}

void
report_query(const struct report_words *words, struct buf *query)
{
	for (size_t i = 0; i < REPORT_WORDS; i++) {
		if (words->of[i] == NULL || i == WORD_SNAPSHOT)
			continue;
		buf_addf(query, "%s%s=", query->len == 0 ? "" : "&", names[i]);
		path_add(query, str_from(words->of[i]));
	}
}

/* ---- bytes out ----------------------------------------------------------------------------------
 */

/* Beside its name first: whoever reads the file has all of it. */
static int
write_file(const char *command, const char *file, struct str bytes)
{
	struct buf beside CLEANUP(buf_fini) = {0};
	FILE *out;
	bool written;

	buf_addf(&beside, "%s.%ld.new", file, (long)getpid());
	out = fopen(beside.ptr, "wb");
	if (out == NULL) {
		complain("%s: cannot write %s: %s", command, file, strerror(errno));
		return EX_CANTCREAT;
	}
	written = fwrite(bytes.ptr, 1, bytes.len, out) == bytes.len;
	written = fclose(out) == 0 && written;
	if (written && rename(beside.ptr, file) == 0)
		return EX_OK;
	complain("%s: cannot write %s: %s", command, file, strerror(errno));
	unlink(beside.ptr);
	return EX_IOERR;
}

int
report_fetch(struct control *control, const char *command, const char *path,
	const struct report_words *words)
{
	struct control_answer answer CLEANUP(control_answer_fini) = {0};
	int status = control_send(control, "GET", path, NULL, STR(""), &answer);

	if (status != 0)
		return status;
	if (answer.status != 200)
		return control_complain(control, "", &answer);
	if (words->file != NULL && strcmp(words->file, "-") != 0)
		return write_file(command, words->file, buf_str(&answer.body));
	if (fwrite(answer.body.ptr, 1, answer.body.len, stdout) != answer.body.len)
		return EX_IOERR;
	if (answer.body.len > 0 && answer.body.ptr[answer.body.len - 1] != '\n' &&
		answer.body.ptr[0] == '{')
		putchar('\n');
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

/* ---- the fold -----------------------------------------------------------------------------------
 */

int
report_fold(struct control *control, const char *command, int32_t to_day)
{
	struct buf day CLEANUP(buf_fini) = {0};
	json_t *body CLEANUP(json_cleanup) = json_object();
	int64_t folded = 0;
	bool more;

	day_format(&day, to_day);
	json_set_str(body, "to", buf_str(&day));
	do {
		json_t *answer CLEANUP(json_cleanup) = NULL;
		int status = control_json(control, "POST", "/control/adoption/fold", body, &answer);

		if (status != 0)
			return status;
		folded += json_integer_value(json_object_get(answer, "folded"));
		more = json_is_true(json_object_get(answer, "more"));
		json_object_set(body, "at", json_object_get(answer, "at"));
		if (more)
			complain("%s: %lld market days counted so far", command, (long long)folded);
	} while (more);
	return 0;
}
