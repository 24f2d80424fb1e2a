/* A line of the audit log as it is read: who, about what, and what was said, in the page's
 * language.  The line itself stays as it was written, codes and all. */
#include "chopay/period.h"
#include "operator.h"
#include "report_page.h"

struct telling {
	struct db *db;
	struct ask *ask;
	struct str subject, detail; /* as written */
};

/* The catalogue's text of prefix + value; the value where it has none. */
static struct str
word(const struct telling *line, const char *prefix, struct str value)
{
	struct str key = arena_printf(line->ask->query.arena, "%s%.*s", prefix, STR_FMT(value));
	struct str text = words_find(line->ask->lang, key);

	return str_eq(text, key) ? value : text;
}

/* "Bản chốt 12" */
static struct str
numbered(const struct telling *line, const char *key, struct str number)
{
	return arena_printf(line->ask->query.arena, "%.*s %.*s",
		STR_FMT(words_find(line->ask->lang, str_from(key))), STR_FMT(number));
}

/* ---- a stall: "MALAM.A01 Rau sạch chị Thử" -------------------------------------------------- */

static struct str
stall_text(const struct telling *line, const struct stall *stall)
{
	return arena_printf(line->ask->query.arena, "%.*s.%.*s %.*s", STR_FMT(stall->market_code),
		STR_FMT(stall->code), STR_FMT(stall->name));
}

/* `as`: what stands there when it is no stall's reference. */
static struct err
stall_of_reference(
	const struct telling *line, struct str reference, struct str as, struct str *text)
{
	struct stall stall;
	struct err err = stalls_find(line->db, line->ask->query.arena, reference, &stall);

	if (err.code == ERR_OK && str_eq(stall.reference, reference))
		*text = stall_text(line, &stall);
	else
		*text = as;
	return err.code == ERR_NOT_FOUND ? OK : err;
}

static struct err
stall_of_id(const struct telling *line, struct str id, struct str as, struct str *text)
{
	struct stall stall;
	struct err err;
	int64_t number;

	*text = as;
	if (str_to_i64(id, &number).code != ERR_OK)
		return OK;
	err = stalls_get(line->db, line->ask->query.arena, number, &stall);
	if (err.code == ERR_OK)
		*text = stall_text(line, &stall);
	return err.code == ERR_NOT_FOUND ? OK : err;
}

/* ---- who ------------------------------------------------------------------------------------ */

/* "staff:12 Chị Thu", "key:ab12 POS", "local Anh Ba", "person:Huệ", "stall:7", "anyone", a name. */
static struct err
who_text(const struct telling *line, struct str who, struct str *text)
{
	struct str name = who, code, kind;

	*text = who;
	if (str_eq(who, STR("anyone")) || str_eq(who, STR("local"))) {
		*text = word(line, "operator.who.", who);
		return OK;
	}
	if (str_eq(who, STR("registry import"))) { /* the command, and nobody named */
		*text = words_find(line->ask->lang, STR("operator.who.import"));
		return OK;
	}
	if (str_starts(who, STR("person:"))) {
		*text = str_cut(who, 7, who.len);
		return OK;
	}
	str_split(&name, ' ', &code);
	if (str_eq(code, STR("local"))) {
		*text = arena_printf(line->ask->query.arena, "%.*s (%.*s)", STR_FMT(name),
			STR_FMT(word(line, "operator.who.", code)));
		return OK;
	}
	if (!str_starts(code, STR("staff:")) && !str_starts(code, STR("key:")) &&
		!str_starts(code, STR("stall:")))
		return OK;
	if (name.len > 0) {
		*text = name;
		return OK;
	}
	str_split(&code, ':', &kind);
	return str_eq(kind, STR("stall")) ? stall_of_id(line, code, who, text) : OK;
}

/* ---- about what ----------------------------------------------------------------------------- */

static struct err
about_login(const struct telling *line, struct str *text)
{
	*text = str_eq(line->subject, STR("?"))
			? words_find(line->ask->lang, STR("operator.who.no_login"))
			: line->subject;
	return OK;
}

/* A stall's, or a person's. */
static struct err
about_stall(const struct telling *line, struct str *text)
{
	return stall_of_reference(line, line->subject, line->subject, text);
}

/* "alarm:12 silent_feed" */
static struct err
about_alarm(const struct telling *line, struct str *text)
{
	struct str kind = line->subject, id;

	str_split(&kind, ' ', &id);
	*text = word(line, "operator.alarm.", kind);
	return OK;
}

/* "stall:7 R1 345": its stall, the rule, and which payment. */
static struct err
about_flag(const struct telling *line, struct str *text)
{
	struct str rest = line->subject, stall, rule, kind;

	str_split(&rest, ' ', &stall);
	str_split(&rest, ' ', &rule);
	str_split(&stall, ':', &kind);
	TRY(stall_of_id(line, stall, line->subject, text));
	*text = arena_printf(line->ask->query.arena, "%.*s · %.*s · %.*s", STR_FMT(*text),
		STR_FMT(word(line, "operator.rule.", rule)), STR_FMT(rest));
	return OK;
}

