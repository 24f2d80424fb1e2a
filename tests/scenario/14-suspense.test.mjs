/* Credits that nobody could be found for: seen, explained, resolved by people, each in the right day. */
import assert from "node:assert/strict";
import test from "node:test";

import { must, openMarket, waitFor } from "../support/chopay.mjs";
import { bankTime } from "../support/sepay.mjs";
import { Notifier } from "../support/standard.mjs";

/* The JSON of `suspense resolve`, by a person on the gateway's machine. */
async function resolve(market, id, words, person = "Nguyễn Thị Thử") {
	const args = ["suspense", "resolve", id, ...words, "--person", person, "--why", "đã hỏi"];
	return JSON.parse(await market.must(...args));
}

async function credits(gateway, query = "") {
	return gateway.all(`/v1/suspense${query}`, "suspense");
}

/* A credit without a stall: its row in suspense. */
async function strayCredit({ gateway, bank, stalls }, transfer) {
	await bank.pay({ account: stalls.A01.account_no, amount: 20_000, note: "?", ...transfer });
	return (await credits(gateway)).pop();
}

async function candidatesOf(gateway, { id }) {
	const answer = await gateway.get(`/v1/suspense/${id}/candidates`);
	assert.equal(answer.status, 200, answer.text);
	return answer.json.candidates;
}

const kindsOf = (candidate) => candidate.evidence.map((one) => one.kind);

/* Days of the store are counted from 1970. */
const dayNumber = (date) => Date.parse(date) / 86_400_000;

async function sqlStopped(market, gateway, text) {
	await gateway.stop();
	return market.sql(text);
}

test("the list: reasons, filters, what they sum up to", async (t) => {
	const setting = await openMarket(t);
	const { market, stalls, gateway, bank } = setting;
	const { A01, B01, C01 } = stalls;
	const issuedNowhere = await must(["reference", "new", "--kind", "stall"]);
	const sent = [
		["no_reference", { account: A01.account_no, note: "mua rau", amount: 1_497_000 }],
		["unknown_reference", { account: A01.account_no, note: issuedNowhere, amount: 2_000 }],
		["account_mismatch", { account: A01.account_no, note: B01.reference, amount: 3_000 }],
		["unknown_account", { account: "700000000009", note: A01.reference, amount: 4_000 }],
		["closed_stall", { account: C01.account_no, note: "vai", amount: 5_000 }],
	];
	for (const [, transfer] of sent) await bank.pay(transfer);

	const list = async (query) => (await gateway.get(`/v1/suspense${query}`)).json;
	await t.test("each filter", async () => {
		const all = await list("");
		assert.deepEqual(
			all.suspense.map((credit) => credit.reason),
			sent.map(([reason]) => reason),
		);
		assert.equal(all.count, 5);
		assert.equal(all.sum, 1_511_000);
		for (const [reason, { amount }] of sent) {
			const one = await list(`?reason=${reason}`);
			assert.deepEqual([one.count, one.sum], [1, amount]);
			assert.equal(one.suspense[0].reason, reason);
		}
		const ofA01 = await list(`?account=${A01.account_no}`);
		assert.deepEqual([ofA01.count, ofA01.sum], [3, 1_502_000]);
		const page = await list("?limit=2");
		assert.deepEqual([page.suspense.length, page.count, page.sum], [2, 5, 1_511_000]);
		assert.equal((await credits(gateway, "")).length, 5);
		const hour = bankTime(gateway.nowMs() - 3_600_000);
		assert.equal((await list(`?since=${encodeURIComponent(hour)}`)).count, 5);
		const soon = bankTime(gateway.nowMs() + 3_600_000);
		assert.equal((await list(`?since=${encodeURIComponent(soon)}`)).count, 0);
		assert.equal((await list("?state=resolved")).count, 0);
	});

	await t.test("for people: Vietnamese first, whole amounts, nothing that moves the cursor", async () => {
		await bank.pay({ account: A01.account_no, note: "\u001b[2J \u202egia", amount: 6_000 });
		const text = await market.must("suspense", "list");
		assert.match(text, /1\.497\.000 đ .*không có mã tham chiếu · no reference {2}"mua rau"/);
		assert.match(text, /sạp đã nghỉ bán · closed stall/);
		assert.match(text, /"\.\[2J \.gia"/);
		assert.match(text, /^6 khoản, tổng 1\.517\.000 đ · 6 credits$/m);
		const some = await market.must("suspense", "list", "--reason", "closed_stall");
		assert.equal(some.split("\n").length, 2);
	});

	await t.test("resolved, it leaves the list, and can still be looked up", async () => {
		const [first] = await credits(gateway);
		await resolve(market, first.id, ["--not-ours"]);
		assert.equal((await list("")).count, 5);
		const [gone] = (await list("?state=resolved")).suspense;
		assert.equal(gone.id, first.id);
		assert.equal(gone.resolution.outcome, "not_ours");
		assert.equal(gone.resolution.person, "Nguyễn Thị Thử");
		assert.equal(gone.resolution.why, "đã hỏi");
		assert.equal((await list("?state=all")).count, 6);
		const text = await market.must("suspense", "list", "--state", "resolved");
		assert.match(text, /đã xử lý · resolved: .*not ours; Nguyễn Thị Thử: đã hỏi/);
	});
	assert.deepEqual((await market.ledger()).faults, []);
});

