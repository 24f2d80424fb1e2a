/* On PostgreSQL the books lie in parts by month; old raw deliveries are taken out, and all still agrees. */
import assert from "node:assert/strict";
import test from "node:test";

import { Market, openMarket } from "../support/chopay.mjs";
import { startPostgres } from "../support/postgres.mjs";
import { SteadyFeed } from "../support/steady_feed.mjs";

const DATA = 65;
const AT = (text) => Date.parse(`${text}+07:00`) / 1000;
const PAYMENTS = 3; /* of each month */

/* A market in which each month's first hour is paid in; the gateway of the last one runs. */
async function openMonths(t, months) {
	const server = await startPostgres(t);
	const database = await server.newDatabase();
	const store = server.uri(database);
	const told = [];
	let market, bank, stalls, gateway;
	for (const month of months) {
		const clockAt = AT(`${month}-01T00:10:00`);
		if (market) {
			await gateway.stop();
			gateway = await market.serve({ tls: false, clockAt });
			bank = bank.at(gateway);
		} else {
			({ market, bank, stalls, gateway } = await openMarket(t, { store, tls: false, clockAt }));
		}
		for (let i = 0; i < PAYMENTS; i++) {
			const stall = stalls.A01;
			const body = bank.delivery({ account: stall.account_no, amount: 1000, note: stall.reference });
			assert.equal((await bank.post(body)).status, 200);
			told.push(body);
		}
	}
	const psql = (sql) => server.psql(sql, { database });
	return { market, bank, gateway, psql, told };
}

const parts = async (market, ...words) => {
	const text = await market.must("store", ...words);
	return text === "" ? {} : Object.fromEntries(text.split("\n").map((line) => line.split("\t")));
};

test("parts by month: what was in none is moved, what comes goes where it belongs", async (t) => {
	const { market, bank, psql, told } = await openMonths(t, ["2027-05", "2027-06", "2027-07"]);
	const before = await market.ledger();
	assert.deepEqual(before.faults, []);

	assert.deepEqual(await parts(market, "partition", "--ahead", "1"), {
		payment_202705: "3",
		payment_202706: "3",
		payment_202707: "3",
		payment_202708: "0",
		delivery_202705: "3",
		delivery_202706: "3",
		delivery_202707: "3",
		delivery_202708: "0",
	});
	assert.equal(await psql("SELECT count(*) FROM delivery_rest"), "0");
	assert.equal(await psql("SELECT count(*) FROM payment_rest"), "0");
	assert.deepEqual(await market.ledger(), before);
	assert.deepEqual(await parts(market, "partition", "--ahead", "1"), {}, "done is done");

	assert.equal((await bank.post(told.at(-1))).status, 200);
	await bank.pay({ account: "nobody's", amount: 5, note: "x" });
	assert.equal(await psql("SELECT count(*) FROM delivery_202707"), "4", "the same bytes once");
	assert.equal(await psql("SELECT count(*) FROM payment_202707"), "3");
	/* A statement tells of May: it is May's payment, wherever it came from. */
	await bank.pay({
		...(await market.stalls()).A01,
		account: (await market.stalls()).A01.account_no,
		amount: 7,
		note: (await market.stalls()).A01.reference,
		atMs: AT("2027-05-20T09:00:00") * 1000,
	});
	assert.equal(await psql("SELECT count(*) FROM payment_202705"), "4");
	assert.equal(await psql("SELECT count(*) FROM delivery_202707"), "5");
	assert.deepEqual((await market.ledger()).faults, []);
});

