/* Several nodes on one database: each shows what any of them booked, and what must be done once is. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import test from "node:test";

import { binary, HMAC_SECRET, Market, must, waitFor } from "../support/chopay.mjs";
import { ListServer } from "../support/lists.mjs";
import { pool } from "../support/poolers.mjs";
import { startPostgres } from "../support/postgres.mjs";
import { Receiver, answers } from "../support/receiver.mjs";
import { Bank } from "../support/sepay.mjs";

const DEV = "--allow-http-loopback";
const TAKEN_OVER_MS = 180_000; /* the lease of a dead node runs out in 15 s */

/* ---- words of these stories ---- */

/* A market with two running nodes, A and B, and a bank that tells A. */
async function openTwo(t, { store, server, args = [] } = {}) {
	const database = server ?? (await startPostgres(t));
	const market = new Market(t, { store: null }); /* commands ask the node of their folder */
	const where = { store: store ?? database.uri(), args };
	const a = await market.serve(where);
	await market.importStalls();
	const bank = new Bank(a, await market.newEndpoint(), HMAC_SECRET);
	const data = market.newNode();
	const b = await market.serve({ data, ...where });
	a.key = b.key = await market.newKey();
	const onB = (...words) => must([...words, "--data", data]);
	const list = await a.all("/v1/stalls", "stalls");
	const stalls = Object.fromEntries(list.map((stall) => [stall.code, stall]));
	return { market, stalls, bank, server: database, store: where.store, a, b, dataB: data, onB };
}

const sql = (server, text) => server.psql(text, { database: "chopay" });

async function watch(t, { market, gateway }) {
	return follow(t, gateway, await gateway.signIn(await market.must("stall", "invite", "A01")));
}

/* From the last event on, or from now; ready when the first beat came. */
async function follow(t, gateway, cookie, { last } = {}) {
	const resume = last === undefined ? {} : { "Last-Event-ID": last };
	const headers = { Cookie: cookie, ...resume };
	const stream = await gateway.events("/stall/events", { headers });
	t.after(() => stream.close());
	await waitFor("the stream's first beat", () => stream.of("beat").length > 0);
	stream.cookie = cookie;
	return stream;
}

const paid = (stream) => stream.of("payment").map(({ json }) => json.amount);

const came = (stream, amounts) =>
	waitFor(`${amounts.length} payments on the stream`, () => paid(stream).length >= amounts.length);

const credit = (stalls, amount, more = {}) => ({
	account: stalls.A01.account_no,
	amount,
	note: stalls.A01.reference,
	...more,
});

/* Which of them does the background work. */
async function worker(gateways) {
	const last = ({ told }, words) => told.err.lastIndexOf(words);
	const does = (node) => last(node, "background is done here") > last(node, "background is left");
	return waitFor("a node to do the background work", () => gateways.find(does), TAKEN_OVER_MS);
}

/* ---- once ---- */

test("the same webhook to two nodes at once, many times, counts once", async (t) => {
	const { market, stalls, a, b, bank } = await openTwo(t);
	for (let n = 0; n < 25; n++) {
		const body = bank.delivery(credit(stalls, 1000 + n));
		const all = await Promise.all(
			[a, b, a, b].map((gateway) => {
				bank.at(gateway);
				return bank.post(body);
			}),
		);
		for (const answer of all) assert.equal(answer.status, 200, answer.text);
	}
	const payments = await b.all("/v1/payments", "payments");
	assert.equal(payments.length, 25);
	assert.deepEqual(new Set(payments.map(({ amount }) => amount)).size, 25);
	assert.equal((await a.all("/v1/payments", "payments")).length, 25);
	const ledger = await market.ledger();
	assert.equal(ledger.status, 0, ledger.stderr);
});

