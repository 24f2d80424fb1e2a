/* Each route x each role: who gets past the gate.  A route without a row here is a failure. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { openMarket, root } from "../support/chopay.mjs";
import { Person } from "../support/people.mjs";

const SECOND_MARKET = `market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,bank_bin,account_no,account_holder,open_date,close_date
KHAC,Chợ Khác,23059,A02,Một quầy khác,mobile,,Trần Văn Mẫu,,970436,8800000000009,TRAN VAN MAU,,
`;

/* `official` is of the market's unit, `official2` of another one; `manager` of the market, `manager2`
 * of another one; `owner` and `helper` have A01, `other` is B02's owner; `person` is an
 * operator who signed in, the staff before have keys. */
const ROLES = [
	"anyone", "owner", "other", "helper", "official", "official2", "manager", "manager2", "reader", "auditor", "operator",
	"person",
];

const EVERYBODY = ROLES.join(" ");
const NOBODY = "";
const PHONES = "owner other helper";
const OWNERS = "owner other";
const OPERATOR = "operator person";
const READERS = "auditor operator person";
const BOARD = "manager operator person";
const OF_UNIT = "official reader auditor operator person";
const FREEZERS = "official operator person";
const SOME_FREEZERS = "official official2 operator person"; /* where it is not said of what */
const REPORTS = "official official2 manager manager2 reader auditor operator person";

/*
 * Who gets past the gate of each route with what is sent there (`query`, `json`, `fields` of a form,
 * `raw`).  `hides`: to others it is as if it did not exist.  `itself`: it lets in or out whoever
 * asks, and answers all alike (50-sign-in has its story; a stall's cancel redirects either way, its
 * twin under /v1 is here).  `bad`: what is wrong in other ways, which the same people hear, and
 * nobody else.
 */