test("a month of raw deliveries is taken out: sums stay, replays stay replays, and its count is guarded", async (t) => {
	const { market, bank, psql, told } = await openMonths(t, ["2027-05", "2027-06", "2027-07"]);
	await market.must("store", "partition");
	const before = await market.ledger();

	await t.test("not a month that is not over, and not with a row that somebody changed", async () => {
		const future = await market.run("store", "archive", "--before", "2027-08");
		assert.equal(future.status, DATA);
		assert.match(future.stderr, /not over yet/);
		await psql("UPDATE delivery_202705 SET content_type = 'x' WHERE id = (SELECT min(id) FROM delivery)");
		const changed = await market.run("store", "archive", "--before", "2027-07");
		assert.notEqual(changed.status, 0);
		assert.match(changed.stderr, /not as our key sealed it/);
		assert.equal(await psql("SELECT count(*) FROM delivery"), "9");
		await psql("UPDATE delivery_202705 SET content_type = 'application/json'");
		assert.deepEqual(await market.ledger(), before);
	});

	await t.test("two months go", async () => {
		assert.deepEqual(await parts(market, "archive", "--before", "2027-07"), {
			delivery_202705: "3",
			delivery_202706: "3",
		});
		assert.equal(await psql("SELECT count(*) FROM delivery"), "3");
		assert.equal(await psql("SELECT count(*) FROM public_archive.delivery_202705"), "3");
		assert.deepEqual(await market.ledger(), before);
		const again = await market.run("store", "archive", "--before", "2027-07");
		assert.deepEqual([again.status, again.stdout], [0, ""], "done is done");
		assert.match(again.stderr, /nothing to do: no part before that month/);
		await psql("DROP SCHEMA public_archive CASCADE"); /* once it was dumped */
		assert.deepEqual(await market.ledger(), before);
	});

	await t.test("what they told is still told", async () => {
		assert.equal((await bank.post(told[0])).status, 200);
		const after = await market.ledger();
		assert.deepEqual(after.faults, []);
		assert.equal(after.payments, before.payments);
		assert.equal(after.received, before.received);
	});

	const named = async () => (await market.ledger()).faults.map(({ table, key }) => `${table} ${key}`);
	for (const [name, sql, want] of [
		["its count", "UPDATE archived_month SET row_count = row_count + 1 WHERE month = 202705", /^archived_month delivery/],
		["its ids", "UPDATE archived_month SET last_id = last_id + 1 WHERE month = 202705", /^archived_month delivery/],
		["it is gone", "DELETE FROM archived_month WHERE month = 202705", /^delivery \*/m],
		["a row that is there", "DELETE FROM delivery WHERE id = (SELECT max(id) FROM delivery)", /^delivery \*/m],
	])
		await t.test(`named when somebody changes it: ${name}`, async () => {
			await psql(`CREATE TABLE kept_month AS SELECT * FROM archived_month;
				CREATE TABLE kept_delivery AS SELECT * FROM delivery; ${sql}`);
			assert.match((await named()).join("\n"), want);
			await psql(`DELETE FROM archived_month; INSERT INTO archived_month SELECT * FROM kept_month;
				DELETE FROM delivery; INSERT INTO delivery SELECT * FROM kept_delivery;
				DROP TABLE kept_month, kept_delivery`);
			assert.deepEqual(await named(), []);
		});
});

test("parts are made while deliveries come: each is acknowledged, none is refused", async (t) => {
	const store = (await startPostgres(t)).uri();
	const { market, bank, stalls, gateway } = await openMarket(t, { store, tls: false });
	const feed = new SteadyFeed(t, bank, [gateway], stalls).start();
	for (const ahead of ["0", "1", "2"]) {
		await feed.acknowledge(100);
		await market.must("store", "partition", "--ahead", ahead);
	}
	await feed.acknowledge(100);
	await feed.stop();
	assert.equal(feed.fault, undefined);
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.equal(ledger.transfers, feed.made.length);
});

test("SQLite has no parts: said in one line", async (t) => {
	const market = new Market(t, { store: null });
	await market.importStalls();
	for (const words of [["partition"], ["archive", "--before", "2026-01"]]) {
		const done = await market.run("store", ...words);
		assert.equal(done.status, DATA, done.stderr);
		assert.match(done.stderr, /^chopay: .*SQLite.*\n$/);
	}
	for (const month of ["2026-13", "2026-1", "2026-00", "1999-01", "may", "2026-071"]) {
		const done = await market.run("store", "archive", "--before", month);
		assert.equal(done.status, DATA);
		assert.match(done.stderr, /a month such as/);
	}
});
