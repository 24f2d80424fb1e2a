/* Reports that officials sign: every form, frozen and revised, the same bytes for ever; exports that outlive
 * a kill; who looked is written down. */
import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { fixtures, openMarket, run, tool, waitFor } from "../support/chopay.mjs";

const NOON = Date.parse("2026-08-05T12:00:00+07:00");
const JULY = ["--unit", "23059", "--period", "2026-07"];
const FORMS = ["json", "csv", "xlsx", "docx", "pdf", "txt", "png"];
const ED25519_DER = "302a300506032b6570032100"; // of a raw public key of 32 bytes

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/* The small market on 5 August; July has payments of each stall that is open. */
async function openJuly(t) {
	const opened = await openMarket(t, { clockAt: NOON / 1000 });
	const { stalls, bank, market } = opened;
	let last = 50_000_000;
	const pay = (stall, day, amount = 20_000 + last % 1_000) =>
		bank.pay({
			id: ++last,
			account: stalls[stall].account_no,
			note: `${stalls[stall].reference} mua hang`,
			amount,
			atMs: Date.parse(`2026-07-${String(day).padStart(2, "0")}T08:${last % 50 + 10}:00+07:00`),
		});
	for (let day = 1; day <= 12; day++)
		for (const stall of ["A01", "A02"]) await pay(stall, day);

	/* Of a command: bytes in a file. */
	const fetch = async (name, ...args) => {
		const file = market.file(name);
		await market.must("report", ...args, "-o", file);
		return readFileSync(file);
	};
	const report = async (...args) => JSON.parse(await market.must("report", "adoption", ...args));
	const freeze = async (...args) =>
		JSON.parse(await market.must("report", "snapshot", "--json", "--person", "Nguyễn Thị Huệ", ...args));
	return { ...opened, pay, fetch, report, freeze };
}

test("a report in every form, with one set of totals", async (t) => {
	const { market, gateway, fetch, report } = await openJuly(t);
	const json = await report(...JULY);
	assert.equal(json.figures.payments, 24);
	assert.equal(json.name, "Xã Hàm Thuận");

	const bytes = {};
	for (const form of FORMS) bytes[form] = await fetch(`july.${form}`, "adoption", ...JULY, "--format", form);
	assert.equal(JSON.parse(bytes.json).figures.payments, 24);
	assert.match(bytes.csv.toString(), /,V1,[^,]*,[^,]*,24,count,/);
	assert.match(bytes.txt.toString(), /xã Hàm Thuận/);
	assert.equal(bytes.xlsx.subarray(0, 2).toString(), "PK");
	assert.equal(bytes.docx.subarray(0, 2).toString(), "PK");
	assert.equal(bytes.png.subarray(1, 4).toString(), "PNG");
	assert.match(tool("pdftotext", [market.file("july.pdf"), "-"]), /Hàm Thuận/);
	assert.match((await fetch("en.txt", "adoption", ...JULY, "--format", "txt", "--lang", "en")).toString(), /July 2026/i);

	await t.test("the same over HTTP", async () => {
		for (const form of FORMS) {
			const answer = await gateway.get(`/v1/reports/adoption?unit=23059&period=2026-07&format=${form}`);
			assert.equal(answer.status, 200, answer.text);
			assert.ok(answer.bytes.length > 100, form);
		}
	});
	await t.test("the ranking, and the work list", async () => {
		const rank = JSON.parse(await market.must("report", "rank", "--level", "commune", "--unit", "68", "--period", "2026-07"));
		assert.deepEqual(rank.rows.map((row) => row.code), ["23059"]);
		assert.equal(rank.rows[0].figures.payments, 24);
		const work = await market.must("report", "work", "--market", "MALAM", "--period", "2026-07", "--format", "csv");
		assert.ok(work.split("\n").length > 1, work);
		await fetch("w.xlsx", "work", "--market", "MALAM", "--period", "2026-07", "--format", "xlsx");
		assert.equal(tool("unzip", ["-Z1", market.file("w.xlsx")]).match(/worksheets\/sheet/g).length, 1);
		assert.equal((await fetch("w.pdf", "work", "--market", "MALAM", "--period", "2026-07", "--format", "pdf")).subarray(0, 5).toString(), "%PDF-");
	});
});

