/* A one-stop counter: charges that carry a dossier's number, found by it, refused at a stall of the
 * market. */
import assert from "node:assert/strict";
import test from "node:test";

import { openMarket, tool } from "../support/chopay.mjs";

const DESK = `market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,bank_bin,account_no,account_holder,open_date,close_date
MOTCUA,Bộ phận một cửa,23059,M01,Quầy thu phí,fee_desk,,UBND xã Hàm Thuận,,970436,8800000000077,UBND XA HAM THUAN,,
`;
const DOSSIER = "000.00.15.H60-260601-0001";

async function withDesk(t) {
	const opened = await openMarket(t);
	await opened.market.must("registry", "import", opened.market.file("desk.csv", DESK));
	return opened;
}

test("a fee desk's charge carries its dossier", async (t) => {
	const { market, gateway, bank } = await withDesk(t);
	const [charge] = await market.lines(
		...["charge", "create", "--stall", "M01", "--amount", "8000"],
		...["--dossier", DOSSIER, "--procedure", "1.001193", "--online"],
	);
	const { dossier, procedure, online } = charge;
	assert.deepEqual({ dossier, procedure, online }, {
		dossier: DOSSIER,
		procedure: "1.001193",
		online: true,
	});
	await bank.pay({ account: "8800000000077", amount: 8_000, note: charge.reference });
	const [counter] = await market.lines(
		...["charge", "create", "--stall", "M01", "--amount", "15000", "--dossier", "H60-2"],
	);
	assert.deepEqual([counter.procedure, counter.online], [null, false]);

	const find = async (query, options) => {
		const { json } = await gateway.request("GET", `/v1/charges${query}`, options);
		return json.charges.map((one) => [one.reference, one.dossier, one.state]);
	};
	const first = [charge.reference, DOSSIER, "paid"];
	const second = [counter.reference, "H60-2", "open"];
	assert.deepEqual(await find(`?dossier=${DOSSIER}`), [first]);
	assert.deepEqual(await find("?dossier=H60-3"), []);
	assert.deepEqual(await find(""), [first, second]);
	const { json: page } = await gateway.get("/v1/charges?limit=1");
	assert.equal(page.charges[0].reference, charge.reference);
	assert.deepEqual(await find(`?limit=1&cursor=${page.next_cursor}`), [second]);
	assert.equal((await gateway.charge(charge.reference)).dossier, DOSSIER);

	const [listed] = await market.lines("charge", "list", "--dossier", DOSSIER, "--json");
	assert.equal(listed.reference, charge.reference);
	const text = (await market.must("charge", "list")).split("\n");
	assert.equal(text.length, 2);
	assert.match(text[0], new RegExp(`${charge.reference}.* 8\\.000 đ  paid      online .*${DOSSIER}.*1\\.001193`));

	const session = async (code) => ({
		headers: {
			Cookie: await gateway.signIn(await market.must("stall", "invite", "--stall", code)),
		},
	});
	assert.deepEqual(await find("", await session("M01")), [first, second]);
	assert.deepEqual(await find(`?dossier=${DOSSIER}`, await session("A01")), []);
	assert.equal((await market.ledger()).status, 0);
	const book = await gateway.request("GET", "/v1/stall/book", await session("M01"));
	assert.equal(book.status, 400); /* it sells nothing */
});

