/* Two feeds watch one account: each bank transfer counts once, and what is not sure waits. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { onPostgres, openMarket } from "../support/chopay.mjs";
import { Payos } from "../support/payos.mjs";
import { bankTime } from "../support/sepay.mjs";
import { Notifier } from "../support/standard.mjs";

const AMOUNT = 45_000;

/* The bank's own reference: of one numbering, the n-th. */
const ftOf = (n) => `FT26209${String(n).padStart(9, "0")}`;

async function twoFeeds(t, options) {
	const opened = await openMarket(t, options);
	const second = await Notifier.at(opened.market, opened.gateway);
	const rows = (sql) => opened.market.rows(sql);
	return { ...opened, second, rows };
}

async function counted(market) {
	const { ok, transfers, payments, suspense, received, alarms } = await market.ledger();
	return { ok, transfers, payments, suspense, received, alarms };
}

test("one transfer by two feeds: the bank's reference says so", async (t) => {
	const { market, stalls, gateway, bank, second, rows } = await twoFeeds(t);
	const account = stalls.B01.account_no;
	const once = { ok: true, transfers: 1, payments: 1, suspense: 0, received: AMOUNT, alarms: 0 };
	const charge = await gateway.askCharge("B01", AMOUNT);
	const note = charge.reference;
	const first = { id: 501, account, amount: AMOUNT, note, bankRef: ftOf(1) };

	await t.test("SePay, then the other", async () => {
		await bank.pay(first);
		await second.tell({ account, amount: AMOUNT, note: `ND ${note}`, bankRef: ftOf(1) });
		assert.deepEqual(await counted(market), once);
		assert.equal((await gateway.charge(note)).state, "paid");
		const keys = rows("SELECT key, bank_ref, merged_by FROM transfer_key ORDER BY key");
		assert.deepEqual(keys, [
			{ key: "sepay:501", bank_ref: `in:${ftOf(1)}`, merged_by: "" },
			{ key: "std:msg_1", bank_ref: "", merged_by: "reference" },
		]);
		assert.equal(rows("SELECT id FROM delivery").length, 2, "both messages are kept");
		const [transfer] = await market.lines("transfers", "list", "--json");
		assert.deepEqual(transfer.told_by, [
			{ id: "sepay:501", same_by: null },
			{ id: "std:msg_1", same_by: "reference" },
		]);
	});

	await t.test("both again: in parallel, each on a connection of its own", async () => {
		const again = second.notice({ id: "msg_1", account, amount: AMOUNT, note, bankRef: ftOf(1) });
		const answers = await Promise.all(
			Array.from({ length: 40 }, (_, i) => {
				const agent = gateway.newAgent(1);
				return i % 2 === 0
					? bank.post(bank.delivery(first), { agent })
					: second.post(again, { agent });
			}),
		);
		for (const answer of answers) assert.equal(answer.status, 200);
		assert.deepEqual(await counted(market), once);
	});

	await t.test("the other way round, and another spelling of the reference", async () => {
		await second.tell({ account, amount: AMOUNT, note: "mua ca", bankRef: `${ftOf(2)}\\BNK` });
		await bank.pay({ account, amount: AMOUNT, note: "mua ca", bankRef: ftOf(2) });
		assert.deepEqual(await counted(market), {
			...once,
			transfers: 2,
			payments: 2,
			received: 2 * AMOUNT,
		});
	});

	await t.test("the virtual account here, the account behind it there", async () => {
		const virtualAccount = stalls.B02.account_no;
		const money = { amount: 20_000, note: "hoa", bankRef: ftOf(3) };
		await second.tell({ ...money, account: virtualAccount });
		await bank.pay({ ...money, account: "700000000001", virtualAccount });
		const counts = await counted(market);
		assert.equal(counts.transfers, 3);
		assert.equal(counts.payments, 3);
		assert.ok(counts.ok);
	});

	await t.test("after a restart", async () => {
		await gateway.stop();
		const later = await market.serve();
		later.key = gateway.key;
		await bank.at(later).pay(first);
		second.gateway = later;
		await second.tell({ id: "msg_1", account, amount: AMOUNT, note, bankRef: ftOf(1) });
		assert.equal((await counted(market)).transfers, 3);
	});
});

