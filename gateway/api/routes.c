/* The route table: everything chopay answers to. */
#include "api.h"

#define KIB 1024u
#define MIB (1024u * 1024u)

const struct route api_routes[] = {
	/* method   path                                  body_max   handler */
	{"POST", "/webhooks/{feed}/{endpoint}", MIB, webhook_receive, BUDGET_WEBHOOKS, false},
	{"POST", "/webhooks/{feed}/{endpoint}/token", 4 * KIB, webhook_token, BUDGET_WEBHOOKS,
		false},
	/* Providers that call several addresses below one base. */
	{"POST", "/webhooks/{feed}/{endpoint}/{a}", MIB, webhook_receive, BUDGET_WEBHOOKS, false},
	{"POST", "/webhooks/{feed}/{endpoint}/{a}/{b}", MIB, webhook_receive, BUDGET_WEBHOOKS,
		false},
	{"POST", "/webhooks/{feed}/{endpoint}/{a}/{b}/{c}", MIB, webhook_receive, BUDGET_WEBHOOKS,
		false},

	{"GET", "/v1/stalls", 0, stalls_get_all, BUDGET_PAGES, false},
	{"GET", "/v1/stalls/{stall}", 0, stall_get, BUDGET_PAGES, false},
	{"POST", "/v1/stalls/{stall}/charges", 4 * KIB, charge_create, BUDGET_PAGES, false},
	{"GET", "/v1/stalls/{stall}/payments", 0, stall_payments, BUDGET_PAGES, false},
	{"GET", "/v1/charges/{reference}", 0, charge_get, BUDGET_PAGES, false},
	{"POST", "/v1/charges/{reference}/cancel", 4 * KIB, charge_cancel, BUDGET_PAGES, false},
	{"GET", "/v1/payments", 0, payments_get_all, BUDGET_PAGES, false},
	{"GET", "/v1/suspense", 0, suspense_get_all, BUDGET_PAGES, false},
	{"GET", "/v1/suspense/{transfer}/candidates", 0, suspense_get_candidates, BUDGET_PAGES,
		false},
	{"POST", "/v1/suspense/{transfer}/resolution", 4 * KIB, suspense_post_resolution,
		BUDGET_PAGES, false},
	{"GET", "/v1/refusals", 0, refusals_get_all, BUDGET_PAGES, false},
	{"GET", "/v1/reports/summary", 0, summary_get, BUDGET_PAGES, false},
	{"GET", "/openapi.json", 0, openapi_get, BUDGET_PAGES, false},

	{"GET", "/q/{reference}.png", 0, code_png, BUDGET_PAGES, false},
	{"GET", "/q/{reference}.svg", 0, code_svg, BUDGET_PAGES, false},
	{"GET", "/pay/{reference}", 0, pay_page, BUDGET_PAGES, false},
	{"GET", "/pay/{reference}/events", 0, pay_events, BUDGET_PAGES, false},
	{"GET", "/stall", 0, stall_page, BUDGET_PAGES, false},
	{"GET", "/stall/events", 0, stall_events, BUDGET_PAGES, false},
	{"POST", "/stall/charges", 4 * KIB, stall_post_charge, BUDGET_PAGES, false},
	{"POST", "/stall/charges/{reference}/cancel", 4 * KIB, stall_post_cancel, BUDGET_PAGES,
		false},
	{"GET", "/stall/invite/{token}", 0, stall_invite_page, BUDGET_PAGES, false},
	{"POST", "/stall/invite/{token}", 4 * KIB, stall_invite_use, BUDGET_PAGES, false},
	{"POST", "/stall/leave", 4 * KIB, stall_leave, BUDGET_PAGES, false},
	{"GET", "/reports", 0, reports_page, BUDGET_PAGES, false},
	{"GET", "/", 0, home_page, BUDGET_PAGES, false},
	{"GET", "/static/{folder}/{file}", 0, static_file, BUDGET_PAGES, false},
	{"GET", "/favicon.ico", 0, favicon, BUDGET_PAGES, false},

	{"GET", "/healthz", 0, health_get, BUDGET_PAGES, false},
	{"GET", "/readyz", 0, ready_get, BUDGET_PAGES, false},

	/* Only over the control socket: the command line of this machine. */
	{"GET", "/metrics", 0, metrics_get, BUDGET_PAGES, true},
	{"GET", "/control/registry", 0, control_registry_export, BUDGET_PAGES, true},
	{"POST", "/control/registry", 64 * MIB, control_registry_import, BUDGET_PAGES, true},
	{"GET", "/control/endpoints", 0, control_endpoint_list, BUDGET_PAGES, true},
	{"POST", "/control/endpoints", 64 * KIB, control_endpoint_add, BUDGET_PAGES, true},
	{"POST", "/control/endpoints/{id}/rotate", 16 * KIB, control_endpoint_rotate, BUDGET_PAGES,
		true},
	{"PATCH", "/control/endpoints/{id}", 64 * KIB, control_endpoint_set, BUDGET_PAGES, true},
	{"DELETE", "/control/endpoints/{id}", 0, control_endpoint_revoke, BUDGET_PAGES, true},
	{"GET", "/control/pulls", 0, control_pull_list, BUDGET_PAGES, true},
	{"POST", "/control/pulls", 4 * KIB, control_pull_add, BUDGET_PAGES, true},
	{"POST", "/control/pulls/{id}/rotate", 4 * KIB, control_pull_rotate, BUDGET_PAGES, true},
	{"POST", "/control/pulls/{id}/now", 4 * KIB, control_pull_now, BUDGET_PAGES, true},
	{"DELETE", "/control/pulls/{id}", 0, control_pull_remove, BUDGET_PAGES, true},
	{"GET", "/control/public-key", 0, control_public_key, BUDGET_PAGES, true},
	{"GET", "/control/keys", 0, control_key_list, BUDGET_PAGES, true},
	{"POST", "/control/keys", 4 * KIB, control_key_add, BUDGET_PAGES, true},
	{"DELETE", "/control/keys/{id}", 0, control_key_revoke, BUDGET_PAGES, true},
	{"POST", "/control/stalls/{stall}/invites", 4 * KIB, control_invite, BUDGET_PAGES, true},
	{"GET", "/control/ledger", 0, control_ledger_verify, BUDGET_PAGES, true},
	{"POST", "/control/backup", 4 * KIB, control_backup, BUDGET_PAGES, true},
};

const size_t api_route_count = sizeof(api_routes) / sizeof(api_routes[0]);
