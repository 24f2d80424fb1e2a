/*
 * operator.h - the console: pages that show what /v1 answers, and forms that do what /v1 and the
 * control socket do.
 *
 * A page runs the same `answer` as its /v1 route, and its template shows that JSON, dressed for
 * people: beside a time NAME stands NAME_text, beside an amount, too, and beside a word of ours
 * what it is called.  A form is checked here (same origin, may()), then handled by the handler of
 * programs; what that answers becomes a redirect to a page, or a page that says what is wrong.
 */
#ifndef CHOPAY_API_OPERATOR_H
#define CHOPAY_API_OPERATOR_H

#include "api.h"

/* A member of the answer and where the catalogue has its values: "kind", "operator.alarm." */
struct page_word {
	const char *member, *prefix;
	const char
		*as; /* where it goes, when there is one; NULL: NAME_text, the value without one */
};

struct operator_page {
	enum action action;
	const char *template_path;
	struct err (*answer)(struct db *db, struct ask *ask);
	struct page_word words[6];
	bool slow;     /* asked as long work is */
	bool of_stall; /* about the stall that `word` names: whose market it is counts */
};
/* Replies with the page, now or later.  `ask`: from ask_new; its `answer` and `reply` are set. */
void operator_page_send(struct ask *ask, const struct operator_page *page);
/* The cursor of a paged list, at most PAGE_SIZE_MAX rows; a wrong one is the first page. */
void operator_page_at(struct ask *ask);

struct operator_act {
	enum action action;
	void (*handler)(struct request *req); /* of programs */
	const char *back;		      /* the page; "%" stands for the path's {param} */
	const char *param; /* NULL: there is no "%", or it is the id that is answered */
	const char *up;	   /* the page when nothing is answered; NULL: `back` */
	const char *done;  /* what the page then says: a word of operator.done. */
	bool of_stall;	   /* about the path\'s {stall}: whose market it is counts */
	bool person;	   /* the handler wants the person in the body: who is signed in */
	const char *audit; /* a line of the audit log, where the handler writes none; or NULL */
	/* Shows what was answered, instead of going back: what is told once.  May be NULL. */
	const char *shown;
	/* Adds to what is shown: `data` has what was answered and `origin`.  May be NULL. */
	void (*add)(struct ask *ask, json_t *data);
};
void operator_act(struct request *req, const struct operator_act *act);

/* The form in the body as an object of texts.  An empty field is none, "name#" is a number, and
 * "one two" are two fields, whose values stand in one with a blank between. */
json_t *operator_form(struct request *req);

/* "operator.done.NAME", when a page is asked for with ?done=NAME; else empty. */
struct str operator_done(struct ask *ask);
/* NAME_text beside times, days, amounts and words. */
void operator_dress(
	json_t *json, struct arena *arena, enum language language, const struct page_word words[6]);
/* What is wrong, in the page's language where the catalogue has that sentence. */
struct str operator_fault_text(enum language language, struct str english);
/* What is wrong with a line of a register's file (registry.h); not `*found`: the catalogue does not
 * have it, it stays English. */
struct str operator_reason_text(
	struct arena *arena, enum language language, struct str reason, bool *found);
/* "official:23059" as it is read: "Cán bộ 23059". */
struct str operator_role_text(const struct ask *ask, struct str role);
/* Why `rule` took a payment, from the evidence that is stored of it (JSON), in the page's language;
 * as it is stored where that cannot be read. */
struct str flag_evidence_text(const struct ask *ask, struct str rule, struct str stored);
/* Beside a line of the audit log as /v1 tells it: who_text, about and said. */
MUST_CHECK struct err audit_line_words(struct db *db, struct ask *ask, json_t *line);
/* What may be looked for there: {value, text, chosen}. */
json_t *audit_choices(const struct ask *ask, struct str asked);
/* A page that says what is wrong, with a way back. */
void operator_refuse(struct ask *ask, int status, struct str detail, struct str back);

/* ---- answers that /v1 and a page both show --------------------------------------------------
 */

struct err alarms_answer(struct db *db, struct ask *ask);
struct alarm;
json_t *alarm_json(const struct alarm *alarm);
struct err suspense_answer(struct db *db, struct ask *ask);   /* `more`: a suspense_filter */
struct err candidates_answer(struct db *db, struct ask *ask); /* `after`: the transfer */
struct err reconciliations_answer(
	struct db *db, struct ask *ask); /* `more`: a reconciliation_filter */
struct err reconciliation_answer(struct db *db, struct ask *ask); /* `after`: its id */
struct err receivers_answer(struct db *db, struct ask *ask);
struct err receiver_answer(struct db *db, struct ask *ask); /* `word`: its id */
struct err attempts_answer(struct db *db, struct ask *ask); /* `word`: its receiver's id */
struct err flags_answer(struct db *db, struct ask *ask);
struct err audit_answer(struct db *db, struct ask *ask); /* `more`: an audit_filter */
struct err audit_verify_answer(struct db *db, struct ask *ask);
struct err endpoints_answer(struct db *db, struct ask *ask);
/* The same, with how each is: last_at, today, refusals. */
struct err endpoints_health(struct db *db, struct ask *ask);
struct err refusals_answer(struct db *db, struct ask *ask);
struct err registers_answer(struct db *db, struct ask *ask);
struct err users_answer(struct db *db, struct ask *ask);
struct err user_devices_answer(struct db *db, struct ask *ask);	 /* `word`: the login */
struct err stall_devices_answer(struct db *db, struct ask *ask); /* `word`: the stall */
struct err keys_answer(struct db *db, struct ask *ask);
struct err account_changes_answer(struct db *db, struct ask *ask);
struct err register_file_answer(struct db *db, struct ask *ask); /* `word`: its id */
MUST_CHECK struct err register_files_json(
	struct db *db, struct arena *arena, int64_t before, size_t max, json_t **list);

#endif
