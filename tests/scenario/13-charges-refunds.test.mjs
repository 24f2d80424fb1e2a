/* A charge in full: late, cancelled, two payers, given back; through the API, the command line and
 * the stall's event stream. */
import assert from "node:assert/strict";
import test from "node:test";

import { openMarket, waitFor } from "../support/chopay.mjs";
import { Notifier } from "../support/standard.mjs";

async function watchStall(market, gateway, code) {
	const cookie = await gateway.signIn(await market.must("stall", "invite", "--stall", code));
	const stream = await gateway.events("/stall/events", { headers: { Cookie: cookie } });
	await waitFor("the stream", () => stream.of("beat").length > 0);
	return { cookie, stream };
}

const today = async (gateway) => {
	const { markets } = (await gateway.get("/v1/reports/summary")).json;
	return markets.find(({ code }) => code === "MALAM").today;
};

test("a charge shows all that came in and all that went back", async (t) => {
	const { market, stalls, gateway, bank } = await openMarket(t);
	const account = stalls.A01.account_no;
	const { stream } = await watchStall(market, gateway, "A01");
	const pay = ({ reference }, amount, more) =>
		bank.pay({ account, amount, note: `MBVCB.${reference}.CT`, ...more });
	const giveBack = (note, amount, more) =>
		bank.pay({ account, amount, note: `HOAN TIEN ${note}`, out: true, ...more });
	const check = async ({ reference }, wanted) => {
		const { state, paid, refunded, next_action, payments, adjustments } =
			await gateway.charge(reference);
		assert.deepEqual({ state, paid, refunded, next_action }, wanted);
		assert.equal(
			payments.reduce((sum, one) => sum + one.amount, 0),
			paid,
		);
		assert.equal(
			adjustments.reduce((sum, one) => sum + one.amount, 0),
			refunded,
		);
		return { payments, adjustments };
	};

	await t.test("short, completed by a second payer, too much by a third", async () => {
		const charge = await gateway.askCharge("A01", 50_000);
		await check(charge, { state: "open", paid: 0, refunded: 0, next_action: "wait" });
		await pay(charge, 30_000);
		await check(charge, { state: "short", paid: 30_000, refunded: 0, next_action: "collect" });
		await pay(charge, 20_000);
		await check(charge, { state: "paid", paid: 50_000, refunded: 0, next_action: "hand_over" });
		await pay(charge, 50_000);
		const over = { state: "over", paid: 100_000, refunded: 0, next_action: "give_back" };
		const { payments } = await check(charge, over);
		assert.deepEqual(
			payments.map(({ amount, state }) => [amount, state]),
			[
				[30_000, "confirmed"],
				[20_000, "confirmed"],
				[50_000, "confirmed"],
			],
		);

		await giveBack(charge.reference, 50_000);
		const settled = { ...over, refunded: 50_000, next_action: "hand_over" };
		const { adjustments } = await check(charge, settled);
		assert.equal(adjustments.length, 1);
		assert.equal(adjustments[0].matched_by, "charge");
		assert.equal(adjustments[0].person, null);
		const after = await check(charge, settled);
		assert.deepEqual(
			after.payments.map(({ state }) => state),
			["confirmed", "confirmed", "refunded"],
		);
		const told = await waitFor("the stall's news", () => stream.of("refund")[0]);
		const { version, amount, kind, payment, charge_state, payment_state } = told.json;
		assert.deepEqual([version, amount, kind], [1, 50_000, "refund"]);
		assert.equal(payment, payments[2].id);
		assert.deepEqual([charge_state, payment_state], ["over", "refunded"]);
		/* The charge's own states were told once each, and none again by the refund. */
		const states = stream
			.of("charge")
			.map((event) => event.json)
			.filter((one) => one.reference === charge.reference)
			.map((one) => one.state);
		assert.deepEqual(states, ["open", "short", "paid", "over"]);
	});

	await t.test("cancelled, then paid all the same, then given back", async () => {
		const charge = await gateway.askCharge("A01", 10_000);
		await gateway.post(`/v1/charges/${charge.reference}/cancel`);
		await pay(charge, 10_000);
		await check(charge, { state: "paid_late", paid: 10_000, refunded: 0, next_action: "decide" });
		await giveBack(charge.reference, 10_000);
		await check(charge, { state: "paid_late", paid: 10_000, refunded: 10_000, next_action: "none" });
	});

	await t.test("given back and paid again: paid stays paid", async () => {
		const charge = await gateway.askCharge("A01", 10_000);
		await pay(charge, 10_000);
		await giveBack(charge.reference, 10_000);
		await pay(charge, 10_000);
		await check(charge, {
			state: "paid",
			paid: 20_000,
			refunded: 10_000,
			next_action: "hand_over",
		});
	});

	await t.test("the same refund told again is one", async () => {
		const charge = await gateway.askCharge("A01", 10_000);
		await pay(charge, 10_000);
		const refund = bank.delivery({
			id: 4_711,
			account,
			amount: 4_000,
			note: charge.reference,
			out: true,
		});
		for (let i = 0; i < 3; i++) assert.equal((await bank.post(refund)).status, 200);
		await check(charge, { state: "paid", paid: 10_000, refunded: 4_000, next_action: "none" });
	});

	await t.test("by two feeds: one", async () => {
		const second = await Notifier.at(market, gateway);
		const charge = await gateway.askCharge("A01", 10_000);
		await pay(charge, 10_000);
		const out = { account, amount: 4_000, note: charge.reference, out: true };
		await bank.pay({ ...out, bankRef: "FT26209000000901" });
		await second.tell({ ...out, bankRef: "FT26209000000901" });
		await check(charge, { state: "paid", paid: 10_000, refunded: 4_000, next_action: "none" });
	});

	await t.test("more than came in, or nobody's reference: money out, and no refund", async () => {
		const charge = await gateway.askCharge("A01", 10_000);
		await pay(charge, 10_000);
		const before = await market.ledger();
		await giveBack(charge.reference, 10_001);
		await giveBack("tien dien", 10_000);
		const after = await market.ledger();
		assert.equal(after.transfers, before.transfers + 2);
		assert.equal(after.refunded, before.refunded);
		await check(charge, { state: "paid", paid: 10_000, refunded: 0, next_action: "hand_over" });
	});

	stream.close();
	assert.deepEqual((await market.ledger()).faults, []);
});

