/*
 * PgBouncer in transaction mode between the gateway and PostgreSQL: each transaction may run in
 * another server process, which knows nothing of what was prepared in the last one.
 */
import assert from "node:assert/strict";
import test from "node:test";

import { HMAC_SECRET, Market, waitFor } from "../support/chopay.mjs";
import { pool } from "../support/poolers.mjs";
import { startPostgres } from "../support/postgres.mjs";
import { Bank } from "../support/sepay.mjs";
import { SteadyFeed } from "../support/steady_feed.mjs";

test("the money's way through a pooler, two nodes, fewer server processes than connections", async (t) => {
	const server = await startPostgres(t);
	const pooler = await pool(t, server, { size: 3 });
	const market = new Market(t, { store: pooler.uri() });
	await market.importStalls();
	const stalls = await market.stalls();
	const path = await market.newEndpoint();
	const first = await market.serve();
	first.key = await market.newKey();
	const second = await market.serve({ data: market.newNode() });
	second.key = first.key;
	const bank = new Bank(first, path, HMAC_SECRET);

	const charge = await first.askCharge("A01", 70_000);
	await bank.pay({ account: stalls.A01.account_no, amount: 70_000, note: charge.reference });
	assert.equal((await second.charge(charge.reference)).state, "paid");

	const feed = new SteadyFeed(t, bank, [first, second], stalls).start();
	await feed.acknowledge(300);
	/* The server's processes end; the pooler opens others. */
	await server.psql("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'chopay'");
	await feed.acknowledge(100);
	await feed.stop();

	const rows = await server.psql("select count(*), sum(amount) from transfer", { database: "chopay" });
	const sum = feed.made.reduce((all, { amount }) => all + amount, 70_000);
	assert.equal(rows, `${feed.made.length + 1}|${sum}`);
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.equal(ledger.received, sum);
	const told = (await second.all("/v1/payments", "payments")).length;
	await waitFor("both to tell the same", async () =>
		(await first.all("/v1/payments", "payments")).length === told);
	assert.doesNotMatch(first.told.err + second.told.err, / 42P05 | 34000 /);
	for (const gateway of [first, second]) await gateway.stop();
});