test("a charge made on A is paid through B, cancelled through A; both tell the same", async (t) => {
	const { stalls, a, b, bank } = await openTwo(t);
	const charge = await a.askCharge("A01", 45_000);
	assert.equal((await b.charge(charge.reference)).state, "open");
	await bank.at(b).pay(credit(stalls, 45_000, { note: charge.reference }));
	assert.equal((await a.charge(charge.reference)).state, "paid");

	const other = await b.askCharge("A01", 12_000);
	const answer = await a.post(`/v1/charges/${other.reference}/cancel`, "");
	assert.equal(answer.status, 200, answer.text);
	assert.equal((await b.charge(other.reference)).state, "cancelled");
	/* The same key on another node is the same charge. */
	const headers = { "Idempotency-Key": "till-1" };
	const first = await a.askCharge("A01", 7_000, { headers });
	const again = await b.post("/v1/stalls/A01/charges", { amount: 7_000 }, { headers });
	assert.equal(again.json.reference, first.reference);
});

/* ---- live ---- */

test("a page on A shows what B booked, each once, also after a lost line on the other node", async (t) => {
	const { market, stalls, a, b, bank } = await openTwo(t);
	const stream = await watch(t, { market, gateway: a });
	const amounts = [];
	for (let n = 0; n < 20; n++) {
		amounts.push(1000 + n);
		await bank.at(n % 2 === 0 ? b : a).pay(credit(stalls, 1000 + n));
	}
	await came(stream, amounts);
	assert.deepEqual(paid(stream).sort(), amounts);

	/* The page comes back to B: what it had is not told again, what it lacked is. */
	const last = stream.events.filter(({ id }) => id).at(-1).id;
	stream.close();
	await bank.at(b).pay(credit(stalls, 5001));
	await bank.at(a).pay(credit(stalls, 5002));
	const back = await follow(t, b, stream.cookie, { last });
	await came(back, [5001, 5002]);
	assert.deepEqual(paid(back).sort(), [5001, 5002]);
	await bank.at(a).pay(credit(stalls, 5003));
	await came(back, [5001, 5002, 5003]);
	assert.deepEqual(paid(back).sort(), [5001, 5002, 5003]);
});

test("the listener's connection is cut while B books: A's page shows everything, once", async (t) => {
	const { market, stalls, server, a, b, bank } = await openTwo(t);
	const stream = await watch(t, { market, gateway: a });
	const amounts = [];
	const cut = () =>
		waitFor("somebody who listens", async () => {
			const listener = "application_name = 'chopay listener'";
			const gone = `select count(pg_terminate_backend(pid)) from pg_stat_activity where ${listener}`;
			return (await sql(server, gone)) !== "0";
		});
	for (let n = 0; n < 60; n++) {
		amounts.push(1000 + n);
		const booked = bank.at(b).pay(credit(stalls, 1000 + n));
		if (n % 10 === 5) await cut();
		await booked;
	}
	await came(stream, amounts);
	assert.deepEqual(paid(stream), amounts);
});

test("what commits late with a smaller id is shown, too", async (t) => {
	const { market, stalls, server, a, b, bank } = await openTwo(t);
	const stream = await watch(t, { market, gateway: a });
	/* B's batch waits for a lock that A's does not need. */
	await sql(server, "create table gate (n int); grant all on gate to chopay");
	await sql(
		server,
		`create function wait_for_gate() returns trigger language plpgsql as $$ begin
			if new.amount = 1001 then perform pg_advisory_xact_lock(77); end if; return new; end $$;
		create trigger gate before insert on payment for each row execute function wait_for_gate()`,
	);
	const hold = sql(
		server,
		`begin; select pg_advisory_xact_lock(77);
		do $$ begin while not exists (select from gate) loop perform pg_sleep(0.02); end loop; end $$;
		commit`,
	);
	const locks = async (condition) =>
		sql(server, `select count(*) from pg_locks where objid = 77 and locktype = 'advisory' and ${condition}`);
	await waitFor("the lock", async () => (await locks("granted")) === "1");
	const late = bank.at(b).pay(credit(stalls, 1001));
	await waitFor("B to wait", async () => (await locks("not granted")) === "1");
	await bank.at(a).pay(credit(stalls, 1002));
	await came(stream, [1002]);
	const last = stream.events.filter(({ id }) => id).at(-1).id;
	stream.close();
	await sql(server, "insert into gate values (1)");
	await hold;
	await late;
	const back = await follow(t, a, stream.cookie, { last });
	await came(back, [1001]);
	assert.deepEqual(paid(back), [1001]);
	const byAmount = "select id from notice where kind = 'payment' order by body::json ->> 'amount'";
	const ids = (await sql(server, byAmount)).split("\n").map(BigInt);
	assert.ok(ids[0] < ids[1], "the late one has the smaller id");
});

