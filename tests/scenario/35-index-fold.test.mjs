/* Payments folded into the cells of the index: a stall's own payment is taken out, two persons let it in
 * again, a refund changes the day of its payment; and the ledger agrees with the cells all the while. */
import assert from "node:assert/strict";
import test from "node:test";

import { openMarket } from "../support/chopay.mjs";
import { Person, words as plain } from "../support/console.mjs";
import { Payos } from "../support/payos.mjs";

const WHY = ["--why", "đã hỏi chủ sạp"];

async function flags(market, ...words) {
	await market.must("ledger", "verify"); /* folds what is due, and checks it */
	const lines = await market.must("flag", "list", "--json", ...words);
	return lines
		.split("\n")
		.filter(Boolean)
		.map((line) => JSON.parse(line));
}

test("own money is taken out of the index, and let in again by two persons", async (t) => {
	const { market, gateway, stalls } = await openMarket(t);
	const { A01 } = stalls;
	const payos = await Payos.at(market, gateway);
	let orders = 0;
	const pay = async (amount, payer) => {
		orders += 1;
		const order = { orderCode: orders, account: A01.account_no, amount, note: A01.reference, payer };
		await payos.tell(payos.order({ ...order, bankRef: `FT2600000000${orders}` }));
	};

	await pay(50_000, { bank: "970436", account: "0123.456 789" });
	await pay(70_000, { bank: "970436", account: "0123456789" });
	await pay(20_000, { account: A01.account_no, bank: "" });
	await pay(900, { bank: "970422", account: "77001" });

	await t.test("rules take what they must", async () => {
		const found = await flags(market);
		assert.deepEqual(found.map((flag) => `${flag.stall} ${flag.rule} ${flag.amount}`).sort(), [
			"A01 R1 20000",
			"A01 R4 900",
		]);
		assert.ok(!JSON.stringify(found).includes(A01.account_no), "a flag names no account");
	});

	const [own] = await flags(market, "--rule", "R1");
	const words = ["flag", "release", "--stall", "A01", "--rule", "R1", "--subject", own.subject];

	await t.test("a release needs another person", async () => {
		const proposed = JSON.parse(await market.must(...words, "--person", "Lê Thị Lan", ...WHY));
		assert.equal(proposed.state, "proposed");
		assert.equal((await flags(market, "--rule", "R1"))[0].released, false);
		const again = await market.run(...words, "--person", "LÊ THỊ LAN ", ...WHY);
		assert.notEqual(again.status, 0);
		assert.match(again.stderr, /another person/);
		const confirmed = JSON.parse(await market.must(...words, "--person", "Trần Huệ", ...WHY));
		assert.equal(confirmed.state, "released");
		assert.equal((await flags(market, "--rule", "R1"))[0].released, true);
		const late = await market.run(...words, "--person", "Mai", ...WHY);
		assert.notEqual(late.status, 0);
	});

	await t.test("what is asked wrongly is said", async () => {
		const none = await market.run(...words.slice(0, -1), "77", "--person", "Lan", ...WHY);
		assert.notEqual(none.status, 0);
		assert.match(none.stderr, /no such flag/);
		const missing = await market.run("flag", "release", "--stall", "A01", "--person", "Lan", ...WHY);
		assert.equal(missing.status, 64);
		assert.match(missing.stderr, /--rule is missing/);
	});

	await t.test("a refund changes the day of its payment", async () => {
		const payments = await gateway.all("/v1/payments", "payments");
		const whole = payments.find((payment) => payment.amount === 70_000);
		const body = { amount: 70_000, why: "trả hàng" };
		const answer = await gateway.post(`/v1/payments/${whole.id}/refunds`, body);
		assert.equal(answer.status, 201, answer.text);
		const found = await flags(market, "--rule", "refunded");
		assert.deepEqual(found.map((flag) => flag.subject), [whole.id]);
	});

	await t.test("the console says why in sentences, and at which stall", async () => {
		const person = new Person(gateway, await market.newKey("operator"));
		const page = await person.read("/operator/flags");
		assert.match(page, new RegExp(`MALAM\\.A01 ${A01.stall_name} `));
		for (const why of [/người trả là chính người bán/, /trừ hoàn tiền còn 900\sđ, dưới/, /đã hoàn lại 70\.000\sđ/])
			assert.match(page, why);
		assert.doesNotMatch(page, /[{}]|refunded/, "nothing as programs write it");
		assert.match(plain((await person.get("/operator/flags?lang=en")).text), /70[.,]000\sđ were given back/);
	});

	await t.test("the cells, and a cell that somebody changed", async () => {
		await gateway.stop();
		const cells = await market.sql("SELECT payments || ' ' || value || ' ' || unknown FROM adoption_day");
		assert.equal(cells.trim(), "2 70000 0"); /* 50.000 and the released 20.000 */
		const months = await market.sql("SELECT count(*) || ' ' || sum(payers) FROM adoption_month");
		assert.equal(months.trim(), "2 4"); /* two calendars, two payers each */
		await market.sql("UPDATE payment SET payer = payer + 1 WHERE amount = 20000");
		const changed = await market.run("ledger", "verify");
		assert.equal(changed.status, 65);
		assert.match(changed.stderr, /payment \d+: its payer is not whom/);
		await market.sql("UPDATE payment SET payer = payer - 1 WHERE amount = 20000");
		assert.equal((await market.run("ledger", "verify")).status, 0);
		await market.sql("UPDATE adoption_month SET payers = 40 WHERE calendar = 1");
		const verified = await market.run("ledger", "verify");
		assert.equal(verified.status, 65);
		assert.match(verified.stderr, /adoption_month \d+ nd09/);
	});
});
