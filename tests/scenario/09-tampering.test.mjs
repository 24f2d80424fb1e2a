/* One row changed behind our back: `ledger verify` names exactly that row. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { HMAC_SECRET, onPostgres, openMarket } from "../support/chopay.mjs";
import { ListServer } from "../support/lists.mjs";
import { Bank } from "../support/sepay.mjs";

/* A market with a bit of everything, stopped; `sql` runs on its store. */
async function stoppedMarket(t) {
	const { market, stalls, gateway, bank } = await openMarket(t, { args: ["--allow-http-loopback"] });
	const charge = await gateway.askCharge("A01", 50_000);
	await bank.pay({ account: stalls.A01.account_no, amount: 50_000, note: charge.reference });
	await bank.pay({ account: stalls.A01.account_no, amount: 30_000, note: "no reference" });
	await bank.pay({ account: stalls.B01.account_no, amount: 20_000, note: "mua ca" });
	await bank.pay({
		account: stalls.B01.account_no,
		amount: 10_000,
		note: "hoan tien",
		out: true,
	});
	await bank.pay({
		account: stalls.A01.account_no,
		amount: 15_000,
		note: charge.reference,
		out: true,
	});
	/* A resolution, and an alarm. */
	await bank.pay({ account: stalls.A01.account_no, amount: 7_000, note: "khong ro" });
	const waiting = (await gateway.get("/v1/suspense")).json.suspense;
	const held = waiting.find((credit) => credit.amount === 7_000);
	const why = { stall: "A01", why: "nguoi ban xac nhan" };
	assert.equal((await gateway.post(`/v1/suspense/${held.id}/resolution`, why)).status, 201);
	/* What one person proposes, and another confirms. */
	await bank.pay({ account: stalls.A01.account_no, amount: 11_000_000, note: "lon" });
	const large = (await gateway.get("/v1/suspense?reason=no_reference")).json.suspense.pop();
	const resolve = ["suspense", "resolve", large.id, "--stall", "A01", "--why", "so cai"];
	await market.must(...resolve, "--person", "An");
	await market.must(...resolve, "--person", "Bình");
	const twice = bank.delivery({ id: 5, account: stalls.B02.account_no, amount: 1_000, note: "" });
	await bank.post(twice);
	await bank.post(JSON.stringify({ ...JSON.parse(twice), transferAmount: 9_000 }));
	/* A line of a list that is pulled, and a day reconciled with it. */
	const lists = await ListServer.start(t);
	const account = stalls.B02.account_no;
	lists.add({ id: 6, account, amount: 2_000, atMs: Date.now() - 60_000 });
	const pull = await market.must(
		...["pull", "add", "--source", "sepay_list_v1", "--account", account],
		...["--token-file", market.file("token", lists.token), "--url", lists.url("v1")],
	);
	await market.must("pull", "now", pull);
	await market.run("reconcile");
	await gateway.stop();
	const sql = (text) => market.sql(text);
	return { market, charge, sql };
}

/* Words that each engine has in its own way. */
const engine = onPostgres
	? {
			nul: "'\\x00'",
			row: "ctid",
			literal: (column) => `quote_nullable(${column})`,
			columns: (table) =>
				"SELECT column_name || ' ' || data_type FROM information_schema.columns" +
				` WHERE table_name = '${table}' ORDER BY ordinal_position`,
			replaced: (from, to) =>
				`convert_to(replace(convert_from(raw, 'UTF8'), '${from}', '${to}'), 'UTF8')`,
			appended: (column) => `${column} || 'x'::bytea`,
		}
	: {
			nul: "x'00'",
			row: "rowid",
			literal: (column) => `quote(${column})`,
			columns: (table) => `SELECT name || ' ' || type FROM pragma_table_info('${table}')`,
			replaced: (from, to) =>
				`CAST(replace(CAST(raw AS TEXT), '${from}', '${to}') AS BLOB)`,
			appended: (column) => `CAST(${column} || 'x' AS BLOB)`,
		};

const ofB01 = "WHERE amount = 20000"; /* the payment without a charge, and its transfer */
const largest = "WHERE value = (SELECT max(value) FROM cell)";
const cellKey = `SELECT stall_id || '/' || day FROM cell ${largest}`;
const first = "WHERE id = (SELECT min(id) FROM delivery)";

/*
 * [what, the table and a query for the key that must be named, the change, what it contradicts]:
 * of a row that is gone, what pointed at it and the table that lost it are named.
 */