test("what cannot be reported is refused, with what to do", async (t) => {
	const { market, freeze } = await openJuly(t);
	const rows = [
		[64, /unit, a market or a former/, "adoption", "--period", "2026-07"],
		[64, /one of unit, market/, "adoption", ...JULY, "--market", "MALAM"],
		[64, /period "2026-13"/, "adoption", "--unit", "23059", "--period", "2026-13"],
		[64, /period ""/, "adoption", "--unit", "23059"],
		[64, /format "exe"/, "adoption", ...JULY, "--format", "exe"],
		[64, /calendar "lunar"/, "adoption", ...JULY, "--calendar", "lunar"],
		[64, /boundary "old"/, "adoption", ...JULY, "--boundary", "old"],
		[64, /audience "all"/, "adoption", ...JULY, "--audience", "all"],
		[64, /lang "fr"/, "adoption", ...JULY, "--lang", "fr"],
		[64, /level ""/, "rank", "--unit", "68", "--period", "2026-07"],
		[64, /json or csv, of a ranking/, "rank", "--level", "commune", "--period", "2026-07", "--format", "pdf"],
		[64, /of a work list/, "work", ...JULY, "--format", "png"],
		[64, /unknown option --level/, "adoption", ...JULY, "--level", "commune"],
		[64, /who freezes it/, "snapshot", ...JULY],
		[64, /list, show ID, diff/, "snapshot", "burn", "1"],
		[64, /snapshot "x"/, "snapshot", "show", "x"],
		[65, /99999/, "adoption", "--unit", "99999", "--period", "2026-07"],
		[65, /--former 597/, "adoption", "--unit", "597", "--period", "2026-07"],
		[65, /NOPE/, "adoption", "--market", "NOPE", "--period", "2026-07"],
		[65, /after the cut-off/, "adoption", "--unit", "23059", "--period", "2026-10"],
		[65, /no snapshot/, "snapshot", "show", "7"],
		[65, /./, "snapshot", "diff", "7", "8"],
		[65, /name of 1 to 100/, "snapshot", ...JULY, "--person", " "],
		[73, /cannot write/, "adoption", ...JULY, "-o", "/nowhere/x.json"],
	];
	for (const [status, says, ...args] of rows) {
		const done = await market.run("report", ...args);
		assert.equal(done.status, status, `${args.join(" ")}: ${done.stderr}`);
		assert.match(done.stderr, says);
		assert.equal(done.stdout, "");
	}
	const early = await freeze("--unit", "23059", "--period", "2026-08");
	assert.equal(early.snapshot.status, "provisional");
});

