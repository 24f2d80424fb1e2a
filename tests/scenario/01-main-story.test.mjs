/* The main story over TLS: a charge is asked, its code is scanned, the bank tells, everybody sees. */
import assert from "node:assert/strict";
import test from "node:test";

import { binary, openMarket, tool, waitFor } from "../support/chopay.mjs";

const AMOUNT = 50_000;

/* What a camera reads off a picture. */
function scan(market, name, picture) {
	const file = market.file(name, picture);
	return tool("zbarimg", ["--raw", "-q", file]).replace(/\n$/, "");
}

test("a buyer pays a stall, end to end", async (t) => {
	const { market, stalls, gateway, bank } = await openMarket(t);
	const account = stalls.A01.account_no;
	let charge, buyer, seller;

	await t.test(
		"the stall asks for an amount; the code is scanned as the API says it",
		async () => {
			charge = await gateway.askCharge("MALAM.A01", AMOUNT);
			assert.equal(charge.state, "open");
			assert.equal(charge.stall, stalls.A01.reference);

			const png = await gateway.get(charge.qr_png);
			assert.equal(png.headers["content-type"], "image/png");
			assert.equal(scan(market, "charge.png", png.bytes), charge.payload);

			const svg = await gateway.get(charge.qr_svg);
			assert.equal(svg.headers["content-type"], "image/svg+xml");
			assert.match(svg.text, /^<(\?xml|svg)/);
		},
	);

	await t.test("the code names account, amount and reference", async () => {
		const decoded = JSON.parse(tool(binary, ["qr", "decode", "--strict", charge.payload]));
		assert.equal(decoded.valid, true);
		assert.equal(decoded.fields["38.01.00"], stalls.A01.bank_bin);
		assert.equal(decoded.fields["38.01.01"], account);
		assert.equal(decoded.fields["54"], String(AMOUNT));
		assert.equal(decoded.fields["62.08"], charge.reference);
	});

	await t.test("the stall's standing code asks for no amount", async () => {
		const stall = (await gateway.get("/v1/stalls/A01")).json;
		const png = await gateway.get(stall.qr_png);
		assert.equal(scan(market, "stall.png", png.bytes), stall.payload);
		assert.match(stall.payload, new RegExp(stalls.A01.reference));
	});

	await t.test("the buyer's page needs no script", async () => {
		const page = await gateway.get(charge.pay_url);
		assert.equal(page.status, 200);
		assert.match(page.headers["content-security-policy"], /default-src 'none'/);
		for (const shown of [
			"50.000",
			account,
			stalls.A01.account_holder,
			charge.reference,
			charge.qr_png,
		])
			assert.ok(page.text.includes(shown), `the page shows ${shown}`);
	});

	await t.test("buyer and seller watch; the seller came by an invite, usable once", async () => {
		buyer = await gateway.events(`${charge.pay_url}/events`);
		assert.equal(buyer.headers["content-type"], "text/event-stream");
		await waitFor("the state as it is", () => buyer.of("charge").length === 1);
		assert.equal(buyer.of("charge")[0].json.state, "open");

		const invite = await market.must("stall", "invite", "--stall", "A01");
		assert.match((await gateway.get(invite)).text, /Rau sạch chị Thử/);
		const cookie = await gateway.signIn(invite);
		assert.match(cookie, /^__Host-chopay=/);
		assert.equal((await gateway.post(invite, "")).status, 404, "an invite works once");

		seller = await gateway.events("/stall/events", { headers: { Cookie: cookie } });
		await waitFor("the seller's stream", () => seller.of("beat").length === 1);
		const page = await gateway.get("/stall", { headers: { Cookie: cookie } });
		assert.match(page.text, /Rau sạch chị Thử/);
	});

	await t.test("the bank tells of the transfer; both see it without asking again", async () => {
		await bank.pay({
			account,
			amount: AMOUNT,
			note: `MBVCB.1600000001.100001.${charge.reference}.CT tu 099 toi ${account}`,
		});
		const paid = await waitFor("the buyer's news", () => buyer.of("charge")[1]);
		assert.equal(paid.json.state, "paid");
		assert.equal(paid.json.paid, AMOUNT);

		const payment = await waitFor("the seller's news", () => seller.of("payment")[0]);
		assert.equal(payment.json.amount, AMOUNT);
		assert.equal(payment.json.charge, charge.reference);
		assert.equal(payment.json.matched_by, "charge");
		buyer.close();
		seller.close();
	});

	await t.test("the lists agree: API, command line, the stall's own", async () => {
		const [payment, ...others] = (await gateway.get("/v1/payments")).json.payments;
		assert.deepEqual(others, []);
		assert.equal(payment.stall, "A01");
		assert.equal(payment.charge, charge.reference);
		assert.equal(payment.state, "confirmed");
		assert.equal(payment.charge_state, "paid");
		assert.deepEqual(await market.lines("payments", "list", "--json"), [payment]);
		assert.deepEqual((await gateway.get("/v1/stalls/A01/payments")).json.payments, [payment]);
		assert.equal((await gateway.charge(charge.reference)).state, "paid");
		assert.equal(
			(await gateway.get(charge.qr_png)).status,
			410,
			"a paid code is not shown again",
		);
	});

	await t.test("the first figures count it", async () => {
		const { total, markets } = (await gateway.get("/v1/reports/summary")).json;
		assert.deepEqual(total.today, {
			active_stalls: 1,
			payments: 1,
			value: AMOUNT,
			value_withheld: false,
		});
		assert.equal(markets[0].name, "Chợ Ma Lâm");
		assert.equal(markets[0].stalls, 4, "the closed stall is not counted");

		assert.equal((await gateway.get("/v1/reports/summary", { key: null })).status, 401);
		const key = await market.newKey("reader");
		const ofOfficials = (await gateway.get("/v1/reports/summary", { key })).json;
		assert.equal(ofOfficials.total.today.value, null, "one stall's turnover is nobody's business");
		assert.equal(ofOfficials.total.today.payments, 1);
		assert.match((await gateway.get("/reports/today", { key })).text, /Chợ Ma Lâm/);
		const unknown = await gateway.get("/reports");
		assert.deepEqual([unknown.status, unknown.headers.location], [303, "/signin?next=/reports"]);
	});

	await t.test("every sum agrees, running and stopped", async () => {
		for (const stop of [false, true]) {
			if (stop) assert.deepEqual(await gateway.stop(), { status: 0, signal: null });
			const ledger = await market.ledger();
			assert.equal(ledger.status, 0);
			assert.equal(ledger.ok, true);
			assert.equal(ledger.received, AMOUNT);
			assert.equal(ledger.attributed, AMOUNT);
		}
	});
});