test("candidates: what the note nearly names, what was asked, what people said before", async (t) => {
	const setting = await openMarket(t);
	const { market, stalls, gateway, bank } = setting;
	const { A01, A02, B01 } = stalls;
	/* The last two different neighbours, the other way round. */
	const swap = (text) => {
		let at = text.length - 1;
		while (text[at] === text[at - 1]) at--;
		return text.slice(0, at - 1) + text[at] + text[at - 1] + text.slice(at + 1);
	};
	const without = (text, at) => text.slice(0, at) + text.slice(at + 1);

	await t.test("a stall's reference with one character missing, whoever's account it is", async () => {
		const credit = await strayCredit(setting, { note: `ck ${without(A02.reference, 6)}` });
		const [best, other] = await candidatesOf(gateway, credit);
		assert.equal(best.stall.code, "A02");
		assert.deepEqual(best.resolution, { outcome: "attributed", stall: A02.reference });
		const [near] = best.evidence.filter((one) => one.kind === "near_reference");
		assert.equal(near.slip, "missing");
		assert.equal(near.seen, without(A02.reference, 6));
		assert.match(near.text, new RegExp(`thiếu một ký tự .* · .*${A02.reference}`));
		assert.equal(other.stall.code, "A01");
		assert.ok(best.score > other.score);

		const foreign = await strayCredit(setting, { note: `ck ${without(B01.reference, 6)}` });
		const found = await candidatesOf(gateway, foreign);
		const ofB01 = found.find((one) => one.stall.code === "B01");
		assert.ok(kindsOf(ofB01).includes("other_account"));
	});

	await t.test("a charge mistyped; a charge of this amount just then; the rest of one", async () => {
		const typed = await gateway.askCharge("A01", 31_000);
		const silent = await gateway.askCharge("A02", 45_000);
		const short = await gateway.askCharge("A02", 90_000);
		await bank.pay({ account: A02.account_no, amount: 13_000, note: short.reference });

		const swapped = swap(typed.reference);
		const one = await strayCredit(setting, { amount: 31_000, note: swapped });
		const [best] = await candidatesOf(gateway, one);
		assert.equal(best.charge.reference, typed.reference);
		assert.ok(kindsOf(best).includes("near_reference"));
		assert.ok(kindsOf(best).includes("same_amount_asked"));

		const two = await strayCredit(setting, { amount: 45_000, note: "tra tien" });
		const [asked] = await candidatesOf(gateway, two);
		assert.equal(asked.charge.reference, silent.reference);
		assert.deepEqual(kindsOf(asked).sort(), ["account", "in_time", "same_amount_asked"]);

		const three = await strayCredit(setting, { amount: 77_000, note: "con lai" });
		const [rest] = await candidatesOf(gateway, three);
		assert.equal(rest.charge.reference, short.reference);
		assert.ok(kindsOf(rest).includes("exactly_the_rest"));

		/* The suggestion is one that the resolution's route takes. */
		const path = `/v1/suspense/${two.id}/resolution`;
		const done = await gateway.post(path, { ...asked.resolution, why: "the same minute" });
		assert.equal(done.status, 201, done.text);
		assert.equal((await gateway.charge(silent.reference)).state, "paid");
		await resolve(market, three.id, ["--charge", short.reference]);
		assert.equal((await gateway.charge(short.reference)).state, "paid");
		const paid = await strayCredit(setting, { amount: 45_000, note: "tra tien lan nua" });
		const again = (await candidatesOf(gateway, paid)).find((found) => found.charge !== null);
		assert.ok(kindsOf(again).includes("paid_already"), "it is paid: less likely now");
	});

	await t.test("the same words again, apart from numbers", async () => {
		const first = await strayCredit(setting, { note: "MB 1207 ba Tu mua ca CT 88" });
		await resolve(market, first.id, ["--stall", "A02"]);
		const mine = await strayCredit(setting, { note: "luong thang 7" });
		await resolve(market, mine.id, ["--not-ours"]);

		const second = await strayCredit(setting, { note: "mb 3007 BA TU MUA CA ct 91" });
		const [best] = await candidatesOf(gateway, second);
		assert.equal(best.stall.code, "A02");
		assert.ok(kindsOf(best).includes("same_words"));
		const salary = await strayCredit(setting, { note: "luong thang 8" });
		const found = await candidatesOf(gateway, salary);
		const nobodys = found.find((one) => one.kind === "not_ours");
		assert.deepEqual(kindsOf(nobodys), ["same_words"]);
	});

	await t.test("money that went out again; for people, with the command to use", async () => {
		const typo = await strayCredit(setting, { amount: 700_000, note: "nham" });
		const out = { account: A01.account_no, amount: 700_000, note: "hoan tra", out: true };
		await bank.pay(out);
		const [best] = (await candidatesOf(gateway, typo)).filter((one) => one.kind === "refunded");
		assert.equal(best.transfer.state, "outgoing");
		const text = await market.must("suspense", "candidates", typo.id);
		assert.match(text, /700\.000 đ/);
		const [, words] = new RegExp(`resolve ${typo.id} (--refunded.*)`).exec(text);
		const done = await resolve(market, typo.id, words.split(" "));
		assert.equal(done.transfer, best.resolution.transfer);
		const other = await strayCredit(setting, { amount: 700_000, note: "nham nua" });
		const twice = await market.run(
			...["suspense", "resolve", other.id, "--refunded", "--transfer", done.transfer],
			...["--person", "Thử", "--why", "x"],
		);
		assert.equal(twice.status, 65);
		assert.match(twice.stderr, /other money back already/);
		assert.deepEqual(
			(await candidatesOf(gateway, other)).filter((one) => one.kind === "refunded"),
			[],
		);
	});

	await t.test("an account nobody has, and no word: nothing is made up", async () => {
		await bank.pay({ account: "700000000009", amount: 1_000, note: "" });
		const credit = (await credits(gateway)).pop();
		assert.deepEqual(await candidatesOf(gateway, credit), []);
		assert.match(await market.must("suspense", "candidates", credit.id), /không có gợi ý/);
	});
	assert.deepEqual((await market.ledger()).faults, []);
});