test("what contradicts or is not sure waits for a person, and is not counted", async (t) => {
	const { market, stalls, gateway, bank, second, rows } = await twoFeeds(t);
	const account = stalls.B01.account_no;
	const newest = async () => (await gateway.all("/v1/suspense", "suspense")).pop();
	const attributed = async () => (await market.ledger()).attributed;

	await t.test("the reference again with another amount", async () => {
		await bank.pay({ account, amount: AMOUNT, note: "mua ca", bankRef: ftOf(7) });
		await second.tell({ account, amount: 95_000, note: "mua ca", bankRef: ftOf(7) });
		assert.equal((await newest()).reason, "amount_conflict");
		assert.equal(await attributed(), AMOUNT);
		const [{ kind, other, first }] = rows(
			"SELECT a.kind, u.other_transfer_id AS other, t.id AS first FROM alarm a, suspense u," +
				" transfer t WHERE a.subject = CAST(u.transfer_id AS TEXT) AND t.amount = 45000",
		);
		assert.equal(kind, "amount_conflict");
		assert.equal(other, first, "it says which one it contradicts");
		assert.match(gateway.told.err, /amount_conflict/);
	});

	await t.test("the same id with another amount: the first stays, an alarm row", async () => {
		await bank.pay({ id: 77, account, amount: 1_000, note: "muoi" });
		await bank.pay({ id: 77, account, amount: 9_000, note: "muoi" });
		assert.equal(await attributed(), AMOUNT + 1_000);
		assert.deepEqual(rows("SELECT kind, subject FROM alarm WHERE kind = 'id_conflict'"), [
			{ kind: "id_conflict", subject: "sepay:77" },
		]);
	});

	await t.test("same account, amount and second, no reference in common", async () => {
		const atMs = Math.floor(gateway.nowMs() / 1000) * 1000;
		const money = { account, amount: 33_000, note: "mua ca", atMs };
		await bank.pay({ ...money, bankRef: ftOf(8) });
		await second.tell({ ...money, bankRef: "246745" });
		assert.equal((await newest()).reason, "possible_duplicate");
		assert.equal((await newest()).amount, 33_000);
		assert.equal(await attributed(), AMOUNT + 1_000 + 33_000);
	});

	await t.test("seven hours off: a provider takes Vietnam's clock for UTC", async () => {
		const atMs = Math.floor(gateway.nowMs() / 1000) * 1000;
		const money = { account, amount: 34_000, note: "mua ca" };
		await bank.pay({ ...money, atMs });
		await second.tell({ ...money, atMs: atMs - 7 * 3_600_000 });
		assert.equal((await newest()).reason, "possible_duplicate");
		assert.equal((await newest()).amount, 34_000);
	});

	await t.test("a running number of the day, to the minute: the same one", async () => {
		const atMs = Math.floor(gateway.nowMs() / 1000) * 1000;
		const money = { account, amount: 35_000, note: "mua ca", bankRef: "3516" };
		const before = await market.ledger();
		await bank.pay({ ...money, atMs });
		await second.tell({ ...money, atMs: atMs - 20_000 });
		const after = await market.ledger();
		assert.equal(after.transfers, before.transfers + 1);
		assert.equal(after.payments, before.payments + 1);
	});

	await t.test("two buyers, one price, one minute: two payments by each feed", async () => {
		const atMs = Math.floor(gateway.nowMs() / 1000) * 1000;
		const before = await market.ledger();
		for (const n of [20, 21]) {
			const money = { account, amount: 10_000, note: "gui xe", atMs, bankRef: ftOf(n) };
			await bank.pay(money);
			await second.tell(money);
		}
		const after = await market.ledger();
		assert.equal(after.payments, before.payments + 2);
		assert.equal(after.suspense, before.suspense);
	});

	await t.test("the sums say all of it", async () => {
		const ledger = await market.ledger();
		assert.deepEqual(ledger.faults, []);
		assert.equal(ledger.received, ledger.attributed + ledger.held);
	});
});

