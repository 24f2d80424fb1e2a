/* A database machine dies, a network is cut: what was acknowledged is there, all of it once. */
import assert from "node:assert/strict";
import test from "node:test";

import { openMarket, waitFor } from "../support/chopay.mjs";
import { Namespace } from "../support/network.mjs";
import { balanceDatabases, balanceNodes, pool } from "../support/poolers.mjs";
import { startPostgres } from "../support/postgres.mjs";
import { SteadyFeed } from "../support/steady_feed.mjs";

const BEFORE = 200; /* deliveries acknowledged before the fault, and again after it */

/* Two nodes on one database; `second`: how the second one is served. */
async function openNodes(t, store, second = {}) {
	const { market, stalls, gateway: a, bank } = await openMarket(t, { store });
	const b = await market.serve({ data: market.newNode(), ...second });
	b.key = a.key;
	return { market, stalls, a, b, bank };
}

async function ready(node) {
	return (await node.get("/readyz")).status === 200;
}

/* Each delivery is one transfer, as acknowledged; `gateway` and the ledger say so. */
async function assertEachOnce(market, gateway, feed) {
	const booked = [
		...(await gateway.all("/v1/payments", "payments")),
		...(await gateway.all("/v1/suspense", "suspense")),
	].map((one) => one.provider_txn_id);
	const ids = new Set(booked);
	assert.equal(ids.size, booked.length, "none twice");
	for (const { id } of feed.made) assert.ok(ids.has(id), `delivery ${id} is there`);
	assert.equal(ids.size, feed.made.length, "nothing else");
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.equal(ledger.transfers, feed.made.length);
	assert.equal(ledger.received, feed.made.reduce((sum, { amount }) => sum + amount, 0));
	assert.equal(ledger.attributed + ledger.held, ledger.received);
	assert.equal(ledger.alarms, 0);
}

/* Seconds from `since` to the first answer 200 to what was sent after it. */
function firstService(feed, since) {
	return new Promise((resolve) => {
		feed.onAcknowledged = ({ sentAt }) => {
			if (sentAt >= since) resolve((Date.now() - since) / 1000);
		};
	});
}

test("the primary is killed under load, the standby promoted", async (t) => {
	const primary = await startPostgres(t);
	const standby = await primary.newStandby(t);
	/* One node knows both databases, the other one asks who knows. */
	const store = primary.tlsUri(undefined, { others: [standby] });
	const balancer = await balanceDatabases(t, [primary, standby]);
	const { market, a, b, bank, stalls } = await openNodes(t, store, {
		store: primary.tlsUri(undefined, { through: balancer }),
	});
	const front = await balanceNodes(t, [a, b]);
	const feed = new SteadyFeed(t, bank, [a, b, market.through(front, a)], stalls).start();
	await feed.acknowledge(BEFORE);

	const killedAt = Date.now();
	await primary.kill();
	const service = firstService(feed, killedAt);
	await standby.promote();
	const promoted = (Date.now() - killedAt) / 1000;
	t.diagnostic(`promoted after ${promoted} s, the first 200 after ${await service} s`);

	await feed.acknowledge(BEFORE);
	await waitFor("both nodes", async () => (await ready(a)) && (await ready(b)));
	await feed.stop();
	t.diagnostic(`${feed.made.length} deliveries; refused: ${JSON.stringify([...feed.statuses])}`);
	await assertEachOnce(market, b, feed);
});

test("a commit that the standby has not heard of is not acknowledged, whoever ends its wait", async (t) => {
	const primary = await startPostgres(t);
	const standby = await primary.newStandby(t);
	const store = primary.tlsUri(undefined, { others: [standby] });
	const { market, a, b, bank, stalls } = await openNodes(t, store);
	const waiting = "from pg_stat_activity where wait_event = 'SyncRep'";
	const bodies = [];

	for (const end of ["pg_cancel_backend", "pg_terminate_backend"]) {
		await waitFor("both nodes", async () => (await ready(a)) && (await ready(b)));
		await standby.stop();
		const body = bank.delivery({ account: stalls.A01.account_no, amount: 7_000, note: "x" });
		bodies.push(body);
		let status;
		bank.post(body).then((answer) => (status = answer.status));
		await waitFor("an answer", async () => {
			await primary.psql(`select ${end}(pid) ${waiting}`);
			return status;
		});
		assert.equal(status, 503, end);
		assert.equal((await bank.post(body, { gateway: b })).status, 503, "told to the other node");
		await standby.start();
	}

	for (const body of bodies)
		await waitFor("an acknowledgement", async () => (await bank.post(body)).status === 200);
	await primary.kill();
	await standby.promote();
	await waitFor("service", () => ready(a));
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.equal(ledger.transfers, bodies.length, "what was acknowledged, once");
});

test("a pooler leads to a server that became a standby", async (t) => {
	const server = await startPostgres(t);
	const pooler = await pool(t, server);
	const { gateway, bank, stalls } = await openMarket(t, { store: pooler.uri() });
	const credit = { account: stalls.A01.account_no, note: "x" };
	await bank.pay({ ...credit, amount: 1_000 });
	await server.demote();
	for (let i = 0; i < 20; i++) {
		const answer = await bank.post(bank.delivery({ ...credit, amount: 2_000 + i }));
		assert.equal(answer.status, 503, answer.text);
	}
	await server.promote();
	const body = bank.delivery({ ...credit, amount: 3_000 });
	await waitFor("service", async () => (await bank.post(body)).status === 200);
	assert.ok(!gateway.ended());
});

const skip = process.getuid() !== 0 && "a network namespace needs root";

test("a node is cut off from the database", { skip }, async (t) => {
	const island = new Namespace(t);
	const primary = await startPostgres(t, { addresses: `127.0.0.1,${island.databaseAddress}` });
	const { market, a, b, bank, stalls } = await openNodes(t, primary.tlsUri(), {
		store: primary.tlsUri(undefined, { hostaddr: island.databaseAddress }),
		listen: `${island.address}:0`,
		enter: island.enter,
	});
	const feed = new SteadyFeed(t, bank, [a, b], stalls).start();
	await feed.acknowledge(BEFORE);

	const cutAt = Date.now();
	island.cut();
	await t.test("it says so: 503 to a delivery, not ready", async () => {
		const refused = bank.delivery({ account: stalls.A01.account_no, amount: 500, note: "x" });
		assert.equal((await bank.post(refused, { gateway: b })).status, 503);
		t.diagnostic(`503 after ${(Date.now() - cutAt) / 1000} s`);
		assert.equal((await b.get("/readyz")).status, 503);
		t.diagnostic(`503 after ${(Date.now() - cutAt) / 1000} s`);
		assert.equal((await b.get("/healthz")).status, 200, "it lives");
	});
	await t.test("the other one goes on", async () => {
		assert.equal((await a.get("/readyz")).status, 200);
		feed.gateways = [a];
		await feed.acknowledge(BEFORE);
	});
	island.heal();
	await t.test("healed, it comes back by itself", async () => {
		await waitFor("the node to be ready", () => ready(b));
		feed.gateways = [b];
		await feed.acknowledge(BEFORE);
	});
	await feed.stop();
	t.diagnostic(`${feed.made.length} deliveries; refused: ${JSON.stringify([...feed.statuses])}`);
	await assertEachOnce(market, b, feed);
});