test("behind a pooler, where nobody can listen, B's bookings are shown all the same", async (t) => {
	const server = await startPostgres(t);
	const pooler = await pool(t, server);
	const { market, stalls, a, b, bank, onB } = await openTwo(t, { server, store: pooler.uri("chopay") });
	const stream = await watch(t, { market, gateway: a });
	const amounts = [];
	for (let n = 0; n < 20; n++) {
		amounts.push(1000 + n);
		await bank.at(n % 2 === 0 ? b : a).pay(credit(stalls, 1000 + n));
	}
	await came(stream, amounts);
	assert.deepEqual(paid(stream).sort(), amounts);
	await onB("endpoint", "revoke", bank.endpoint.split("/").at(-1));
	await waitFor("A to refuse it", async () => {
		const body = bank.at(a).delivery(credit(stalls, 9999));
		return (await bank.post(body)).status === 404;
	});
});

/* ---- what each node keeps in memory ---- */

test("an endpoint added, rotated and revoked on A is so on B", async (t) => {
	const { market, stalls, a, b, bank } = await openTwo(t);
	const path = await market.newEndpoint({ secret: "another-secret-of-1" });
	const other = Object.assign(Object.create(Object.getPrototypeOf(bank)), bank, {
		endpoint: path,
		secret: "another-secret-of-1",
	});
	let amount = 2000;
	const status = async (gateway, secret) => {
		const body = bank.delivery(credit(stalls, ++amount));
		Object.assign(other, { gateway, secret });
		return (await other.post(body)).status;
	};
	const becomes = (wanted, secret) =>
		waitFor(`B to answer ${wanted}`, async () => (await status(b, secret)) === wanted);
	await becomes(200, "another-secret-of-1");
	const id = path.split("/").at(-1);
	const file = market.file("fresh", "another-secret-of-2");
	await market.must("endpoint", "rotate", id, "--secret-file", file);
	await becomes(200, "another-secret-of-2");
	assert.equal(await status(a, "another-secret-of-1"), 200); /* both, for a while */
	await market.must("endpoint", "revoke", id);
	await becomes(404, "another-secret-of-2");
	assert.equal(await status(a, "another-secret-of-2"), 404);
});

test("banks that want our answers signed see one key, whichever node answers", async (t) => {
	const { market, server, store, dataB, b, onB } = await openTwo(t);
	const words = ["endpoint", "public-key"];
	const [one, other] = await Promise.all([market.must(...words), onB(...words)]);
	assert.match(one, /^-----BEGIN PUBLIC KEY-----/);
	assert.equal(other, one);
	await b.stop();
	await market.serve({ data: dataB, store });
	assert.equal(await onB("endpoint", "public-key"), one);
	const found = "select position('PRIVATE' in encode(sealed, 'escape')) from shared_secret";
	assert.equal(await sql(server, found), "0", "it is sealed");
});

/* ---- background work ---- */

async function openWithTill(t) {
	const opened = await openTwo(t, { args: [DEV] });
	const { market } = opened;
	const till = await Receiver.open(t);
	/* It changes a row of each writer, which two nodes renew: "Busy" says to ask again. */
	const told = await waitFor("the receiver to be added", async () => {
		const added = await market.run("receiver", "add", "--url", till.url, "--stall", "A01");
		assert.ok(added.status === 0 || /: Busy: /.test(added.stderr), added.stderr);
		return added.status === 0 && added.stdout;
	});
	const [id, secret] = told.split("\n");
	Object.assign(till, { id, secret });
	return { ...opened, till };
}

