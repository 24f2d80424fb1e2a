/* The books move to another store: while they are served, broken off, and back; nothing is lost or told twice. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import test from "node:test";

import { binary, HMAC_SECRET, Market, must, openMarket, run, tool, waitFor } from "../support/chopay.mjs";
import { startPostgres } from "../support/postgres.mjs";
import { Receiver } from "../support/receiver.mjs";
import { Bank } from "../support/sepay.mjs";
import { SteadyFeed } from "../support/steady_feed.mjs";

const DEV = "--allow-http-loopback";
const OTHER_SECRET = "secret-of-another-feed";

const server = await startPostgres();
const newStore = async () => server.uri(await server.newDatabase());

const copyWords = (from, to, ...more) => ["store", "copy", "--from", from, "--to", to, ...more];

/* A copy under way: {child, told} and its end. */
function startCopy(t, ...words) {
	const child = spawn(binary, copyWords(...words), { stdio: ["ignore", "pipe", "pipe"] });
	const copy = { child, out: "", err: "" };
	child.stdout.on("data", (chunk) => (copy.out += chunk));
	child.stderr.on("data", (chunk) => (copy.err += chunk));
	copy.end = once(child, "close").then(([status, signal]) => ({ status, signal, ...copy }));
	t.after(() => child.kill("SIGKILL"));
	return copy;
}

/* The cable to the database: of those who plug in, the `held`th waits until it is let through. */
class Cable {
	#waiting;

	static async open(t, held) {
		const cable = new Cable();
		let plugged = 0;
		cable.server = net.createServer((near) => {
			near.on("error", () => {});
			const through = () => {
				const far = net.connect(join(server.folder, `.s.PGSQL.${server.port}`));
				far.on("error", () => near.destroy()).on("close", () => near.destroy());
				near.on("close", () => far.destroy());
				near.pipe(far).pipe(near);
			};
			if (++plugged === held) cable.#waiting = through;
			else through();
		});
		cable.server.listen(0, "127.0.0.1");
		await once(cable.server, "listening");
		t.after(() => cable.server.close());
		return cable;
	}

	get waits() {
		return this.#waiting !== undefined;
	}

	letThrough() {
		this.#waiting();
	}

	uri(database) {
		return `postgresql://chopay@127.0.0.1:${this.server.address().port}/${database}?sslmode=disable`;
	}
}

/* Every row of a store but what is each store's own: how many of each table, and a digest. */
const OWN = ["schema_step", "store_note", "writer", "change", "node_keys", "lease"];
const digest = (rows) => `${rows.length} ${createHash("sha256").update(rows.sort().join("\n")).digest("hex")}`;

function askSqlite(data, sql) {
	const options = { maxBuffer: 256 << 20 };
	return tool("sqlite3", ["-readonly", join(data, "chopay.db"), sql], options).split("\n").filter(Boolean);
}

function sqliteRows(data) {
	const ask = (sql) => askSqlite(data, sql);
	const tables = ask("select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by 1");
	return Object.fromEntries(
		tables
			.filter((table) => !OWN.includes(table))
			.map((table) => {
				const columns = ask(`select name from pragma_table_info('${table}') order by 1`);
				const values = columns
					.map((name) => `case when "${name}" is null then '-' else hex("${name}") end`)
					.join(" || ' ' || ");
				return [table, digest(ask(`select ${values} from ${table}`))];
			}),
	);
}

async function postgresRows(uri) {
	const database = new URL(uri).pathname.slice(1);
	const ask = async (sql) => (await server.psql(sql, { database })).split("\n").filter(Boolean);
	const tables = await ask(
		"select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition",
	);
	const all = {};
	for (const table of tables.filter((name) => !OWN.includes(name))) {
		const columns = await ask(
			`select column_name || ' ' || data_type from information_schema.columns where table_name = '${table}' order by column_name collate "C"`,
		);
		const values = columns.map((column) => {
			const [name, type] = column.split(" ");
			const bytes = type === "bytea" ? `"${name}"` : `convert_to("${name}"::text, 'UTF8')`;
			return `coalesce(upper(encode(${bytes}, 'hex')), '-')`;
		});
		all[table] = digest(await ask(`select concat_ws(' ', ${values.join(", ")}) from ${table}`));
	}
	return all;
}

