/* Charges that a stall's phone minted without a network: paid before they are told of, told twice,
 * told of what is not theirs. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { openMarket, waitFor } from "../support/chopay.mjs";
import { loadCodec } from "../support/codec.mjs";
import { Receiver } from "../support/receiver.mjs";

const DEV = "--allow-http-loopback";

let codec;
before(async () => {
	codec = await loadCodec();
});

/* The next reference of a leased block; the block is advanced. */
function mint(block) {
	for (;;) {
		assert.ok(block.left > 0, "the block is used up");
		const counter = block.first + block.size - block.left--;
		const reference = codec.mintReference(block.stall.reference, counter);
		if (reference !== null) return reference;
	}
}

async function open(t, options) {
	const shop = await openMarket(t, options);
	const { market, gateway, bank, stalls } = shop;
	const phone = async (code) => {
		const cookie = await gateway.signIn(await market.must("stall", "invite", "--stall", code));
		return { Cookie: cookie };
	};
	return {
		...shop,
		phone,
		lease: async (headers, code, has = {}) => {
			const answer = await gateway.post(`/v1/stalls/${code}/blocks`, has, { headers });
			assert.ok([200, 201].includes(answer.status), answer.text);
			return { ...answer.json, fresh: answer.status === 201 };
		},
		tell: (headers, code, charge) =>
			gateway.post(`/v1/stalls/${code}/charges`, charge, { headers }),
		pay: (code, amount, reference, more) =>
			bank.pay({ account: stalls[code].account_no, amount, note: `MBVCB.1.${reference}.CT`, ...more }),
		cells: (code) => {
			const [sums] = market.rows("SELECT coalesce(sum(c.payments), 0) AS payments,"
				+ " coalesce(sum(c.value), 0) AS value FROM cell c JOIN stall s ON s.id = c.stall_id"
				+ ` WHERE s.code = '${code}'`);
			return [Number(sums.payments), Number(sums.value)];
		},
		sound: async () => {
			const ledger = await market.ledger();
			assert.deepEqual(ledger.faults, []);
			return ledger;
		},
	};
}

test("a block is leased to one device, and the gateway mints nothing of it", async (t) => {
	const { gateway, phone, lease, stalls } = await open(t);
	const first = await phone("A01");
	const block = await lease(first, "A01");
	assert.deepEqual([block.fresh, block.left, block.size], [true, 128, 128]);
	assert.equal(block.stall.reference, stalls.A01.reference);
	assert.equal(block.stall.account, stalls.A01.account_no);
	assert.equal(block.stall.bank_bin, stalls.A01.bank_bin);

	const others = [await lease(await phone("A01"), "A01"), await lease(first, "A01")];
	const all = [block, ...others].sort((a, b) => a.first - b.first);
	for (let i = 1; i < all.length; i++)
		assert.ok(all[i].first >= all[i - 1].first + all[i - 1].size, "no two devices share a counter");

	const has = (left) => lease(first, "A01", { first: block.first, left });
	assert.deepEqual([(await has(64)).fresh, (await has(64)).first], [false, block.first]);
	assert.equal((await has(63)).fresh, true);
	assert.equal((await lease(first, "A01", { first: 5000, left: 100 })).fresh, true);

	const minted = new Set();
	for (const one of all) for (let i = 0; i < 90; i++) minted.add(mint({ ...one, left: one.size - i }));
	for (let i = 0; i < 30; i++)
		assert.ok(!minted.has((await gateway.askCharge("A01", 1000)).reference));
});

test("a device's charge, told and then paid, is a charge like any other", async (t) => {
	const { gateway, phone, lease, tell, pay, sound } = await open(t);
	const me = await phone("A01");
	const block = await lease(me, "A01");
	const reference = mint(block);
	const answer = await tell(me, "A01", { amount: 50_000, reference, minted_at: block.now });
	assert.equal(answer.status, 201, answer.text);
	assert.deepEqual([answer.json.reference, answer.json.state, answer.json.paid], [reference, "open", 0]);
	assert.equal(answer.json.payload, codec.encode({ bin: block.stall.bank_bin,
		account: block.stall.account, amount: 50_000, memo: reference }), "the phone showed the same code");
	await pay("A01", 50_000, reference);
	assert.equal((await gateway.charge(reference)).state, "paid");
	await sound();
});

test("a helper's phone mints as the owner's does", async (t) => {
	const { market, gateway, lease, tell } = await open(t);
	const invite = await market.must("stall", "invite", "--stall", "A01", "--helper");
	const helper = { Cookie: await gateway.signIn(invite) };
	const block = await lease(helper, "A01");
	const answer = await tell(helper, "A01", { amount: 2_000, reference: mint(block), minted_at: block.now });
	assert.equal(answer.status, 201, answer.text);
});