test("a batch: some told before, one twice in it, one with the day only", async (t) => {
	const { market, stalls, gateway, bank, rows } = await twoFeeds(t);
	const account = stalls.B01.account_no;
	const secret = "casso-secure-token-0123456789";
	const path = await market.newEndpoint({ feed: "casso_v1", mode: "secure_token", secret });
	const atMs = Math.floor(gateway.nowMs() / 1000) * 1000;
	const line = (id, amount, tid, when) => ({
		id,
		tid,
		description: `CT DEN:620900000001 mua ca ${tid}; tai Napas`,
		amount,
		cusum_balance: 0,
		when,
		bank_sub_acc_id: account,
	});
	const when = bankTime(atMs);
	const batch = [
		line(1, 45_000, "3516", when), /* told by SePay, to the second */
		line(2, 46_000, "3517", when.slice(0, 10)), /* ... here the day only */
		line(1, 45_000, "3516", when), /* twice in the batch */
		line(3, 47_000, ftOf(3), when), /* told by SePay an hour before, by its clock */
		line(4, -20_000, "3519", when), /* money out */
		line(5, 48_000, "3520", when), /* new */
	];
	await bank.pay({ account, amount: 45_000, note: "mua ca 3516", bankRef: "3516", atMs });
	await bank.pay({ account, amount: 46_000, note: "mua ca 3517", bankRef: "3517", atMs });
	await bank.pay({ account, amount: 47_000, note: "khac", bankRef: ftOf(3), atMs: atMs - 3_600_000 });
	const post = () =>
		gateway.post(path, { error: 0, data: batch }, { headers: { "Secure-Token": secret } });

	const answers = await Promise.all([post(), post(), post()]);
	for (const answer of answers) assert.equal(answer.status, 200);
	const merged = rows(
		"SELECT key, merged_by FROM transfer_key WHERE key LIKE 'casso:%' ORDER BY key",
	);
	assert.deepEqual(
		merged.map(({ key, merged_by }) => [key, merged_by]),
		[
			["casso:1", "reference_time"],
			["casso:2", "reference_note"],
			["casso:3", "reference"],
			["casso:4", ""],
			["casso:5", ""],
		],
	);
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.equal(ledger.transfers, 5);
	assert.equal(ledger.payments, 4);
	assert.equal(ledger.received, 45_000 + 46_000 + 47_000 + 48_000);
	assert.equal(ledger.suspense, 0);
});

test("killed while two feeds tell 300 transfers of one price, in any order", async (t) => {
	const { market, stalls, gateway, bank, second } = await twoFeeds(t);
	const account = stalls.B01.account_no;
	const TRANSFERS = 300;
	const atMs = Math.floor(gateway.nowMs() / 1000) * 1000;
	const money = (n) => ({ account, amount: 10_000, note: "gui xe", atMs, bankRef: ftOf(n) });
	const messages = Array.from({ length: TRANSFERS }, (_, n) => {
		const body = bank.delivery({ id: 1_000 + n, ...money(n) });
		const notice = second.notice(money(n));
		return [(options) => bank.post(body, options), (options) => second.post(notice, options)];
	})
		.flat()
		.map((post) => [Math.random(), post])
		.sort(([a], [b]) => a - b)
		.map(([, post]) => post);

	/* Eight connections; ends early when nobody answers. */
	async function postAll(at, onAnswer = () => {}) {
		const left = [...messages];
		const worker = async () => {
			const agent = at.newAgent(1);
			for (let post; (post = left.shift());) {
				assert.equal((await post({ agent })).status, 200);
				onAnswer();
			}
		};
		return Promise.allSettled(Array.from({ length: 8 }, worker));
	}

	const moment = 1 + Math.floor(Math.random() * (messages.length - 100));
	let answers = 0;
	let killed;
	await postAll(gateway, () => {
		if (++answers === moment) killed = gateway.kill();
	});
	await killed;
	t.diagnostic(`killed after ${moment} of ${messages.length} acknowledgements`);

	const again = await market.serve();
	assert.deepEqual((await market.ledger()).faults, []);
	bank.at(again);
	second.gateway = again;
	for (let round = 0; round < 2; round++) {
		const done = await postAll(again);
		assert.ok(done.every((one) => one.status === "fulfilled"));
	}
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.equal(ledger.transfers, TRANSFERS);
	assert.equal(ledger.payments, TRANSFERS);
	assert.equal(ledger.received, TRANSFERS * 10_000);
	assert.equal(ledger.alarms, 0);
});

