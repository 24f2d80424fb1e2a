/* A stall that sells before its account is known: in the register and the index, without a code, until
 * a later import gives it one. */
import assert from "node:assert/strict";
import test from "node:test";

import { openMarket } from "../support/chopay.mjs";

const DATA = 65;
const NOON = Date.parse("2026-08-05T12:00:00+07:00");
const STALLS =
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,bank_bin,account_no,account_holder,open_date,close_date";

const row = (code, account) =>
	`MALAM,Chợ Ma Lâm,23059,${code},Bánh bà Tư,stall,bánh,Phạm Thị Tư,0990000044,${account},2026-08-01,`;
const csv = (...rows) => [STALLS, ...rows, ""].join("\n");

test("without an account: it sells, counts, is on the work list, and cannot be charged", async (t) => {
	const { market, gateway } = await openMarket(t, { clockAt: NOON / 1000 });
	const enter = (name, text) => market.run("registry", "import", market.file(name, text));
	const august = async () =>
		JSON.parse(await market.must("report", "adoption", "--market", "MALAM", "--period", "2026-08", "--audience", "board"));
	const before = await august();

	for (const [account, column] of [
		["970436,,", "account_no"],
		["970436,123,", "account_holder"],
		[",123,BA TU", "bank_bin"],
	]) {
		const half = await enter("half.csv", csv(row("T04", account)));
		assert.equal(half.status, DATA);
		assert.match(half.stderr, new RegExp(`line 2, column ${column}: "" is empty: give bank_bin, account_no`));
	}
	const done = await enter("none.csv", csv(row("T04", ",,")));
	assert.equal(done.stdout, "1 rows: 1 new stalls, 0 changed, 0 new markets\n", done.stderr);
	const exported = await market.must("registry", "export");
	assert.equal((await enter("again.csv", `${exported}\n`)).stdout, "6 rows: 0 new stalls, 0 changed, 0 new markets\n");
	const { T04 } = await market.stalls();
	assert.equal(T04.account_no, "");

	await t.test("asking it for money says what is missing", async () => {
		const asked = await gateway.post(`/v1/stalls/${T04.reference}/charges`, { amount: 50_000 });
		assert.equal(asked.status, 409, asked.text);
		assert.match(asked.json.detail, /the stall has no account yet/);
		const command = await market.run("charge", "create", "--stall", "T04", "--amount", "50000");
		assert.equal(command.status, DATA);
		assert.match(command.stderr, /the stall has no account yet: enter its bank_bin/);
	});

	await t.test("its standing code is none, and says so", async () => {
		const picture = await gateway.get(`/q/${T04.reference}.png`);
		assert.equal(picture.status, 409);
		assert.match(picture.json.type, /no-account/);
		const page = await gateway.get(`/pay/${T04.reference}`);
		assert.equal(page.status, 409);
		assert.match(page.text, /Chưa có tài khoản nhận tiền/);
		const { json } = await gateway.get(`/v1/stalls/${T04.reference}`);
		assert.deepEqual([json.payload, json.bank_bin, json.account_no], [null, "", ""]);
		const { stalls } = (await gateway.get("/v1/stalls")).json;
		assert.equal(stalls.find(({ code }) => code === "T04").account_holder, "");
	});

	await t.test("its own page says why it has no code", async () => {
		const cookie = await gateway.signIn(await market.must("stall", "invite", "--stall", "T04"));
		const page = await gateway.get("/stall", { headers: { Cookie: cookie } });
		assert.match(page.text, /Sạp chưa có tài khoản nhận tiền/);
		assert.ok(!page.text.includes(`/q/${T04.reference}`), "no picture that is none");
	});

	await t.test("it counts as without a code, and stands on the work list", async () => {
		const { figures, work } = await august();
		assert.equal(figures.sums.open_days, before.figures.sums.open_days + 5);
		assert.equal(figures.sums.qr_days, before.figures.sums.qr_days);
		assert.ok(work.some(({ stall_code, reason }) => stall_code === "T04" && reason === "no_code"), JSON.stringify(work));
	});

	await t.test("a later import gives it an account, and its code lives from that day", async () => {
		const given = await enter("given.csv", csv(row("T04", "970436,8800000000444,PHAM THI TU")));
		assert.equal(given.stdout, "1 rows: 0 new stalls, 1 changed, 0 new markets\n", given.stderr);
		const { figures, work } = await august();
		assert.equal(figures.sums.qr_days, before.figures.sums.qr_days + 1);
		assert.ok(!work.some(({ stall_code, reason }) => stall_code === "T04" && reason === "no_code"));
		const asked = await gateway.post(`/v1/stalls/${T04.reference}/charges`, { amount: 50_000 });
		assert.equal(asked.status, 201, asked.text);
		assert.equal((await gateway.get(`/q/${T04.reference}.png`)).status, 200);
		assert.equal((await gateway.get(`/pay/${T04.reference}`)).status, 200);
	});

	await t.test("an account is not taken away by a file, nor changed", async () => {
		for (const account of [",,", "970436,8800000000445,PHAM THI TU"]) {
			const taken = await enter("taken.csv", csv(row("T04", account)));
			assert.equal(taken.status, DATA);
			assert.match(taken.stderr, /an import cannot change where money goes/);
		}
		await market.must("ledger", "verify");
	});
});

test("without an account a stall is known by its merchant, when a file is older than its move", async (t) => {
	const { market } = await openMarket(t, { clockAt: NOON / 1000 });
	const hai = row("Z09", ",,").replace("MALAM,Chợ Ma Lâm", "HAI,Chợ Hai").replace("0990000044", "0990000099");
	await market.must("registry", "import", market.file("stalls.csv", csv(row("T04", ",,"), hai)));
	const moves = "market_code,stall_code,to_market_code,from\nMALAM,T04,HAI,2026-08-05\n";
	await market.must("registry", "import", market.file("moves.csv", moves), "--person", "Lan");
	const old = await market.run("registry", "import", market.file("old.csv", csv(row("T04", ",,"))));
	assert.equal(old.status, DATA);
	assert.match(old.stderr, /"T04" was moved to the market HAI/);
	const other = row("T04", ",,").replace("Phạm Thị Tư", "Võ Thị Sáu");
	const fresh = await market.must("registry", "import", market.file("other.csv", csv(other)));
	assert.equal(fresh, "1 rows: 1 new stalls, 0 changed, 0 new markets");
});