test("a dossier elsewhere, and numbers that are none, are refused", async (t) => {
	const { market, gateway } = await withDesk(t);
	const create = (...words) => market.run("charge", "create", "--amount", "1000", ...words);
	for (const [words, why] of [
		[["--stall", "A01", "--dossier", "H60-1"], /only a fee desk/],
		[["--stall", "M01", "--procedure", "1.001"], /give its number/],
		[["--stall", "M01", "--online"], /give its number/],
		[["--stall", "M01", "--dossier", "H60 1"], /letters, digits/],
		[["--stall", "M01", "--dossier", "H60;1"], /letters, digits/],
		[["--stall", "M01", "--dossier", "9".repeat(65)], /at most 64/],
		[["--stall", "M01", "--dossier", "9", "--procedure", "9".repeat(33)], /at most 32/],
	]) {
		const done = await create(...words);
		assert.equal(done.status, 65, `${words}: ${done.stderr}`);
		assert.match(done.stderr, why);
	}
	assert.deepEqual(market.rows("SELECT * FROM charge"), []);
	assert.deepEqual(market.rows("SELECT * FROM charge_dossier"), []);
	for (const body of [
		{ amount: 1, dossier: 7 },
		{ amount: 1, dossier: "7", online: "yes" },
		{ amount: 1, dosier: "7" },
	])
		assert.equal((await gateway.post("/v1/stalls/M01/charges", body)).status, 400);

	/* The same key with another dossier is a mistake of the caller. */
	const ask = (dossier) =>
		gateway.post("/v1/stalls/M01/charges", { amount: 1_000, dossier }, { headers: { "Idempotency-Key": "k" } });
	const one = await ask("H60-1");
	assert.equal((await ask("H60-1")).json.reference, one.json.reference);
	assert.equal((await ask("H60-2")).status, 409);
});

test("beside the index: what was paid online, payouts and scores, in every form", async (t) => {
	const clockAt = Date.UTC(2026, 6, 2, 5) / 1000; /* June is over */
	const { market, bank } = await openMarket(t, { clockAt });
	await market.must("registry", "import", market.file("desk.csv", DESK));
	const load = (name, text) =>
		market.run("registry", "import", market.file(name, text), "--person", "Chị Lan");
	const files = [
		"unit_code,month,procedures,procedures_online,dossiers\n23059,2026-06,100,60,4\n",
		"unit_code,month,recipients,by_account,value,value_by_account\n" +
			"23059,2026-06,812,640,406000000,332000000\n",
		"unit_code,year,group,max,target,actual,rank,units\n" +
			"23059,2026,0,100.00,85.00,82.02,5,124\n23059,2026,4,10.00,9.00,7.50,,\n",
	];
	for (const text of files) {
		const done = await load("register.csv", text);
		assert.equal(done.status, 0, done.stderr);
	}
	const ask = async (number) => {
		const words = ["--stall", "M01", "--amount", "8000", "--dossier", number];
		const more = ["--procedure", "1.001", "--online"];
		return (await market.lines("charge", "create", ...words, ...more))[0];
	};
	const atMs = Date.UTC(2026, 5, 20, 5);
	for (const number of ["H-1", "H-1", "H-2"]) {
		const { reference } = await ask(number);
		await bank.pay({ account: "8800000000077", amount: 8_000, note: reference, atMs });
	}
	await ask("H-3"); /* nobody pays it */

	const words = ["report", "adoption", "--unit", "23059", "--period", "2026-06"];
	const report = JSON.parse(await market.must(...words, "--format", "json"));
	const { procedures, paid_procedures, dossiers } = report.public_service;
	assert.deepEqual(
		[procedures, paid_procedures, dossiers].map((one) => [
			one.share.num,
			one.share.den,
			one.points_x100,
			one.max_x100,
		]),
		[
			[60, 100, 150, 200],
			[1, 100, 3, 200],
			[2, 4, 300, 600],
		],
	);
	assert.equal(report.payouts.recipients.num, 640);
	assert.equal(report.payouts.value.num, 332_000_000);
	assert.equal(report.figures.payments, 0); /* the desk's are no market's */

	const xlsx = market.file("report.xlsx");
	await market.must(...words, "--format", "xlsx", "-o", xlsx);
	const strings = tool("unzip", ["-p", xlsx, "xl/sharedStrings.xml"]);
	for (const said of ["3.6. Hồ sơ thanh toán trực tuyến", "tổng các nhóm đã nhập: 7,50"])
		assert.ok(strings.includes(said), said);
	const pdf = market.file("report.pdf");
	await market.must(...words, "--format", "pdf", "-o", pdf);
	const text = tool("pdftotext", ["-layout", pdf, "-"]);
	for (const said of ["332.000.000", "406.000.000", "82,02"]) assert.ok(text.includes(said), said);
});
