/* chopay suspense list, candidates, resolve. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "chopay/money.h"
#include "cli.h"
#include "list.h"
#include "options.h"

#define NOTE_SHOWN_MAX 160  /* bytes of a note in a line for people */
#define TEXT_SHOWN_MAX 2000 /* of reasons and evidence */

static const char SUSPENSE_HELP[] =
	"usage: chopay suspense list [--json] [--state S] [--reason R] [--account N] [--since T]\n"
	"       chopay suspense candidates ID [--json]\n"
	"       chopay suspense resolve ID OUTCOME --person NAME --why TEXT\n"
	"       all of them with --data DIR\n\n"
	"Credits nobody could be found for: which ones, what they might be, and what a person\n"
	"decides.  A decision is a row that says who and why; it cannot be undone by another.\n\n"
	"  --state S       waiting (default), proposed (a second person is awaited), resolved, all\n"
	"  --reason R      no_reference, two_references, unknown_reference, unknown_account,\n"
	"                  account_mismatch, closed_stall, possible_duplicate, amount_conflict\n"
	"  --account N     the receiving account\n"
	"  --since T       by the bank's time: 2026-07-28 or 2026-07-28T14:30:45+07:00\n\n"
	"OUTCOME is one of\n"
	"  --stall CODE [--charge REF]      it is that stall's, and pays that charge\n"
	"  --charge REF                     it pays that charge\n"
	"  --not-ours                       it is nobody's of this market\n"
	"  --refunded [--transfer ID]       the money was sent back, by that transfer\n"
	"  --duplicate-of ID                it is that transfer, told once more\n\n"
	"Above the limit (`serve --two-person-above`) the first call proposes, and another person\n"
	"confirms with the same words and their own --person.  --by is --person.\n";

/* ---- words -------------------------------------------------------------------------------------
 */

static const struct {
	const char *reason, *words;
} reasons[] = {
	{"no_reference", "không có mã tham chiếu · no reference"},
	{"two_references", "có hai mã khác nhau · two references"},
	{"unknown_reference", "mã chưa từng cấp · unknown reference"},
	{"unknown_account", "tài khoản không có trong sổ · unknown account"},
	{"account_mismatch", "mã và tài khoản không khớp · account mismatch"},
	{"closed_stall", "sạp đã nghỉ bán · closed stall"},
	{"possible_duplicate", "có thể là giao dịch trùng · possible duplicate"},
	{"amount_conflict", "trùng mã nhưng khác số tiền · amount conflict"},
};

static struct str
reason_words(struct str reason)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (str_eq(reason, str_from(reasons[i].reason)))
			return str_from(reasons[i].words);
	}
	return reason;
}

/* Bytes of a character that moves the cursor or turns the writing direction; 0: none of them. */
static size_t
control_size(struct str text)
{
	const unsigned char *c = (const unsigned char *)text.ptr;

	if (c[0] < 0x20 || c[0] == 0x7F)
		return 1;
	if (text.len > 1 && c[0] == 0xC2 && c[1] < 0xA0)
		return 2;
	if (text.len > 2 && c[0] == 0xE2 &&
		((c[1] == 0x80 &&
			 (c[2] == 0x8E || c[2] == 0x8F || (c[2] >= 0xA8 && c[2] <= 0xAE))) ||
			(c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9)))
		return 3;
	return 0;
}

/* Somebody's words on a terminal, at most `max` bytes. */
static void
add_shown(struct buf *out, struct str text, size_t max)
{
	while (max < text.len && max > 0 && ((unsigned char)text.ptr[max] & 0xC0) == 0x80)
		max--; /* no half characters */
	for (size_t i = 0; i < text.len && i < max;) {
		size_t size = control_size(str_cut(text, i, text.len));

		buf_addc(out, size > 0 ? '.' : text.ptr[i]);
		i += size > 0 ? size : 1;
	}
}

