/* Whose money is it?  Each outcome of the decision table, as the bank's messages bring it about. */
import assert from "node:assert/strict";
import test from "node:test";

import { must, openMarket, waitFor } from "../support/chopay.mjs";

/* The newest payment, or the newest credit in suspense. */
async function newest(gateway, name) {
	return (await gateway.all(`/v1/${name}`, name)).pop();
}

async function watchStall(market, gateway, code) {
	const cookie = await gateway.signIn(await market.must("stall", "invite", "--stall", code));
	const stream = await gateway.events("/stall/events", { headers: { Cookie: cookie } });
	await waitFor("the stream", () => stream.of("beat").length > 0);
	return stream;
}

test("attributed: what names the stall, and how it is said", async (t) => {
	const { stalls, gateway, bank } = await openMarket(t);
	const { A02, B01, B02 } = stalls;
	const rows = [
		[
			"its standing code",
			A02,
			{ account: A02.account_no, note: `${A02.reference} mua trai cay` },
			"stall_reference",
		],
		[
			"the reference in small letters, glued",
			A02,
			{ account: A02.account_no, note: `tt${A02.reference.toLowerCase()}` },
			"stall_reference",
		],
		[
			"no reference, but the account's only stall",
			B01,
			{ account: B01.account_no, note: "cam on" },
			"sole_stall",
		],
		[
			"a virtual account of its own",
			B02,
			{ account: "700000000001", virtualAccount: B02.account_no, note: "cam on" },
			"virtual_account",
		],
	];

	for (const [name, stall, transfer, matchedBy] of rows) {
		await t.test(name, async () => {
			await bank.pay({ amount: 12_000, ...transfer });
			const payment = await newest(gateway, "payments");
			assert.equal(payment.stall, stall.stall_code);
			assert.equal(payment.matched_by, matchedBy);
			assert.equal(payment.charge, null);
			assert.equal(payment.state, "confirmed");
		});
	}
});

test("suspense: it never guesses, and says why", async (t) => {
	const { market, stalls, gateway, bank } = await openMarket(t);
	const { A01, A02, B01, C01 } = stalls;
	const shared = A01.account_no; /* of A01 and A02 */
	const neverIssued = await must(["reference", "new", "--kind", "stall"]);
	const rows = [
		["no reference", { account: shared, note: "mua rau" }, "no_reference"],
		[
			"two references",
			{ account: shared, note: `${A01.reference} ${A02.reference}` },
			"two_references",
		],
		["a reference never issued", { account: shared, note: neverIssued }, "unknown_reference"],
		[
			"an account that is nobody's",
			{ account: "700000000009", note: A01.reference },
			"unknown_account",
		],
		[
			"a reference of another account's stall",
			{ account: shared, note: B01.reference },
			"account_mismatch",
		],
		["a closed stall's account", { account: C01.account_no, note: "vai" }, "closed_stall"],
		[
			"a closed stall's reference",
			{ account: C01.account_no, note: C01.reference },
			"closed_stall",
		],
	];

	for (const [name, transfer, reason] of rows) {
		await t.test(name, async () => {
			await bank.pay({ amount: 34_000, ...transfer });
			const credit = await newest(gateway, "suspense");
			assert.equal(credit.reason, reason);
			assert.equal(credit.amount, 34_000);
			assert.equal(credit.note, transfer.note);
		});
	}

	await t.test("nothing was attributed, nothing was dropped", async () => {
		const ledger = await market.ledger();
		assert.equal(ledger.payments, 0);
		assert.equal(ledger.suspense, rows.length);
		assert.equal(ledger.held, rows.length * 34_000);
		assert.deepEqual(ledger.faults, []);
	});

	await t.test("a person gives one to its stall, and the stall hears of it", async () => {
		const seller = await watchStall(market, gateway, "A02");
		const [credit] = await market.lines("suspense", "list", "--json");
		const said = JSON.parse(
			await market.must(
				"suspense",
				"resolve",
				credit.id,
				"--stall",
				"A02",
				"--by",
				"Nguyễn Thị Thử",
				"--why",
				"the buyer showed it",
			),
		);
		assert.equal(said.outcome, "attributed");
		const news = await waitFor("the stall's news", () => seller.of("payment")[0]);
		assert.equal(news.json.matched_by, "by_hand");
		seller.close();
		const payment = await newest(gateway, "payments");
		assert.equal(payment.id, said.payment);
		assert.equal(payment.stall, "A02");
		assert.equal(payment.booked_at, credit.booked_at);
	});

	await t.test("another is not ours; a decision stands", async () => {
		const [credit] = await market.lines("suspense", "list", "--json");
		const words = [
			"suspense",
			"resolve",
			credit.id,
			"--by",
			"Nguyễn Thị Thử",
			"--why",
			"private",
		];
		const said = JSON.parse(await market.must(...words, "--not-ours"));
		assert.equal(said.outcome, "not_ours");
		assert.equal(said.payment, null);
		const again = await market.run(...words, "--stall", "A01");
		assert.equal(again.status, 65);
		assert.equal(again.stderr.trim().split("\n").length, 1);
	});

	await t.test("the sums say all of it", async () => {
		const ledger = await market.ledger();
		assert.deepEqual(ledger.faults, []);
		assert.equal(ledger.suspense, rows.length - 2);
		assert.equal(ledger.attributed, 34_000);
		assert.equal(ledger.held, (rows.length - 1) * 34_000);
	});
});

