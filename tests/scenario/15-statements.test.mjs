/* Statement files: what webhooks brought counts once, what they missed is found. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { spawn } from "node:child_process";
import test from "node:test";

import { Market, binary, onPostgres, openMarket, waitFor } from "../support/chopay.mjs";
import { VCB_MAP, camt053, csv, mt940, serial, vcbRows, xlsx } from "../support/statements.mjs";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

/* Whole seconds of today's and yesterday's daylight, Vietnam time: no story straddles midnight. */
const noon = Math.floor((Date.now() + 7 * HOUR_MS) / DAY_MS) * DAY_MS - 7 * HOUR_MS - 12 * HOUR_MS;
const at = (minutes) => noon + minutes * 60_000;
const ftOf = (n) => `FT26209${String(n).padStart(9, "0")}`;

async function counted(market) {
	const { ok, transfers, payments, suspense, received, alarms } = await market.ledger();
	return { ok, transfers, payments, suspense, received, alarms };
}

/* The summary of an import that must succeed. */
async function imported(market, file, ...args) {
	const text = await market.must("statement", "import", file, "--json", ...args);
	const { lines, new: fresh, known, held, balanced } = JSON.parse(text);
	return { lines, new: fresh, known, held, balanced };
}

test("webhooks first, then the statement of the same day, in each format", async (t) => {
	const { market, stalls, bank } = await openMarket(t);
	const account = stalls.B01.account_no;
	const lines = [
		{ atMs: at(1), ref: ftOf(1), amount: 50_000, note: "CK ca thu" },
		{ atMs: at(2), ref: ftOf(2), amount: 50_000, note: "CK ca thu" },
		{ atMs: at(3), ref: ftOf(3), amount: 11_000, out: true, note: "PHI DICH VU" },
		{ atMs: at(4), ref: ftOf(4), amount: 75_000, note: "MUA MUC" },
		{ atMs: at(5), ref: ftOf(5), amount: 120_000, note: "MUA TOM" },
	];
	const missed = lines[3];
	for (const { ref, ...line } of lines.filter((line) => line !== missed))
		await bank.pay({ account, bankRef: ref, ...line });
	const before = { ok: true, transfers: 4, payments: 3, suspense: 0, received: 220_000, alarms: 0 };
	const after = { ...before, transfers: 5, payments: 4, received: 295_000 };
	assert.deepEqual(await counted(market), before);

	await t.test("a dry run says it and books nothing", async () => {
		const file = market.file("dry.csv", csv(vcbRows(account, lines)));
		const summary = await imported(market, file, "--bank", "VCB", "--map", VCB_MAP, "--dry-run");
		assert.deepEqual(summary, { lines: 5, new: 1, known: 4, held: 0, balanced: false });
		assert.deepEqual(await counted(market), before);
		const again = await market.run("statement", "import", file, "--bank", "VCB");
		assert.equal(again.status, 65, "its mapping was not kept");
	});

	await t.test("CSV: the one that was missed is booked", async () => {
		const file = market.file("day.csv", csv(vcbRows(account, lines)));
		const summary = await imported(market, file, "--bank", "VCB", "--map", VCB_MAP);
		assert.deepEqual(summary, { lines: 5, new: 1, known: 4, held: 0, balanced: false });
		const { alarms, ...counts } = await counted(market);
		assert.deepEqual({ ...counts, alarms: 0 }, after);
		assert.equal(alarms, 1, "a credit that no webhook brought");
		const found = (await market.lines("payments", "list", "--json")).filter(
			({ feed }) => feed === "statement_csv",
		);
		assert.deepEqual(
			found.map(({ bank_ref, amount, stall }) => ({ bank_ref, amount, stall })),
			[{ bank_ref: missed.ref, amount: 75_000, stall: "B01" }],
		);
	});

	/* Typed cells; days only; other notes: the same transfers all the same. */
	const typed = vcbRows(account, lines).map((row, n) => {
		const line = lines[n - 6];
		if (line === undefined) return row;
		const amount = { number: line.amount };
		const time = { serial: serial(line.atMs) };
		return [time, line.ref, line.out ? amount : "", line.out ? "" : amount, line.note];
	});
	const again = {
		"the same file": csv(vcbRows(account, lines)),
		"semicolons, LF": csv(vcbRows(account, lines), { separator: ";", end: "\n", mark: "" }),
		"UTF-16": Buffer.from(`\ufeff${csv(vcbRows(account, lines), { mark: "" })}`, "utf16le"),
		XLSX: xlsx(typed),
		MT940: mt940(account, lines, { opening: 1_000_000 }),
		"camt.053 version 2": camt053(account, lines, { opening: 5 }),
		"camt.053 version 8": camt053(account, lines, { opening: -5, version: "08" }),
	};
	for (const [name, bytes] of Object.entries(again)) {
		await t.test(`${name}: nothing is new`, async () => {
			const file = market.file("again", bytes);
			const summary = await imported(market, file, "--bank", "Vietcombank");
			assert.deepEqual(
				{ ...summary, balanced: false },
				{ lines: 5, new: 0, known: 5, held: 0, balanced: false },
			);
			assert.equal(summary.balanced, /MT940|camt/.test(name));
			const { alarms, ...counts } = await counted(market);
			assert.deepEqual({ ...counts, alarms: 0 }, after, String(alarms));
		});
	}

	await t.test("and the webhook that comes at last", async () => {
		const { ref, ...line } = missed;
		await bank.pay({ account, bankRef: ref, ...line });
		const { alarms, ...counts } = await counted(market);
		assert.deepEqual({ ...counts, alarms: 0 }, after, String(alarms));
	});
});