/* "2026-07-28 14:30" of an RFC 3339 time. */
static void
add_minute(struct buf *out, struct str time)
{
	buf_add(out, str_cut(time, 0, 10));
	buf_addc(out, ' ');
	buf_add(out, str_cut(time, 11, 16));
}

static void
add_amount(struct buf *out, const json_t *item, const char *name)
{
	vnd_format(out, (struct vnd){json_integer_value(json_object_get(item, name))});
	buf_adds(out, " đ");
}

/* "của sạp · attributed to stall A01, khoản thu · charge CHC..." */
static void
add_outcome(struct buf *out, const json_t *item)
{
	static const struct {
		const char *outcome, *words;
	} outcomes[] = {
		{"attributed", "của sạp · attributed to stall"},
		{"not_ours", "không phải của chợ · not ours"},
		{"refunded", "đã hoàn tiền · refunded"},
		{"duplicate", "giao dịch trùng với · duplicate of"},
	};
	static const struct {
		const char *name, *words;
	} named[] = {{"stall", ""}, {"charge", ", khoản thu · charge"}, {"transfer", ""}};

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		if (str_eq(list_text(item, "outcome"), str_from(outcomes[i].outcome)))
			buf_adds(out, outcomes[i].words);
	}
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		if (json_is_string(json_object_get(item, named[i].name)))
			buf_addf(out, "%s %.*s", named[i].words,
				STR_FMT(list_text(item, named[i].name)));
	}
}

static void
add_decision(struct buf *out, const char *words, const json_t *decision)
{
	buf_addf(out, "\n    %s: ", words);
	add_outcome(out, decision);
	buf_addf(out, "; %.*s", STR_FMT(list_text(decision, "person")));
	if (json_is_string(json_object_get(decision, "second_person")))
		buf_addf(out, ", %.*s", STR_FMT(list_text(decision, "second_person")));
	buf_adds(out, ": ");
	add_shown(out, list_text(decision, "why"), TEXT_SHOWN_MAX);
}

/* ---- list --------------------------------------------------------------------------------------
 */

static void
print_suspense(const json_t *item)
{
	const json_t *resolution = json_object_get(item, "resolution"), *proposal;
	struct buf line CLEANUP(buf_fini) = {0}, amount CLEANUP(buf_fini) = {0};
	struct str reason = reason_words(list_text(item, "reason"));
	size_t i;

	add_amount(&amount, item, "amount");
	buf_addf(&line, "%.*s  ", STR_FMT(list_text(item, "id")));
	add_minute(&line, list_text(item, "booked_at"));
	/* đ has two bytes: 17 of them are 16 places. */
	buf_addf(&line, "  %17s  %-15.*s  %.*s  \"", amount.ptr,
		STR_FMT(list_text(item, "account")), STR_FMT(reason));
	add_shown(&line, list_text(item, "note"), NOTE_SHOWN_MAX);
	buf_addc(&line, '"');
	json_array_foreach(json_object_get(item, "proposals"), i, proposal)
		add_decision(&line, "đề xuất · proposed", proposal);
	if (json_is_object(resolution))
		add_decision(&line, "đã xử lý · resolved", resolution);
	puts(line.ptr);
}

static void
print_total(const json_t *last)
{
	struct buf line CLEANUP(buf_fini) = {0};
	long long count = (long long)json_integer_value(json_object_get(last, "count"));

	buf_addf(&line, "%lld khoản, tổng ", count);
	add_amount(&line, last, "sum");
	buf_addf(&line, " · %lld credits", count);
	puts(line.ptr);
}