const TABLE = {
	"POST /webhooks/{feed}/{endpoint}": { who: EVERYBODY },
	"POST /webhooks/{feed}/{endpoint}/token": { who: EVERYBODY },
	"POST /webhooks/{feed}/{endpoint}/{a}": { who: EVERYBODY },
	"POST /webhooks/{feed}/{endpoint}/{a}/{b}": { who: EVERYBODY },
	"POST /webhooks/{feed}/{endpoint}/{a}/{b}/{c}": { who: EVERYBODY },
	"GET /v1/stalls": { who: "manager manager2 reader auditor operator person" },
	"GET /v1/stalls/{stall}": { who: "owner helper manager reader auditor operator person" },
	"POST /v1/stalls/{stall}/charges": { who: "owner helper operator person", json: { amount: 1000} },
	"POST /v1/stalls/{stall}/blocks": { who: "owner helper operator person", json: {} },
	"GET /v1/stalls/{stall}/payments": { who: "owner auditor operator person" },
	"GET /v1/stall/book": { who: OWNERS, query: "?from=2026-01-01&to=2026-01-31&form=S1a-HKD", bad: [{ query: "?format=exe" }, { query: "?from=x" }, { query: "?to=x" }] },
	"GET /v1/stall/accounts": { who: OWNERS },
	"POST /v1/stall/check": { who: PHONES, json: {text: "no code"} },
	"GET /v1/charges": { who: "owner other auditor operator person" },
	"GET /v1/charges/{reference}": { who: "owner helper auditor operator person", hides: true },
	"POST /v1/charges/{reference}/cancel": { who: "owner helper operator person", json: {}, hides: true },
	"GET /v1/payments": { who: READERS, bad: [{ query: "?since=x" }, { query: "?limit=0" }] },
	"GET /v1/transfers": { who: READERS, bad: [{ query: "?since=x" }, { query: "?direction=up" }, { query: "?unlinked=x" }] },
	"POST /v1/payments/{payment}/refunds": { who: OPERATOR, json: { amount: 1000, why: "x"} },
	"GET /v1/suspense": { who: READERS, bad: [{ query: "?since=x" }, { query: "?state=x" }, { query: "?reason=x" }, { query: "?account=" }] },
	"GET /v1/suspense/{transfer}/candidates": { who: READERS },
	"POST /v1/suspense/{transfer}/resolution": { who: OPERATOR, json: {outcome: "not_ours", why: "x"} },
	"GET /v1/refusals": { who: READERS },
	"GET /v1/receivers": { who: READERS },
	"POST /v1/receivers": { who: OPERATOR, json: {url: "https://pos.example.com/"} },
	"GET /v1/receivers/{receiver}": { who: READERS },
	"DELETE /v1/receivers/{receiver}": { who: OPERATOR },
	"POST /v1/receivers/{receiver}/rotate": { who: OPERATOR, json: {} },
	"POST /v1/receivers/{receiver}/disable": { who: OPERATOR, json: {} },
	"POST /v1/receivers/{receiver}/enable": { who: OPERATOR },
	"POST /v1/receivers/{receiver}/redeliver": { who: OPERATOR, json: {notice: "ntc_7"} },
	"GET /v1/receivers/{receiver}/attempts": { who: READERS },
	"GET /v1/reconciliations": { who: READERS, bad: [{ query: "?state=x" }, { query: "?from=x" }, { query: "?to=x" }] },
	"GET /v1/reconciliations/{reconciliation}": { who: READERS },
	"GET /v1/alarms": { who: READERS, bad: [{ query: "?state=x" }, { query: "?cursor=x" }] },
	"POST /v1/alarms/{alarm}/closing": { who: OPERATOR, json: {why: "x"} },
	"POST /v1/statements": { who: OPERATOR, query: "?bank=VCB&account=1", raw: {body: "x", headers: {"Content-Type": "text/csv"}}, bad: [{ query: "?account=1", raw: {body: "x", headers: {"Content-Type": "text/csv"}} }] },
	"GET /v1/registers": { who: READERS },
	"GET /v1/registers/{register}": { who: READERS },
	"POST /v1/registers/{register}": { who: OPERATOR, raw: {body: "x\n", headers: {"Content-Type": "text/csv"}} },
	"GET /v1/reports/summary": { who: REPORTS },
	"GET /v1/reports/adoption": { who: OF_UNIT, query: "?unit=23059&period=2026-07", bad: [{ query: "?unit=23059&period=2026-13" }, { query: "?unit=23059&period=2026-07&calender=nd09" }, { query: "?format=exe", who: REPORTS }] },
	"GET /v1/reports/ranking": { who: "reader auditor operator person", query: "?level=commune&unit=68&period=2026-07", bad: [{ query: "?level=village&unit=68&period=2026-07" }, { query: "?level=commune&unit=68&period=2026-07&format=pdf" }, { query: "?level=village&period=2026-07" }] },
	"GET /v1/reports/work": { who: OF_UNIT, query: "?unit=23059&period=2026-07", bad: [{ query: "?unit=23059&period=2026-07&format=png" }, { query: "?unit=23059&period=2026-07&boundary=old" }] },
	"GET /v1/snapshots": { who: REPORTS, bad: [{ query: "?limit=0" }, { query: "?cursor=x" }] },
	"POST /v1/snapshots": { who: FREEZERS, json: {unit: "23059", period: "2026-07"}, bad: [{ json: {unit: "23059", period: "x"} }, { json: {unit: "23059", period: "2026-07", person: 7} }, { raw: { body: "{", headers: { "Content-Type": "application/json" } }, who: SOME_FREEZERS }] },
	"GET /v1/snapshots/{snapshot}": { who: REPORTS, bad: [{ query: "?format=exe" }, { params: { snapshot: "x" } }] },
	"GET /v1/snapshots/{snapshot}/difference/{other}": { who: REPORTS, bad: [{ params: { other: "x" } }, { params: { snapshot: "x" } }] },
	"GET /v1/exports": { who: REPORTS, bad: [{ query: "?limit=x" }] },
	"POST /v1/exports": { who: OF_UNIT, json: {unit: "23059", period: "2026-07", format: "json"}, bad: [{ json: {unit: "23059", period: "2026-07", format: "exe"} }, { json: {unit: "23059", period: "2026-07", report: "x"} }] },
	"GET /v1/exports/{export}": { who: REPORTS, bad: [{ params: { export: "x" } }] },
	"GET /v1/exports/{export}/file": { who: REPORTS, bad: [{ params: { export: "x" } }] },
	"DELETE /v1/exports/{export}": { who: REPORTS, bad: [{ params: { export: "x" } }] },
	"GET /v1/account-changes": { who: READERS },
	"POST /v1/account-changes": { who: OPERATOR, json: {stall: "MALAM.A01", bank: "VCB", account_no: "99", account_holder: "A B", why: "x"} },
	"POST /v1/account-changes/{change}/approval": { who: OPERATOR, json: {} },
	"POST /v1/account-changes/{change}/cancellation": { who: OPERATOR, json: {why: "x"} },
	"GET /v1/users": { who: READERS },
	"POST /v1/users": { who: OPERATOR, json: {login: "moi", name: "Moi", role: "auditor"} },
	"DELETE /v1/users/{login}": { who: OPERATOR },
	"POST /v1/users/{login}/links": { who: OPERATOR, json: {} },
	"GET /v1/users/{login}/devices": { who: READERS },
	"DELETE /v1/users/{login}/devices/{device}": { who: OPERATOR },
	"POST /v1/stalls/{stall}/invites": { who: BOARD, json: {} },
	"GET /v1/stalls/{stall}/devices": { who: "owner manager auditor operator person" },
	"DELETE /v1/stalls/{stall}/devices/{device}": { who: "owner manager operator person" },
	"GET /v1/audit": { who: READERS },
	"GET /v1/print/stalls": { who: BOARD, query: "?market=MALAM", bad: [{ query: "?market=MALAM&issue=0" }, { query: "", who: "manager manager2 operator person" }] },
	"GET /v1/print/cards": { who: BOARD, query: "?market=MALAM", bad: [{ query: "?market=MALAM&size=A7" }, { query: "?market=MALAM&issue=0" }, { query: "", who: "manager manager2 operator person" }] },
	"GET /v1/print/inspector": { who: BOARD, query: "?market=MALAM", bad: [{ query: "?market=MALAM&issue=0" }, { query: "", who: "manager manager2 operator person" }] },
	"GET /v1/inspections": { who: "manager auditor operator person", query: "?market=MALAM", bad: [{ query: "", who: "manager manager2 auditor operator person" }] },
	"GET /openapi.json": { who: EVERYBODY },
	"GET /q/{reference}.png": { who: EVERYBODY },
	"GET /q/{reference}.svg": { who: EVERYBODY },
	"GET /image/{picture}.png": { who: EVERYBODY },
	"GET /pay/{reference}": { who: EVERYBODY },
	"GET /pay/{reference}/events": { who: EVERYBODY },
	"POST /pay/{reference}/receipt": { who: EVERYBODY, fields: {} },
	"GET /r/{token}": { who: EVERYBODY },
	"GET /r/{token}/code.svg": { who: EVERYBODY },
	"GET /receipt": { who: EVERYBODY },
	"GET /stall": { who: EVERYBODY },
	"GET /stall/sw.js": { who: EVERYBODY },
	"GET /stall/offline": { who: EVERYBODY },
	"GET /stall/events": { who: PHONES },
	"POST /stall/charges": { who: "owner other helper operator", fields: { amount: "1000"} },
	"POST /stall/charges/{reference}/cancel": { fields: {}, itself: true },
	"GET /stall/invite/{token}": { itself: true },
	"POST /stall/invite/{token}": { who: EVERYBODY, fields: {} },
	"POST /stall/leave": { itself: true },
	"GET /stall/devices": { who: OWNERS },
	"POST /stall/devices/{device}/revoke": { who: OWNERS, fields: {} },
	"GET /signin": { who: EVERYBODY },
	"GET /stall/history": { who: PHONES },
	"GET /stall/payments/{payment}": { who: PHONES },
	"POST /stall/payments/{payment}/given-back": { who: PHONES, fields: { amount: "1000", why: "x"} },
	"GET /stall/not-arrived": { who: PHONES },
	"POST /stall/not-arrived": { who: PHONES, fields: { amount: "1000", at: "00:00" } },
	"GET /stall/check": { who: PHONES },
	"POST /signin": { fields: {}, itself: true },
	"POST /signout": { fields: {}, itself: true },
	"GET /signin/invite/{token}": { who: EVERYBODY },
	"POST /signin/invite/{token}": { who: EVERYBODY, fields: {} },
	"GET /signin/invite/{token}/qr.svg": { who: EVERYBODY },
	"GET /signin/devices": { who: "person" },
	"POST /signin/devices/{device}/revoke": { who: "person", fields: {} },
	"GET /inspect": { who: "manager manager2 auditor operator person" },
	"GET /inspect/{market}": { who: "manager auditor operator person" },
	"GET /inspect/{market}/{stall}": { who: "manager auditor operator person", stall: "A01" },
	"POST /inspect/{market}/{stall}": { who: BOARD, stall: "A01", fields: {missing: "1"} },
	"GET /reports": { who: OF_UNIT, query: "?unit=23059&period=2026-07", bad: [{ query: "?unit=23059&period=2026-13" }, { query: "?unit=23059&format=exe" }] },
	"GET /operator": { who: READERS },
	"GET /operator/alarms": { who: READERS },
	"POST /operator/alarms/{alarm}": { who: OPERATOR, fields: {why: "x"} },
	"GET /operator/endpoints": { who: READERS },
	"POST /operator/endpoints": { who: OPERATOR, fields: {feed: "sepay", mode: "hmac", secret: "xxxxxxxxxxxxxxxxxxxxxxxx"} },
	"POST /operator/endpoints/{id}/rotate": { who: OPERATOR, fields: {secret: "xxxxxxxxxxxxxxxxxxxxxxxx"} },
	"POST /operator/endpoints/{id}/revoke": { who: OPERATOR, fields: {} },
	"GET /operator/suspense": { who: READERS },
	"GET /operator/claims": { who: READERS },
	"POST /operator/claims/{alarm}": { who: OPERATOR, fields: {why: "x"} },
	"GET /operator/suspense/{transfer}": { who: READERS },
	"POST /operator/suspense/{transfer}": { who: OPERATOR, fields: {outcome: "not_ours", why: "x"} },
	"GET /operator/reconciliations": { who: READERS },
	"POST /operator/reconciliations": { who: OPERATOR, fields: {} },
	"GET /operator/reconciliations/{reconciliation}": { who: READERS },
	"GET /operator/deliveries": { who: READERS },
	"POST /operator/deliveries": { who: OPERATOR, fields: {url: "https://pos.example.com/"} },
	"GET /operator/deliveries/{receiver}": { who: READERS },
	"POST /operator/deliveries/{receiver}/rotate": { who: OPERATOR, fields: {} },
	"POST /operator/deliveries/{receiver}/disable": { who: OPERATOR, fields: {} },
	"POST /operator/deliveries/{receiver}/enable": { who: OPERATOR, fields: {} },
	"POST /operator/deliveries/{receiver}/remove": { who: OPERATOR, fields: {} },
	"POST /operator/deliveries/{receiver}/redeliver": { who: OPERATOR, fields: {} },
	"GET /operator/flags": { who: READERS },
	"POST /operator/flags": { who: OPERATOR, fields: {stall: "A01", rule: "R1", subject: "7", why: "x"} },
	"GET /operator/audit": { who: READERS },
	"GET /operator/registry": { who: "manager manager2 reader auditor operator person" },
	"POST /operator/registry/files": { who: OPERATOR, raw: { body: "x", headers: { "Content-Type": "text/csv" } } },
	"GET /operator/registry/files/{file}": { who: READERS },
	"POST /operator/registry/files/{file}/enter": { who: OPERATOR, fields: {} },
	"POST /operator/registry/files/{file}/undo": { who: OPERATOR, fields: {} },
	"POST /operator/registry/files/{file}/drop": { who: OPERATOR, fields: {} },
	"GET /operator/accounts": { who: READERS },
	"POST /operator/accounts": { who: OPERATOR, fields: {} },
	"POST /operator/accounts/{change}/approve": { who: OPERATOR, fields: {} },
	"POST /operator/accounts/{change}/cancel": { who: OPERATOR, fields: {} },
	"GET /operator/people": { who: READERS },
	"POST /operator/people": { who: OPERATOR, fields: { login: "hai", name: "Hai", role: "auditor" } },
	"GET /operator/people/{login}": { who: READERS },
	"POST /operator/people/{login}/link": { who: OPERATOR, fields: {} },
	"POST /operator/people/{login}/revoke": { who: OPERATOR, fields: {} },
	"POST /operator/people/{login}/devices/{device}": { who: OPERATOR, fields: {} },
	"POST /operator/keys/{id}/revoke": { who: OPERATOR, fields: {} },
	"GET /operator/stalls/{stall}": { who: "owner manager auditor operator person" },
	"POST /operator/stalls/{stall}/invites": { who: BOARD, fields: {} },
	"POST /operator/stalls/{stall}/devices/{device}": { who: "owner manager operator person", fields: {} },
	"GET /reports/today": { who: REPORTS },
	"GET /reports/ranking": { who: REPORTS, query: "?unit=23059&period=2026-07" },
	"GET /reports/work": { who: OF_UNIT, query: "?unit=23059&period=2026-07", bad: [{ query: "?unit=23059&period=2026-07&calendar=x" }] },
	"GET /reports/snapshots": { who: REPORTS },
	"POST /reports/snapshots": { who: FREEZERS, fields: {unit: "23059", period: "2026-07"}, bad: [{ fields: {unit: "23059", period: "x"} }, { fields: {snapshot: "x"}, who: SOME_FREEZERS }] },
	"GET /reports/difference": { who: EVERYBODY },
	"GET /reports/exports": { who: REPORTS },
	"POST /reports/exports": { who: OF_UNIT, fields: {unit: "23059", period: "2026-07", format: "json"}, bad: [{ fields: {unit: "23059", period: "2026-07", format: "exe"} }] },
	"GET /reports/exports/{export}/file": { who: REPORTS },
	"POST /reports/exports/{export}/cancel": { who: REPORTS, fields: {} },
	"GET /": { itself: true },
	"GET /static/{folder}/{file}": { who: EVERYBODY },
	"GET /favicon.ico": { who: EVERYBODY },
	"GET /dev-ca.crt": { who: EVERYBODY },
	"GET /healthz": { who: EVERYBODY },
	"GET /readyz": { who: EVERYBODY },
};