/* A market with something of everything: payments, a charge half paid, money nobody owns, refunds, alarms, a receiver. */
async function openFullMarket(t, { data } = {}) {
	const opened = await openMarket(t, { args: [DEV], store: null, data });
	const { market, stalls, gateway, bank } = opened;
	const till = await Receiver.open(t, { nowMs: () => gateway.nowMs() });
	const [, secret] = (await market.must("receiver", "add", "--url", till.url, "--stall", "A01")).split("\n");
	till.secret = secret;
	opened.other = await market.newEndpoint({ secret: OTHER_SECRET });
	const { A01, A02 } = stalls;
	const short = await gateway.askCharge(A01.reference, 90_000);
	await bank.pay({ account: A01.account_no, amount: 40_000, note: short.reference });
	const open = await gateway.askCharge(A02.reference, 70_000);
	await bank.pay({ account: A01.account_no, amount: 5_000, note: "khong ghi ma" });
	const id = bank.nextId();
	await bank.pay({ id, account: A02.account_no, amount: 11_000, note: A02.reference });
	await bank.post(bank.delivery({ id, account: A02.account_no, amount: 12_000, note: A02.reference }));
	const [payment] = (await gateway.get("/v1/payments?limit=1")).json.payments;
	const refund = { amount: 1_000, why: "trả lại hàng" };
	assert.equal((await gateway.post(`/v1/payments/${payment.id}/refunds`, refund)).status, 201);
	await waitFor("a notice to the till", () => till.ids.length > 0);
	return { ...opened, short, open, till };
}

/* Who was acknowledged is there, once; the ledger agrees. */
async function assertAllThere(market, gateway, feed) {
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	const booked = [
		...(await gateway.all("/v1/payments", "payments")),
		...(await gateway.all("/v1/suspense", "suspense")),
	].map((one) => one.provider_txn_id);
	assert.equal(new Set(booked).size, booked.length, "none twice");
	const there = new Set(booked);
	for (const one of feed.acknowledged) assert.ok(there.has(one.id), `delivery ${one.id} is there`);
}

test("a served market moves to PostgreSQL and no acknowledged delivery is lost", async (t) => {
	const { market, stalls, gateway, bank, short, open, till, other } = await openFullMarket(t);
	const uri = await newStore();
	const feed = new SteadyFeed(t, bank, [gateway], stalls).start();
	await feed.acknowledge(300);

	const copy = startCopy(t, market.data, uri, "--switch");
	const done = await copy.end;
	assert.equal(done.status, 0, done.err);
	assert.match(done.out, /the books have moved there/);
	assert.match(done.err, /nothing was written for/);
	assert.equal(gateway.ended(), true, "the old gateway has ended");
	assert.match(gateway.told.err, /the books are in another store now/);
	assert.ok((feed.statuses.get(503) ?? 0) + (feed.statuses.get("lost") ?? 0) > 0, "somebody was told to come again");

	/* Nobody serves the old store by mistake; what it says has no password. */
	const wrong = await run(["serve", "--data", market.data, "--listen", "127.0.0.1:0"]);
	assert.equal(wrong.status, 78);
	assert.match(wrong.stderr, /moved to postgresql:\/\/\/market.*store reopen/);

	assert.deepEqual(await postgresRows(uri), sqliteRows(market.data), "every row is the same");
	const [newest] = askSqlite(market.data, "select max(id) from delivery");

	market.store = uri;
	const again = await market.serve({ args: [DEV], store: uri });
	again.key = gateway.key;
	bank.at(again);
	feed.gateways = [again];
	await feed.acknowledge(200);
	await feed.stop();
	assert.equal(feed.acknowledged.length, feed.made.length);
	await assertAllThere(market, again, feed);

	/* Ids go on above the old ones. */
	const database = new URL(uri).pathname.slice(1);
	const ids = await server.psql(`select count(*) from delivery where id > ${newest}`, { database });
	assert.ok(Number(ids) >= 200, "new deliveries have higher ids");

	/* Secrets open, charges are paid, the till is told. */
	const stranger = new Bank(again, other, OTHER_SECRET);
	const told = till.ids.length;
	await stranger.pay({ id: 55_000_001, account: stalls.A01.account_no, amount: 51_000, note: short.reference });
	await bank.pay({ account: stalls.A02.account_no, amount: 70_000, note: open.reference });
	assert.equal((await again.charge(short.reference)).state, "paid");
	assert.equal((await again.charge(open.reference)).state, "paid");
	await waitFor("the till to hear", () => till.ids.length > told);
});

test("what takes longer the more was booked is done while the gateway serves on", async (t) => {
	const { market, stalls, gateway, bank } = await openFullMarket(t);
	/* The third connection of a copy, after those that write and compare, verifies the ledger. */
	const cable = await Cable.open(t, 3);
	const feed = new SteadyFeed(t, bank, [gateway], stalls).start();
	await feed.acknowledge(300);
	const copy = startCopy(t, market.data, cable.uri(await server.newDatabase()), "--switch");
	await waitFor("the ledger to be verified", () => cable.waits);
	await feed.acknowledge(100);
	await feed.stop();
	assert.equal(feed.statuses.size, 0, "nobody was told to come again");
	cable.letThrough();
	const done = await copy.end;
	assert.equal(done.status, 0, done.err);
	const [, looked] = /nothing is written from now on\n\S+ store copy: (\d+) rows: /.exec(done.err);
	const [, all] = /^(\d+) rows are the same/.exec(done.out);
	assert.ok(Number(all) > 2_000, all);
	assert.ok(Number(looked) < 100, `${looked} of ${all} rows were looked at while nothing was written`);
});