test("a merged key changed by hand is named", async (t) => {
	const { market, stalls, gateway, bank, second } = await twoFeeds(t);
	for (const [n, stall] of [stalls.B01, stalls.A01].entries()) {
		const money = { account: stall.account_no, amount: AMOUNT, note: "ca", bankRef: ftOf(n) };
		await bank.pay(money);
		await second.tell(money);
	}
	await gateway.stop();
	assert.deepEqual((await market.ledger()).faults, []);

	/* The key of the first now leads to the second, which has the same amount. */
	market.sql(
		"UPDATE transfer_key SET transfer_id = (SELECT max(id) FROM transfer)" +
			" WHERE key = 'std:msg_1'",
	);
	const named = async () =>
		(await market.ledger()).faults.map(({ table, key }) => `${table} ${key}`);
	const wanted = [`transfer_key ${stalls.B01.account_no} std:msg_1`];
	assert.deepEqual(await named(), wanted, "by its seal");
	if (onPostgres) return; /* which opens for nobody without its keys */
	rmSync(join(market.data, "keys"), { recursive: true });
	assert.deepEqual(await named(), wanted, "without the keys, by the bytes that told it");
});

test("payOS: a bank reference is one order's; for another one it is an alarm", async (t) => {
	const { market, stalls, gateway, bank, rows } = await twoFeeds(t);
	const payos = await Payos.at(market, gateway);
	const bankRef = ftOf(61);
	const paid = { account: stalls.B01.account_no, amount: AMOUNT, note: "mua ca", bankRef };
	const first = payos.order({ ...paid, orderCode: 7 });
	const other = payos.order({ ...paid, orderCode: 8 });
	const conflicts = () => rows("SELECT subject, detail FROM alarm WHERE kind = 'id_conflict'");
	const once = { ok: true, transfers: 1, payments: 1, suspense: 0, received: AMOUNT };

	await t.test("the same order twice counts once, in silence", async () => {
		await payos.tell(first);
		await payos.tell(first);
		await payos.tell(payos.order({ ...paid, orderCode: 7, note: "mua ca lan nua" }));
		assert.deepEqual(await counted(market), { ...once, alarms: 0 });
	});

	await t.test("another order: the first stays, a person is told, the bytes are kept", async () => {
		await payos.tell(other);
		assert.deepEqual(await counted(market), { ...once, alarms: 1 });
		const [{ subject, detail }] = conflicts();
		assert.equal(subject, `payos:${bankRef}`);
		assert.match(detail, / again_amount=45000 again_outgoing=0 again_order=8$/);
		assert.match(gateway.told.err, /id_conflict/);
		assert.equal(rows("SELECT id FROM delivery").length, 3, "the other order's bytes as well");
	});

	await t.test("another feed told it first: its order is the one that payOS tells first", async () => {
		const money = { account: stalls.B01.account_no, amount: 21_000, note: "hoa" };
		const alarms = conflicts().length;
		await bank.pay({ ...money, bankRef: ftOf(62) });
		await payos.tell(payos.order({ ...money, bankRef: ftOf(62), orderCode: 9 }));
		assert.equal(conflicts().length, alarms);
		await payos.tell(payos.order({ ...money, bankRef: ftOf(62), orderCode: 10 }));
		assert.equal(conflicts().length, alarms + 1);
		const { ok, payments, received } = await counted(market);
		assert.deepEqual({ ok, payments, received }, { ok: true, payments: 2, received: 66_000 });
	});
});