const form = (fields) => ({
	body: new URLSearchParams(fields).toString(),
	headers: { "Content-Type": "application/x-www-form-urlencoded" },
});

function routesOfTable() {
	const table = readFileSync(join(root, "gateway/api/routes.c"), "utf8");
	const rows = [...table.matchAll(/\{\s*"([A-Z]+)",\s*"([^"]+)",[^;]*?(true|false)\}/g)];
	return rows.map(([, method, path, local]) => ({ name: `${method} ${path}`, method, path, local: local === "true" }));
}

/* Did the gate open?  What lies behind it may still find the request wanting. */
function isOpen(answer, hides) {
	if (answer.status === 401 || answer.status === 403 || (hides && answer.status === 404)) return false;
	const to = answer.headers.location ?? "";
	/* Who may not open a page is shown where to sign in, or how a stall opens. */
	return !(answer.status === 303 && (/^\/signin(\?|$)/.test(to) || to === "/stall"));
}

test("every route has a row, and every row a route", () => {
	const routes = routesOfTable();
	assert.ok(routes.length > 100);
	assert.deepEqual(
		routes.filter((route) => !route.local).map((route) => route.name).sort(),
		Object.keys(TABLE).sort(),
	);
});

test("each role at each route", async (t) => {
	const { market, gateway } = await openMarket(t);
	await market.must("registry", "import", market.file("second.csv", SECOND_MARKET));
	const signIn = async (stall, ...more) => ({
		headers: { Cookie: await gateway.signIn(await market.must("stall", "invite", "--stall", stall, ...more)) },
	});
	const withKey = async (role) => ({ key: await market.newKey(role, role) });
	const shows = {
		anyone: { key: null },
		owner: await signIn("A01"),
		other: await signIn("B02"),
		helper: await signIn("A01", "--helper"),
		official: await withKey("official:23059"),
		official2: await withKey("official:02155"),
		manager: await withKey("manager:MALAM"),
		manager2: await withKey("manager:KHAC"),
		reader: await withKey("reader"),
		auditor: await withKey("auditor"),
		operator: await withKey("operator"),
	};
	const person = await Person.add(market, gateway, "lan", "operator");
	shows.person = { headers: { Cookie: person.cookie } };
	const charge = await gateway.askCharge("A01", 5000);
	const params = {
		stall: "MALAM.A01",
		market: "MALAM",
		reference: charge.reference,
		register: "calendar",
		login: "nobody",
		feed: "sepay",
		endpoint: "none",
		folder: "shared",
		file: "base.css",
		picture: "970436-1-compact",
		token: "none",
	};
	const wrong = [];
	for (const route of routesOfTable().filter((one) => !one.local)) {
		const { who, query = "", json, fields, raw, stall, hides, itself, bad = [] } = TABLE[route.name] ?? {};
		if (itself) continue;
		const pathOf = (own) => route.path.replace(/\{(\w+)\}/g, (_, name) =>
			encodeURIComponent(name === "stall" && stall ? stall : (own[name] ?? params[name] ?? "7")),
		);
		const path = pathOf({});
		const sentOf = ({ json, fields, raw }) =>
			json !== undefined ? { body: json } : fields !== undefined ? form(fields) : raw ?? {};
		const sent = sentOf({ json, fields, raw });
		const opens = async (path, sent, refused) => {
			const open = [];
			for (const role of ROLES) {
				const shown = shows[role];
				const headers = { ...sent.headers, ...shown.headers };
				const answer = await askOnce(gateway, route.method, path, { ...sent, ...shown, headers });
				if (isOpen(answer, hides) && (!refused || [400, 404].includes(answer.status))) open.push(role);
			}
			return open.join(" ");
		};
		const open = await opens(path + query, sent, false);
		if (open !== who) wrong.push({ route: route.name, open, who });
		for (const one of bad) {
			const told = await opens(pathOf(one.params ?? {}) + (one.query ?? ""), sentOf(one), true);
			if (told !== (one.who ?? who)) wrong.push({ route: route.name, who, ...one, told });
		}
		/* What changes something is not taken from another site's page, whoever's cookie it has. */
		if (route.method === "GET" || route.path.startsWith("/webhooks/")) continue;
		for (const role of ["person", "owner"]) {
			const headers = { ...sent.headers, ...shows[role].headers, "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" };
			const answer = await askOnce(gateway, route.method, path + query, { ...sent, key: null, headers });
			const to = answer.headers.location ?? "";
			const refused = answer.status >= 400 || /^\/(signin|stall)(\?|$)/.test(to);
			if (!refused && !isPublic(who)) wrong.push({ route: route.name, role, crossSite: answer.status, to });
		}
	}
	assert.deepEqual(wrong, []);
});

/* A buyer asks for a receipt, a link is opened: nobody's right is used. */
const isPublic = (who) => who === EVERYBODY;

/* Event streams stay open: their head is the answer. */
async function askOnce(gateway, method, path, options) {
	if (!path.endsWith("/events")) return gateway.request(method, path, options);
	const stream = await gateway.events(path, { headers: { ...options.headers, ...(options.key ? { Authorization: `Bearer ${options.key}` } : {}) } });
	stream.close();
	/* 204 tells a page to stop trying: it is how a stream says no. */
	return { status: stream.status === 204 ? 403 : stream.status, headers: stream.headers };
}