test("a copy that is killed at any moment leaves the old store served, and goes on when it is run again", async (t) => {
	const { market, stalls, gateway, bank } = await openFullMarket(t);
	const uri = await newStore();
	const feed = new SteadyFeed(t, bank, [gateway], stalls).start(4);
	await feed.acknowledge(200);
	const refused = () => feed.statuses.get(503) ?? 0;
	const later = (ms) => () => new Promise((resolve) => setTimeout(resolve, ms));
	/* At any moment, after the first pass, and while writing is held. */
	const moments = [
		...[20, 60, 150].map(later),
		(copy) => waitFor("the first rows", () => copy.err.includes("rows: ")),
		(copy, before) => waitFor("writing to be held", () => refused() > before),
	];
	for (const moment of moments) {
		const copy = startCopy(t, market.data, uri, "--switch");
		await moment(copy, refused());
		copy.child.kill("SIGKILL");
		assert.equal((await copy.end).signal, "SIGKILL");
		await feed.acknowledge(50);
		assert.equal(gateway.ended(), false, "the old gateway goes on");
	}
	const half = ["serve", "--data", market.newNode(), "--store", uri, "--listen", "127.0.0.1:0"];
	const early = await run(half);
	assert.equal(early.status, 65, early.stderr);
	assert.match(early.stderr, /is not whole; run the same `chopay store copy` again/);
	const done = await startCopy(t, market.data, uri, "--switch").end;
	assert.equal(done.status, 0, done.err);
	market.store = uri;
	const again = await market.serve({ args: [DEV], store: uri });
	again.key = gateway.key;
	bank.at(again);
	feed.gateways = [again];
	await feed.stop();
	await assertAllThere(market, again, feed);
});

test("the new database goes away in the middle: one line, and the old store is served on", async (t) => {
	const own = await startPostgres(t);
	const { market, stalls, gateway, bank } = await openFullMarket(t);
	const uri = own.uri();
	const feed = new SteadyFeed(t, bank, [gateway], stalls).start(4);
	await feed.acknowledge(300);
	const copy = startCopy(t, market.data, uri, "--switch");
	await waitFor("the first rows", () => copy.err.includes("rows: "));
	await own.kill();
	const done = await copy.end;
	assert.equal(done.status, 69, done.err);
	assert.match(done.err, /the same command goes on where it was/);
	assert.equal(gateway.ended(), false);
	await feed.acknowledge(50);
	await own.start();
	const second = await startCopy(t, market.data, uri, "--switch").end;
	assert.equal(second.status, 0, second.err);
	market.store = uri;
	const again = await market.serve({ args: [DEV], store: uri });
	again.key = gateway.key;
	bank.at(again);
	feed.gateways = [again];
	await feed.stop();
	await assertAllThere(market, again, feed);
});

test("back to SQLite: the same rows, the same keys, and the books go on", async (t) => {
	const { market, stalls, gateway, bank } = await openFullMarket(t);
	const uri = await newStore();
	await gateway.stop();
	await must(copyWords(market.data, uri));
	const there = await market.serve({ args: [DEV], store: uri });
	there.key = gateway.key;
	await bank.at(there).pay({ account: stalls.A01.account_no, amount: 7_000, note: stalls.A01.reference });

	const back = join(mkdtempSync(join(market.folder, "back-")), "data");
	const early = await run(copyWords(uri, back, "--data", market.data, "--switch"));
	assert.equal(early.status, 69, "its node still writes");
	assert.match(early.stderr, /stop them first/);
	await there.stop();
	await must(copyWords(uri, back, "--data", market.data, "--switch"));
	assert.deepEqual(sqliteRows(back), await postgresRows(uri));
	assert.deepEqual(readFileSync(join(back, "keys/master.key")), readFileSync(join(market.data, "keys/master.key")));

	const left = await run(["serve", "--data", market.data, "--store", uri, "--listen", "127.0.0.1:0"]);
	assert.equal(left.status, 78, left.stderr);
	assert.match(left.stderr, /these books moved to .*chopay\.db/);

	Object.assign(market, { data: back, store: undefined });
	const home = await market.serve({ args: [DEV] });
	home.key = gateway.key;
	await bank.at(home).pay({ account: stalls.A01.account_no, amount: 8_000, note: stalls.A01.reference });
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	const ids = (await home.all("/v1/payments", "payments")).map((one) => one.id);
	assert.equal(new Set(ids).size, ids.length);
});

