/* Strings that break programs, as notes, names and ids: stored and shown as text, and nothing breaks. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import test from "node:test";

import { fixtures, openMarket } from "../support/chopay.mjs";

const strings = readFileSync(join(fixtures, "json/naughty.jsonl"), "utf8")
	.trimEnd()
	.split("\n")
	.map((line) => JSON.parse(line).s);
const NAME_BYTES_MAX = 200;
const AT_ONCE = 8;

/* `task` for each item, a few at the same time. */
async function each(items, task) {
	const rest = [...items.entries()];
	const work = async () => {
		for (let next; (next = rest.shift()) !== undefined;) await task(next[1], next[0]);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/* ---- names: what the register takes, and how it is written ---- */

const trimmed = (text) => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
const isName = (text) => text !== "" && Buffer.byteLength(text) <= NAME_BYTES_MAX && !/[\x00-\x1f\x7f]/.test(text);
const COLUMNS =
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,bank_bin,account_no,account_holder,open_date,close_date";

function csvOf(names) {
	const rows = names.map((name, n) => [
		`M${n}`, name, "23059", `N${n}`, name, "stall", name, name, "", "970436",
		`99${String(n).padStart(8, "0")}`, name, "", "",
	]);
	/* A spreadsheet's way to say that no formula is meant: our own export writes it so. */
	const text = (field) => (/^'*[=+\-@＝＋－＠]/.test(field) ? `'${field}` : field);
	const quoted = (field) => `"${text(field).replaceAll('"', '""')}"`;
	return `${COLUMNS}\n${rows.map((row) => row.map(quoted).join(",")).join("\n")}\n`;
}

/* RFC 4180, as a spreadsheet reads it. */
function readCsv(text) {
	const rows = [[]];
	const field = /("(?:[^"]|"")*"|[^,\n]*)([,\n])/gy;
	for (let match; (match = field.exec(text)) !== null;) {
		const value = match[1].startsWith('"') ? match[1].slice(1, -1).replaceAll('""', '"') : match[1];
		rows.at(-1).push(value);
		if (match[2] === "\n") rows.push([]);
	}
	rows.pop();
	return rows;
}

/* What a browser shows of an element's text. */
const unescaped = (html) =>
	html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" })[name]);

function askControl(market, method, path) {
	return new Promise((resolve, reject) => {
		const socketPath = join(market.data, "control.sock");
		const headers = { "Content-Type": "application/json", "Content-Length": 2 };
		const asked = http.request({ socketPath, method, path, headers }, (response) => {
			let text = "";
			response.on("data", (chunk) => (text += chunk));
			response.on("end", () => resolve(JSON.parse(text)));
		});
		asked.on("error", reject);
		asked.end("{}");
	});
}

test("590 naughty strings", async (t) => {
	const { market, gateway, bank, stalls } = await openMarket(t);
	assert.equal(strings.length, 590);
	const names = strings.map(trimmed);
	const good = names.filter(isName);

	await t.test("as names: refused by line, or taken as they are", async () => {
		const all = await market.run("registry", "import", market.file("all.csv", csvOf(names)));
		assert.equal(all.status, 65);
		assert.match(all.stderr, /nothing was imported|holds a control character|is empty/);
		assert.equal(Object.keys(await market.stalls()).length, 5, "all rows or none");
		assert.ok(good.length > 500, `${good.length} are names`);
		await market.must("registry", "import", market.file("good.csv", csvOf(good)));
	});

	await t.test("in /v1", async () => {
		const listed = await gateway.all("/v1/stalls", "stalls");
		const byCode = new Map(listed.map((stall) => [stall.code, stall]));
		for (const [n, name] of good.entries()) {
			const stall = byCode.get(`N${n}`);
			for (const member of ["name", "goods", "market_name", "account_holder"])
				assert.equal(stall[member], name);
		}
		const summary = (await gateway.get("/v1/reports/summary")).json;
		const shown = new Map(summary.markets.map(({ code, name }) => [code, name]));
		for (const [n, name] of good.entries()) assert.equal(shown.get(`M${n}`), name);
	});

	await t.test("on the stall's page and the reports page", async () => {
		const heads = (html, pattern) => [...html.matchAll(pattern)].map(([, text]) => unescaped(text));
		await each(good, async (name, n) => {
			const { path } = await askControl(market, "POST", `/v1/stalls/N${n}/invites`);
			const headers = { Cookie: await gateway.signIn(path) };
			const page = await gateway.get("/stall", { headers });
			assert.equal(page.status, 200);
			assert.deepEqual(heads(page.text, /<h1>([^<]*)<\/h1>/g), [name]);
			assert.ok(heads(page.text, /<title>([^<]*)<\/title>/g)[0].startsWith(name));
			assert.equal(heads(page.text, /<span>([^<]*) · N\d+<\/span>/g)[0], name, "its market");
		});
		const reports = (await gateway.get("/reports/today", { key: gateway.key })).text;
		const shown = new Set(heads(reports, /<th scope="row" class="name">([^<]*)<\/th>/g));
		for (const name of good) assert.ok(shown.has(name), JSON.stringify(name));
	});

	await t.test("on the buyer's page, which names the holder", async () => {
		await each(good.slice(0, 40), async (name, n) => {
			const charge = await gateway.askCharge(`N${n}`, 1_000);
			const page = await gateway.get(`/pay/${charge.reference}`);
			assert.ok(unescaped(page.text).includes(name), JSON.stringify(name));
		});
	});

	await t.test("in the exported CSV: no formula, and back again", async () => {
		const exported = await market.must("registry", "export");
		const rows = readCsv(`${exported}\n`);
		const kept = new Map(rows.slice(1).map((row) => [row[3], row]));
		for (const [n, name] of good.entries()) {
			const row = kept.get(`N${n}`);
			for (const column of [1, 4, 6, 7, 11]) {
				assert.ok(!/^[=+\-@\t\r＝＋－＠]/.test(row[column]), row[column]);
				assert.equal(row[column].replace(/^'(?='*[=+\-@＝＋－＠])/, ""), name);
			}
		}
		const again = await market.must("registry", "import", market.file("again.csv", `${exported}\n`));
		assert.doesNotMatch(again, /[1-9]\d* (new|changed)/, again);
		assert.equal(await market.must("registry", "export"), exported);
	});

	await t.test("as notes", async () => {
		await each(strings, async (note, n) => {
			const body = bank.delivery({ id: 500_000 + n, account: "1", amount: 1_000 + n, note });
			const answer = await bank.post(body);
			assert.equal(answer.status, 200, `${JSON.stringify(note)}: ${answer.text}`);
			await bank.pay({ account: stalls.B01.account_no, amount: 1_000, note });
		});
		const held = await gateway.all("/v1/suspense", "suspense");
		const notes = new Map(held.map((one) => [one.provider_txn_id, one.note]));
		for (const [n, note] of strings.entries()) assert.equal(notes.get(String(500_000 + n)), note);
		assert.equal((await gateway.all("/v1/payments", "payments")).length, strings.length);
		for (const [command, count] of [["suspense", held.length], ["payments", strings.length]])
			assert.equal((await market.lines(command, "list", "--json")).length, count);
	});

	await t.test("as ids: a number of the bank's, or not understood", async () => {
		const taken = new Set();
		await each(strings, async (id, n) => {
			const body = JSON.parse(bank.delivery({ account: "2", amount: 1_000 + n, note: "x" }));
			const answer = await bank.post(JSON.stringify({ ...body, id }));
			const good = /^[\x21-\x7e]{1,128}$/.test(id) && id !== "0" && !id.startsWith("-");
			assert.equal(answer.status, good ? 200 : 400, `${JSON.stringify(id)}: ${answer.text}`);
			if (good) taken.add(id);
			const reference = { ...body, id: `ref-${n}`, referenceCode: id };
			const told = await bank.post(JSON.stringify(reference));
			assert.ok([200, 400].includes(told.status), `${JSON.stringify(id)}: ${told.text}`);
			if (told.status === 200) taken.add(`ref-${n}`);
		});
		const held = await gateway.all("/v1/suspense", "suspense");
		const ids = new Set(
			held.filter((one) => one.account === "2").map((one) => one.provider_txn_id),
		);
		assert.deepEqual(ids, taken);
	});

	await t.test("in addresses: nothing is there, and nothing fails", async () => {
		const places = [
			(id) => `/v1/stalls/${id}`,
			(id) => `/v1/charges/${id}`,
			(id) => `/pay/${id}`,
			(id) => `/q/${id}.png`,
			(id) => `/stall/invite/${id}`,
			(id) => `/webhooks/sepay/${id}`,
			(id) => `/webhooks/${id}/x`,
			(id) => `/v1/payments?since=${id || "x"}`,
			(id) => `/v1/suspense?cursor=${id || "x"}`,
		];
		await each(strings, async (text) => {
			/* Dots are no ids, and a long line is a story of scenario 06. */
			const id = encodeURIComponent(text).replaceAll(".", "%2E");
			if (id.length > 4_000) return;
			for (const place of places) {
				const path = place(id);
				const method = path.startsWith("/webhooks") ? "POST" : "GET";
				const { status, text: told } = await gateway.request(method, path);
				const fine = status >= 400 ? status < 500 : status === 200;
				assert.ok(fine, `${method} ${path}: ${status} ${told}`);
			}
		});
		await market.lines("endpoint", "refusals", "--json");
	});

	await t.test("nothing broke", async () => {
		assert.equal(gateway.ended(), false);
		const ledger = await market.ledger();
		assert.equal(ledger.ok, true, JSON.stringify(ledger.faults));
		assert.doesNotMatch(gateway.told.err, / error /);
	});
});

/* PostgreSQL holds neither in a text; both engines are the same to a caller. */
test("NUL and bytes that are no UTF-8: refused or kept, never a fault of ours", async (t) => {
	const { market, gateway, bank, stalls } = await openMarket(t);
	const account = stalls.B01.account_no;
	let id = 0;
	const tell = async (field, bad) => {
		const body = JSON.parse(bank.delivery({ id: ++id, account, amount: 1_000, note: "ca" }));
		return (await bank.post(JSON.stringify({ ...body, [field]: bad }))).status;
	};
	for (const field of ["gateway", "transactionDate", "accountNumber", "subAccount", "code", "transferType", "referenceCode"])
		assert.equal(await tell(field, "a\u0000b"), 400, field);
	for (const field of ["content", "description"])
		assert.equal(await tell(field, "a\u0000b"), 200, `${field} is kept byte by byte`);
	for (const field of ["content", "referenceCode", "code"])
		assert.equal(await tell(field, "\ud800"), 400, `half a character in ${field}`);
	const raw = bank.delivery({ id: ++id, account, amount: 1_000, note: "ca" });
	for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0]]) {
		const [head, tail] = [raw.slice(0, -1), '"}'].map((text) => Buffer.from(text));
		const body = Buffer.concat([head, Buffer.from(',"referenceCode":"'), Buffer.from(bytes), tail]);
		assert.equal((await bank.post(body)).status, 400, String(bytes));
	}

	for (const path of ["/v1/suspense?account=a%00b", "/v1/suspense?account=%ff", "/v1/charges/%ff%fe", "/q/%ff.png", "/v1/payments?cursor=%ff"])
		assert.equal((await gateway.get(path)).status, 400, path);
	assert.equal((await gateway.get("/v1/payments", { key: "\u00ff\u00fe" })).status, 401);
	assert.equal((await gateway.post("/webhooks/sepay/%ff", "{}")).status, 404);
	assert.doesNotMatch(gateway.told.err, / error /);
	const ledger = await market.ledger();
	assert.deepEqual([ledger.ok, ledger.transfers], [true, 2]);
});
