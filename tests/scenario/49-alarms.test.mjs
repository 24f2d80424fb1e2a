/* Alarms of what does not happen: a stall or a feed that falls silent, a disk, a certificate; each
 * raised once, and closed by a person with a word why. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { HMAC_SECRET, Market, waitFor } from "../support/chopay.mjs";
import { clock } from "../support/faults.mjs";
import { Bank } from "../support/sepay.mjs";

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
const VIETNAM_MS = 7 * HOUR_MS;
const STALLS = 6;
const DAYS = 10;
const BUSY = [6, 7, 8, 9];
const HEADER =
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone," +
	"bank_bin,account_no,account_holder,open_date,close_date\n";

function register() {
	const rows = Array.from({ length: STALLS }, (_, n) => {
		const code = `A0${n + 1}`;
		return `MALAM,Chợ Ma Lâm,23059,${code},Sạp ${code},stall,rau,Người ${n},09900000${n}0,970422,88000000000${n},NGUOI ${n},2024-01-15,\n`;
	});
	return HEADER + rows.join("");
}

const TODAY = Math.floor((Date.now() + VIETNAM_MS) / DAY_MS);

/* Midnight in Vietnam, `days` from the day of the story. */
function midnight(days) {
	return (TODAY + days) * DAY_MS - VIETNAM_MS;
}

/* A market whose clock is moved: `at(ms)` sets it. */
async function open(t, options = {}) {
	const market = new Market(t);
	await market.must("registry", "import", market.file("stalls.csv", register()));
	const stalls = await market.stalls();
	const endpoint = await market.newEndpoint();
	const shim = clock(market);
	/* In one step: a file that is empty for a moment is the clock of today for a moment. */
	const at = (ms) => {
		writeFileSync(market.file("clock-next"), String(Math.round((ms - Date.now()) / 1000)));
		renameSync(market.file("clock-next"), market.file("clock-offset"));
	};
	at(options.startMs ?? Date.now());
	const gateway = await market.serve({ tls: false, ...shim, ...options });
	gateway.nowMs = () => nowMs;
	let nowMs = options.startMs ?? Date.now();
	gateway.key = await market.newKey("operator", "Chị Thu");
	const bank = new Bank(gateway, endpoint, HMAC_SECRET);
	return {
		market,
		stalls,
		gateway,
		bank,
		endpoint,
		go(ms) {
			nowMs = ms;
			at(ms);
		},
		/* The same, when the days before have been folded, as they are where a day is a day. */
		async goWhenFolded(ms) {
			const month = new Date(ms + VIETNAM_MS).toISOString().slice(0, 7);
			const report = await gateway.get(`/v1/reports/adoption?unit=23059&period=${month}`);
			assert.equal(report.status, 200, report.text);
			this.go(ms);
		},
		alarms: (query = "") => gateway.all(`/v1/alarms${query}`, "alarms"),
		raised: (kind) =>
			waitFor(`the alarm ${kind}`, async () => {
				const alarms = await gateway.all(`/v1/alarms?kind=${kind}`, "alarms");
				return alarms.length > 0 && alarms;
			}),
	};
}

/* A payment of nobody in particular, of the hour. */
async function sell(town, code, atMs) {
	const stall = town.stalls[code];
	await town.bank.pay({ account: stall.account_no, amount: 20_000, note: stall.reference, atMs });
}

async function aMorning(town, day, { without = [], hours = BUSY } = {}) {
	for (const hour of hours) {
		town.go(midnight(day) + hour * HOUR_MS + 600_000);
		for (const code of Object.keys(town.stalls))
			if (!without.includes(code)) await sell(town, code, midnight(day) + hour * HOUR_MS + 300_000);
	}
}