test("what it may repeat comes first, with the differences", async (t) => {
	const { market, stalls, gateway, bank } = await openMarket(t);
	const second = await Notifier.at(market, gateway);
	const account = stalls.B01.account_no;
	const atMs = Math.floor(gateway.nowMs() / 1000) * 1000;
	const money = { account, amount: 33_000, note: "mua ca", atMs };

	await t.test("the same money by another feed", async () => {
		await bank.pay({ ...money, bankRef: "FT26209000000008" });
		await second.tell({ ...money, bankRef: "246745" });
		const [credit] = await credits(gateway, "?reason=possible_duplicate");
		const [best, stall] = await candidatesOf(gateway, credit);
		assert.equal(best.kind, "duplicate");
		assert.equal(best.transfer.id, credit.other_transfer);
		assert.equal(best.transfer.state, "payment");
		assert.deepEqual(best.differences, ["feed", "provider_txn_id", "bank_ref"]);
		for (const kind of ["may_repeat", "same_amount", "same_note", "other_bank_ref"])
			assert.ok(kindsOf(best).includes(kind), kind);
		assert.equal(stall.stall.code, "B01", "or a second buyer's");
		const text = await market.must("suspense", "candidates", credit.id);
		assert.match(text, /khác mã giao dịch của ngân hàng: FT26209000000008/);
		const before = await market.ledger();
		const done = await resolve(market, credit.id, ["--duplicate-of", best.transfer.id]);
		assert.equal(done.transfer, best.transfer.id);
		assert.equal((await market.ledger()).received, before.received - 33_000);
	});

	await t.test("the same reference with another amount", async () => {
		await bank.pay({ ...money, amount: 45_000, bankRef: "FT26209000000009" });
		await second.tell({ ...money, amount: 95_000, bankRef: "FT26209000000009" });
		const [credit] = await credits(gateway, "?reason=amount_conflict");
		const [best] = (await candidatesOf(gateway, credit)).filter((one) => one.kind === "duplicate");
		assert.ok(best.differences.includes("amount"));
		const [other] = best.evidence.filter((one) => one.kind === "other_amount");
		assert.match(other.text, /45\.000 đ · another amount/);
		/* A person may know that the second telling was wrong. */
		await resolve(market, credit.id, ["--duplicate-of", best.transfer.id]);
	});
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.equal(ledger.attributed, 78_000);
	assert.equal(ledger.received, 78_000);
	assert.equal(ledger.repeated, 33_000 + 95_000);
});

