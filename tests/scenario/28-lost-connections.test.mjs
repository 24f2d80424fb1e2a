/* The database's connections, processes and machine go away under a running gateway: what was
 * acknowledged is there, once, and the gateway goes on by itself. */
import assert from "node:assert/strict";
import test from "node:test";

import { HMAC_SECRET, Market, run, waitFor } from "../support/chopay.mjs";
import { startPostgres } from "../support/postgres.mjs";
import { Bank } from "../support/sepay.mjs";
import { SteadyFeed } from "../support/steady_feed.mjs";

const AWAY_MS = 180_000; /* a server that comes back, on a busy machine */

/* A market on a server of its own, a gateway with `writers`, a bank. */
async function open(t, { writers = 2, settings } = {}) {
	const server = await startPostgres(t, { settings });
	const market = new Market(t, { store: server.uri() });
	await market.importStalls();
	const path = await market.newEndpoint();
	const gateway = await market.serve({ args: ["--writers", String(writers)] });
	gateway.key = await market.newKey();
	const stalls = await market.stalls();
	return { server, market, gateway, stalls, bank: new Bank(gateway, path, HMAC_SECRET) };
}

const sql = (server, text) => server.psql(text, { database: "chopay" });

/* The processes of the server that write for us; the gateway's name is in their row. */
const WRITERS = "application_name = 'chopay' and pid <> pg_backend_pid()";

const ready = async (gateway) => (await gateway.get("/readyz")).status;

/* Each acknowledged delivery is a transfer, once, and nothing else is. */
async function checkOnce({ server, market }, feed) {
	const rows = await sql(server, "select provider_txn_id, count(*) from transfer group by 1");
	const counts = new Map(rows.split("\n").map((row) => row.split("|")));
	for (const { id } of feed.acknowledged) assert.equal(counts.get(id), "1", `delivery ${id}`);
	assert.equal(counts.size, feed.made.length);
	const sum = await sql(server, "select sum(amount) from transfer");
	assert.equal(Number(sum), feed.made.reduce((all, { amount }) => all + amount, 0));
	const ledger = await market.ledger();
	assert.equal(ledger.status, 0, JSON.stringify(ledger));
}

test("server processes killed under load: nothing acknowledged is lost, nothing is twice", async (t) => {
	const place = await open(t);
	const { server, gateway, bank, stalls } = place;
	const feed = new SteadyFeed(t, bank, [gateway], stalls).start();
	await feed.acknowledge(50);
	for (let round = 0; round < 6; round++) {
		await sql(server, `select pg_terminate_backend(pid) from pg_stat_activity where ${WRITERS}`);
		await feed.acknowledge(30);
	}
	/* One killed outright: the server ends them all, and recovers. */
	for (let round = 0; round < 2; round++) {
		const pid = await sql(server, `select max(pid) from pg_stat_activity where ${WRITERS}`);
		process.kill(Number(pid), "SIGKILL");
		await feed.acknowledge(30);
	}
	await feed.stop();
	await checkOnce(place, feed);
	assert.equal(gateway.ended(), false);
});

test("a commit whose answer was lost, done or not, is answered as it is", async (t) => {
	const place = await open(t, { writers: 1 });
	const { server, gateway, bank, stalls } = place;
	const feed = { made: [], acknowledged: [] };
	const deliver = async (amount) => {
		const body = bank.delivery({ account: stalls.A01.account_no, amount, note: stalls.A01.reference });
		feed.made.push({ id: String(JSON.parse(body).id), amount });
		const { status } = await bank.post(body);
		if (status === 200) feed.acknowledged.push(feed.made.at(-1));
		return status;
	};
	const asked = [];
	const charge = async (amount) => {
		const { status, json } = await gateway.post("/v1/stalls/A01/charges", { amount });
		assert.equal(status, 201);
		asked.push(json.reference);
	};

	/* Not done: it ends itself when it commits, the first time. */
	await sql(
		server,
		`create sequence tries; grant all on tries to public;
		create function die() returns trigger language plpgsql as $$ begin
			if nextval('tries') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if;
			return null; end $$;
		create constraint trigger dies after insert on transfer deferrable initially deferred
			for each row execute function die()`,
	);
	assert.equal(await deliver(1000), 200);
	assert.equal(await sql(server, "select last_value from tries"), "2");
	await sql(server, "drop trigger dies on transfer");

	/* Done: it waits for a standby that does not exist, until it is ended. */
	for (const [what, ask] of [
		["a credit", () => deliver(2000).then((status) => assert.equal(status, 200))],
		["a charge", () => charge(3000)],
	]) {
		await server.set({ synchronous_standby_names: "nobody" });
		const answered = ask();
		const stuck = "select max(pid) from pg_stat_activity where wait_event = 'SyncRep'";
		const pid = await waitFor(what, async () => Number(await sql(server, stuck)));
		await sql(server, "alter system set synchronous_standby_names = ''");
		await sql(server, `select pg_terminate_backend(${pid})`);
		await sql(server, "select pg_reload_conf()");
		await answered;
	}
	assert.equal(await sql(server, "select reference from charge"), asked.join("\n"));
	await checkOnce(place, feed);
});

