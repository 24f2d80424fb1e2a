/* What the handlers share: the loop's context, who asks, and the way to ask the books. */
#ifndef CHOPAY_API_API_H
#define CHOPAY_API_API_H

#include <stdatomic.h>

#include "address_list.h"
#include "chopay/adoption_commands.h"
#include "chopay/api.h"
#include "chopay/charge_commands.h"
#include "chopay/log.h"
#include "chopay/receiver_commands.h"
#include "chopay/registry.h"
#include "chopay/report_commands.h"
#include "chopay/suspense_commands.h"
#include "chopay/words.h"
#include "marks.h"
#include "page.h"

#define PAGE_SIZE_DEFAULT 50 /* rows of a /v1 list */
#define PAGE_SIZE_MAX 500
#define SESSION_DAYS 90 /* a stall's phone stays signed in */
#define INVITE_HOURS 48

struct live;
struct endpoints;
struct loop_switch;
struct pictures;

struct hashing_line;
struct refusals;

struct api_counts {
	atomic_ullong deliveries, transfers, replays, conflicts;
	atomic_ullong charges;
	struct refusals *refusals;
	struct hashing_line *hashing;
};

struct api {
	struct api_config config;
	struct live *live;
	struct pictures *pictures; /* of quick links */
	struct endpoints *endpoints;
	bool endpoints_loading, endpoints_stale;
	struct log_limit refused;
	struct loop_switch *switching; /* changes that wait for this loop's next table */
	struct api **peers;	       /* of every loop, this one too */
	int peer_count;
};

static inline struct api *
api_of(struct request *req)
{
	return request_context(req);
}

/* ---- who asks ------------------------------------------------------------------------------- */

enum role {
	ROLE_ANYONE,
	ROLE_STALL_HELPER, /* takes payments: no totals, nothing of other days */
	ROLE_STALL,	   /* its owner */
	ROLE_MANAGER,	   /* the market board: its own market */
	ROLE_OFFICIAL,	   /* a unit and those below it, sums alone */
	ROLE_READER,	   /* a key's: adoption of every unit */
	ROLE_AUDITOR,	   /* reads what an operator reads, changes nothing */
	ROLE_OPERATOR
};

/* Of keys and staff: operator, auditor, reader (keys only), and these with a code behind them. */
#define OFFICIAL_ROLE "official:"
#define MANAGER_ROLE "manager:"

/* When a session was seen is written down so often at most. */
#define SEEN_EVERY_MS (60 * 1000)

/* What a request shows of itself; looked up in the store where the question is answered. */
struct proof {
	bool local; /* the control socket: the operator of this machine */
	bool has_key, has_session, has_staff;
	unsigned char key_hash[SHA256_SIZE], session_hash[SHA256_SIZE], staff_hash[SHA256_SIZE];
};

struct principal {
	enum role role;
	int64_t stall_id;     /* of a stall's phone */
	struct str unit_code; /* of ROLE_OFFICIAL: this unit and those below it; otherwise empty */
	int64_t market_id;    /* of ROLE_MANAGER */
	struct str market_code; /* the same */
	struct str place;	/* what either is called today; empty: a unit that ended since */
	struct str name;   /* for idempotency keys: "key:ID", "stall:ID", "staff:ID", "local" */
	struct str person; /* whom a key was made for, or who signed in; empty: of this machine, it
			      says so itself */
	int64_t staff_id;  /* who signed in; 0: nobody did */
	int64_t session_id,
		seen_ms; /* of a phone or a person: when it was seen last; 0: no session */
};

struct proof proof_of(struct request *req);
/* ERR_DENIED: a key or session was shown that is not valid. */
MUST_CHECK struct err principal_find(struct db *db, struct arena *arena, const struct proof *proof,
	int64_t now_ms, struct principal *who);
/* Over the network the key says who it is; on this machine the person says so.  ERR_DENIED: the key
 * is another person's. */
MUST_CHECK struct err principal_person(const struct principal *who, struct str *person);

/* ERR_DENIED: `what`, or that nobody was shown. */
MUST_CHECK struct err principal_denied(const struct principal *who, const char *what);