test("frozen, revised, and the same to the byte whoever makes it", async (t) => {
	const { market, gateway, pay, fetch, freeze } = await openJuly(t);
	const first = await freeze(...JULY);
	assert.equal(first.unchanged, false);
	assert.equal(first.snapshot.revision, 0);
	const again = await freeze(...JULY);
	assert.equal(again.unchanged, true);
	assert.equal(again.snapshot.id, first.snapshot.id);

	const show = (form, name = `s.${form}`) => fetch(name, "snapshot", "show", first.snapshot.id, "--format", form);
	const before = {};
	for (const form of FORMS) before[form] = await show(form);

	await t.test("a late webhook makes the next revision, with what it changed", async () => {
		await pay("A01", 3, 77_000);
		const second = await freeze(...JULY);
		assert.equal(second.snapshot.revision, 1);
		const v1 = second.difference.find((one) => one.code === "23059" && one.indicator === "V1");
		assert.deepEqual([v1.before.value, v1.after.value], [24, 25]);
		const diff = JSON.parse(await market.must("report", "snapshot", "diff", "--json", first.snapshot.id, second.snapshot.id));
		assert.deepEqual(diff.difference, second.difference);
		assert.match(await market.must("report", "snapshot", "diff", first.snapshot.id, second.snapshot.id), /V1: 24 -> 25/);
		const list = await market.lines("report", "snapshot", "list", "--json");
		assert.deepEqual(list.map((one) => one.revision), [1, 0]);
		assert.equal(JSON.parse(await show("json", "r0.json")).figures.payments, 24);
	});

	await t.test("its signature holds outside", async () => {
		const about = (await gateway.get(`/v1/snapshots/${first.snapshot.id}`)).json;
		assert.equal(sha256(about.report), about.sha256);
		const key = createPublicKey({ key: Buffer.from(ED25519_DER + about.public_key, "hex"), format: "der", type: "spki" });
		assert.ok(verify(null, Buffer.from(about.sha256, "hex"), key, Buffer.from(about.signature, "base64")));
		const file = JSON.parse(before.json);
		assert.deepEqual(file.snapshot, { id: first.snapshot.id, revision: 0, sha256: about.sha256 });
	});

	await t.test("what a caller has is not sent again", async () => {
		const path = `/v1/snapshots/${first.snapshot.id}?format=pdf`;
		const { etag } = (await gateway.get(path)).headers;
		assert.equal((await gateway.get(path, { headers: { "If-None-Match": etag } })).status, 304);
		assert.equal((await gateway.get(path, { headers: { "If-None-Match": '"x"' } })).status, 200);
	});

	await t.test("after a restart, and by another process with another clock and zone", async () => {
		await gateway.stop();
		for (const TZ of ["America/New_York", "Asia/Tokyo"]) {
			for (const form of FORMS) {
				const file = market.file(`again.${form}`);
				const done = await run(
					["report", "snapshot", "show", first.snapshot.id, "--format", form, "-o", file, ...market.where],
					{ env: { TZ, LC_ALL: "C", LANG: "C" } },
				);
				assert.equal(done.status, 0, done.stderr);
				assert.equal(sha256(readFileSync(file)), sha256(before[form]), `${form} ${TZ}`);
			}
		}
		assert.match(await market.must("report", "snapshot", "verify"), /^2 snapshots, 0 not/);
	});

	await t.test("a report changed behind the gateway's back is named", async () => {
		market.sql(`UPDATE snapshot SET sha256 = signature WHERE revision = 0`);
		const checked = await market.run("report", "snapshot", "verify");
		assert.equal(checked.status, 65);
		assert.match(checked.stderr, new RegExp(first.snapshot.id));
		assert.equal((await market.ledger()).status, 65);
	});
});

test("a revision shows no money that tells, by subtraction, what changed at fewer than five stalls", async (t) => {
	const { market, gateway, bank } = await openMarket(t, { clockAt: NOON / 1000 });
	const [head] = readFileSync(join(fixtures, "market-small.csv"), "utf8").split("\n");
	const stalls = Array.from({ length: 7 }, (_, n) => 8800000000100 + n);
	const rows = stalls.map(
		(account, n) =>
			`HOA,Chợ Hoa,23059,H${n},Hoa ${n},stall,hoa,Hoa Thị ${n},099000010${n},970422,${account},HOA ${n},2024-01-15,`,
	);
	await market.must("registry", "import", market.file("hoa.csv", [head, ...rows, ""].join("\n")));
	const { H0 } = await market.stalls();
	assert.equal(H0.account_no, String(stalls[0]));
	let last = 60_000_000;
	const pay = (account, day, amount) =>
		bank.pay({
			id: ++last,
			account: String(account),
			note: "mua hoa",
			amount,
			atMs: Date.parse(`2026-07-${String(day).padStart(2, "0")}T08:10:${last % 50 + 10}+07:00`),
		});
	for (const day of [3, 20]) for (const account of stalls) await pay(account, day, 50_000);

	const asks = { market: ["--market", "HOA"], unit: ["--unit", "23059"], board: ["--market", "HOA", "--audience", "board"] };
	/* Of each, frozen now: its number, and the money that its own figures and its rows have. */
	const freezeAll = async () => {
		const all = {};
		for (const [name, words] of Object.entries(asks)) {
			const made = JSON.parse(
				await market.must("report", "snapshot", "--json", "--person", "Nguyễn Thị Huệ", ...words, "--period", "2026-07"),
			);
			const about = (await gateway.get(`/v1/snapshots/${made.snapshot.id}`)).json;
			const { figures, rows } = JSON.parse(about.report);
			const hoa = rows.find((row) => row.code === "HOA");
			all[name] = [made.snapshot.revision, ...[figures, ...(hoa ? [hoa.figures] : [])].map((one) => one.value)];
			if (figures.value === null) assert.ok(figures.withheld && figures.median === null && figures.turnover_withheld);
		}
		return all;
	};
	const first = 14 * 50_000;
	assert.deepEqual(await freezeAll(), { market: [0, first], unit: [0, first, first], board: [0, first] });

	await t.test("one late webhook", async () => {
		await pay(stalls[0], 4, 61_000);
		const now = first + 61_000;
		assert.deepEqual(await freezeAll(), { market: [1, null], unit: [1, null, null], board: [1, now] });
	});
	await t.test("once more with nothing new: the same revision", async () => {
		const again = await freezeAll();
		assert.deepEqual([again.market, again.unit], [[1, null], [1, null, null]]);
	});
	await t.test("four stalls, one of them often: the revision without money is not what it is held beside", async () => {
		for (const account of stalls.slice(0, 4)) await pay(account, 5, 62_000);
		const now = first + 61_000 + 4 * 62_000;
		assert.deepEqual(await freezeAll(), { market: [2, null], unit: [2, null, null], board: [2, now] });
	});
	await t.test("the fifth", async () => {
		await pay(stalls[4], 6, 63_000);
		const now = first + 61_000 + 4 * 62_000 + 63_000;
		assert.deepEqual(await freezeAll(), { market: [3, now], unit: [3, now, now], board: [3, now] });
	});
});

