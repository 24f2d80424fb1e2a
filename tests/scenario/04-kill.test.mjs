/* SIGKILL in the middle of 1,000 deliveries: what was acknowledged is there, all of it once. */
import assert from "node:assert/strict";
import test from "node:test";

import { openMarket } from "../support/chopay.mjs";

const DELIVERIES = 1_000;
const CONNECTIONS = 8;

/* Post all on several connections; `acknowledged` learns each 200.  Ends early when nobody answers. */
async function postAll(bank, bodies, acknowledged) {
	const left = [...bodies.entries()];
	const post = async () => {
		const agent = bank.gateway.newAgent(1);
		for (let next; (next = left.shift());) {
			const answer = await bank.post(next[1], { agent });
			assert.equal(answer.status, 200, answer.text);
			acknowledged(next[0]);
		}
	};
	const done = await Promise.allSettled(Array.from({ length: CONNECTIONS }, post));
	return done.filter((one) => one.status === "rejected").map((one) => one.reason);
}

/* Stalls by turns, some by charge, some by nobody's reference. */
function makeBodies(bank, stalls, charges) {
	return Array.from({ length: DELIVERIES }, (_, i) => {
		const stall = [stalls.A01, stalls.A02, stalls.B01, stalls.B02][i % 4];
		const note =
			i % 10 === 0
				? charges[i / 10].reference
				: i % 10 === 1
					? "khong ghi ma"
					: `${stall.reference} mua hang`;
		const account = i % 10 === 0 ? stalls.B01.account_no : stall.account_no;
		return bank.delivery({ account, amount: 1_000 + i, note });
	});
}

/* A moment: after how many acknowledgements.  Random, and told, so that a failure can be repeated. */
const moments = [0, 1, 2].map((third) =>
	Math.floor(1 + ((third + Math.random()) * (DELIVERIES - 50)) / 3),
);

for (const moment of moments) {
	test(`killed after ${moment} of ${DELIVERIES} acknowledgements`, async (t) => {
		const { market, stalls, gateway, bank } = await openMarket(t);
		const charges = await Promise.all(
			Array.from({ length: DELIVERIES / 10 }, (_, i) =>
				gateway.askCharge("B01", 1_000 + i * 10),
			),
		);
		const bodies = makeBodies(bank, stalls, charges);
		const acknowledged = new Set();
		let killed;

		const faults = await postAll(bank, bodies, (n) => {
			acknowledged.add(n);
			if (acknowledged.size === moment) killed = gateway.kill();
		});
		assert.deepEqual(await killed, { status: null, signal: "SIGKILL" });
		assert.equal(faults.length, CONNECTIONS, "every connection broke");
		assert.ok(acknowledged.size < DELIVERIES, "it was in the middle");

		const again = await market.serve();
		again.key = gateway.key;
		const sumOf = (numbers) => numbers.reduce((sum, n) => sum + 1_000 + n, 0);

		await t.test("acknowledged means durable", async () => {
			const ledger = await market.ledger();
			assert.deepEqual(ledger.faults, []);
			assert.ok(ledger.transfers >= acknowledged.size);
			const booked = [
				...(await again.all("/v1/payments", "payments")),
				...(await again.all("/v1/suspense", "suspense")),
			];
			const ids = new Set(booked.map((one) => one.provider_txn_id));
			assert.equal(ids.size, booked.length, "none twice");
			for (const n of acknowledged)
				assert.ok(ids.has(String(JSON.parse(bodies[n]).id)), `delivery ${n} is there`);
		});

		await t.test("redelivered, each counts exactly once", async () => {
			assert.deepEqual(await postAll(bank.at(again), bodies, () => {}), []);
			const ledger = await market.ledger();
			assert.deepEqual(ledger.faults, []);
			assert.equal(ledger.transfers, DELIVERIES);
			assert.equal(ledger.payments + ledger.suspense, DELIVERIES);
			assert.equal(ledger.received, sumOf([...bodies.keys()]));
			assert.equal(ledger.attributed + ledger.held, ledger.received);
			assert.equal(ledger.alarms, 0);
			const paid = await Promise.all(charges.map(({ reference }) => again.charge(reference)));
			for (const charge of paid) assert.equal(charge.paid, charge.amount);
		});
	});
}