test("what cannot be copied is refused in one line, and nothing is changed", async (t) => {
	const market = new Market(t, { store: null });
	await market.importStalls();
	const taken = await newStore();
	await must(copyWords(market.data, taken));
	const full = await newStore();
	await server.psql("create table shelf (id bigint primary key)", { database: new URL(full).pathname.slice(1) });
	const other = new Market(t, { store: null });
	await other.importStalls();
	const gone = "postgresql://chopay:secret@127.0.0.1:1/books?connect_timeout=2";
	const cases = [
		[["store", "copy"], 64, /from where to where/],
		[copyWords(market.data, market.data), 64, /both are the same store/],
		[copyWords(market.data, "mysql://x:secret@z/w"), 64, /^chopay: store copy: --to is neither a folder nor postgresql:\/\/\.\.\.\n$/],
		[copyWords(market.file("nothing"), taken), 78, /there is no store in/],
		[copyWords(market.data, taken), 65, /holds a store already \(there are rows in "\w+"\)/],
		[copyWords(market.data, other.data), 65, /(is another key than|holds a store already)/],
		[copyWords(market.data, gone), 69, /cannot be reached/],
		[copyWords("postgresql://x:p/secret@h/d", join(market.folder, "new")), 78, /%2F for \//],
		[copyWords(market.data, "postgresql:///d?bogus=1"), 78, /an option "bogus"/],
		[copyWords(gone, join(market.folder, "new"), "--data", market.data), 69, /cannot be reached/],
		[copyWords(taken, await newStore()), 64, /--data DIR says where the keys are/],
		[copyWords(taken, await newStore(), "--data", market.file("nothing")), 74, /there is no .*master\.key/],
		[["store", "reopen", market.data], 65, /its books did not move/],
		[["store", "reopen"], 64, /which store/],
	];
	for (const [words, status, line] of cases) {
		const done = await run(words);
		assert.equal(done.status, status, `${words.join(" ")}: ${done.stderr}`);
		assert.match(done.stderr, line);
		assert.doesNotMatch(done.stderr, /secret/);
		assert.equal(done.stdout, "");
	}
	assert.ok(!existsSync(join(market.folder, "new")), "no folder, and no keys in it");
	const ledger = await market.ledger();
	assert.equal(ledger.status, 0);
	assert.equal((await other.ledger()).status, 0);
	assert.equal(existsSync(join(market.data, "chopay.db")), true);
});

test("a store that was left is taken into use again, and the other one is left", async (t) => {
	const market = new Market(t, { store: null });
	await market.importStalls();
	const there = await newStore();
	await must(copyWords(market.data, there, "--switch"));
	const left = await market.run("ledger", "verify");
	assert.equal(left.status, 78);
	assert.match(left.stderr, /these books moved to/);
	assert.match(await must(["store", "reopen", market.data]), /in use again/);
	assert.equal((await market.ledger()).status, 0);
	const wrong = await run(["ledger", "verify", "--data", market.newNode(), "--store", there]);
	assert.equal(wrong.status, 78, "never both");
	assert.match(wrong.stderr, /these books moved to .*chopay\.db/);
});

test("what would make two books of one is refused, unless the risk is named", async (t) => {
	const market = new Market(t, { store: null });
	await market.importStalls();
	const reopen = (...words) => run(["store", "reopen", ...words]);
	const refused = async (store, status, says) => {
		const done = await reopen(store);
		assert.equal(done.status, status, done.stderr);
		assert.match(done.stderr, says);
		assert.match(done.stderr, /--fork-books|in use/);
		assert.equal((await run(["ledger", "verify", "--data", store])).status, 78, "still left");
	};
	const [there, further] = [await newStore(), join(market.folder, "further")];
	await must(copyWords(market.data, there, "--switch"));

	const node = ["--data", market.newNode(), "--store", there];
	await must(["key", "add", "--name", "till", "--role", "operator", ...node]);
	await refused(market.data, 65, /something was written there since/);

	await must(copyWords(there, further, "--data", market.data, "--switch"));
	await refused(market.data, 65, /the books moved on from there to .*further\/chopay\.db/);

	/* The same where it cannot be looked at. */
	await server.psql(`alter database ${new URL(there).pathname.slice(1)} rename to away`);
	await refused(market.data, 78, /nobody knows what was booked there since/);

	const forked = await reopen(market.data, "--fork-books");
	assert.equal(forked.status, 0, forked.stderr);
	assert.equal((await market.ledger()).status, 0);
});