test("exports: watched, cancelled, begun again after a kill", async (t) => {
	const { market, gateway, freeze } = await openJuly(t);
	const { id: snapshot } = (await freeze(...JULY)).snapshot;
	const body = { snapshot, format: "xlsx" };
	const asked = await gateway.post("/v1/exports", body);
	assert.equal(asked.status, 202, asked.text);
	assert.equal(asked.headers.location, `/v1/exports/${asked.json.id}`);
	const state = async (at, id) => (await at.get(`/v1/exports/${id}`)).json.state;
	await waitFor("the export", async () => (await state(gateway, asked.json.id)) === "done");
	const made = await gateway.get(`/v1/exports/${asked.json.id}/file`);
	assert.equal(made.bytes.subarray(0, 2).toString(), "PK");
	assert.match(made.headers["content-disposition"], /filename="chopay-adoption-\d+\.xlsx"/);
	assert.ok(made.bytes.equals((await gateway.get(`/v1/snapshots/${snapshot}?format=xlsx`)).bytes));
	const live = (await gateway.post("/v1/exports", { unit: "23059", period: "2026-07", format: "txt" })).json;
	await waitFor("the report as it is now", async () => (await state(gateway, live.id)) === "done");
	assert.match((await gateway.get(`/v1/exports/${live.id}/file`)).text, /xã Hàm Thuận/);
	const folder = join(market.data, "exports");
	assert.deepEqual(readdirSync(folder).sort(), [asked.json.id, live.id].sort());

	await t.test("one that fails says why, to whoever looks in their language", async () => {
		const failed = (await gateway.post("/v1/exports", { unit: "99999", period: "2026-07", format: "txt" })).json;
		await waitFor("it to fail", async () => (await state(gateway, failed.id)) === "failed");
		const { error } = (await gateway.get(`/v1/exports/${failed.id}`)).json;
		assert.match(error, /^không có đơn vị .* 99999 \(no unit has the code 99999\)$/);
		const page = async (lang) => (await gateway.get(`/reports/exports?lang=${lang}`, { key: gateway.key })).text;
		const [vi, en] = [await page("vi"), await page("en")];
		assert.match(vi, /Không lập được: không có đơn vị hành chính nào mang mã 99999</);
		assert.match(en, /Failed: no unit has the code 99999</);
		/* What only programs were told is not for people. */
		market.sql(`UPDATE export SET error = 'database disk image is malformed' WHERE id = ${failed.id}`);
		assert.match(await page("vi"), /Không lập được: hệ thống gặp lỗi/);
		assert.doesNotMatch(await page("en"), /malformed/);
	});

	await t.test("one that is cancelled leaves no file", async () => {
		const other = (await gateway.post("/v1/exports", body)).json;
		assert.equal((await gateway.request("DELETE", `/v1/exports/${other.id}`)).json.state, "cancelled");
		const third = (await gateway.post("/v1/exports", body)).json;
		await waitFor("the third", async () => (await state(gateway, third.id)) === "done");
		assert.equal(await state(gateway, other.id), "cancelled");
		assert.ok(!existsSync(join(folder, other.id)));
		assert.equal((await gateway.get(`/v1/exports/${other.id}/file`)).status, 409);
	});

	await t.test("one that ran when its process was killed", async (t) => {
		const killed = (await gateway.post("/v1/exports", body)).json;
		await gateway.kill();
		/* As the kill may have found it: taken, its file half there. */
		market.sql(`UPDATE export SET state = 'running', done = 1, total = 2 WHERE id = ${killed.id}`);
		market.file(`data/exports/${killed.id}.new`, "half");
		const next = await market.serve({ clockAt: NOON / 1000 });
		next.key = gateway.key;
		await waitFor("the killed one", async () => (await state(next, killed.id)) === "done");
		const file = await next.get(`/v1/exports/${killed.id}/file`);
		assert.equal(sha256(file.bytes), sha256(made.bytes));
		assert.ok(!existsSync(join(folder, `${killed.id}.new`)));
		await t.test("and they are gone after seven days", async () => {
			await next.stop();
			const later = await market.serve({ clockAt: NOON / 1000 + 8 * 86_400 });
			later.key = gateway.key;
			await waitFor("them to go", async () => (await later.get("/v1/exports")).json.exports.length === 0);
			await waitFor("their files to go", () => readdirSync(folder).length === 0);
		});
	});
});

