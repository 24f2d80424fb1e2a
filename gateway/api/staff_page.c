/* What stands above every page of staff: who it is, and where they may go. */
#include "api.h"
#include "chopay/report.h"

#define BACK_BYTES_MAX \
	2000 /* of the address of signing in; without the way back where it is longer */

/* A page of staff is a row: where it is, its name in the catalogue, who may see it.  Those of a
 * section are shown while one is on a page of it. */
static const struct {
	const char *section; /* NULL: on top */
	const char *href, *word;
	enum action action;
} places[] = {
	{NULL, "/reports", "staff.reports", SEE_REPORTS},
	{NULL, "/operator", "staff.operator", SEE_ALARMS},
	{"/operator", "/operator", "operator.overview", SEE_ALARMS},
	{"/operator", "/operator/alarms", "operator.alarms", SEE_ALARMS},
	{"/operator", "/operator/registry", "operator.registry", LIST_STALLS},
	{"/operator", "/operator/endpoints", "operator.endpoints", SEE_ENDPOINTS},
	{"/operator", "/operator/suspense", "operator.suspense", SEE_SUSPENSE},
	{"/operator", "/operator/claims", "operator.claims", SEE_SUSPENSE},
	{"/operator", "/operator/reconciliations", "operator.reconciliations", SEE_RECONCILIATIONS},
	{"/operator", "/operator/deliveries", "operator.deliveries", SEE_RECEIVERS},
	{"/operator", "/operator/accounts", "operator.accounts", SEE_ACCOUNT_CHANGES},
	{"/operator", "/operator/people", "operator.people", SEE_PEOPLE},
	{"/operator", "/operator/flags", "operator.flags", SEE_FLAGS},
	{"/operator", "/operator/audit", "operator.audit", SEE_AUDIT},
	{NULL, "/inspect", "staff.inspect", SEE_INSPECTIONS},
};

/* Is `path` that page, or below it? */
static bool
is_within(struct str path, struct str href)
{
	return str_eq(path, href) ||
	       (str_starts(path, href) && path.len > href.len && path.ptr[href.len] == '/');
}

static json_t *
links(const struct ask *ask, bool top)
{
	struct str path = request_path(ask->req);
	json_t *items = json_array();

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct str href = str_from(places[i].href);
		json_t *item;

		if ((places[i].section == NULL) != top || !may(&ask->who, places[i].action, 0) ||
			(!top && !is_within(path, str_from(places[i].section))))
			continue;
		item = json_object();
		json_set_str(item, "href", href);
		json_set_str(item, "text", words_find(ask->lang, str_from(places[i].word)));
		json_object_set_new(item, "here",
			json_boolean(top ? is_within(path, href) : str_eq(path, href)));
		json_array_append_new(items, item);
	}
	return items;
}

static const char *const role_words[] = {
	[ROLE_ANYONE] = "staff.role.anyone",
	[ROLE_STALL_HELPER] = "staff.role.helper",
	[ROLE_STALL] = "staff.role.owner",
	[ROLE_MANAGER] = "staff.manager_of",
	[ROLE_OFFICIAL] = "staff.official_of",
	[ROLE_READER] = "staff.role.reader",
	[ROLE_AUDITOR] = "staff.role.auditor",
	[ROLE_OPERATOR] = "staff.role.operator",
};

struct str
staff_place(const struct ask *ask)
{
	const struct principal *who = &ask->who;
	struct buf place CLEANUP(buf_fini) = {0};

	report_place_name(&place, who->place.len > 0 ? who->place : who->unit_code,
		who->role == ROLE_MANAGER ? STR("market") : STR(""), ask->lang);
	return arena_copy(ask->query.arena, buf_str(&place));
}

/* Who is of a place is called by it: "Cán bộ tỉnh Lâm Đồng". */
static struct str
role_text(const struct ask *ask)
{
	struct str place = staff_place(ask);
	struct buf text CLEANUP(buf_fini) = {0};

	words_fill(&text, words_find(ask->lang, str_from(role_words[ask->who.role])), &place, 1);
	return arena_copy(ask->query.arena, buf_str(&text));
}

void
staff_head(const struct ask *ask, json_t *data)
{
	json_t *staff = json_object();
	json_t *below = links(ask, false);

	json_set_str(staff, "name", ask->who.person);
	json_set_str(staff, "role", role_text(ask));
	json_object_set_new(staff, "signed_in", json_boolean(ask->who.staff_id != 0));
	json_object_set_new(staff, "places", links(ask, true));
	json_object_set_new(staff, "below", below);
	json_object_set_new(staff, "has_below", json_boolean(json_array_size(below) > 0));
	json_object_set_new(data, "staff", staff);
}

void
percent_put(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			c == '/' || c == '-' || c == '.' || c == '_')
			buf_addc(out, (char)c);
		else
			buf_addf(out, "%%%02X", c);
	}
}

/* The way back is one of our own pages: the path that was asked for. */
void
reply_sign_in(struct request *req)
{
	struct buf to CLEANUP(buf_fini) = {0};
	struct str query = request_query_string(req);

	buf_adds(&to, "/signin?next=");
	percent_put(&to, request_path(req));
	if (query.len > 0) {
		buf_adds(&to, "%3F");
		percent_put(&to, query);
	}
	page_headers(req);
	reply_redirect(req, str_eq(request_method(req), STR("GET")) && to.len <= BACK_BYTES_MAX
				    ? buf_str(&to)
				    : STR("/signin"));
}

/* ---- the front door
 * ------------------------------------------------------------------------------ */

static struct err
home_answer(struct db *db, struct ask *ask)
{
	(void)db;
	(void)ask; /* who asks is all there is to find out */
	return OK;
}

/* To the first page that they may see; a stall's phone, and whoever is new, to the stall's. */
static void
home_answered(struct ask *ask)
{
	const char *href = "/stall";

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && ask->who.staff_id != 0; i++) {
		if (places[i].section == NULL && may(&ask->who, places[i].action, 0)) {
			href = places[i].href;
			break;
		}
	}
	page_headers(ask->req);
	reply_redirect(ask->req, str_from(href));
}

void
home_page(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = home_answer;
	ask->reply = home_answered;
	ask_send(ask);
}