test("a stall that falls silent while its neighbours sell, and a sticker that may be swapped", async (t) => {
	const town = await open(t, { startMs: midnight(-DAYS) });
	for (let day = -DAYS; day < -1; day++) await aMorning(town, day);
	await aMorning(town, -1, { without: ["A03"] });
	await town.goWhenFolded(midnight(-1) + 10 * HOUR_MS + 1200_000);
	const silent = await town.raised("silent_stall");
	assert.deepEqual(
		silent.map(({ subject, detail }) => [subject, detail]),
		[[town.stalls.A03.reference, "stall=MALAM.A03 hours=6,7,8,9 days=0"]],
	);
	assert.deepEqual(await town.alarms("?kind=sticker_swap"), [], "four hours are no proof");
	assert.deepEqual(await town.alarms("?kind=silent_feed"), [], "the others were told of");

	await t.test("the next day it goes on: the sticker is suspected, the silence not told twice", async () => {
		await aMorning(town, 0, { without: ["A03"] });
		await town.goWhenFolded(midnight(0) + 10 * HOUR_MS + 1200_000);
		const swaps = await town.raised("sticker_swap");
		assert.deepEqual(
			swaps.map(({ subject, detail }) => [subject, detail]),
			[[town.stalls.A03.reference, "stall=MALAM.A03 hours=6,7,8,9 days=1"]],
		);
	});

	await t.test("closed by a person with a word why, it stays closed while it goes on", async () => {
		const open = await town.alarms("?state=open");
		for (const { id } of open) {
			const path = `/v1/alarms/${id}/closing`;
			assert.equal((await town.gateway.post(path, { why: " " })).status, 400);
			const other = await town.gateway.post(path, { why: "x", person: "Anh Ba" });
			assert.equal(other.status, 403, "a key acts as its own person");
			const answer = await town.gateway.post(path, { why: "đã ra sạp: chủ ốm" });
			assert.equal(answer.status, 200, answer.text);
			assert.equal(answer.json.closed_by, "Chị Thu");
			assert.equal((await town.gateway.post(path, { why: "again" })).status, 409);
		}
		assert.deepEqual(await town.alarms("?state=open"), []);
		const audit = await town.gateway.all("/v1/audit", "audit");
		const closings = audit.filter(({ what }) => what === "alarm");
		assert.equal(closings.length, open.length);
		assert.ok(closings.every(({ who, detail }) => who === "Chị Thu" && detail === "đã ra sạp: chủ ốm"));
	});

	await t.test("paid again, and silent again: that is news", async () => {
		const before = (await town.alarms("?kind=silent_stall")).length;
		town.go(midnight(0) + 12 * HOUR_MS + 60_000);
		await sell(town, "A03", midnight(0) + 12 * HOUR_MS);
		await waitFor("the silence to be over", () =>
			town.market.rows("SELECT count(*) AS n FROM watched WHERE kind = 'silent_stall'")[0].n === 0,
		);
		assert.deepEqual(await town.alarms("?state=open"), [], "looked at again, and not told twice");
		await aMorning(town, 1, { without: ["A03"] });
		await town.goWhenFolded(midnight(1) + 10 * HOUR_MS + 1200_000);
		await waitFor("a new alarm", async () =>
			(await town.alarms("?kind=silent_stall")).length > before,
		);
	});
	assert.equal((await town.market.ledger()).ok, true);
});

test("a feed that falls silent is one alarm, and no stall is blamed", async (t) => {
	const town = await open(t, { startMs: midnight(-DAYS) });
	for (let day = -DAYS; day < 0; day++) await aMorning(town, day);
	await town.goWhenFolded(midnight(0) + 9 * HOUR_MS);
	const [alarm, ...more] = await town.raised("silent_feed");
	assert.deepEqual(more, []);
	assert.equal(alarm.subject, town.endpoint.split("/").pop());
	assert.match(alarm.detail, /^feed=sepay hours=6,7,8 last=\d{4}-\d\d-\d\dT09:\d\d:\d\d\+07:00$/);
	assert.deepEqual(await town.alarms("?kind=silent_stall"), []);
	assert.deepEqual(await town.alarms("?kind=sticker_swap"), []);
});

test("a disk that is nearly full, and a certificate that ends", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	const gateway = await market.serve({ args: ["--disk-alarm-percent", "100"] });
	gateway.key = await market.newKey();
	const kinds = async (of) => (await of.all("/v1/alarms", "alarms")).map(({ kind }) => kind);
	await waitFor("the disk's alarm", async () => (await kinds(gateway)).includes("disk_nearly_full"));
	assert.deepEqual(await kinds(gateway), ["disk_nearly_full"]);
	await gateway.stop();

	const { certFile } = market.certificates;
	const until = Date.parse(new X509Certificate(readFileSync(certFile)).validTo);
	const soon = Math.floor((until - 20 * DAY_MS) / 1000);
	const later = await market.serve({ clockAt: soon, args: ["--disk-alarm-percent", "1"] });
	later.key = gateway.key;
	const alarms = await waitFor("the certificate's alarm", async () => {
		const found = await later.all("/v1/alarms?kind=certificate_expiry", "alarms");
		return found.length > 0 && found;
	});
	assert.equal(alarms.length, 1);
	assert.equal(alarms[0].subject, "server");
	assert.match(alarms[0].detail, /^until=.* file=.*server\.pem$/);
});
