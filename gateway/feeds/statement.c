/* Statement files: which format, and its reader. */
#include "rows.h"
#include "statement_formats.h"
#include "statement_values.h"

static const struct {
	const char *name;
	const struct feed *feed;
} formats[] = {
	[STATEMENT_CSV] = {"csv", &feed_statement_csv},
	[STATEMENT_XLSX] = {"xlsx", &feed_statement_xlsx},
	[STATEMENT_MT940] = {"mt940", &feed_statement_mt940},
	[STATEMENT_CAMT053] = {"camt053", &feed_statement_camt053},
};

bool
statement_format_parse(struct str word, enum statement_format *format)
{
	for (int i = STATEMENT_CSV; i <= STATEMENT_CAMT053; i++) {
		if (str_eq(word, str_from(formats[i].name))) {
			*format = (enum statement_format)i;
			return true;
		}
	}
	return false;
}

const char *
statement_format_name(enum statement_format format)
{
	return format == STATEMENT_UNKNOWN ? "unknown" : formats[format].name;
}

const struct feed *
statement_feed(enum statement_format format)
{
	return formats[format].feed;
}

/* ---- which format --------------------------------------------------------------------------- */

static bool
begins_like_xml(struct str text)
{
	return str_starts(text, STR("<?xml")) || str_starts(text, STR("<Document")) ||
	       str_find(str_cut(text, 0, 200), STR(":Document")) >= 0;
}

enum statement_format
statement_detect(struct str bytes, const char **what)
{
	struct str text = statement_trim(str_cut(bytes, 0, 4096));
	bool html = str_starts(text, STR("<")) && !begins_like_xml(text);

	*what = NULL;
	if (str_starts(bytes, STR("PK\x03\x04")))
		return STATEMENT_XLSX;
	if (text.len == 0)
		*what = "the file is empty";
	else if (str_starts(bytes, STR("\xd0\xcf\x11\xe0")))
		*what = "it is an old .xls file, or one with a password; save it as .xlsx or CSV";
	else if (str_starts(bytes, STR("%PDF")))
		*what = "it is a PDF; ask the bank for CSV, XLSX, MT940 or camt.053";
	else if (html)
		*what = "it is a web page, whatever its name says; save it as .xlsx or CSV";
	if (*what != NULL)
		return STATEMENT_UNKNOWN;
	if (begins_like_xml(text))
		return STATEMENT_CAMT053;
	if (str_starts(text, STR("{1:")) || str_starts(text, STR(":20:")))
		return STATEMENT_MT940;
	return STATEMENT_CSV;
}

struct err
statement_read(
	struct arena *arena, const struct statement_source *source, struct statement *statement)
{
	struct statement_build build;
	bool read = true;

	TRY(statement_build_init(&build, arena, source, statement));
	if (source->bytes.len > STATEMENT_BYTES_MAX) {
		statement_fault(&build, 0, "", "the file is larger than 64 MiB");
		return statement_finish(&build);
	}
	switch (source->format) {
	case STATEMENT_CSV:
		read = statement_read_csv(&build);
		break;
	case STATEMENT_XLSX:
		read = statement_read_xlsx(&build);
		break;
	case STATEMENT_MT940:
		statement_read_mt940(&build);
		break;
	case STATEMENT_CAMT053:
		statement_read_camt053(&build);
		break;
	case STATEMENT_UNKNOWN:
		statement_fault(&build, 0, "", "the format is not known");
		break;
	}
	if (!read)
		return FAIL(ERR_NOT_FOUND, "a mapping is needed");
	return statement_finish(&build);
}
