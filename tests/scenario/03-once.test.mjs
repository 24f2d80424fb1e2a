/* The same bank transfer counts once, however often and by whichever way it is told. */
import assert from "node:assert/strict";
import test from "node:test";

import { HMAC_SECRET, openMarket } from "../support/chopay.mjs";
import { Bank } from "../support/sepay.mjs";

const AMOUNT = 70_000;

async function counted(market) {
	const { ok, transfers, payments, received, alarms } = await market.ledger();
	return { ok, transfers, payments, received, alarms };
}

test("once: in parallel, in sequence, in other bytes, across a restart", async (t) => {
	const { market, stalls, gateway, bank } = await openMarket(t);
	const account = stalls.B01.account_no;
	const charge = await gateway.askCharge("B01", AMOUNT);
	const body = bank.delivery({ id: 4711, account, amount: AMOUNT, note: charge.reference });
	const once = { ok: true, transfers: 1, payments: 1, received: AMOUNT, alarms: 0 };

	await t.test("fifty at the same time, each on a connection of its own", async () => {
		const agents = Array.from({ length: 50 }, () => gateway.newAgent(1));
		const answers = await Promise.all(agents.map((agent) => bank.post(body, { agent })));
		for (const answer of answers) {
			assert.equal(answer.status, 200);
			assert.deepEqual(answer.json, { success: true });
		}
		assert.deepEqual(await counted(market), once);
		assert.equal((await gateway.charge(charge.reference)).paid, AMOUNT);
	});

	await t.test("twice more, later", async () => {
		for (let i = 0; i < 2; i++) assert.equal((await bank.post(body)).status, 200);
		assert.deepEqual(await counted(market), once);
	});

	await t.test("the same transfer in other bytes", async () => {
		const reordered = Object.fromEntries(Object.entries(JSON.parse(body)).reverse());
		assert.equal((await bank.post(JSON.stringify(reordered, null, 2))).status, 200);
		assert.deepEqual(await counted(market), once);
	});

	await t.test(
		"the same id with another amount: the first stays, an alarm is raised",
		async () => {
			const other = JSON.stringify({ ...JSON.parse(body), transferAmount: 1_000_000 });
			assert.equal((await bank.post(other)).status, 200, "a retry would not help");
			assert.deepEqual(await counted(market), { ...once, alarms: 1 });
			assert.match(gateway.told.err, /id_conflict/);
		},
	);

	await t.test("the same id as money out: the first stays", async () => {
		const out = JSON.stringify({ ...JSON.parse(body), transferType: "out" });
		assert.equal((await bank.post(out)).status, 200);
		assert.deepEqual(await counted(market), { ...once, alarms: 2 });
	});

	await t.test("after a restart, and at an endpoint made since", async () => {
		assert.equal((await gateway.stop()).status, 0);
		const second = await market.newEndpoint();
		const again = await market.serve();
		assert.equal((await bank.at(again).post(body)).status, 200);
		assert.equal((await new Bank(again, second, HMAC_SECRET).post(body)).status, 200);
		assert.deepEqual(await counted(market), { ...once, alarms: 2 });
	});
});

test("one bank reference, many transfers: only the provider's id decides", async (t) => {
	const { market, stalls, bank } = await openMarket(t);
	const account = stalls.B01.account_no;
	for (const id of [1, 2, 3])
		await bank.pay({ id, account, amount: 1_000, note: "MUA CA", bankRef: "3516" });
	assert.deepEqual(await counted(market), {
		ok: true,
		transfers: 3,
		payments: 3,
		received: 3_000,
		alarms: 0,
	});
});