test("a charge: exact, short and completed, over, cancelled", async (t) => {
	const { market, stalls, gateway, bank } = await openMarket(t);
	const account = stalls.A01.account_no;
	const seller = await watchStall(market, gateway, "A01");
	const pay = (charge, amount) => bank.pay({ account, amount, note: charge.reference });
	const statesTold = ({ reference }) =>
		seller
			.of("charge")
			.map((event) => event.json)
			.filter((told) => told.reference === reference)
			.map((told) => told.state);
	const check = async (charge, state, paid) => {
		const now = await gateway.charge(charge.reference);
		assert.equal(now.state, state);
		assert.equal(now.paid, paid);
		return now;
	};

	await t.test("exact", async () => {
		const charge = await gateway.askCharge("A01", 50_000);
		await pay(charge, 50_000);
		const now = await check(charge, "paid", 50_000);
		assert.equal(now.payload, null);
		await waitFor("both states", () => statesTold(charge).length === 2);
		assert.deepEqual(statesTold(charge), ["open", "paid"]);
	});

	await t.test("short: the code asks for the rest; completed; then too much", async () => {
		const charge = await gateway.askCharge("A01", 50_000);
		await pay(charge, 20_000);
		const short = await check(charge, "short", 20_000);
		assert.match(short.payload, /540530000/);
		await pay(charge, 30_000);
		await check(charge, "paid", 50_000);
		await pay(charge, 1_000);
		await check(charge, "over", 51_000);
		await waitFor("all states", () => statesTold(charge).length === 4);
		assert.deepEqual(statesTold(charge), ["open", "short", "paid", "over"]);
	});

	await t.test("over at once", async () => {
		const charge = await gateway.askCharge("A01", 50_000);
		await pay(charge, 500_000);
		await check(charge, "over", 500_000);
	});

	await t.test("cancelled: no code any more; money that still comes is late", async () => {
		const charge = await gateway.askCharge("A01", 50_000);
		const cancelled = await gateway.post(`/v1/charges/${charge.reference}/cancel`);
		assert.equal(cancelled.json.state, "cancelled");
		assert.equal((await gateway.get(charge.qr_png)).status, 410);
		await pay(charge, 50_000);
		await check(charge, "paid_late", 50_000);
		const again = await gateway.post(`/v1/charges/${charge.reference}/cancel`);
		assert.equal(again.status, 409, "a charge that holds money is not undone by a button");
	});

	await t.test("a charge's reference beside its stall's is that charge", async () => {
		const charge = await gateway.askCharge("A01", 50_000);
		await bank.pay({
			account,
			amount: 50_000,
			note: `${stalls.A01.reference} ${charge.reference}`,
		});
		await check(charge, "paid", 50_000);
	});

	seller.close();
	assert.deepEqual((await market.ledger()).faults, []);
});

test("a charge whose time runs out: the bank's time decides what is late", async (t) => {
	/* The gateway's clock is moved by a restart: an hour passes at once. */
	const start = Math.floor(Date.now() / 1000);
	const { market, stalls, gateway, bank } = await openMarket(t, { clockAt: start });
	const account = stalls.A01.account_no;
	const ask = () => gateway.askCharge("A01", 50_000, { expiresIn: 60 });
	const [unpaid, late, inTime] = [await ask(), await ask(), await ask()];
	const sentMs = gateway.nowMs();
	await gateway.stop();

	const later = await market.serve({ clockAt: start + 3600 });
	later.key = gateway.key;
	bank.at(later);
	const stateOf = async ({ reference }) => (await later.charge(reference)).state;

	await t.test("nothing came: expired, without a code", async () => {
		for (const charge of [unpaid, late, inTime])
			await waitFor("the expiry", async () => (await stateOf(charge)) === "expired");
		assert.equal((await later.get(unpaid.qr_png)).status, 410);
		const page = await later.get(unpaid.pay_url);
		assert.equal(page.status, 200);
		assert.match(page.text, /Đã hết hạn/);
	});

	await t.test("sent after the expiry: late", async () => {
		await bank.pay({ account, amount: 50_000, note: late.reference });
		assert.equal(await stateOf(late), "paid_late");
	});

	await t.test("sent in time, told an hour later: paid", async () => {
		await bank.pay({ account, amount: 50_000, note: inTime.reference, atMs: sentMs });
		assert.equal(await stateOf(inTime), "paid");
		assert.equal((await later.post(`${inTime.pay_url}/receipt`, "")).status, 303, "its buyer may have a receipt");
	});

	await t.test("long after, its address tells nothing", async () => {
		await later.stop();
		const muchLater = await market.serve({ clockAt: start + 5 * 3600 });
		assert.equal((await muchLater.get(unpaid.pay_url)).status, 410);
		assert.equal((await muchLater.get(`${unpaid.pay_url}/events`)).status, 204);
		for (const paid of [late, inTime])
			assert.equal((await muchLater.post(`${paid.pay_url}/receipt`, "")).status, 410, "nor a receipt");
	});
});