async function told(market, till, count) {
	await waitFor(`${count} notices`, () => till.ids.length >= count && till.flying === 0, TAKEN_OVER_MS);
	await waitFor("nothing to wait", async () => {
		const list = await market.lines("receiver", "list");
		return list.every(({ waiting }) => waiting === 0);
	}, TAKEN_OVER_MS);
}

const dispatched = (server) =>
	sql(server, "select 'ntc_' || notice_id from dispatch order by notice_id").then((text) => text.split("\n"));

test("a receiver gets each notice once, whichever node booked it", async (t) => {
	const { market, stalls, server, a, b, bank, till } = await openWithTill(t);
	await worker([a, b]);
	for (let n = 0; n < 30; n++) await bank.at(n % 2 === 0 ? a : b).pay(credit(stalls, 1000 + n));
	await told(market, till, 30);
	assert.deepEqual(till.messages.map(({ id }) => id).sort(), (await dispatched(server)).sort());
	assert.equal(till.messages.filter(({ fault }) => fault).length, 0);
	assert.equal(till.most, 1);
});

test("the node that works is killed: the other takes over, each notice once", async (t) => {
	const { market, stalls, server, a, b, bank, till } = await openWithTill(t);
	const dead = await worker([a, b]);
	const alive = dead === a ? b : a;
	await bank.at(dead).pay(credit(stalls, 1000));
	await told(market, till, 1);
	await dead.kill();
	for (let n = 1; n < 10; n++) await bank.at(alive).insist(credit(stalls, 1000 + n));
	const charge = await alive.askCharge("A01", 50_000, { expiresIn: 60 });
	await sql(server, `update charge set expires_at_ms = 1 where reference = '${charge.reference}'`);
	await waitFor("10 payments to be told", () => till.of("payment.confirmed").length >= 10, TAKEN_OVER_MS);
	await waitFor("the charge to expire", () => till.of("charge.expired").length > 0, TAKEN_OVER_MS);
	assert.equal((await alive.charge(charge.reference)).state, "expired");
	assert.equal(till.messages.length, till.ids.length, "each once");
	const order = till.messages.map(({ id }) => id);
	assert.deepEqual(order, await dispatched(server));
});

test("the node that works is stopped and comes back: it is fenced, each notice once", async (t) => {
	const { stalls, server, a, b, bank, till } = await openWithTill(t);
	const stopped = await worker([a, b]);
	const other = stopped === a ? b : a;
	/* What it has read ahead waits behind one that is not taken. */
	till.answer = answers.status(503);
	for (let n = 0; n < 8; n++) await bank.at(stopped).pay(credit(stalls, 1000 + n));
	await waitFor("a try", () => till.messages.length > 0 && till.flying === 0);
	process.kill(stopped.pid, "SIGSTOP");
	till.answer = answers.ok;
	till.messages.length = 0;
	await worker([other]);
	await waitFor("the other to tell all", () => till.ids.length >= 8, TAKEN_OVER_MS);
	process.kill(stopped.pid, "SIGCONT");
	await waitFor("the stopped one to notice", () => /is left to other nodes/.test(stopped.told.err));
	for (let n = 8; n < 12; n++) await bank.at(n % 2 === 0 ? a : b).insist(credit(stalls, 1000 + n));
	await waitFor("the rest", () => till.ids.length >= 12, TAKEN_OVER_MS);
	assert.deepEqual(till.messages.map(({ id }) => id), await dispatched(server));
	const states = "select distinct state from dispatch";
	await waitFor("all to be written down", async () => (await sql(server, states)) === "delivered");
});