test("who sees what, and who saw it", async (t) => {
	const { market, gateway, freeze } = await openJuly(t);
	const officialKey = await market.newKey("official:23059", "Trần Văn Xã");
	const elsewhere = await market.newKey("official:48", "Lê Thị Khác");
	const province = await market.newKey("official:68", "Phạm Văn Tỉnh");
	assert.notEqual((await market.run("key", "add", "--name", "x", "--role", "official:99999")).status, 0);
	const see = async (key, query) => (await gateway.get(`/v1/reports/adoption?period=2026-07&${query}`, { key })).status;
	for (const [status, key, query] of [
		[200, officialKey, "unit=23059"],
		[200, officialKey, "market=MALAM"],
		[403, officialKey, "unit=68"],
		[200, officialKey, "former=23083"],
		[403, officialKey, "former=597"],
		[200, province, "former=597"],
		[403, elsewhere, "former=597"],
		[403, officialKey, "unit=23059&audience=board"],
		[403, elsewhere, "unit=23059"],
		[403, elsewhere, "market=MALAM"],
		[401, null, "unit=23059"],
		[400, officialKey, "unit=23059&calender=nd09"],
		[400, officialKey, "unit=23059%00"],
		[400, officialKey, "unit=230%0A59"],
		[400, officialKey, "market=MALAM%00"],
		[400, officialKey, "unit=23059&unit=68"],
	])
		assert.equal(await see(key, query), status, query);
	const frozen = await gateway.post("/v1/snapshots", { unit: "23059", period: "2026-07" }, { key: officialKey });
	assert.equal(frozen.status, 201, frozen.text);
	assert.equal(frozen.json.snapshot.person, "Trần Văn Xã");
	const board = await freeze(...JULY, "--audience", "board");
	const path = (id) => `/v1/snapshots/${id}`;
	assert.equal((await gateway.get(path(board.snapshot.id), { key: officialKey })).status, 403);
	assert.equal((await gateway.get(path(frozen.json.snapshot.id), { key: elsewhere })).status, 403);
	assert.deepEqual(
		(await gateway.get("/v1/snapshots", { key: officialKey })).json.snapshots.map((one) => one.id),
		[frozen.json.snapshot.id],
	);

	const lines = await market.lines("audit", "list", "--json");
	const told = lines.map(({ who, what, subject }) => `${who.replace(/^key:\S+ /, "")} ${what} ${subject}`);
	assert.equal(told.filter((one) => one === "Trần Văn Xã view unit:23059 2026-07").length, 1);
	assert.equal(told.filter((one) => one === "Trần Văn Xã view market:MALAM 2026-07").length, 1);
	assert.equal(told.filter((one) => one === "Trần Văn Xã snapshot unit:23059 2026-07").length, 1);
	assert.equal(told.filter((one) => one.startsWith("Lê Thị Khác")).length, 0);
	await market.must("audit", "verify");
	market.sql("UPDATE audit SET who = 'nobody' WHERE what = 'snapshot'");
	const verified = await market.run("audit", "verify");
	assert.equal(verified.status, 65);
});