const changes = [
	[
		"a payment's amount",
		"payment",
		`SELECT id FROM payment ${ofB01}`,
		`UPDATE payment SET amount = 20001 ${ofB01}`,
		[],
	],
	[
		"a payment's time",
		"payment",
		`SELECT id FROM payment ${ofB01}`,
		`UPDATE payment SET booked_at_ms = booked_at_ms + 1 ${ofB01}`,
		[],
	],
	[
		"a payment's day, with its cell",
		"payment",
		`SELECT id FROM payment ${ofB01}`,
		`UPDATE payment SET day = day - 1 ${ofB01}; UPDATE cell SET day = day - 1 WHERE value = 20000`,
		[],
	],
	[
		"a payment that is gone",
		"transfer",
		`SELECT transfer_id FROM payment ${ofB01}`,
		`DELETE FROM payment ${ofB01}`,
		["cell", "payment"],
	],
	["a cell's value", "cell", cellKey, `UPDATE cell SET value = value - 1 ${largest}`, []],
	["a cell's count", "cell", cellKey, `UPDATE cell SET payments = 9 ${largest}`, []],
	["a cell that is gone", "cell", cellKey, `DELETE FROM cell ${largest}`, []],
	[
		"a charge's paid sum",
		"charge",
		"SELECT reference FROM charge",
		"UPDATE charge SET paid = 1",
		[],
	],
	[
		"a charge's amount",
		"charge",
		"SELECT reference FROM charge",
		"UPDATE charge SET amount = 1",
		[],
	],
	[
		"a charge's state",
		"charge",
		"SELECT reference FROM charge",
		"UPDATE charge SET state = 'open'",
		[],
	],
	[
		"a suspense that is gone",
		"transfer",
		"SELECT transfer_id FROM suspense WHERE amount = 30000",
		"DELETE FROM suspense WHERE amount = 30000",
		["suspense"],
	],
	[
		"a suspense's amount",
		"suspense",
		"SELECT transfer_id FROM suspense WHERE amount = 30000",
		"UPDATE suspense SET amount = 1 WHERE amount = 30000",
		[],
	],
	[
		"a transfer's note",
		"transfer",
		`SELECT id FROM transfer ${ofB01}`,
		`UPDATE transfer SET note = ${engine.nul} ${ofB01}`,
		[],
	],
	[
		"a transfer's amount",
		"transfer",
		`SELECT id FROM transfer ${ofB01}`,
		`UPDATE transfer SET amount = 20001 ${ofB01}`,
		[],
	],
	[
		"a transfer's direction",
		"transfer",
		"SELECT id FROM transfer WHERE outgoing = 1 AND amount = 10000",
		"UPDATE transfer SET outgoing = 0 WHERE outgoing = 1 AND amount = 10000",
		[],
	],
	[
		"a transfer's key that is gone",
		"transfer",
		"SELECT min(transfer_id) FROM transfer_key",
		"DELETE FROM transfer_key WHERE transfer_id = (SELECT min(transfer_id) FROM transfer_key)",
		["transfer_key"],
	],
	[
		"the bank's bytes",
		"delivery",
		"SELECT min(id) FROM delivery",
		`UPDATE delivery SET raw = ${engine.replaced("50000", "99999")} ${first}`,
		[],
	],
	[
		"the bank's bytes that are gone",
		"transfer",
		`SELECT id FROM transfer WHERE delivery_id = (SELECT min(id) FROM delivery)`,
		`DELETE FROM delivery ${first}`,
		["delivery"],
	],
];

for (const [what, table, which, change, contradicted] of changes) {
	test(what, async (t) => {
		const { market, sql } = await stoppedMarket(t);
		assert.equal((await market.ledger()).ok, true, "untouched, every sum agrees");

		const row = `${table} ${sql(which)}`;
		sql(change);
		const ledger = await market.ledger();
		assert.equal(ledger.status, 65);
		assert.equal(ledger.ok, false);
		const named = new Set(ledger.faults.map((fault) => `${fault.table} ${fault.key}`));
		assert.ok(named.delete(row), `${row} is named`);
		const others = [...named].map((name) => name.split(" ")[0]).sort();
		assert.deepEqual(others, contradicted, "and no row that is in order");

		const shown = await market.run("ledger", "verify");
		assert.equal(shown.status, 65);
		assert.match(shown.stderr, new RegExp(`^chopay: ledger verify: ${row}: `, "m"));
		assert.match(shown.stdout, /SUMS DO NOT AGREE/);
	});
}

test("restored, every sum agrees again", async (t) => {
	const { market, sql } = await stoppedMarket(t);
	sql("UPDATE cell SET value = value + 1");
	assert.equal((await market.ledger()).status, 65);
	sql("UPDATE cell SET value = value - 1");
	assert.equal((await market.ledger()).status, 0);
});

/* The tables of money, and how a row of each is named. */
const sealed = {
	delivery: "id",
	transfer: "id",
	transfer_key: "account_no || ' ' || key",
	payment: "id",
	suspense: "transfer_id",
	resolution: "transfer_id",
	resolution_proposal: "transfer_id || '/' || id",
	charge: "reference",
	notice: "id",
	alarm: "id",
	bank_line: "source || ' ' || line_key",
	reconciliation: "id",
	adjustment: "id",
};