static int
list(int argc, char **argv)
{
	struct where where = {0};
	const char *state = NULL, *reason = NULL, *account = NULL, *since = NULL;
	bool json = false;
	const struct option_spec specs[] = {WHERE_OPTIONS(where), {"json", NULL, &json},
		{"state", &state, NULL}, {"reason", &reason, NULL}, {"account", &account, NULL},
		{"since", &since, NULL}};
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *last CLEANUP(json_cleanup) = NULL;
	struct buf query CLEANUP(buf_fini) = {0};
	const char *words[1];
	size_t count;
	int status = options_read(
		"suspense list", SUSPENSE_HELP, argc, argv, specs, 8, words, 0, &count);

	if (status != -1)
		return status;
	for (size_t i = WHERE_OPTION_COUNT + 1; i < WHERE_OPTION_COUNT + 5;
		i++) { /* the filters: the names of the query's too */
		if (*specs[i].text == NULL)
			continue;
		buf_addf(&query, "&%s=", specs[i].name);
		path_add(&query, str_from(*specs[i].text));
	}
	status = control_open("suspense list", &where, &control);
	if (status == 0)
		status = list_print(control, "/v1/suspense", query.ptr == NULL ? "" : query.ptr,
			"suspense", json ? list_print_json : print_suspense, &last);
	if (status == 0 && !json)
		print_total(last);
	return status;
}

/* ---- candidates --------------------------------------------------------------------------------
 */

static void
print_candidate(const json_t *item, struct str id)
{
	const json_t *accept = json_object_get(item, "resolution"), *evidence;
	struct str outcome = list_text(accept, "outcome"), stall = list_text(accept, "stall");
	struct buf text CLEANUP(buf_fini) = {0};
	size_t i;

	buf_addf(&text, "\n%3lld  ", (long long)json_integer_value(json_object_get(item, "score")));
	add_outcome(&text, accept);
	if (json_is_object(json_object_get(item, "stall")))
		buf_addf(&text, "  (%.*s %.*s)",
			STR_FMT(list_text(json_object_get(item, "stall"), "code")),
			STR_FMT(list_text(json_object_get(item, "stall"), "name")));
	json_array_foreach(json_object_get(item, "evidence"), i, evidence)
	{
		long long weight = (long long)json_integer_value(
			json_object_get(evidence, "weight"));

		buf_addf(&text, "\n     %+3lld  ", weight);
		add_shown(&text, list_text(evidence, "text"), TEXT_SHOWN_MAX);
	}
	buf_addf(&text, "\n     chopay suspense resolve %.*s ", STR_FMT(id));
	if (str_eq(outcome, STR("attributed")))
		buf_addf(&text, "--stall %.*s", STR_FMT(stall));
	else if (str_eq(outcome, STR("duplicate")))
		buf_addf(&text, "--duplicate-of %.*s", STR_FMT(list_text(accept, "transfer")));
	else
		buf_adds(&text, str_eq(outcome, STR("refunded")) ? "--refunded" : "--not-ours");
	if (json_is_string(json_object_get(accept, "charge")))
		buf_addf(&text, " --charge %.*s", STR_FMT(list_text(accept, "charge")));
	if (str_eq(outcome, STR("refunded")))
		buf_addf(&text, " --transfer %.*s", STR_FMT(list_text(accept, "transfer")));
	puts(text.ptr);
}

static void
add_path(struct buf *path, const char *id, const char *what)
{
	buf_adds(path, "/v1/suspense/");
	path_add(path, str_from(id));
	buf_addf(path, "/%s", what);
}

static int
candidates(int argc, char **argv)
{
	struct where where = {0};
	const char *id = NULL;
	bool json = false;
	const struct option_spec specs[] = {WHERE_OPTIONS(where), {"json", NULL, &json}};
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0};
	const json_t *items, *item;
	size_t count, i;
	int status = options_read(
		"suspense candidates", SUSPENSE_HELP, argc, argv, specs, 4, &id, 1, &count);

	if (status != -1)
		return status;
	if (count == 0) {
		complain("suspense candidates: which credit?  `chopay suspense list` shows ids");
		return EX_USAGE;
	}
	add_path(&path, id, "candidates");
	status = control_open("suspense candidates", &where, &control);
	if (status == 0)
		status = control_json(control, "GET", path.ptr, NULL, &answer);
	if (status != 0)
		return status;
	if (json) {
		list_print_json(answer);
		return EX_OK;
	}
	items = json_object_get(answer, "candidates");
	print_suspense(json_object_get(answer, "credit"));
	if (json_array_size(items) == 0)
		puts("không có gợi ý · no candidates");
	json_array_foreach(items, i, item) print_candidate(item, str_from(id));
	return EX_OK;
}