test("equal transfers all count, overlapping files never double", async (t) => {
	const { market, stalls } = await openMarket(t);
	const account = stalls.B01.account_no;
	const same = { amount: 20_000, ref: "", note: "tien rau" };
	const map = "date=Ngày,credit=Có,note=Nội dung,dates=dmy";
	const day = (n) => ({ atMs: at(-n * 24 * 60), ...same });
	const rows = (lines) =>
		vcbRows(account, lines, { total: false }).map((row, n) =>
			n === 5
				? ["Ngày", "Số CT", "Nợ", "Có", "Nội dung"]
				: [n > 5 ? row[0].slice(0, 10) : row[0], ...row.slice(1)],
		);
	const file = (name, lines) => market.file(name, csv(rows(lines)));

	const first = [day(3), day(2), day(2)];
	assert.deepEqual(
		await imported(market, file("1.csv", first), "--bank", "VCB", "--map", map),
		{ lines: 3, new: 3, known: 0, held: 0, balanced: false },
	);
	/* The newest first, a third of the same day, two days more. */
	const second = [day(1), day(1), day(2), day(2), day(2)];
	assert.deepEqual(await imported(market, file("2.csv", second), "--bank", "VCB"), {
		lines: 5,
		new: 3,
		known: 2,
		held: 0,
		balanced: false,
	});
	const counts = { ok: true, transfers: 6, payments: 6, suspense: 0, received: 120_000, alarms: 0 };
	assert.deepEqual(await counted(market), counts);

	await t.test("read by other columns they would count again: refused", async () => {
		const other = map.replace(",note=Nội dung", "");
		const done = await market.run(
			...["statement", "import", file("2.csv", second), "--bank", "VCB", "--map", other],
		);
		assert.equal(done.status, 65);
		assert.match(done.stderr, /mapping: \d{4}-\d\d-\d\d to .* were imported by the columns date=Ngày/);
		assert.deepEqual(await counted(market), counts);
	});
	await t.test("what does not change the ids may change", async () => {
		const other = `${map},balances=ignore`;
		const summary = await imported(
			...[market, file("3.csv", second), "--bank", "VCB", "--map", other],
		);
		assert.equal(summary.known, 5);
	});
});