test("paid short: its address tells of it while its buyer may bring the rest, for some days", async (t) => {
	const start = Math.floor(Date.now() / 1000);
	const { market, stalls, gateway, bank } = await openMarket(t, { clockAt: start });
	const account = stalls.A01.account_no;
	const [left, rest] = [await gateway.askCharge("A01", 50_000), await gateway.askCharge("A01", 50_000)];
	for (const charge of [left, rest]) await bank.pay({ account, amount: 20_000, note: charge.reference });
	let now = gateway;
	const at = async (seconds) => {
		await now.stop();
		now = await market.serve({ clockAt: start + seconds });
		now.key = gateway.key;
		bank.at(now);
	};
	const stand = async (charge) => ({
		page: (await now.get(charge.pay_url)).status,
		code: (await now.get(charge.qr_svg)).status,
		receipt: (await now.post(`${charge.pay_url}/receipt`, "")).status,
	});

	await at(3 * 86_400 - 3_600);
	assert.deepEqual(await stand(left), { page: 200, code: 200, receipt: 303 });
	assert.match((await now.get(left.pay_url)).text, /30\.000/, "what is missing");
	await bank.pay({ account, amount: 30_000, note: rest.reference });
	assert.equal((await now.charge(rest.reference)).paid, 50_000);
	assert.deepEqual(await stand(rest), { page: 200, code: 410, receipt: 303 }, "its buyer sees it come");

	await at(3 * 86_400 + 3_600);
	for (const charge of [left, rest]) {
		assert.deepEqual(await stand(charge), { page: 410, code: 410, receipt: 410 });
		assert.equal((await now.get(`${charge.pay_url}/events`)).status, 204);
	}
	const seller = { Cookie: await now.signIn(await market.must("stall", "invite", "--stall", "A01")) };
	const page = await now.get(`/stall?charge=${left.reference}`, { headers: seller });
	assert.match(page.text, /data-ended/);
	assert.doesNotMatch(page.text, new RegExp(left.qr_png), "the stall shows no code either");
	await bank.pay({ account, amount: 30_000, note: left.reference });
	assert.equal((await now.charge(left.reference)).paid, 50_000, "money is never refused");
});

test("lists by the bank's time: what comes late or early is in them", async (t) => {
	/* Days pass between restarts, and once the gateway's clock goes back. */
	const start = Math.floor(Date.now() / 1000);
	const HOUR = 3600;
	const { market, stalls, gateway, bank } = await openMarket(t, { clockAt: start });
	const known = stalls.B01.account_no;
	let now = gateway;

	for (const clock of [0, 40 * HOUR, 38 * HOUR, 90 * HOUR]) {
		if (clock > 0) {
			await now.stop();
			now = await market.serve({ clockAt: start + clock });
			now.key = gateway.key;
			bank.at(now);
		}
		/* Told at once, a little ahead, too far ahead (the arrival counts), and days late. */
		for (const ahead of [0, 290, HOUR, -HOUR, -39 * HOUR, -300 * HOUR]) {
			const atMs = now.nowMs() + ahead * 1000;
			for (const account of [known, "700000000009"])
				await bank.pay({ account, amount: 1_000, note: "mua ca", atMs });
		}
		await bank.pay({ account: known, amount: 2_000, note: "rut tien", out: true });
	}

	for (const [list, count] of [
		["payments", 24],
		["transfers", 52],
		["suspense", 24],
	]) {
		await t.test(list, async () => {
			const all = await now.all(`/v1/${list}`, list);
			assert.equal(all.length, count);
			const times = all.map((item) => Date.parse(item.booked_at));
			for (const at of new Set(times.flatMap((ms) => [ms, ms + 1000]))) {
				const since = encodeURIComponent(new Date(at).toISOString());
				for (const limit of [5, 500])
					assert.deepEqual(
						await now.all(`/v1/${list}?since=${since}`, list, { limit }),
						all.filter((item, i) => times[i] >= at),
					);
			}
		});
	}

	await t.test("the command", async () => {
		const all = await market.lines("payments", "list", "--json");
		const { booked_at: since } = all[7];
		assert.deepEqual(
			await market.lines("payments", "list", "--json", "--since", since),
			all.filter((item) => Date.parse(item.booked_at) >= Date.parse(since)),
		);
	});
});