/* 401 for ERR_DENIED where nobody was shown, else as reply_err. */
void reply_refusal(struct request *req, const struct principal *who, struct err err);
/* Did a browser send this from one of our own pages?  (Origin or Sec-Fetch-Site.) */
bool same_origin(struct request *req);

/* The role of a key or of staff, as it is kept.  ERR_INVALID: no such role; ERR_NOT_FOUND: no such
 * unit or market. */
MUST_CHECK struct err role_read(
	struct db *db, struct arena *arena, struct str text, int64_t now_ms, struct principal *who);
/* Writes down that a session was seen, where that is due; waits for nothing. */
void session_seen(
	struct api *api, const struct proof *proof, const struct principal *who, int64_t now_ms);

enum action {
	SEE_STALL,
	LIST_STALLS,
	SEE_CHARGE,
	CREATE_CHARGE,
	CANCEL_CHARGE,
	SEE_NEWS,     /* a stall's payments of today, one by one as they come */
	SEE_PAYMENTS, /* of a stall: its totals and its history */
	SEE_ALL_PAYMENTS,
	SEE_SUSPENSE,
	RESOLVE_SUSPENSE,
	REFUND_PAYMENT,
	SEE_SUMMARY, /* adoption figures without small cells' money */
	SEE_SMALL_CELLS,
	SEE_REFUSALS, /* of deliveries */
	SEE_RECEIVERS,
	CHANGE_RECEIVERS,
	SEE_ALARMS,
	CLOSE_ALARMS,
	SEE_RECONCILIATIONS,
	SEE_ENDPOINTS,
	CHANGE_ENDPOINTS,
	SEE_FLAGS,
	RELEASE_FLAGS,
	IMPORT_STATEMENTS,
	TAKE_BOOK,     /* a stall's revenue book and accounts: its holder's alone */
	SEE_REGISTERS, /* of the market board: calendars, turnover, fees, people's accounts */
	CHANGE_REGISTERS,
	SEE_REPORTS, /* of adoption: never of a stall's money */
	FREEZE_REPORTS,
	SEE_AUDIT,
	SEE_DEVICES, /* a stall's phones */
	CHANGE_DEVICES,
	INVITE_STALL,
	SEE_PEOPLE, /* staff and their devices */
	CHANGE_PEOPLE,
	SEE_ACCOUNT_CHANGES,
	CHANGE_ACCOUNTS, /* which account a stall has: two persons */
	SEE_INSPECTIONS,
	INSPECT,     /* compare what hangs at stalls with the register */
	PRINT_CARDS, /* of a market's stalls, and the list to inspect them by */
	ACTIONS	     /* how many there are */
};
/* The one place that decides; deny by default.  Whose: a stall and its market, 0 where it is about
 * none; a role that has its own alone is given nothing else.  Lists are cut to principal.market_id
 * and unit_code by who makes them. */
bool may_at(const struct principal *who, enum action action, int64_t stall_id, int64_t market_id);
static inline bool
may(const struct principal *who, enum action action, int64_t stall_id)
{
	return may_at(who, action, stall_id, 0);
}

/* ---- asking the books ------------------------------------------------------------------------ */

/* A text as it goes out. */
struct packed {
	struct str bytes;
	bool gzip;
};

/* A question of a request: `answer` runs on a reader and leaves json, html or bytes. */
struct ask {
	struct query query; /* first */
	struct api *api;
	struct request *req;
	struct proof proof;
	struct principal who;
	struct err (*answer)(struct db *db, struct ask *ask);
	void (*reply)(struct ask *ask); /* NULL: ask_reply_json */
	struct str word, word2;		/* path parameters, copied by the handler */
	int64_t after, since_ms;
	struct marks marks;
	size_t max;
	void *more;	  /* what a handler adds */
	const void *page; /* of the console: which one it is */
	int64_t now_ms;
	enum language lang; /* of a page */
	const char *wrong;  /* with the query, told to who may ask: ask_refuse; NULL: nothing */
	/* the answer */
	json_t *json;
	struct buf bytes;
	struct packed packed; /* the same for the line, where `reply` is ask_reply_page */
	const char *content_type;
	struct stall stall;
	struct charge charge;
};