test("told twice, it counts once, in every sum", async (t) => {
	const setting = await openMarket(t);
	const { market, stalls, gateway, bank } = setting;
	const first = await strayCredit(setting, { amount: 60_000, note: "tien ca" });
	const second = await strayCredit(setting, { amount: 60_000, note: "TIEN CA (CT nhanh)" });
	const other = await strayCredit(setting, { amount: 61_000, note: "tien ca" });
	const refuse = async (credit, of, says) => {
		const body = { outcome: "duplicate", transfer: of.id, why: "statement" };
		const answer = await gateway.post(`/v1/suspense/${credit.id}/resolution`, body);
		assert.equal(answer.status, 409, answer.text);
		assert.match(answer.json.detail, says);
	};

	await refuse(second, other, /another amount/);
	const before = await market.ledger();
	const done = await resolve(market, second.id, ["--duplicate-of", first.id]);
	assert.deepEqual([done.outcome, done.transfer, done.payment], ["duplicate", first.id, null]);
	const after = await market.ledger();
	assert.equal(after.received, before.received - 60_000);
	assert.equal(after.held, before.held - 60_000);
	assert.equal(after.repeated, 60_000);
	await refuse(first, second, /duplicate itself/);

	await resolve(market, first.id, ["--stall", "A01"]);
	const whole = await market.ledger();
	assert.deepEqual(whole.faults, []);
	assert.equal(whole.attributed, 60_000);
	assert.equal(whole.received, whole.attributed + whole.held);
	const late = await strayCredit(setting, { amount: 60_000, note: "tien ca, lai nua" });
	await resolve(market, late.id, ["--duplicate-of", first.id]);
	await bank.pay({ account: stalls.B01.account_no, amount: 60_000, note: "khac" });
	const [elsewhere] = (await gateway.all("/v1/payments", "payments")).slice(-1);
	assert.equal(elsewhere.stall, "B01");
	assert.deepEqual((await market.ledger()).faults, []);
});