/* The detail begins with the stall's reference. */
static struct err
about_account(const struct telling *line, struct str *text)
{
	struct str rest = line->detail, reference;

	str_split(&rest, ' ', &reference);
	return stall_of_reference(line, reference, line->subject, text);
}

/* "endpoint:ab12": "Nguồn ab12" */
static struct err
about_thing(const struct telling *line, struct str *text)
{
	struct str id = line->subject, kind;

	str_split(&id, ':', &kind);
	*text = id.len == 0 ? STR("")
			    : arena_printf(line->ask->query.arena, "%.*s %.*s",
				      STR_FMT(word(line, "operator.thing.", kind)), STR_FMT(id));
	return OK;
}

/* "register:moves" */
static struct err
about_register(const struct telling *line, struct str *text)
{
	struct str name = line->subject, kind;

	str_split(&name, ':', &kind);
	*text = word(line, "operator.register.", name);
	return OK;
}

static struct str
period_text(const struct telling *line, struct str written)
{
	struct buf title CLEANUP(buf_fini) = {0};
	struct period period;

	if (period_parse(written, CALENDAR_SOLAR, &period).code != ERR_OK)
		return written;
	(line->ask->lang == VIETNAMESE ? period_title_vi : period_title_en)(&title, &period);
	return arena_copy(line->ask->query.arena, buf_str(&title));
}

/* "unit:23059 2026-07", "snapshot:12", of what is printed "market:MALAM", "stall:S0001". */
static struct err
about_report(const struct telling *line, struct str *text)
{
	struct str period = line->subject, scope, kind, code;
	struct str name;

	str_split(&period, ' ', &scope);
	code = scope;
	str_split(&code, ':', &kind);
	if (str_eq(kind, STR("snapshot"))) {
		*text = numbered(line, "operator.thing.snapshot", code);
		return OK;
	}
	if (str_eq(kind, STR("stall")))
		return stall_of_reference(line, code, line->subject, text);
	TRY(scope_name(line->db, line->ask, scope, &name));
	*text = arena_printf(line->ask->query.arena, "%.*s%s%.*s", STR_FMT(name),
		period.len > 0 ? ", " : "", STR_FMT(period_text(line, period)));
	return OK;
}

/* ---- what was said -------------------------------------------------------------------------- */

/* People's own words. */
static struct str
said_so(const struct telling *line)
{
	return line->detail;
}

static struct str
said_done(const struct telling *line)
{
	return word(line, "operator.done.", line->detail);
}

/* "5 rows; why: nhầm; approved by: Huệ" */
static struct str
said_rows(const struct telling *line)
{
	struct arena *arena = line->ask->query.arena;
	struct str rest = line->detail, count, approver = STR("");
	ptrdiff_t at;

	str_split(&rest, ' ', &count);
	at = str_find(rest, STR("; approved by: "));
	if (at >= 0) {
		approver = arena_printf(arena, " · %.*s %.*s",
			STR_FMT(words_find(line->ask->lang, STR("operator.thing.approved"))),
			STR_FMT(str_cut(rest, (size_t)at + 15, rest.len)));
		rest = str_cut(rest, 0, (size_t)at);
	}
	if (str_starts(rest, STR("rows; why: ")))
		rest = arena_printf(arena, ": %.*s", STR_FMT(str_cut(rest, 11, rest.len)));
	else
		rest = STR("");
	return arena_printf(arena, "%.*s %.*s%.*s%.*s", STR_FMT(count),
		STR_FMT(words_find(line->ask->lang, STR("operator.thing.rows"))), STR_FMT(rest),
		STR_FMT(approver));
}

static struct str
said_role(const struct telling *line)
{
	return operator_role_text(line->ask, line->detail);
}

static struct str
said_link(const struct telling *line)
{
	return word(line, "operator.linked.", line->detail);
}

static struct str
said_phone(const struct telling *line)
{
	return word(line, "operator.phone.", line->detail);
}

static struct str
said_device(const struct telling *line)
{
	return str_eq(line->detail, STR("?"))
		       ? words_find(line->ask->lang, STR("operator.who.no_device"))
		       : line->detail;
}

/* "S0001 970436 8800000000002": the account, at which bank. */
static struct str
said_account(const struct telling *line)
{
	struct str number = line->detail, reference, bank;

	str_split(&number, ' ', &reference);
	str_split(&number, ' ', &bank);
	return arena_printf(line->ask->query.arena, "%.*s (%.*s)", STR_FMT(number), STR_FMT(bank));
}

/* "proposed: why" */
static struct str
said_release(const struct telling *line)
{
	struct str why = line->detail, step;

	str_split(&why, ':', &step);
	return arena_printf(line->ask->query.arena, "%.*s:%.*s",
		STR_FMT(word(line, "operator.released.", step)), STR_FMT(why));
}