test("paid before it is told of: its stall has the money at once, and later one paid charge", async (t) => {
	const { market, gateway, phone, lease, tell, pay, cells, sound } = await open(t);
	const me = await phone("A02");
	const stream = await gateway.events("/stall/events", { headers: me });
	await waitFor("the stream", () => stream.of("beat").length > 0);
	const block = await lease(me, "A02");
	const reference = mint(block);

	await pay("A02", 45_000, reference);
	const told = await waitFor("the stall's news", () => stream.of("payment")[0]);
	assert.deepEqual([told.json.charge, told.json.state, told.json.amount], [reference, "confirmed", 45_000]);
	const [payment] = await gateway.all("/v1/payments", "payments");
	assert.deepEqual([payment.stall, payment.charge, payment.charge_state, payment.matched_by],
		["A02", reference, null, "charge"]);
	assert.equal((await gateway.get(`/v1/charges/${reference}`)).status, 404);
	assert.deepEqual(cells("A02"), [1, 45_000]);
	await sound();

	const charge = { amount: 45_000, reference, minted_at: block.now };
	const first = await tell(me, "A02", charge);
	assert.equal(first.status, 201, first.text);
	assert.deepEqual([first.json.state, first.json.paid], ["paid", 45_000]);
	const again = await tell(me, "A02", charge);
	assert.deepEqual([again.status, again.json], [201, first.json]);
	assert.equal((await gateway.charge(reference)).payments[0].id, payment.id);
	const news = await waitFor("the charge's news", () => stream.of("charge")[0]);
	assert.equal(news.json.state, "paid");
	stream.close();

	const after = (await gateway.all("/v1/payments", "payments"));
	assert.deepEqual(after.map((one) => [one.id, one.charge, one.charge_state]), [[payment.id, reference, "paid"]]);
	assert.deepEqual(cells("A02"), [1, 45_000]);
	assert.equal(market.rows("SELECT id FROM charge").length, 1);
	await sound();
});

test("a till is told of the money, and of the charge once there is one", async (t) => {
	const { market, phone, lease, tell, pay, gateway } = await open(t, { args: [DEV] });
	const till = await Receiver.open(t, { nowMs: () => gateway.nowMs() });
	const [, secret] = (await market.must("receiver", "add", "--url", till.url, "--stall", "A01")).split("\n");
	till.secret = secret;
	const me = await phone("A01");
	const block = await lease(me, "A01");
	const reference = mint(block);
	await pay("A01", 6_000, reference);
	const money = await waitFor("the money", () => till.messages[0]);
	assert.equal(money.type, "payment.confirmed");
	assert.equal(money.data.charge, reference);
	assert.equal(money.data.charge_state, undefined, "what was asked is not known yet");
	await tell(me, "A01", { amount: 6_000, reference, minted_at: block.now });
	const charge = await waitFor("the charge", () => till.messages[1]);
	assert.equal(charge.type, "charge.paid");
	assert.equal(charge.data.code, reference);
});

test("short, too much, late, given back: whatever came before, the charge ends as it would have", async (t) => {
	const { market, gateway, phone, lease, tell, pay, sound } = await open(t);
	const me = await phone("A01");
	const block = await lease(me, "A01");
	const ago = (ms) => new Date(gateway.nowMs() - ms).toISOString();

	const short = mint(block);
	await pay("A01", 10_000, short);
	const shorted = await tell(me, "A01", { amount: 30_000, reference: short, minted_at: block.now });
	assert.deepEqual([shorted.json.state, shorted.json.paid], ["short", 10_000]);
	await pay("A01", 20_000, short);
	assert.equal((await gateway.charge(short)).state, "paid");

	const over = mint(block);
	await pay("A01", 10_000, over);
	await pay("A01", 10_000, over);
	assert.deepEqual((await tell(me, "A01", { amount: 15_000, reference: over, minted_at: block.now })).json.state, "over");

	/* Clocks of phones are off: never before its block, never in the future. */
	const early = mint(block);
	const answer = await tell(me, "A01", { amount: 1_000, reference: early, minted_at: ago(86_400_000) });
	assert.ok(Date.parse(answer.json.created_at) >= Date.parse(block.now) - 1000, answer.json.created_at);
	const ahead = mint(block);
	const future = await tell(me, "A01", { amount: 1_000, reference: ahead, minted_at: ago(-86_400_000) });
	assert.ok(Date.parse(future.json.created_at) <= gateway.nowMs() + 1000, future.json.created_at);

	const late = mint(block);
	await pay("A01", 7_000, late, { atMs: gateway.nowMs() + 120_000 });
	const lated = await tell(me, "A01", { amount: 7_000, reference: late, minted_at: block.now, expires_in: 60 });
	assert.deepEqual([lated.json.state, lated.json.paid], ["paid_late", 7_000]);

	const back = mint(block);
	await pay("A01", 8_000, back);
	const { id } = (await gateway.all("/v1/payments", "payments")).find((one) => one.charge === back);
	await market.must("payments", "refund", id, "--amount", "3000", "--person", "Lan", "--why", "tra hang");
	await sound();
	const backed = await tell(me, "A01", { amount: 8_000, reference: back, minted_at: block.now });
	assert.deepEqual([backed.json.state, backed.json.paid, backed.json.refunded], ["paid", 8_000, 3_000]);
	await sound();
});