test("a mapping: proposed, confirmed, remembered", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	const account = (await market.stalls()).B01.account_no;
	const lines = [{ atMs: at(1), ref: ftOf(9), amount: 50_000, note: "CK" }];
	const file = market.file("vcb.csv", csv(vcbRows(account, lines)));

	const shown = await market.run("statement", "import", file, "--bank", "vcb");
	assert.equal(shown.status, 65);
	assert.equal(shown.stdout, "");
	assert.match(shown.stderr, / #4 {2}Số tiền ghi có\n/);
	const command = /^ {2}chopay (statement import .*)$/m.exec(shown.stderr)[1];
	const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
	assert.equal(words[words.indexOf("--map") + 1], VCB_MAP);

	const confirmed = await market.run(...words.slice(0, words.indexOf("--data")));
	assert.equal(confirmed.status, 0, confirmed.stderr);
	assert.match(confirmed.stdout, /1 credits of 50\.000 đ, 0 debits of 0 đ\n1 new, 0 known already/);
	const known = await imported(market, file, "--bank", "970436");
	assert.deepEqual(known, { lines: 1, new: 0, known: 1, held: 0, balanced: false });
	const other = await market.run("statement", "import", file, "--bank", "ACB");
	assert.equal(other.status, 65, "another bank's is not known");

	const json = await market.run("statement", "import", file, "--bank", "ACB", "--json");
	assert.equal(json.status, 65);
	assert.equal(JSON.parse(json.stdout).proposal, VCB_MAP);

	const doubtful = market.file("2.csv", "Ngày,Ghi có,Ghi có,Nội dung\n01/07/2026,5,6,x\n");
	const asked = await market.run("statement", "import", doubtful, "--bank", "MB");
	assert.match(asked.stderr, /which one is credit\? #2 Ghi có, or #3 Ghi có; put its number where \?/);
});

test("bad files: each fault is named, nothing is imported", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	const account = (await market.stalls()).B01.account_no;
	const good = { atMs: at(1), ref: ftOf(1), amount: 50_000, note: "CK" };
	const lines = [good, { ...good, ref: ftOf(2) }];
	const rows = vcbRows(account, lines);
	const swap = (text, from, to) => text.replace(from, to);
	const cases = [
		["an amount", swap(csv(rows), "50,000", "50x000"), /line 7, credit: "50x000"/],
		["a fraction", swap(csv(rows), '"50,000"', "50000.50"), /line 7, credit: .*no fractions/],
		["a line taken out", csv(rows.toSpliced?.(6, 1) ?? rows.filter((_, n) => n !== 6)),
			/line 8, credit: the lines add up to 50\.000, the file says 100\.000/],
		["another currency", swap(csv(rows), "VND", "USD"), /line 4, currency: USD/],
		["an account nobody has", csv(vcbRows("0071000999999", lines)),
			/no stall has the account 0071000999999 at this bank; register it/],
		["a cut-off MT940", mt940(account, lines).slice(0, -40), /no field :62F:; is it cut off/],
		["a changed MT940", swap(mt940(account, lines), "C50000,", "C50001,"),
			/balance: the balances do not agree: opening 0 and lines of 100\.001/],
		["a changed camt.053", swap(camt053(account, lines), ">50000.00", ">50001.00"),
			/balances do not agree/],
		["camt.054", swap(camt053(account, lines), "camt.053", "camt.054"), /another ISO 20022 message/],
		["a DOCTYPE", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "e">]><Document>&e;</Document>',
			/DOCTYPE/],
		["an XLSX cut off", xlsx(rows).subarray(0, 900), /no XLSX file, or a damaged one/],
		["an old .xls", Buffer.from("d0cf11e0a1b11ae1", "hex"), /an old \.xls file/],
		["a PDF", "%PDF-1.7", /it is a PDF/],
		["a web page", "<html><body><table></table></body></html>", /it is a web page/],
		["nothing", "", /the file is empty/],
	];
	for (const [name, bytes, message] of cases) {
		const file = market.file("bad", bytes);
		const done = await market.run(
			...["statement", "import", file, "--bank", "VCB", "--map", VCB_MAP],
		);
		assert.equal(done.status, 65, `${name}: ${done.stdout}${done.stderr}`);
		assert.equal(done.stdout, "", name);
		assert.match(done.stderr, message, name);
	}
	const { transfers } = await market.ledger();
	assert.equal(transfers, 0);

	await t.test("the first twenty faults of many", async () => {
		const many = Array.from({ length: 50 }, () => ({ ...good, note: "x" }));
		const text = csv(vcbRows(account, many, { total: false })).replaceAll("50,000", "5o");
		const file = market.file("many.csv", text);
		const done = await market.run(
			...["statement", "import", file, "--bank", "VCB", "--map", VCB_MAP],
		);
		assert.equal(done.stderr.match(/, credit: "5o"/g).length, 20);
		assert.match(done.stderr, /\.\.\. and 30 more\n/);
	});

	await t.test("an account that --account names", async () => {
		const file = market.file("other.csv", csv(vcbRows("0071000999999", lines)));
		const args = ["--bank", "VCB", "--map", VCB_MAP, "--account"];
		const wrong = await market.run("statement", "import", file, ...args, account);
		assert.match(wrong.stderr, /the file is of account 0071000999999, not/);
		assert.deepEqual(await imported(market, file, ...args, "0071000999999"), {
			lines: 2,
			new: 2,
			known: 0,
			held: 2,
			balanced: false,
		});
	});

	await t.test("commands that cannot be meant", async () => {
		const file = market.file("good.csv", csv(rows));
		const cases = [
			[["--bank", "VCB"], 64, /which file/],
			[[file], 64, /--bank NAME/],
			[[file, "--bank", "Nobody"], 65, /no bank has that name/],
			[[file, "--bank", "VCB", "--map", "date=x"], 65, /which columns are the amounts/],
			[[file, "--bank", "VCB", "--format", "ods"], 65, /csv, xlsx, mt940 or camt053/],
			[[market.file("none.csv"), "--bank", "VCB"], 74, /No such file/],
			[[file, "--bank", "VCB", "--colour"], 64, /unknown option/],
		];
		for (const [args, status, message] of cases) {
			const done = await market.run("statement", "import", ...args);
			assert.equal(done.status, status, `${args}: ${done.stderr}`);
			assert.match(done.stderr, message);
		}
		assert.match((await market.run("statement", "--help")).stdout, /^usage: chopay statement/);
		const denied = await market.run(
			...["endpoint", "add", "--feed", "statement_csv", "--mode", "none"],
		);
		assert.equal(denied.status, 65, "a file is no webhook");
	});
});