/* Another value of the same kind. */
function changed(column, type) {
	if (column === "outgoing" || column === "booked_told") return `1 - ${column}`;
	if (type === "INTEGER" || type === "bigint") return `coalesce(${column}, 0) + 1`;
	return type === "BLOB" || type === "bytea" ? engine.appended(column) : `${column} || 'x'`;
}

test("each column of each table of money", async (t) => {
	const { market, sql } = await stoppedMarket(t);
	for (const [table, key] of Object.entries(sealed)) {
		const columns = sql(engine.columns(table));
		let row = sql(`SELECT max(${engine.row}) FROM ${table}`);
		assert.ok(row, `there is a row of ${table}`);
		for (const [column, type] of columns.split("\n").map((line) => line.split(" "))) {
			/* Whoever paid a held credit is checked once it is a payment. */
			if (`${table}.${column}` === "suspense.payer") continue;
			const here = (at) => `${engine.row} = '${at}'`;
			const value = sql(`SELECT ${engine.literal(column)} FROM ${table} WHERE ${here(row)}`);
			const [at, name] = sql(
				`UPDATE ${table} SET ${column} = ${changed(column, type)}` +
					` WHERE ${here(row)} RETURNING ${engine.row}, ${key}`,
			).split("|");
			const { faults } = await market.ledger();
			assert.deepEqual(
				[...new Set(faults.map((fault) => `${fault.table} ${fault.key}`))],
				[`${table} ${name}`],
				`${table}.${column}`,
			);
			row = sql(
				`UPDATE ${table} SET ${column} = ${value} WHERE ${here(at)} RETURNING ${engine.row}`,
			);
		}
	}
	assert.deepEqual((await market.ledger()).faults, []);
});

test("rows taken away, put in, or a total made to fit them", async (t) => {
	const { market, sql } = await stoppedMarket(t);
	const named = async () =>
		(await market.ledger()).faults.map((fault) => `${fault.table} ${fault.key}`);
	const kept = sql(`SELECT ${engine.literal("seal")} FROM alarm`);
	sql("CREATE TABLE aside AS SELECT * FROM alarm; DELETE FROM alarm");
	assert.deepEqual(await named(), ["alarm *"], "a row nothing points at");
	sql("UPDATE seal_total SET row_count = row_count - 1 WHERE table_name = 'alarm'");
	assert.deepEqual(await named(), ["seal_total alarm"]);
	sql("UPDATE seal_total SET row_count = row_count + 1 WHERE table_name = 'alarm'");
	sql("INSERT INTO alarm SELECT * FROM aside");
	assert.deepEqual(await named(), []);
	sql(`INSERT INTO alarm SELECT id + 1, kind, subject, detail, created_at_ms, ${kept} FROM aside`);
	assert.equal((await named()).length, 1, "a copy does not bear its seal");

	/* What is written afterwards does not make it good. */
	sql("DELETE FROM alarm; UPDATE seal_total SET row_count = 0 WHERE table_name = 'alarm'");
	const gateway = await market.serve();
	const bank = new Bank(gateway, sql("SELECT '/webhooks/sepay/' || id FROM endpoint"), HMAC_SECRET);
	const twice = bank.delivery({ id: 8, account: "1", amount: 1_000, note: "" });
	await bank.post(twice);
	await bank.post(JSON.stringify({ ...JSON.parse(twice), transferAmount: 9_000 }));
	await gateway.stop();
	assert.equal(sql("SELECT count(*) FROM alarm"), "1");
	assert.deepEqual(await named(), ["seal_total alarm"]);
});

test("a store of the first schema is sealed as it is brought up to date", async (t) => {
	const { market, sql } = await stoppedMarket(t);
	const unseal = Object.keys(sealed).map((table) => `UPDATE ${table} SET seal = NULL`);
	sql(unseal.join(";"));
	const { faults } = await market.ledger();
	assert.ok(faults.length > 0, "seals do not come back by themselves");
});

test("restored without its keys, the sums are still checked", async (t) => {
	const { market, sql } = await stoppedMarket(t);
	rmSync(join(market.data, "keys"), { recursive: true });
	if (onPostgres) {
		/* Other nodes have them: whoever looks without them would make keys of his own. */
		const refused = await market.run("ledger", "verify");
		assert.equal(refused.status, 78);
		assert.match(refused.stderr, /keys are not the store's/);
		return;
	}
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.ok(ledger.seals_unchecked > 0);
	assert.match((await market.run("ledger", "verify")).stderr, /a key that is not in/);
	sql("UPDATE cell SET value = value + 1");
	assert.equal((await market.ledger()).status, 65);
});