/* "export=12", "cards-A6", or a media type. */
static struct str
said_form(const struct telling *line)
{
	static const struct {
		const char *mark, *key;
	} forms[] = {{"text/html", "operator.form.page"}, {"json", "operator.form.data"},
		{"pdf", "operator.form.pdf"}, {"csv", "operator.form.csv"},
		{"spreadsheet", "operator.form.excel"}, {"xlsx", "operator.form.excel"},
		{"wordprocessing", "operator.form.word"}, {"text/plain", "operator.form.text"},
		{"image/png", "operator.form.picture"}, {"inspector", "operator.form.inspector"},
		{"stalls", "operator.form.stalls"}};

	if (str_starts(line->detail, STR("export=")))
		return numbered(
			line, "operator.form.later", str_cut(line->detail, 7, line->detail.len));
	if (str_starts(line->detail, STR("cards-")))
		return numbered(
			line, "operator.form.cards", str_cut(line->detail, 6, line->detail.len));
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (str_find(line->detail, str_from(forms[i].mark)) >= 0)
			return words_find(line->ask->lang, str_from(forms[i].key));
	return line->detail;
}

/* "S1a-HKD 2026-07-01..2026-07-31 pdf" */
static struct str
said_book(const struct telling *line)
{
	struct telling form = *line;
	struct str book;

	str_split(&form.detail, ' ', &book);
	str_split(&form.detail, ' ', &form.subject);
	return arena_printf(line->ask->query.arena, "%.*s · %.*s · %.*s",
		STR_FMT(word(line, "operator.book.", book)),
		STR_FMT(period_text(line, form.subject)), STR_FMT(said_form(&form)));
}

/* "snapshot=12 revision=0 person=Chị Thu" */
static struct str
said_snapshot(const struct telling *line)
{
	struct str rest = line->detail, id, revision;

	str_split(&rest, ' ', &id);
	str_split(&rest, ' ', &revision);
	if (!str_starts(id, STR("snapshot=")) || !str_starts(revision, STR("revision=")) ||
		!str_starts(rest, STR("person=")))
		return line->detail;
	return arena_printf(line->ask->query.arena, "%.*s · %.*s · %.*s",
		STR_FMT(numbered(line, "operator.thing.snapshot", str_cut(id, 9, id.len))),
		STR_FMT(numbered(
			line, "operator.thing.revision", str_cut(revision, 9, revision.len))),
		STR_FMT(str_cut(rest, 7, rest.len)));
}

/* ---- which line is read how ----------------------------------------------------------------- */

static const struct {
	const char *what;
	struct err (*about)(const struct telling *line, struct str *text);
	struct str (*said)(const struct telling *line);
} kinds[] = {
	{"account-approve", about_account, said_account},
	{"account-cancel", about_account, said_account},
	{"account-change", about_account, said_account},
	{"account-propose", about_account, said_account},
	{"alarm", about_alarm, said_so},
	{"book", about_stall, said_book},
	{"device-revoke", about_stall, said_so},
	{"endpoint", about_thing, said_done},
	{"enrol", about_login, said_device},
	{"export", about_report, said_form},
	{"key", about_thing, said_done},
	{"receiver", about_thing, said_done},
	{"reconcile", about_thing, said_done},
	{"register", about_register, said_rows},
	{"register-file", about_thing, said_done},
	{"release", about_flag, said_release},
	{"sign-in", about_login, said_device},
	{"sign-in-by-link", about_login, said_device},
	{"sign-in-refused", about_login, said_device},
	{"sign-out", about_login, said_device},
	{"snapshot", about_report, said_snapshot},
	{"stall-invite", about_stall, said_phone},
	{"user-add", about_login, said_role},
	{"user-link", about_login, said_link},
	{"user-revoke", about_login, said_so},
	{"view", about_report, said_form},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct err
audit_line_words(struct db *db, struct ask *ask, json_t *json)
{
	struct str what = json_str(json_object_get(json, "what")), who, about, said;
	struct telling line = {.db = db,
		.ask = ask,
		.subject = json_str(json_object_get(json, "subject")),
		.detail = json_str(json_object_get(json, "detail"))};
	size_t i = 0;

	TRY(who_text(&line, json_str(json_object_get(json, "who")), &who));
	about = line.subject;
	said = line.detail;
	while (i < KINDS && !str_eq(what, str_from(kinds[i].what)))
		i++;
	if (i < KINDS) {
		TRY(kinds[i].about(&line, &about));
		said = kinds[i].said(&line);
	}
	json_set_str(json, "who_text", who);
	json_set_str(json, "about", about);
	json_set_str(json, "said", said);
	return OK;
}

static json_t *
choice(const struct ask *ask, struct str what, struct str asked)
{
	const struct telling line = {.ask = (struct ask *)(uintptr_t)ask};

	return report_choice(what, word(&line, "operator.audit.", what), str_eq(what, asked));
}

json_t *
audit_choices(const struct ask *ask, struct str asked)
{
	json_t *choices = json_array();
	bool known = asked.len == 0;

	for (size_t i = 0; i < KINDS; i++) {
		known |= str_eq(asked, str_from(kinds[i].what));
		json_array_append_new(choices, choice(ask, str_from(kinds[i].what), asked));
	}
	if (!known)
		json_array_append_new(choices, choice(ask, asked, asked));
	return choices;
}
