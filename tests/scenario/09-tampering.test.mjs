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

/* [what, a query for the key that must be named, the change, its table] */
const changes = [
	[
		"a payment's amount",
		"SELECT id FROM payment WHERE amount = 20000",
		"UPDATE payment SET amount = 20001 WHERE amount = 20000",
		"payment",
	],
	[
		"a cell's value",
		"SELECT stall_id || '/' || day FROM cell ORDER BY value DESC LIMIT 1",
		"UPDATE cell SET value = value - 1 WHERE value = (SELECT max(value) FROM cell)",
		"cell",
	],
	[
		"a cell's count",
		"SELECT stall_id || '/' || day FROM cell ORDER BY value DESC LIMIT 1",
		"UPDATE cell SET payments = 2 WHERE value = (SELECT max(value) FROM cell)",
		"cell",
	],
	[
		"a cell that is gone",
		"SELECT stall_id || '/' || day FROM cell ORDER BY value DESC LIMIT 1",
		"DELETE FROM cell WHERE value = (SELECT max(value) FROM cell)",
		"cell",
	],
	["a charge's paid sum", "SELECT reference FROM charge", "UPDATE charge SET paid = 1", "charge"],
	[
		"a suspense that is gone",
		"SELECT transfer_id FROM suspense",
		"DELETE FROM suspense",
		"transfer",
	],
	[
		"a suspense's amount",
		"SELECT transfer_id FROM suspense",
		"UPDATE suspense SET amount = 1",
		"suspense",
	],
	[
		"a transfer's key that is gone",
		"SELECT transfer_id FROM transfer_key ORDER BY 1 LIMIT 1",
		"DELETE FROM transfer_key WHERE transfer_id = (SELECT min(transfer_id) FROM transfer_key)",
		"transfer",
	],
	[
		"the bank's bytes",
		"SELECT min(id) FROM delivery",
		"UPDATE delivery SET raw = CAST(replace(CAST(raw AS TEXT), '50000', '99999') AS BLOB) WHERE id = (SELECT min(id) FROM delivery)",
		"delivery",
	],
	[
		"the day of a payment",
		"SELECT id FROM payment WHERE amount = 20000",
		"UPDATE payment SET day = day - 1 WHERE amount = 20000; UPDATE cell SET day = day - 1 WHERE value = 20000",
		"payment",
	],
];

for (const [what, which, change, table] of changes) {
	test(what, async (t) => {
		const { market, sql } = await stoppedMarket(t);
		assert.equal((await market.ledger()).ok, true, "untouched, every sum agrees");

		const key = sql(which);
		assert.notEqual(key, "");
		sql(change);
		const ledger = await market.ledger();
		assert.equal(ledger.status, 65);
		assert.equal(ledger.ok, false);
		const named = ledger.faults.map((fault) => `${fault.table} ${fault.key}`);
		/* A payment's amount is also part of its cell's sum: that cell is named beside it. */
		const others = named.filter(
			(name) => name !== `${table} ${key}` && !name.startsWith("cell "),
		);
		assert.ok(named.includes(`${table} ${key}`), `${table} ${key} in ${named}`);
		assert.deepEqual(others, []);
		if (table !== "payment") assert.equal(named.length, 1, named.join(", "));

		const shown = await market.run("ledger", "verify");
		assert.equal(shown.status, 65);
		assert.match(shown.stderr, new RegExp(`^chopay: ledger verify: ${table} ${key}: `, "m"));
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