test("over the API: an operator's file, while webhooks come", async (t) => {
	const { market, stalls, gateway, bank } = await openMarket(t);
	const account = stalls.B01.account_no;
	const lines = Array.from({ length: 1_000 }, (_, n) => ({
		atMs: at(0) + n * 1000,
		ref: ftOf(n),
		amount: 1_000 + n,
		note: `CK ${n}`,
	}));
	const path = `/v1/statements?bank=VCB&map=${encodeURIComponent(VCB_MAP)}`;
	const body = csv(vcbRows(account, lines));
	const paying = lines.slice(0, 100).map(({ ref, ...line }) =>
		bank.pay({ account, bankRef: ref, ...line, agent: undefined }),
	);
	const [answer] = await Promise.all([gateway.post(path, body), ...paying]);
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.json.lines, 1_000);
	assert.equal(answer.json.new + answer.json.known, 1_000);
	const sum = lines.reduce((all, { amount }) => all + amount, 0);
	const { ok, transfers, payments, received, suspense } = await market.ledger();
	assert.deepEqual({ ok, transfers, payments, received, suspense },
		{ ok: true, transfers: 1_000, payments: 1_000, received: sum, suspense: 0 });

	const reader = await market.newKey("reader");
	assert.equal((await gateway.post(path, body, { key: reader })).status, 403);
	assert.equal((await gateway.post(path, body, { key: null })).status, 401);
});

test("killed half way: the rest follows when it is imported again", async (t) => {
	const { market, stalls, gateway } = await openMarket(t);
	const account = stalls.B01.account_no;
	const count = onPostgres ? 5_000 : 20_000; /* long enough to be killed half way */
	const lines = Array.from({ length: count }, (_, n) => ({
		atMs: at(0) + n * 1000,
		ref: ftOf(n),
		amount: 1_000,
		note: "CK",
	}));
	const file = market.file("long.csv", csv(vcbRows(account, lines)));
	const args = ["statement", "import", file, "--bank", "VCB", "--map", VCB_MAP];

	const child = spawn(binary, [...args, "--data", market.data], { stdio: "pipe" });
	t.after(() => child.kill("SIGKILL"));
	let told = "";
	child.stderr.on("data", (chunk) => (told += chunk));
	const ended = once(child, "close");
	await waitFor("some lines in the books", async () => {
		const list = (await gateway.get("/v1/payments?limit=1")).json.payments;
		return list.length > 0;
	});
	await gateway.kill();
	const [status] = await ended;
	assert.equal(status, 69, told);
	assert.match(told, /What is in stays; run it again and the rest follows|does not answer/);

	const partly = await counted(market);
	assert.ok(partly.ok && partly.transfers > 0 && partly.transfers < count, String(partly.transfers));
	const summary = await imported(market, file, "--bank", "VCB", "--map", VCB_MAP);
	assert.deepEqual(
		{ new: summary.new, known: summary.known },
		{ new: count - partly.transfers, known: partly.transfers },
	);
	assert.deepEqual(await counted(market), {
		...partly,
		transfers: count,
		payments: count,
		received: count * 1_000,
	});
});