test("what went back reduces the day of its payment, whenever it goes", async (t) => {
	const { market, stalls, gateway, bank } = await openMarket(t);
	const account = stalls.B01.account_no;
	const yesterday = gateway.nowMs() - 24 * 3_600_000;
	await bank.pay({ account, amount: 90_000, note: "ca", atMs: yesterday });
	await bank.pay({ account, amount: 40_000, note: "ca" });
	const [old, fresh] = await market.lines("payments", "list", "--json");
	const refund = (payment, amount, ...words) =>
		market.run("payments", "refund", payment.id, "--amount", amount, "--why", "tra hang", ...words);

	assert.equal((await refund(old, "90000")).status, 0);
	assert.deepEqual(await today(gateway), {
		active_stalls: 1,
		payments: 1,
		value: 40_000,
		value_withheld: false,
	});
	const done = await refund(fresh, "15000", "--person", "Lan");
	assert.equal(done.status, 0);
	const said = JSON.parse(done.stdout);
	assert.equal(said.refund.person, "Lan");
	assert.equal(said.payment.state, "partly_refunded");
	assert.equal((await today(gateway)).value, 25_000);
	assert.equal((await refund(fresh, "25000")).status, 0);
	const { active_stalls, payments, value } = await today(gateway);
	assert.deepEqual([active_stalls, payments, value], [0, 0, 0]);

	const [first] = await market.lines("payments", "list", "--json");
	assert.equal(first.state, "refunded");
	assert.equal(first.refunded, 90_000);

	const wrong = [
		[refund(fresh, "1"), 65, /all of this payment was given back already/],
		[refund(fresh, "0"), 65, /--amount 0/],
		[refund(fresh, "1.5"), 65, /--amount 1.5/],
		[refund({ id: "12" }, "1"), 65, /no such payment/],
		[refund({ id: "x" }, "1"), 65, /a number that GET \/v1\/payments shows/],
		[refund(old, "1", "--transfer", "12"), 65, /given back already|no such transfer/],
		[market.run("payments", "refund", old.id, "--amount", "1"), 64, /--why TEXT/],
		[refund(fresh, "1", "--why", ""), 65, /why/],
	];
	for (const [asked, status, words] of wrong) {
		const answer = await asked;
		assert.match(answer.stderr, words);
		assert.equal(answer.status, status, answer.stderr);
		assert.equal(answer.stdout, "");
	}
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.equal(ledger.refunded, 130_000);
});

