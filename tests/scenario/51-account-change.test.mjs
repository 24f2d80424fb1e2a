/* Where a stall's money goes is changed by two persons, after a delay, and its phones are told. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import test from "node:test";

import { openMarket, waitFor } from "../support/chopay.mjs";
import { clock } from "../support/faults.mjs";

const NEW = { bank: "Vietcombank", account: "9900000000777", holder: "TRAN THI HAI" };
const HOUR = 3600;

async function open(t) {
	const { market, stalls, gateway: first } = await openMarket(t, {});
	await first.stop();
	const { env } = clock(market);
	let offset = 0;
	const later = (seconds) => writeFileSync(env.CLOCK_OFFSET, String((offset += seconds)));
	later(0);
	const gateway = await market.serve({ env });
	gateway.key = await market.newKey();
	return { market, stalls, gateway, later };
}

const propose = (market, stall, more = [], account = NEW) =>
	market.run("account", "propose", "--stall", stall, "--bank", account.bank, "--account", account.account,
		"--holder", account.holder, "--person", "Lan", "--why", "đổi ngân hàng", ...more);

const changes = (market) => market.lines("account", "list", "--json");

test("proposed by one, approved by another, and a day later it is so", async (t) => {
	const { market, stalls, gateway, later } = await open(t);
	const cookie = await gateway.signIn(await market.must("stall", "invite", "--stall", "A01"));
	const live = await gateway.events("/stall/events", { headers: { Cookie: cookie } });
	const page = async () => (await gateway.get("/stall", { headers: { Cookie: cookie } })).text;
	const told = (count) => waitFor(`${count} words to the phone`, () => live.of("account").length === count);
	const accountOf = async () => (await market.stalls()).A01.account_no;
	const before = stalls.A01.account_no;

	assert.equal((await propose(market, "A01")).status, 0);
	const [change] = await changes(market);
	assert.equal(change.state, "proposed");
	await told(1);
	assert.match(await page(), /Có người đề nghị đổi tài khoản .* 9900000000777/);

	const alone = await market.run("account", "approve", change.id, "--person", "Lan");
	assert.match(alone.stderr, /a second person must approve/);
	await market.must("account", "approve", change.id, "--person", "Minh");
	await told(2);
	assert.match(await page(), /sẽ đổi sang số 9900000000777 từ \d\d:\d\d \d\d\/\d\d\/\d{4}/);
	assert.match((await market.run("account", "approve", change.id, "--person", "Hoa")).stderr, /approved or cancelled before/);
	assert.equal(await accountOf(), before, "not at once");
	later(23 * HOUR);
	/* What time does is done within seconds: a charge that expires shows that it was. */
	const charge = await gateway.askCharge("B02", 1000, { expiresIn: 60 });
	later(120);
	await waitFor("time to be looked at", async () => (await gateway.charge(charge.reference)).state === "expired");
	assert.equal(await accountOf(), before, "not a minute too early");

	later(HOUR);
	await waitFor("the change", async () => (await changes(market))[0].state === "done");
	assert.equal(await accountOf(), NEW.account);
	await waitFor("the phone to be told", () => live.of("account").some((event) => event.json.state === "done"));
	const decoded = (await gateway.get("/v1/stalls/A01")).json;
	assert.match(decoded.payload, new RegExp(NEW.account), "the code pays the new account");
	assert.doesNotMatch(await page(), /đề nghị đổi|sẽ đổi sang/);

	const what = (await gateway.all("/v1/audit", "audit"))
		.filter((line) => line.what.startsWith("account-"))
		.map((line) => [line.what, line.who]);
	assert.deepEqual(what.reverse(), [
		["account-propose", "local Lan"],
		["account-approve", "local Minh"],
		["account-change", "gateway Minh"],
	]);
	assert.equal((await market.run("audit", "verify")).status, 0);
	assert.equal((await market.ledger()).status, 0);
});