/* ---- resolve -----------------------------------------------------------------------------------
 */

struct resolve_options {
	struct where where;
	const char *id, *stall, *charge, *duplicate_of, *transfer, *person, *why;
	bool not_ours, refunded;
};

static int
read_resolve(int argc, char **argv, struct resolve_options *options)
{
	const struct option_spec specs[] = {
		WHERE_OPTIONS(options->where),
		{"stall", &options->stall, NULL},
		{"charge", &options->charge, NULL},
		{"not-ours", NULL, &options->not_ours},
		{"refunded", NULL, &options->refunded},
		{"transfer", &options->transfer, NULL},
		{"duplicate-of", &options->duplicate_of, NULL},
		{"person", &options->person, NULL},
		{"by", &options->person, NULL},
		{"why", &options->why, NULL},
	};
	size_t count;
	int outcomes, status = options_read("suspense resolve", SUSPENSE_HELP, argc, argv, specs,
			      sizeof(specs) / sizeof(specs[0]), &options->id, 1, &count);

	if (status != -1)
		return status;
	outcomes = (options->stall != NULL || options->charge != NULL) + options->not_ours +
		   options->refunded + (options->duplicate_of != NULL);
	if (count == 0 || options->person == NULL || options->why == NULL || outcomes != 1) {
		complain(
			"suspense resolve: give ID, --person NAME, --why TEXT, and either"
			" --stall CODE, --charge REF, --not-ours, --refunded or --duplicate-of ID");
		return EX_USAGE;
	}
	if (options->transfer != NULL && !options->refunded) {
		complain("suspense resolve: --transfer goes with --refunded: what sent it back");
		return EX_USAGE;
	}
	return -1;
}

static json_t *
resolution_body(const struct resolve_options *options)
{
	const struct {
		const char *name, *value;
	} members[] = {
		{"outcome", options->not_ours		    ? "not_ours"
			    : options->refunded		    ? "refunded"
			    : options->duplicate_of != NULL ? "duplicate"
							    : "attributed"},
		{"stall", options->stall},
		{"charge", options->charge},
		{"transfer", options->refunded ? options->transfer : options->duplicate_of},
		{"person", options->person},
		{"why", options->why},
	};
	json_t *body = json_object();

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (members[i].value != NULL)
			json_set_str(body, members[i].name, str_from(members[i].value));
	}
	return body;
}

static int
resolve(int argc, char **argv)
{
	struct resolve_options options = {0};
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0};
	int status = read_resolve(argc, argv, &options);

	if (status != -1)
		return status;
	body = resolution_body(&options);
	add_path(&path, options.id, "resolution");
	status = control_open("suspense resolve", &options.where, &control);
	if (status == 0)
		status = control_json(control, "POST", path.ptr, body, &answer);
	if (status != 0)
		return status;
	list_print_json(answer);
	if (str_eq(list_text(answer, "state"), STR("proposed")))
		complain("suspense resolve: proposed, not resolved yet: it is above the limit, so"
			 " another person must confirm the same with their own --person");
	return EX_OK;
}

int
cli_suspense(int argc, char **argv)
{
	static const struct {
		const char *verb;
		int (*run)(int argc, char **argv);
	} verbs[] = {{"list", list}, {"candidates", candidates}, {"resolve", resolve}};

	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(argv[1], verbs[i].verb) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	}
	return subcommand_missing("suspense", SUSPENSE_HELP, argc, argv);
}