test("the bank's money and the phone's word at once, and twice: one charge, paid once", async (t) => {
	const { market, phone, lease, tell, pay, cells, sound, gateway } = await open(t);
	const me = await phone("A01");
	const block = await lease(me, "A01");
	const references = Array.from({ length: 12 }, () => mint(block));
	await Promise.all(references.flatMap((reference) => [
		tell(me, "A01", { amount: 5_000, reference, minted_at: block.now }),
		pay("A01", 5_000, reference),
		tell(me, "A01", { amount: 5_000, reference, minted_at: block.now }),
	]));
	for (const reference of references) {
		const { state, paid } = await gateway.charge(reference);
		assert.deepEqual([state, paid], ["paid", 5_000]);
	}
	assert.equal(market.rows("SELECT id FROM charge").length, references.length);
	assert.deepEqual(cells("A01"), [references.length, references.length * 5_000]);
	await sound();
});

test("what is refused: another stall's, of no block, another amount, what is no reference", async (t) => {
	const { market, gateway, phone, lease, tell, pay, stalls, sound } = await open(t);
	const me = await phone("A01");
	const other = await phone("B01");
	const block = await lease(me, "A01");
	const foreign = await lease(other, "B01");
	const unleased = (() => {
		for (let counter = 700_000; ; counter++) {
			const reference = codec.mintReference(stalls.A01.reference, counter);
			if (reference !== null) return reference;
		}
	})();
	const good = mint(block);
	assert.equal((await tell(me, "A01", { amount: 9_000, reference: good })).status, 201);

	const rows = [
		["another stall's", { reference: mint(foreign) }, 400],
		["of no block", { reference: unleased }, 400],
		["a stall's own reference", { reference: stalls.A01.reference }, 400],
		["no reference", { reference: "CHC00000000000" }, 400],
		["an empty one", { reference: "" }, 400],
		["a number", { reference: 7 }, 400],
		["told before, of another amount", { reference: good, amount: 9_001 }, 409],
		["a time that is none", { reference: mint(block), minted_at: "yesterday" }, 400],
		["a time alone", { minted_at: block.now }, 400],
	];
	for (const [name, charge, status] of rows) {
		const answer = await tell(me, "A01", { amount: 9_000, ...charge });
		assert.equal(answer.status, status, `${name}: ${answer.text}`);
		assert.equal(answer.json.status, status);
	}
	/* The other stall's phone cannot tell of mine, nor lease for me; nobody can who is not signed in. */
	assert.equal((await tell(other, "A01", { amount: 9_000, reference: mint(block) })).status, 403);
	const asked = (headers) => gateway.post("/v1/stalls/A01/blocks", {}, { headers, key: null });
	assert.equal((await asked(other)).status, 403);
	assert.equal((await asked({})).status, 401);
	assert.equal((await asked({ ...me, "Sec-Fetch-Site": "cross-site" })).status, 403);
	for (const has of [{ first: -1 }, { left: 1.5 }, { last: 3 }, { first: "0" }])
		assert.equal((await gateway.post("/v1/stalls/A01/blocks", has, { headers: me })).status, 400);
	assert.equal(market.rows("SELECT id FROM charge").length, 1);

	/* Money that names a counter of no block names nothing that was issued. */
	await pay("A01", 4_000, unleased);
	const [held] = await gateway.all("/v1/suspense", "suspense");
	assert.equal(held.reason, "unknown_reference");
	/* And what the account does not serve is not given to a stall for its reference. */
	await pay("B01", 4_000, mint(block));
	assert.equal((await gateway.all("/v1/suspense", "suspense"))[1].reason, "account_mismatch");
	await sound();
});

test("a device that asks and asks is told to stop", async (t) => {
	const { gateway, phone, lease } = await open(t);
	const me = await phone("A01");
	for (let i = 0; i < 12; i++) await lease(me, "A01");
	const answer = await gateway.post("/v1/stalls/A01/blocks", {}, { headers: me });
	assert.equal(answer.status, 409);
	assert.match(answer.json.detail, /too many blocks/);
});