test("a provider's list is pulled by one node; when that one dies, by the other", async (t) => {
	const { market, stalls, a, b, onB } = await openTwo(t, { args: [DEV] });
	const lists = await ListServer.start(t);
	const dead = await worker([a, b]);
	const alive = dead === a ? b : a;
	const on = { [a.pid]: (...words) => market.must(...words), [b.pid]: onB };
	const account = stalls.B01.account_no;
	const atMs = Date.now() - 20 * 60_000;
	const told = (id) => lists.add({ id, account, amount: 1000 + (id % 1000), atMs });
	for (let n = 1; n <= 5; n++) told(81_000_000 + n);
	/* Asked for at the other node; both know it. */
	const words = ["pull", "add", "--source", "sepay_list_v1", "--account", account];
	const file = market.file("token", lists.token);
	const id = await on[alive.pid](...words, "--token-file", file, "--url", lists.url("v1"));
	const booked = async (gateway) =>
		(await gateway.all("/v1/payments", "payments")).length +
		(await gateway.all("/v1/suspense", "suspense")).length;
	await waitFor("the list to be booked", async () => (await booked(a)) === 5, TAKEN_OVER_MS);
	const polled = ({ told }) => / pull id=\w+ source=sepay_list_v1 fresh=/.test(told.err);
	await waitFor("the one that works to say so", () => polled(dead));

	told(81_000_006);
	await on[alive.pid]("pull", "now", id);
	await waitFor("the next one", async () => (await booked(b)) === 6, TAKEN_OVER_MS);
	assert.ok(!polled(alive), "still by that one");

	await dead.kill();
	told(81_000_007);
	await on[alive.pid]("pull", "now", id);
	await waitFor("the other to ask", async () => (await booked(alive)) === 7, TAKEN_OVER_MS);
	await waitFor("it to say so", () => polled(alive));
});

/* ---- one version after the other ---- */

/* The words that run another version of the program with the same arguments. */
const version = (name) => ["sh", "-c", `exec ${join(dirname(binary), name, "chopay")} "$@"`];
const steps = (server) => sql(server, "select max(number) from schema_step").then(Number);

test("nodes are brought up to date one by one: the schema grows first and shrinks last", async (t) => {
	const { market, stalls, server, a, b, bank, dataB, store } = await openTwo(t);
	const before = await steps(server);
	const dataC = market.newNode();
	let c = await market.serve({ data: dataC, store, enter: version("next") });
	c.key = a.key;
	assert.equal(await steps(server), before + 1, "what only adds is done");
	assert.match(c.told.err, /waits for nodes of an older chopay to end/);

	const stream = await watch(t, { market, gateway: a });
	for (const [n, gateway] of [a, b, c, b, a, c].entries())
		await bank.at(gateway).pay(credit(stalls, 1000 + n));
	await came(stream, [0, 1, 2, 3, 4, 5]);
	assert.deepEqual(paid(stream).sort(), [1000, 1001, 1002, 1003, 1004, 1005]);

	/* The version before may even begin again. */
	await b.stop();
	const again = await market.serve({ data: dataB, store });
	await bank.at(again).pay(credit(stalls, 2000));
	assert.equal((await again.get("/readyz")).status, 200);

	await again.stop();
	await a.stop();
	await c.stop();
	c = await market.serve({ data: dataC, store, enter: version("next") });
	assert.equal(await steps(server), before + 2, "the rest is done");
	await assert.rejects(market.serve({ data: dataB, store }), /written by a newer chopay/);
	await bank.at(c).pay(credit(stalls, 2001));
	c.key = a.key;
	assert.equal((await c.all("/v1/payments", "payments")).length, 8);
});

test("a version that others cannot live with waits for their end, and says so", async (t) => {
	const { market, stalls, server, a, b, bank, store } = await openTwo(t);
	const before = await steps(server);
	const dataC = market.newNode();
	const abrupt = { data: dataC, store, enter: version("abrupt") };
	await assert.rejects(market.serve(abrupt), /nodes of an older chopay are running.*stop them first/);
	assert.equal(await steps(server), before);
	await bank.at(a).pay(credit(stalls, 1000));
	await a.stop();
	await b.stop();
	const c = await market.serve(abrupt);
	assert.equal(await steps(server), before + 1);
	await bank.at(c).pay(credit(stalls, 1001));
});