test("above the limit two persons decide, and the same", async (t) => {
	const setting = await openMarket(t, { args: ["--two-person-above", "1000000"] });
	const { market, gateway } = setting;
	const keys = {
		lan: await market.newKey("operator", "Lan"),
		lanToo: await market.newKey("operator", "LAN"),
		hue: await market.newKey("operator", "Huệ"),
		hueToo: await market.newKey("operator", "HUE\u0302\u0323"),
		mai: await market.newKey("operator", "Mai"),
	};
	const say = (who, credit, body) =>
		gateway.post(
			`/v1/suspense/${credit.id}/resolution`,
			{ why: `${who} says`, ...body },
			{ key: keys[who] },
		);
	const waiting = async ({ id }) => (await credits(gateway)).find((credit) => credit.id === id);

	await t.test("at the limit one is enough, a đồng more needs two", async () => {
		const at = await strayCredit(setting, { amount: 1_000_000 });
		assert.equal((await say("lan", at, { stall: "A01" })).status, 201);
		const above = await strayCredit(setting, { amount: 1_000_001 });
		const answer = await say("lan", above, { stall: "A01" });
		assert.equal(answer.status, 202, answer.text);
		assert.equal(answer.json.state, "proposed");
		assert.equal(answer.json.payment, null);
		assert.equal((await market.ledger()).payments, 1, "nothing is booked yet");
		assert.equal((await say("hue", above, { stall: "A01" })).status, 201);
	});

	await t.test("the same person again, by whatever key; another outcome; another's yes", async () => {
		const credit = await strayCredit(setting, { amount: 5_000_000 });
		assert.equal((await say("lan", credit, { stall: "A01" })).status, 202);
		for (const who of ["lan", "lanToo"]) {
			const again = await say(who, credit, { stall: "A01" });
			assert.equal(again.status, 409, again.text);
			assert.match(again.json.detail, /another person must confirm/);
		}
		assert.equal((await say("hue", credit, { stall: "A02" })).status, 202);
		assert.equal((await say("hueToo", credit, { stall: "A02" })).status, 409);
		assert.equal((await say("mai", credit, { outcome: "not_ours" })).status, 202);
		const { proposals } = await waiting(credit);
		assert.deepEqual(
			proposals.map((one) => [one.person, one.outcome, one.stall, one.why]),
			[
				["Lan", "attributed", "A01", "lan says"],
				["Huệ", "attributed", "A02", "hue says"],
				["Mai", "not_ours", null, "mai says"],
			],
		);
		const text = await market.must("suspense", "list", "--state", "proposed");
		assert.match(text, /đề xuất · proposed: .*attributed to stall A02; Huệ: hue says/);

		const done = await say("mai", credit, { stall: "A02", why: "me too" });
		assert.equal(done.status, 201, done.text);
		assert.deepEqual(
			[done.json.person, done.json.second_person, done.json.why, done.json.stall],
			["Huệ", "Mai", "hue says", "A02"],
		);
		const [payment] = (await gateway.all("/v1/payments", "payments")).slice(-1);
		assert.deepEqual([payment.id, payment.stall], [done.json.payment, "A02"]);
		assert.equal((await say("lan", credit, { stall: "A02" })).status, 409);
	});

	await t.test("who changes their mind no longer stands by the first word", async () => {
		const credit = await strayCredit(setting, { amount: 6_000_000 });
		assert.equal((await say("lan", credit, { stall: "A01" })).status, 202);
		assert.equal((await say("lan", credit, { stall: "A02" })).status, 202);
		assert.equal((await waiting(credit)).proposals.length, 1);
		assert.equal((await say("hue", credit, { stall: "A01" })).status, 202);
		assert.equal((await say("mai", credit, { stall: "A02" })).status, 201);
	});

	await t.test("two who confirm at once: one resolution", async () => {
		const credit = await strayCredit(setting, { amount: 7_000_000 });
		await say("lan", credit, { stall: "A01" });
		const both = await Promise.all(
			["hue", "mai", "hue", "mai"].map((who) => say(who, credit, { stall: "A01" })),
		);
		assert.deepEqual(both.map((answer) => answer.status).sort(), [201, 409, 409, 409]);
	});

	await t.test("on the gateway's machine: the words of --person; a restart between", async () => {
		const charge = await gateway.askCharge("A01", 8_000_000);
		const credit = await strayCredit(setting, { amount: 8_000_000 });
		const words = ["--charge", charge.reference];
		assert.equal((await resolve(market, credit.id, words, "Lan")).state, "proposed");
		await gateway.stop();
		const again = await market.serve({ args: ["--two-person-above", "1000000"] });
		const self = await market.run(
			...["suspense", "resolve", credit.id, ...words, "--by", " lan ", "--why", "x"],
		);
		assert.equal(self.status, 65);
		assert.match(self.stderr, /another person must confirm/);
		assert.equal((await resolve(market, credit.id, words, "Huệ")).state, "resolved");
		again.key = gateway.key;
		assert.equal((await again.charge(charge.reference)).state, "paid");
	});
	assert.deepEqual((await market.ledger()).faults, []);
});

