/* One row changed behind our back: `ledger verify` names exactly that row. */
import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";

import { openMarket, tool } from "../support/chopay.mjs";

/* A market with a bit of everything, stopped; `sql` runs on its store. */
async function stoppedMarket(t) {
	const { market, stalls, gateway, bank } = await openMarket(t);
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
	await gateway.stop();
	const sql = (text) => tool("sqlite3", [join(market.data, "chopay.db"), text]).trim();
	return { market, charge, sql };
}

const ofB01 = "WHERE amount = 20000"; /* the payment without a charge, and its transfer */
const largest = "WHERE value = (SELECT max(value) FROM cell)";
const cellKey = `SELECT stall_id || '/' || day FROM cell ${largest}`;
const first = "WHERE id = (SELECT min(id) FROM delivery)";

/*
 * [what, the table and a query for the key that must be named, the change, what it contradicts]:
 * rows of the last are named beside it, because they say something else than the changed one.
 */
const changes = [
	[
		"a payment's amount",
		"payment",
		`SELECT id FROM payment ${ofB01}`,
		`UPDATE payment SET amount = 20001 ${ofB01}`,
		["cell"],
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
		["cell"],
	],
	["a cell's value", "cell", cellKey, `UPDATE cell SET value = value - 1 ${largest}`, []],
	["a cell's count", "cell", cellKey, `UPDATE cell SET payments = 2 ${largest}`, []],
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
		"SELECT transfer_id FROM suspense",
		"DELETE FROM suspense",
		[],
	],
	[
		"a suspense's amount",
		"suspense",
		"SELECT transfer_id FROM suspense",
		"UPDATE suspense SET amount = 1",
		[],
	],
	[
		"a transfer's note",
		"transfer",
		`SELECT id FROM transfer ${ofB01}`,
		`UPDATE transfer SET note = x'00' ${ofB01}`,
		[],
	],
	[
		"a transfer's amount",
		"transfer",
		`SELECT id FROM transfer ${ofB01}`,
		`UPDATE transfer SET amount = 20001 ${ofB01}`,
		["payment", "transfer_key"],
	],
	[
		"a transfer's direction",
		"transfer",
		"SELECT id FROM transfer WHERE outgoing = 1",
		"UPDATE transfer SET outgoing = 0 WHERE outgoing = 1",
		["transfer_key"],
	],
	[
		"a transfer's key that is gone",
		"transfer",
		"SELECT min(transfer_id) FROM transfer_key",
		"DELETE FROM transfer_key WHERE transfer_id = (SELECT min(transfer_id) FROM transfer_key)",
		[],
	],
	[
		"the bank's bytes",
		"delivery",
		"SELECT min(id) FROM delivery",
		`UPDATE delivery SET raw = CAST(replace(CAST(raw AS TEXT), '50000', '99999') AS BLOB) ${first}`,
		["transfer"],
	],
	[
		"the bank's bytes that are gone",
		"transfer",
		`SELECT id FROM transfer WHERE delivery_id = (SELECT min(id) FROM delivery)`,
		`DELETE FROM delivery ${first}`,
		[],
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
