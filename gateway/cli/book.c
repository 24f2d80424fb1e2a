/* chopay book: a stall's own book, taken by the operator on its holder's wish. */
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "cli.h"
#include "control.h"
#include "options.h"
#include "output.h"

static const char BOOK_HELP[] =
	"usage: chopay book --stall CODE --person NAME [--from DATE] [--to DATE]\n"
	"                   [--format json|xlsx|pdf] [-o FILE] --data DIR\n\n"
	"The revenue book S1a-HKD of one stall, its receiving accounts for form 01/BK-STK and the\n"
	"year's running total beside the threshold in force.  It is the stallholder's: take it\n"
	"only on the holder's wish; the audit log keeps who did (--person).\n"
	"  --from, --to  2026-06-01; a year at most (default: this month so far)\n"
	"  --format      json (default), xlsx or pdf\n"
	"  -o FILE       instead of standard output\n";

struct book_options {
	struct where where;
	const char *stall, *person, *from, *to, *format, *file;
};

static void
add_query(struct buf *path, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_addf(path, "%c%s=", strchr(path->ptr, '?') == NULL ? '?' : '&', name);
	path_add(path, str_from(value));
}

static int
take(const struct book_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct control_answer answer CLEANUP(control_answer_fini) = {0};
	struct buf path CLEANUP(buf_fini) = {0};
	int status;

	buf_adds(&path, "/control/stalls/");
	path_add(&path, str_from(options->stall));
	buf_adds(&path, "/book");
	add_query(&path, "person", options->person);
	add_query(&path, "from", options->from);
	add_query(&path, "to", options->to);
	add_query(&path, "format", options->format);
	status = control_open("book", &options->where, &control);
	if (status == 0)
		status = control_send(
			control, "GET", path.ptr, NULL, (struct str){NULL, 0}, &answer);
	if (status != 0)
		return status;
	if (answer.status != 200)
		return control_complain(control, "", &answer);
	if (options->file == NULL && answer.body.len > 0 && answer.body.ptr[0] == '{')
		buf_addc(&answer.body, '\n');
	return output_write("book", options->file, buf_str(&answer.body));
}

int
cli_book(int argc, char **argv)
{
	struct book_options options = {0};
	const struct option_spec specs[] = {WHERE_OPTIONS(options.where),
		{"stall", &options.stall, NULL}, {"person", &options.person, NULL},
		{"from", &options.from, NULL}, {"to", &options.to, NULL},
		{"format", &options.format, NULL}, {"o", &options.file, NULL}};
	const char *words[1];
	size_t count;
	int status = options_read("book", BOOK_HELP, argc, argv, specs,
		sizeof(specs) / sizeof(specs[0]), words, 0, &count);

	if (status != -1)
		return status;
	if (options.stall == NULL || options.stall[0] == '\0') {
		complain("book: which stall? give --stall CODE");
		return EX_USAGE;
	}
	if (options.person == NULL || options.person[0] == '\0') {
		complain("book: say who takes it on the holder's wish: --person NAME");
		return EX_USAGE;
	}
	return take(&options);
}