/* A change a request asks for: to the writer, or a reply that too much is waiting. */
void submit_command(struct request *req, struct command *command);

/* An ask in the request's arena with its proof.  Then fill in `answer` (and `reply`), and send. */
struct ask *ask_new(struct request *req);
void ask_send(struct ask *ask);
void ask_send_long(struct ask *ask);
/* Sends it too, for `answer` to find out whether they may: 400 with `what` for who may, and whoever
 * may not hears that alone.  `what` stays. */
void ask_refuse(struct ask *ask, const char *what);
/* Goes on with `then` for who may `action`; others hear as a problem document that they may not. */
void behind_gate(struct request *req, enum action action, void (*then)(struct request *req));
void ask_reply_json(struct ask *ask); /* 200 with `json`, or the error */
void ask_reply_page(struct ask *ask); /* 200 with `bytes` as a page, or the error page */
void ask_fail(struct ask *ask);	      /* the error, as a problem document */
/* What `answer` returns when may() says no: sign in, or not for you. */
MUST_CHECK struct err ask_denied(const struct ask *ask);

/* `limit` and `cursor` of a /v1 list whose `answer` is set; false: it is refused (ask_refuse).  Of
 * a list by the bank's time from `since_ms` on, the ids of before are skipped; 0: of any other one.
 */
bool ask_page(struct ask *ask);
json_t *list_json(const char *name, json_t *items, size_t count, size_t max, int64_t last_id);

/* What a page is written in: ?lang=vi|en (page_headers() then remembers it in a cookie), else that
 * cookie, else Vietnamese. */
enum language page_language(struct request *req);
/* What every template may use: lang, other_lang, other_lang_href (this page in the other one). */
json_t *page_data(struct request *req);
/* What shared/staff-head.html shows above a page of staff: who it is, where they may go.  Such a
 * page links /static/shared/staff.css. */
void staff_head(const struct ask *ask, json_t *data);
/* What an official or a board is of, as in the middle of a sentence: "tỉnh Lâm Đồng". */
struct str staff_place(const struct ask *ask);
/* As a value in a query, or a part of a path. */
void percent_put(struct buf *out, struct str text);
/* 303 to /signin, and from there back to where this request wanted to go. */
void reply_sign_in(struct request *req);
/* May the answer be compressed? */
bool accepts_gzip(struct request *req);
/* A page or a drawing, compressed where the browser takes that.  They hold nothing secret beside
 * what a stranger could put into them: their length tells nothing.  Compressing takes a loop as
 * long as several small requests: what is larger is packed by the reader that wrote it. */
void reply_packed(struct request *req, int status, const char *type, struct str text);
/* On a reader: into the ask's arena, compressed where its asker takes that. */
struct packed ask_pack(const struct ask *ask, struct str text);
/* A page with its headers that was packed so. */
void reply_packed_page(struct request *req, int status, struct packed page);
/* A page with its headers (CSP, no-store). */
void reply_page(struct request *req, int status, struct str html);
/* A page that only says something: the texts KEY.title and KEY.text of the catalogue. */
void reply_message_page(struct request *req, int status, const char *key);
void reply_message_text(struct request *req, int status, struct str title, struct str text);
/* Does a person's browser ask, for a page?  Programs, and /v1, get problem documents. */
bool asks_for_page(struct request *req);
/* It cannot be handled (400, 413, 417), or no route has its path and method (404, 405, 501): the
 * page that says so; false: none is asked for. */
bool reply_no_page(struct request *req, int status);
/* The page of an error. */
void reply_failure_page(struct request *req, struct err err);
/* That where a page is asked for, else as reply_err. */
void reply_failure(struct request *req, struct err err);
void page_headers(struct request *req);
/* The same where the page may open the camera: nowhere else it can. */
void reply_camera_page(struct request *req, int status, struct str html);

/* ---- codes ----------------------------------------------------------------------------------- */

/* The VietQR text of a stall (amount 0) or of what is left of a charge. */
MUST_CHECK struct err code_text(struct arena *arena, const struct stall *stall, int64_t amount,
	struct str reference, struct str *text);