test("without a database: 503, and all by itself again when it is back", async (t) => {
	const place = await open(t);
	const { server, market, gateway, bank, stalls } = place;
	const feed = new SteadyFeed(t, bank, [gateway], stalls).start(2);
	await feed.acknowledge(20);
	assert.equal(await ready(gateway), 200);
	await server.kill();
	await waitFor("a refused delivery", () => (feed.statuses.get(503) ?? 0) > 5, AWAY_MS);
	await waitFor("not ready", async () => (await ready(gateway)) === 503);
	assert.equal((await gateway.get("/healthz")).status, 200);
	assert.equal((await gateway.get("/v1/stalls")).status, 503);
	assert.deepEqual([...feed.statuses.keys()], [503]); /* no connection was dropped */

	/* A gateway that starts now says so and ends; nothing is left that disturbs the next. */
	const late = await run(["serve", "--data", market.newNode(), "--store", server.uri(), "--listen", "127.0.0.1:0"]);
	assert.equal(late.status, 69, late.stderr);
	assert.match(late.stderr, /^chopay: serve: [^\n]*\n$/);

	await server.start();
	await feed.acknowledge(20);
	await waitFor("ready again", async () => (await ready(gateway)) === 200, AWAY_MS);
	assert.equal((await gateway.get("/v1/stalls")).status, 200);
	await feed.stop();
	await checkOnce(place, feed);
});

test("a server that hangs is away, too, for those who ask meanwhile", async (t) => {
	const place = await open(t);
	const { server, gateway, bank, stalls } = place;
	const feed = new SteadyFeed(t, bank, [gateway], stalls).start(2);
	await feed.acknowledge(10);
	const pids = (await sql(server, `select pid from pg_stat_activity where ${WRITERS}`)).split("\n");
	for (const pid of pids) process.kill(Number(pid), "SIGSTOP");
	t.after(() => pids.forEach((pid) => go(pid)));
	await waitFor("a refused delivery", () => (feed.statuses.get(503) ?? 0) > 0, AWAY_MS);
	pids.forEach((pid) => go(pid));
	await feed.acknowledge(20);
	await feed.stop();
	await checkOnce(place, feed);
});

test("a database that hangs whole: 503, soon, to whoever asks, and all by itself again when it goes on", async (t) => {
	const place = await open(t);
	const { server, gateway, bank, stalls } = place;
	const feed = new SteadyFeed(t, bank, [gateway], stalls).start(2);
	await feed.acknowledge(10);
	server.freeze();
	/* Asked before anybody knows; nobody's connection is dropped, so nothing else would end it. */
	const early = ["/v1/stalls", "/readyz"].map((path) => gateway.get(path, { deadlineMs: AWAY_MS }));
	await waitFor("a refused delivery", () => (feed.statuses.get(503) ?? 0) > 5, AWAY_MS);
	assert.deepEqual((await Promise.all(early)).map(({ status }) => status), [503, 503]);
	assert.equal(await ready(gateway), 503);
	assert.equal((await gateway.get("/healthz")).status, 200);
	assert.equal((await gateway.get("/v1/stalls")).status, 503);
	assert.deepEqual([...feed.statuses.keys()], [503], "no connection was dropped");
	server.thaw();
	await feed.acknowledge(20);
	await waitFor("ready again", async () => (await ready(gateway)) === 200, AWAY_MS);
	assert.equal((await gateway.get("/v1/stalls")).status, 200);
	await feed.stop();
	await checkOnce(place, feed);
});

function go(pid) {
	try {
		process.kill(Number(pid), "SIGCONT");
	} catch {
		/* it has ended */
	}
}
