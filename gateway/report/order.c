/* What is asked for: its words read, and kept. */
#include "chopay/report_order.h"

#include <string.h>

#include "chopay/clock.h"
#include "chopay/json.h"

#define CODE_SIZE_MAX 64  /* bytes of a unit's or a market's code */
#define VALUE_SIZE_MAX 40 /* of a word that is wrong, to be repeated */

static const char *const whats[] = {
	[ORDER_ADOPTION] = "adoption", [ORDER_RANKING] = "ranking", [ORDER_WORK] = "work"};
static const char *const levels[] = {"province", "district", "commune", "market"};
static const char *const forms[REPORT_FORMS] = {[FORM_JSON] = "json",
	[FORM_CSV] = "csv",
	[FORM_XLSX] = "xlsx",
	[FORM_DOCX] = "docx",
	[FORM_PDF] = "pdf",
	[FORM_TXT] = "txt",
	[FORM_PNG] = "png"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- words in ---------------------------------------------------------------------------------
 */

struct reading {
	struct arena *arena;
	order_word_fn word;
	void *arg;
	struct report_order *order;
	struct buf *why;
};

/* Empty where it was not said. */
static struct str
word_of(const struct reading *reading, const char *name)
{
	struct str value = {0};

	return reading->word(reading->arg, name, &value) ? str_trim(value) : STR("");
}

/* A NUL would end the code where a database reads it, and not where a rule compares it. */
static bool
is_code(struct str code)
{
	for (size_t i = 0; i < code.len; i++) {
		if ((unsigned char)code.ptr[i] < ' ' || code.ptr[i] == 0x7f)
			return false;
	}
	return code.len <= CODE_SIZE_MAX && str_is_utf8(code);
}

/* The first is told. */
static void
refuse(const struct reading *reading, const char *name, struct str value, const char *is)
{
	struct order_fault *fault = &reading->order->fault;

	if (fault->word != NULL)
		return;
	*fault = (struct order_fault){name, STR("")};
	if (value.len <= VALUE_SIZE_MAX && is_code(value))
		fault->value = arena_copy(reading->arena, value);
	buf_addf(reading->why, "%s \"%.*s\": it is %s", name, STR_FMT(value), is);
}

static void
refuse_scope(const struct reading *reading, const char *what)
{
	struct order_fault *fault = &reading->order->fault;

	if (fault->word != NULL)
		return;
	*fault = (struct order_fault){"scope", STR("")};
	buf_adds(reading->why, what);
}

/* The place of a word among `words`, 0 where none was said, or none of them. */
static size_t
read_choice(const struct reading *reading, const char *name, const char *const *words, size_t count,
	const char *is)
{
	struct str value = word_of(reading, name);

	for (size_t i = 0; i < count; i++) {
		if (str_eq(value, str_from(words[i])))
			return i;
	}
	if (value.len > 0)
		refuse(reading, name, value, is);
	return 0;
}

static void
read_scope(const struct reading *reading)
{
	static const char *const names[] = {
		[SCOPE_UNIT] = "unit", [SCOPE_MARKET] = "market", [SCOPE_FORMER] = "former"};
	struct report_order *order = reading->order;
	int said = 0;

	order->request.scope = SCOPE_UNIT;
	order->request.code = STR("");
	for (size_t i = 0; i < COUNT(names); i++) {
		struct str code = word_of(reading, names[i]);

		if (code.len == 0)
			continue;
		said++;
		if (!is_code(code)) {
			refuse(reading, names[i], STR("..."), "a code, like 23059 or MALAM");
			continue;
		}
		order->request.scope = (enum report_scope)i;
		order->request.code = arena_copy(reading->arena, code);
	}
	if (said > 1)
		refuse_scope(reading, "say one of unit, market and former, not two");
	else if (said == 0 &&
		 order->what != ORDER_RANKING) /* one without a parent is the country's */
		refuse_scope(reading, "say of what: a unit, a market or a former unit");
}

static void
read_period(const struct reading *reading)
{
	static const char *const calendars[] = {"duong_lich", "nd09"};
	struct report_request *request = &reading->order->request;
	struct str value = word_of(reading, "period");
	enum period_calendar calendar = (enum period_calendar)read_choice(
		reading, "calendar", calendars, COUNT(calendars), "duong_lich or nd09");

	if (value.len > 0 && period_parse(value, calendar, &request->period).code == ERR_OK)
		return;
	request->period = period_month(month_of(day_of(request->now_ms, 0), calendar), calendar);
	refuse(reading, "period", value.len > VALUE_SIZE_MAX ? STR("...") : value,
		"2026-06, 2026-Q2, 2026-H1, 2026-9M, 2026 or 2026-06-01..2026-06-14");
}

/* Of each kind of report the forms it has. */
static void
check_form(const struct reading *reading)
{
	const struct report_order *order = reading->order;
	struct str form = str_from(forms[order->form]);

	if (order->what == ORDER_RANKING && order->form != FORM_JSON && order->form != FORM_CSV)
		refuse(reading, "format", form, "json or csv, of a ranking alone");
	if (order->what == ORDER_WORK && order->form != FORM_CSV && order->form != FORM_XLSX &&
		order->form != FORM_PDF && order->form != FORM_JSON)
		refuse(reading, "format", form, "json, csv, xlsx or pdf, of a work list");
}

static void
read_form(const struct reading *reading)
{
	static const char *const languages[] = {"vi", "en"};
	struct str value = word_of(reading, "format");

	reading->order->form = FORM_JSON;
	if (value.len > 0 && !report_form_parse(value, &reading->order->form))
		refuse(reading, "format", value, "json, csv, xlsx, docx, pdf, txt or png");
	reading->order->language = read_choice(reading, "lang", languages, COUNT(languages),
					   "vi or en") == 0
					   ? VIETNAMESE
					   : ENGLISH;
	check_form(reading);
}

static void
read_level(const struct reading *reading)
{
	struct str value = word_of(reading, "level");

	for (size_t i = 0; i < COUNT(levels); i++) {
		if (str_eq(value, str_from(levels[i]))) {
			reading->order->level = str_from(levels[i]);
			return;
		}
	}
	reading->order->level = STR("market");
	refuse(reading, "level", value, "province, district, commune or market");
}

static void
read_snapshot(const struct reading *reading, struct str snapshot)
{
	int64_t *id = &reading->order->snapshot_id;

	if (str_to_i64(snapshot, id).code == ERR_OK && *id > 0)
		return;
	*id = 0;
	refuse(reading, "snapshot", snapshot, "the number that a list shows");
}

static void
read_live(const struct reading *reading)
{
	static const char *const boundaries[] = {"hien_hanh", "tai_thoi_diem"};
	static const char *const audiences[] = {"official", "board"};
	struct report_request *request = &reading->order->request;

	read_scope(reading);
	read_period(reading);
	request->boundary = (enum report_boundary)read_choice(
		reading, "boundary", boundaries, COUNT(boundaries), "hien_hanh or tai_thoi_diem");
	request->audience = (enum report_audience)read_choice(
		reading, "audience", audiences, COUNT(audiences), "official or board");
	if (reading->order->what == ORDER_RANKING)
		read_level(reading);
}

struct err
report_order_read(struct arena *arena, order_word_fn word, void *arg, struct report_order *order,
	struct buf *why)
{
	const struct reading reading = {arena, word, arg, order, why};
	struct str snapshot = word_of(&reading, "snapshot");

	order->fault = (struct order_fault){0};
	order->snapshot_id = 0;
	read_form(&reading);
	if (snapshot.len > 0)
		read_snapshot(&reading, snapshot);
	if (order->snapshot_id == 0)
		read_live(&reading);
	return order->fault.word == NULL ? OK : FAIL(ERR_INVALID, "a word of the report is wrong");
}

/* ---- kept ---------------------------------------------------------------------------------------
 */

void
report_order_write(const struct report_order *order, struct buf *json)
{
	json_t *object CLEANUP(json_cleanup) = json_object();
	const struct report_request *request = &order->request;
	struct buf period CLEANUP(buf_fini) = {0};

	json_set_str(object, "report", str_from(whats[order->what]));
	json_set_i64(object, "now_ms", request->now_ms);
	json_set_str(object, "format", str_from(forms[order->form]));
	json_set_str(object, "lang", order->language == ENGLISH ? STR("en") : STR("vi"));
	if (order->snapshot_id != 0) {
		json_set_id(object, "snapshot", order->snapshot_id);
	} else {
		period_format(&period, &request->period);
		json_set_str(object, report_scope_name(request->scope), request->code);
		json_set_str(object, "period", buf_str(&period));
		json_set_str(object, "calendar",
			str_from(period_calendar_name(request->period.calendar)));
		json_set_str(object, "boundary", str_from(report_boundary_name(request->boundary)));
		json_set_str(object, "audience", str_from(report_audience_name(request->audience)));
		if (order->what == ORDER_RANKING)
			json_set_str(object, "level", order->level);
	}
	json_write(json, object);
}

static bool
json_word(void *arg, const char *name, struct str *value)
{
	const json_t *word = json_object_get(arg, name);

	if (!json_is_string(word))
		return false;
	*value = json_str(word);
	return true;
}

struct err
report_order_parse(
	struct arena *arena, struct str json, struct report_order *order, struct buf *why)
{
	json_t *object CLEANUP(json_cleanup) = NULL;
	struct str what;

	*order = (struct report_order){0};
	TRY(json_parse_strict(json, &object, NULL));
	TRY(json_member_str(object, "report", &what));
	TRY(json_member_i64(object, "now_ms", &order->request.now_ms));
	for (size_t i = 0; i < COUNT(whats); i++) {
		if (str_eq(what, str_from(whats[i])))
			order->what = (enum order_what)i;
	}
	return report_order_read(arena, json_word, object, order, why);
}

void
report_order_scope(const struct report_order *order, struct buf *scope)
{
	buf_addf(scope, "%s:%.*s", report_scope_name(order->request.scope),
		STR_FMT(order->request.code));
}

void
report_order_subject(const struct report_order *order, struct buf *subject)
{
	if (order->snapshot_id != 0) {
		buf_addf(subject, "snapshot:%lld", (long long)order->snapshot_id);
		return;
	}
	report_order_scope(order, subject);
	buf_addc(subject, ' ');
	period_format(subject, &order->request.period);
}

void
report_order_file(const struct report_order *order, struct buf *name)
{
	struct buf period CLEANUP(buf_fini) = {0};

	buf_addf(name, "chopay-%s-", whats[order->what]);
	if (order->snapshot_id != 0) {
		buf_addf(name, "%lld", (long long)order->snapshot_id);
	} else {
		period_format(&period, &order->request.period);
		/* A market's code may be anything: a file's name is not. */
		for (size_t i = 0; i < order->request.code.len; i++) {
			char c = order->request.code.ptr[i];
			bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
				     (c >= 'a' && c <= 'z');

			buf_addc(name, plain ? c : '_');
		}
		buf_addf(name, "-%s", period.ptr);
	}
	buf_addf(name, ".%s", forms[order->form]);
}