/* A charge or a stall by reference, with its stall. `charge->id` 0: the stall's own. */
MUST_CHECK struct err reference_lookup(struct db *db, struct arena *arena, struct str reference,
	struct stall *stall, struct charge *charge);
/* A person types small letters, and blanks as a paper may show them: sent (303) to the address as
 * we write it, `before` REFERENCE `after`.  False: it is written so, or is nothing like a
 * reference. */
bool reply_reference_address(struct request *req, const char *before, const char *after);
/* The page that says why there is no code behind a reference: `ask` failed as reference_lookup, or
 * with ERR_CONFLICT where its stall has no account, or its charge is over. */
void reply_no_code(struct ask *ask);
/* The account a charge was issued for (its stall may have another one by now). */
bool charge_takes_money(const struct charge *charge); /* open or short */
/* Does its address still tell of it?  (charge_shown_until.)  A standing code's (id 0) always does.
 */
MUST_CHECK struct err charge_shown(
	struct db *db, const struct charge *charge, int64_t now_ms, bool *shown);

/* ---- JSON of rows -----------------------------------------------------------------------------
 */

json_t *charge_json(const struct charge *charge, const struct stall *stall, struct arena *arena);
struct charge_dossier;
/* What a fee desk's charge is for, as members of the charge; nothing where it carries none. */
void dossier_json(json_t *charge, const struct charge_dossier *dossier);
MUST_CHECK struct err dossier_of_charge(
	struct db *db, struct arena *arena, const struct charge *charge, json_t *json);
json_t *payment_json(const struct payment *payment);
json_t *adjustment_json(const struct adjustment *adjustment);
json_t *stall_json(const struct stall *stall);
json_t *receiver_json(const struct receiver *receiver);

/* The JSON object in a request's body; replies 400 or 415 and returns NULL when it is none. */
json_t *body_object(struct request *req);

/* Words for people. */
struct str amount_text(struct arena *arena, int64_t dong);
struct str clock_text(struct arena *arena, int64_t ms);	    /* "14:30" */
struct str date_time_text(struct arena *arena, int64_t ms); /* "14:30 30/06/2026" */
/* The shorter of the two that is clear at `now_ms` (0: in any case the longer). */
struct str moment_text(struct arena *arena, int64_t ms, int64_t now_ms);
struct str charge_state_text(enum language language, struct str state);

/* ---- live: server-sent events ------------------------------------------------------------------
 */

struct live *live_new(void);
void live_free(struct live *live);
/* `reference` empty: all of the stall's news; else that charge's `charge` events only.  Sends
 * `first` (a charge as it is now, or empty), then what the page lacks that has come as far as
 * `after`: NULL for nothing of before, no marks for all, as a page that was made when there was no
 * news yet asks. */
void live_open(struct api *api, struct request *req, int64_t stall_id, struct str reference,
	const struct marks *after, struct str first);
/* How far all of the stall's news has come.  In the question that reads what a page shows:
 * that sees one state of the books. */
MUST_CHECK struct err live_marks(struct db *db, int64_t stall_id, struct marks *marks);

/* ---- endpoints ----------------------------------------------------------------------------------
 */

/* Calls of this second that showed no valid token of ours. */
struct token_budget {
	int64_t second;
	int calls;
};

struct open_endpoint {
	struct str id;
	const struct feed *feed;
	struct feed_secret secret; /* opened */
	int64_t previous_until_ms;
	const struct address_list *addresses; /* NULL: anybody's */
	struct str client_cert;		      /* the SHA-256 to show; empty: none asked */
	struct token_budget *budget;	      /* this loop's */
};
const struct open_endpoint *endpoint_find(
	const struct api *api, struct str feed_name, struct str id);
void endpoints_free(struct endpoints *endpoints);
/* Every loop reads the table again; `done` runs on this loop when the last one uses it. */
void endpoints_switch(struct api *api, struct task done);
void endpoints_beat(struct api *api);
void endpoints_forget_switches(struct api *api);

/* ---- handlers: gateway/api/routes.c has the table
 * ------------------------------------------------ */