test("refunds by a person over the API", async (t) => {
	const { market, stalls, gateway, bank } = await openMarket(t);
	const account = stalls.B01.account_no;
	const newest = async () => (await gateway.all("/v1/payments", "payments")).pop();
	const post = (payment, body, headers = {}) =>
		gateway.post(`/v1/payments/${payment.id}/refunds`, body, { headers });

	await t.test("one key, one refund, however often it is sent", async () => {
		await bank.pay({ account, amount: 50_000, note: "ca" });
		const payment = await newest();
		const body = { amount: 10_000, why: "trả lại" };
		const key = { "Idempotency-Key": "refund-1" };
		const answers = await Promise.all(
			Array.from({ length: 10 }, () => post(payment, body, key)),
		);
		for (const answer of answers) {
			assert.equal(answer.status, 201);
			assert.equal(answer.json.refund.id, answers[0].json.refund.id);
		}
		assert.equal((await newest()).refunded, 10_000);
		assert.equal((await post(payment, { ...body, amount: 1 }, key)).status, 409);
		assert.equal((await post(payment, body)).status, 201);
		assert.equal((await newest()).refunded, 20_000);
	});

	await t.test("the money out that a feed told before", async () => {
		await bank.pay({ account, amount: 30_000, note: "ca" });
		const payment = await newest();
		await bank.pay({ id: 4_712, account, amount: 12_000, note: "tra khach", out: true });
		await bank.pay({ id: 4_713, account: stalls.A01.account_no, amount: 12_000, note: "x", out: true });
		const out = await market.lines("transfers", "list", "--direction", "out", "--unlinked", "--json");
		assert.deepEqual(
			out.map(({ told_by }) => told_by),
			[4_712, 4_713].map((n) => [{ id: `sepay:${n}`, same_by: null }]),
		);
		const idOf = (n) => out[n - 4_712].id;
		const body = { amount: 12_000, why: "trả lại", transfer: idOf(4_712) };
		assert.equal((await post(payment, { ...body, transfer: idOf(4_713) })).status, 409);
		assert.equal((await post(payment, { ...body, amount: 12_001 })).status, 409);
		const answer = await post(payment, body);
		assert.equal(answer.status, 201);
		assert.equal(answer.json.refund.transfer, body.transfer);
		assert.equal((await post(payment, { ...body, amount: 1 })).status, 409, "it is used up");
		const left = await market.must("transfers", "list", "--unlinked");
		assert.match(left, new RegExp(`^${idOf(4_713)}  .* out .* 12\\.000 đ .* -$`));
	});

	await t.test("recorded first, told by the bank later: one refund", async () => {
		const charge = await gateway.askCharge("B01", 8_000);
		await bank.pay({ account, amount: 8_000, note: charge.reference });
		const answer = await post(await newest(), { amount: 8_000, why: "huỷ đơn" });
		await bank.pay({ account, amount: 8_000, note: charge.reference, out: true });
		const { refunded, adjustments } = await gateway.charge(charge.reference);
		assert.equal(refunded, 8_000);
		assert.equal(adjustments.length, 1);
		assert.equal(adjustments[0].id, answer.json.refund.id);
		assert.notEqual(adjustments[0].transfer, null);
	});

	await t.test("the bank takes a payment back: its own reference, all of its amount", async () => {
		const bankRef = "FT26209000000321";
		await bank.pay({ account, amount: 6_000, note: "ca", bankRef });
		await bank.pay({ account, amount: 6_000, note: "REVERSAL", bankRef, out: true });
		const payment = await newest();
		assert.equal(payment.state, "reversed");
		assert.equal(payment.refunded, 6_000);
	});

	await t.test("a stall's session does not record refunds", async () => {
		const { cookie, stream } = await watchStall(market, gateway, "B01");
		stream.close();
		const answer = await post(await newest(), { amount: 1, why: "x" }, { Cookie: cookie });
		assert.equal(answer.status, 403);
	});

	assert.deepEqual((await market.ledger()).faults, []);
});

test("killed between money in and money back, again and again", async (t) => {
	const ROUNDS = 3;
	let { market, stalls, gateway, bank } = await openMarket(t);
	const account = stalls.A01.account_no;
	const key = gateway.key;
	const charges = [];
	for (let i = 0; i < 30; i++) charges.push(await gateway.askCharge("A01", 10_000));
	const messages = charges.flatMap(({ reference }) => [
		bank.delivery({ account, amount: 10_000, note: reference }),
		bank.delivery({ account, amount: 10_000, note: `HOAN ${reference}`, out: true }),
	]);

	for (let round = 0; round < ROUNDS; round++) {
		let acknowledged = 0;
		const moment = 1 + Math.floor(Math.random() * (messages.length - 10));
		let killed;
		for (const body of messages) {
			const answer = await bank.post(body).catch(() => undefined);
			if (answer === undefined) break;
			assert.equal(answer.status, 200);
			if (++acknowledged === moment) killed = gateway.kill();
		}
		await killed;
		t.diagnostic(`round ${round}: killed after ${moment}`);
		gateway = await market.serve();
		gateway.key = key;
		bank.at(gateway);
		assert.deepEqual((await market.ledger()).faults, []);
	}
	for (const body of messages) assert.equal((await bank.post(body)).status, 200);
	for (const { reference } of charges) {
		const { state, paid, refunded, adjustments } = await gateway.charge(reference);
		assert.deepEqual([state, paid, refunded], ["paid", 10_000, 10_000]);
		assert.equal(adjustments.length, 1);
	}
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.equal(ledger.transfers, messages.length);
	assert.equal(ledger.refunded, 300_000);
});