test("cancelled in time, and only one at a time", async (t) => {
	const { market, stalls, later } = await open(t);
	assert.equal((await propose(market, "A01", ["--delay", "1"])).status, 0);
	assert.match((await propose(market, "A01")).stderr, /another change of this stall's account is under way/);
	const [{ id }] = await changes(market);
	await market.must("account", "approve", id, "--person", "Minh");
	await market.must("account", "cancel", id, "--person", "Hoa", "--why", "chủ sạp không biết");
	later(2 * HOUR);
	assert.equal((await propose(market, "A01")).status, 0, "another one may be proposed");
	assert.equal((await market.stalls()).A01.account_no, stalls.A01.account_no);
	const [, first] = await changes(market);
	assert.deepEqual([first.state, first.ended_by], ["cancelled", "Hoa"]);
});

test("what no change can be", async (t) => {
	const { market, stalls } = await open(t);
	const row = stalls.A01;
	for (const [stall, more, account, says] of [
		["NOPE", [], NEW, /no such stall/],
		["A01", [], { ...NEW, bank: "Ngân hàng Không Có" }, /No such bank|name or its BIN/],
		["A01", [], { ...NEW, account: "12 34" }, /account number/],
		["A01", [], { ...NEW, holder: "Trần Thị Hai" }, /capitals without marks/],
		["A01", ["--delay", "0"], NEW, /1 to 720/],
		["A01", ["--delay", "721"], NEW, /1 to 720/],
		["A01", [], { bank: row.bank_bin, account: row.account_no, holder: row.account_holder }, /has that account/],
	]) {
		const done = await propose(market, stall, more, account);
		assert.ok(done.status > 0, String(says));
		assert.match(done.stderr, says);
	}
	assert.deepEqual(await changes(market), []);
	/* A file does not do it either, and says what does. */
	const csv = (await market.must("registry", "export")).replace(row.account_no, NEW.account);
	const file = market.file("changed.csv", `${csv}\n`);
	assert.match((await market.run("registry", "import", file)).stderr, /chopay account propose/);
});

test("a helper's phone, a phone that was signed out, and what each sees", async (t) => {
	const { market, gateway } = await openMarket(t);
	const invite = (...more) => market.must("stall", "invite", "--stall", "A01", ...more);
	const owner = await gateway.signIn(await invite());
	const helper = await gateway.signIn(await invite("--helper"));
	const get = (path, cookie) => gateway.get(path, { headers: { Cookie: cookie } });
	const phones = await market.lines("stall", "devices", "--stall", "A01");
	assert.deepEqual(phones.map((phone) => phone.role), ["helper", "owner"]);

	assert.equal((await get("/stall/devices", owner)).status, 200);
	assert.equal((await get("/stall/devices", helper)).status, 403);
	assert.equal((await get("/stall", helper)).status, 200);
	for (const path of ["/v1/stall/book", "/v1/stall/accounts", "/v1/stalls/A01/payments", "/v1/charges", "/v1/stalls/A01/devices"])
		assert.equal((await get(path, helper)).status, 403, path);
	assert.equal((await gateway.post("/v1/stalls/A01/charges", { amount: 1000 }, { headers: { Cookie: helper } })).status, 201);

	/* The owner signs it out on the page; what it listened to is over, and it stays out. */
	const live = await gateway.events("/stall/events", { headers: { Cookie: helper } });
	const own = await gateway.events("/stall/events", { headers: { Cookie: owner } });
	const page = (await get("/stall/devices", owner)).text;
	const action = new RegExp(`action="(/stall/devices/${phones[0].id}/revoke)"`).exec(page)[1];
	const headers = { Cookie: owner, "Sec-Fetch-Site": "cross-site" };
	assert.equal((await gateway.post(action, "", { headers })).status, 403);
	assert.equal((await gateway.post(action, "", { headers: { Cookie: helper } })).status, 403);
	assert.equal((await gateway.post(action, "", { headers: { Cookie: owner } })).status, 303);
	await waitFor("the helper's stream to end", () => live.over);
	await waitFor("the owner's to begin anew", () => own.over);
	assert.equal((await get("/stall/events", helper)).status, 204);
	assert.match((await get("/stall", helper)).text, /chưa mở quầy|signin/);
	const again = await gateway.events("/stall/events", { headers: { Cookie: owner } });
	assert.equal(again.status, 200);

	/* And who closes the stall on a phone hears no more of it there, in whatever tab. */
	assert.equal((await gateway.post("/stall/leave", "", { headers: { Cookie: owner } })).status, 303);
	await waitFor("the stream of the phone that left to end", () => again.over);
	assert.equal((await get("/stall/events", owner)).status, 204);
	assert.equal((await gateway.post("/stall/leave", "", { headers: { Cookie: owner } })).status, 303, "pressed twice");
});