void charge_create(struct request *req);
void stall_post_block(struct request *req);
void stall_worker(struct request *req);
void stall_offline_page(struct request *req);
void charge_get(struct request *req);
void charges_get_all(struct request *req);
void charge_cancel(struct request *req);
void stalls_get_all(struct request *req);
void stall_get(struct request *req);
void stall_payments(struct request *req);
void payments_get_all(struct request *req);
void payment_post_refund(struct request *req);
void transfers_get_all(struct request *req);
void suspense_get_all(struct request *req);
void suspense_get_candidates(struct request *req);
void suspense_post_resolution(struct request *req);
void refusals_get_all(struct request *req);
void receivers_get_all(struct request *req);
void receiver_get(struct request *req);
void receiver_log(struct request *req);
void receiver_add(struct request *req);
void receiver_roll(struct request *req);
void receiver_disable(struct request *req);
void receiver_enable(struct request *req);
void receiver_remove(struct request *req);
void receiver_redeliver(struct request *req);
void statement_post(struct request *req);
void summary_get(struct request *req);
void report_adoption_get(struct request *req);
void report_ranking_get(struct request *req);
void report_work_get(struct request *req);
void snapshots_get_all(struct request *req);
void snapshot_post(struct request *req);
void snapshot_get(struct request *req);
void snapshot_get_difference(struct request *req);
void exports_get_all(struct request *req);
void export_post(struct request *req);
void export_get(struct request *req);
void export_get_file(struct request *req);
void export_cancel(struct request *req);
void audit_get_all(struct request *req);
void openapi_get(struct request *req);
void health_get(struct request *req);
void ready_get(struct request *req);
void metrics_get(struct request *req);
void webhook_receive(struct request *req);
void webhook_token(struct request *req);
void code_png(struct request *req);
void code_svg(struct request *req);
void image_get(struct request *req);
void pay_page(struct request *req);
void pay_events(struct request *req);
void receipt_make(struct request *req);
void receipt_page(struct request *req);
void receipt_svg(struct request *req);
void receipt_check(struct request *req);
void stall_page(struct request *req);
void stall_events(struct request *req);
void stall_post_charge(struct request *req);
void stall_post_cancel(struct request *req);
void stall_invite_page(struct request *req);
void stall_invite_use(struct request *req);
void stall_leave(struct request *req);
void signin_page(struct request *req);
void stall_history(struct request *req);
void stall_payment(struct request *req);
void stall_post_given_back(struct request *req);
void stall_not_arrived(struct request *req);
void stall_post_not_arrived(struct request *req);
void stall_check(struct request *req);
void stall_post_check(struct request *req);
void signin_post(struct request *req);
void signout(struct request *req);
void enrol_page(struct request *req);
void enrol_picture(struct request *req);
void enrol_use(struct request *req);
void own_devices_page(struct request *req);
void own_device_post(struct request *req);
void stall_devices_page(struct request *req);
void stall_device_post(struct request *req);
void users_get_all(struct request *req);
void account_changes_get_all(struct request *req);
void account_changes_post(struct request *req);
void account_change_approve(struct request *req);
void account_change_cancel(struct request *req);
void users_post(struct request *req);
void user_link_post(struct request *req);
void user_delete(struct request *req);
void user_devices_get(struct request *req);
void user_device_delete(struct request *req);
void stall_invite_post(struct request *req);
void stall_devices_get(struct request *req);
void stall_device_delete(struct request *req);
void stall_book(struct request *req);
void stall_accounts(struct request *req);
void control_book(struct request *req);
void control_signup(struct request *req);
void print_stalls_get(struct request *req);
void print_cards_get(struct request *req);
void print_inspector_get(struct request *req);
void reports_page(struct request *req);
void inspect_page(struct request *req);
void inspect_market_page(struct request *req);
void inspect_stall_page(struct request *req);
void inspect_post(struct request *req);
void inspections_get_all(struct request *req);
void reports_today_page(struct request *req);
void reports_ranking_page(struct request *req);
void reports_work_page(struct request *req);
void reports_snapshots_page(struct request *req);
void reports_post_snapshot(struct request *req);
void reports_difference_page(struct request *req);
void reports_exports_page(struct request *req);
void reports_post_export(struct request *req);
void reports_cancel_export(struct request *req);
void home_page(struct request *req);
void static_file(struct request *req);
void favicon(struct request *req);
void dev_ca_get(struct request *req);
void operator_overview(struct request *req);
void operator_alarms(struct request *req);
void operator_alarm_close(struct request *req);
void operator_endpoints(struct request *req);
void operator_endpoint_add(struct request *req);
void operator_endpoint_rotate(struct request *req);
void operator_endpoint_revoke(struct request *req);
void operator_claims(struct request *req);
void operator_claim_close(struct request *req);
void operator_suspense(struct request *req);
void operator_credit(struct request *req);
void operator_credit_resolve(struct request *req);
void operator_reconciliations(struct request *req);
void operator_reconciliation(struct request *req);
void operator_reconcile(struct request *req);
void operator_deliveries(struct request *req);
void operator_receiver(struct request *req);
void operator_receiver_add(struct request *req);
void operator_receiver_roll(struct request *req);
void operator_receiver_disable(struct request *req);
void operator_receiver_enable(struct request *req);
void operator_receiver_remove(struct request *req);
void operator_receiver_redeliver(struct request *req);
void operator_flags(struct request *req);
void operator_flag_release(struct request *req);
void operator_audit(struct request *req);
void operator_registry(struct request *req);
void operator_people(struct request *req);
void operator_accounts(struct request *req);
void operator_account_propose(struct request *req);
void operator_account_approve(struct request *req);
void operator_account_cancel(struct request *req);
void operator_devices(struct request *req);
void operator_person_add(struct request *req);
void operator_person_link(struct request *req);
void operator_person_revoke(struct request *req);
void operator_device_revoke(struct request *req);
void operator_key_revoke(struct request *req);
void operator_phones(struct request *req);
void operator_phone_invite(struct request *req);
void operator_phone_revoke(struct request *req);
void operator_file(struct request *req);
void operator_file_post(struct request *req);
void operator_file_enter(struct request *req);
void operator_file_undo(struct request *req);
void operator_file_drop(struct request *req);
void register_file_post(struct request *req);
void register_file_enter(struct request *req);
void register_file_undo(struct request *req);
void register_file_drop(struct request *req);
void control_registry_import(struct request *req);
void control_registry_export(struct request *req);
void registers_get_all(struct request *req);
void register_get(struct request *req);
void register_post(struct request *req);
void control_endpoint_add(struct request *req);
void control_endpoint_list(struct request *req);
void control_endpoint_rotate(struct request *req);
void control_endpoint_revoke(struct request *req);
void alarms_get_all(struct request *req);
void alarm_post_closing(struct request *req);
void reconciliations_get_all(struct request *req);
void reconciliation_get(struct request *req);
void control_reconcile(struct request *req);
void control_ledger_key(struct request *req);
void control_adoption_fold(struct request *req);
void control_snapshots_verify(struct request *req);
void control_audit_verify(struct request *req);
void control_pull_add(struct request *req);
void control_pull_list(struct request *req);
void control_pull_rotate(struct request *req);
void control_pull_now(struct request *req);
void control_pull_remove(struct request *req);
void control_endpoint_set(struct request *req);
void control_public_key(struct request *req);
void control_statement_import(struct request *req);
void control_key_add(struct request *req);
void control_key_list(struct request *req);
void control_key_revoke(struct request *req);
void control_watch(struct request *req);
void control_hold(struct request *req);
void control_release(struct request *req);
void control_move(struct request *req);
void control_ledger_verify(struct request *req);
void control_flag_list(struct request *req);
void control_flag_release(struct request *req);
/* As ask_send_long, after what is due was folded into the cells of the index. */
void ask_folded(struct ask *ask);
void control_store_place(struct request *req);
void control_store_partition(struct request *req);
void control_store_archive(struct request *req);
void control_backup(struct request *req);

/* A session after an invite was used, or a password. */
struct str new_token(struct api *api, struct arena *arena, unsigned char hash[SHA256_SIZE]);
enum cookie_kind { COOKIE_STALL, COOKIE_STAFF };
void set_cookie(struct request *req, enum cookie_kind kind, struct str token, int64_t max_age_s);
/* What a person knows a device by: "Android · Chrome"; of what it says only names that we know. */
struct str device_name(struct arena *arena, struct str user_agent);

#endif