test("found days later, it is money of its own market day", async (t) => {
	/* A night market: its day ends at 5 in the morning. */
	const night = Date.parse("2026-07-29T01:30:00+07:00");
	const setting = await openMarket(t, { clockAt: night / 1000 - 120 });
	const { market, gateway, bank } = setting;
	await sqlStopped(market, gateway, "UPDATE market SET day_cut_min = 300");

	const then = await market.serve({ clockAt: night / 1000 });
	then.key = gateway.key;
	const charge = await then.askCharge("A02", 50_000, { expiresIn: 60 });
	const credit = await strayCredit({ ...setting, gateway: then, bank: bank.at(then) }, { amount: 50_000 });
	await then.stop();

	const now = await market.serve({ clockAt: (night + 3 * 86_400_000) / 1000 });
	now.key = gateway.key;
	await waitFor("the expiry", async () => (await now.charge(charge.reference)).state === "expired");
	const cookie = await now.signIn(await market.must("stall", "invite", "--stall", "A02"));
	const seller = await now.events("/stall/events", { headers: { Cookie: cookie } });
	await waitFor("the stream", () => seller.of("beat").length > 0);

	const done = await resolve(market, credit.id, ["--stall", "A02", "--charge", charge.reference]);
	const news = await waitFor("the news", () => seller.of("payment")[0]);
	assert.equal(news.json.id, done.payment);
	assert.equal(news.json.matched_by, "by_hand");
	assert.equal(news.json.late, true, "the stall is not told that it arrives now");
	assert.equal(news.json.booked_at, credit.booked_at);
	assert.equal((await now.charge(charge.reference)).state, "paid", "in time by the bank's clock");
	await bank.at(now).pay({ account: setting.stalls.A01.account_no, amount: 1_000, note: setting.stalls.A02.reference });
	await waitFor("today's", () => seller.of("payment")[1]);
	assert.equal(seller.of("payment")[1].json.late, false);
	seller.close();

	const cells = await sqlStopped(market, now, "SELECT day || ' ' || payments || ' ' || value FROM cell ORDER BY day");
	assert.deepEqual(cells.split("\n"), [
		`${dayNumber("2026-07-28")} 1 50000`,
		`${dayNumber("2026-07-31")} 1 1000`,
	]);
	assert.deepEqual((await market.ledger()).faults, []);
});
