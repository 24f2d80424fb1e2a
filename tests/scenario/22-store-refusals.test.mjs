/*
 * A database that cannot be used: one line that says why and no password, the right exit status,
 * nothing half made.  And what a store on PostgreSQL is to the commands beside the gateway.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
	chmodSync, chownSync, closeSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync,
} from "node:fs";
import net from "node:net";
import { join } from "node:path";
import test, { after } from "node:test";

import { binary, fixtures, HMAC_SECRET, Market, run, tool, waitFor } from "../support/chopay.mjs";
import { pool } from "../support/poolers.mjs";
import { freePort, PASSWORD, startPostgres } from "../support/postgres.mjs";
import { Bank } from "../support/sepay.mjs";

const USAGE = 64;
const DATA = 65;
const UNAVAILABLE = 69;
const REFUSED = 77;
const CONFIG = 78;

const smallMarket = join(fixtures, "market-small.csv");
const server = await startPostgres({ after }, { settings: { fsync: "off", synchronous_commit: "off" } });

/* Whoever asks for one: a market in a database of its own. */
const newMarket = async (t) => new Market(t, { store: server.uri(await server.newDatabase()) });

/* The tables of ours in a database. */
const tables = (database) =>
	server.psql("select count(*) from pg_tables where schemaname = 'public'", { database });

function checkRefusal(done, status, says, secrets = [PASSWORD, encodeURIComponent(PASSWORD)]) {
	assert.equal(done.status, status, done.stderr);
	assert.match(done.stderr, says);
	assert.match(done.stderr, /^chopay: [^\n]+\n$/, "one line");
	assert.equal(done.stdout, "");
	for (const secret of secrets) assert.ok(!done.stderr.includes(secret), "no password is told");
}

/* Answers a client's first message as a server of that version would. */
async function serverOfVersion(t, version) {
	const message = (type, ...parts) => {
		const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
		const head = Buffer.alloc(5, type);
		head.writeInt32BE(body.length + 4, 1);
		return Buffer.concat([head, body]);
	};
	const parameter = (name, value) => message("S", `${name}\0${value}\0`);
	const old = net.createServer((socket) => {
		socket.on("error", () => {});
		socket.once("data", () =>
			socket.write(
				Buffer.concat([
					message("R", [0, 0, 0, 0]),
					parameter("server_version", version),
					parameter("server_encoding", "UTF8"),
					parameter("in_hot_standby", "off"),
					parameter("default_transaction_read_only", "off"),
					message("Z", "I"),
				]),
			),
		);
	});
	old.listen(0, "127.0.0.1");
	await once(old, "listening");
	t.after(() => old.close());
	return old.address().port;
}

test("a store that cannot be opened: serve, import and a look all say why", async (t) => {
	const market = new Market(t, { store: null });
	await server.psql("create database of_bytes template template0 encoding 'SQL_ASCII' locale 'C'");
	await server.psql("create role shut login connection limit 0");
	await server.psql("create role few login connection limit 2");
	await server.psql("create database few_s owner few template template0");
	await server.psql("create role strange login");
	await server.psql("create database closed template template0 allow_connections false");
	await server.newDatabase("newer");
	await server.newDatabase("not_ours");
	await server.psql("revoke create on schema public from public; revoke create on schema public from pg_database_owner", { database: "not_ours" });
	const first = new Market(t, { store: server.uri("newer") });
	await first.importStalls();
	await server.psql("insert into schema_step values (9999, '9999-later.sql', 0)", { database: "newer" });
	const standby = await server.newStandby(t, { synchronous: false });
	const nobody = await freePort();
	const old = await serverOfVersion(t, "14.11");

	const at = (rest) => `postgresql://chopay:${encodeURIComponent(PASSWORD)}@${rest}`;
	/* TLS as it should be, but for the name or for whom we trust. */
	const named = (name, ca) =>
		`${at(`${name}:${server.port}/chopay`)}?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=${encodeURIComponent(ca)}`;
	const strangers = market.file("strangers.pem");
	tool("openssl", [
		..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=stranger".split(" "),
		...["-keyout", market.file("strangers.key"), "-out", strangers],
	]);
	const rows = [
		["no URI", "chopay.db", USAGE, /give a URI like postgresql:\/\//],
		["another database's URI", "mysql://x/y", USAGE, /give a URI like postgresql:\/\//],
		["an option that is none", at("localhost/chopay?sslmode=require&nope=1"), CONFIG, /an option "nope"/],
		["a password with a bare question mark", "postgresql://chopay:p/w?d=1@localhost/chopay", CONFIG, /%2F for \//, ["p/w", "d=1", '"d"']],
		["a value that is none", at("localhost/chopay?sslmode=bogus"), CONFIG, /invalid sslmode value: "bogus"/],
		["a service that nobody defines", at("localhost/chopay?service=nope"), CONFIG, /service "nope" not found/],
		["a password with a bare slash", "postgresql://chopay:p/wd@localhost/chopay", CONFIG, /%2F for \//, ["p/wd", "wd@"]],
		["a password with a bare at", "postgresql://chopay:p@wd@localhost/chopay", CONFIG, /%40 for @/, ["p@wd", "wd@"]],
		["nobody listens", at(`127.0.0.1:${nobody}/chopay`), UNAVAILABLE, /cannot be reached.*refused/],
		["an unknown host", at("nowhere.invalid/chopay"), UNAVAILABLE, /nowhere\.invalid/],
		["a wrong password", server.tlsUri(undefined, { password: "wrong-one" }), REFUSED, /does not let us in.*password/, ["wrong-one"]],
		["no password", server.tlsUri(undefined, { password: "" }), REFUSED, /does not let us in.*passfile=/],
		["a certificate of another name", named("elsewhere.example", server.caFile), UNAVAILABLE, /does not match host name "elsewhere\.example"/],
		["a certificate of another CA", named("localhost", strangers), UNAVAILABLE, /certificate verify failed/],
		["no certificate to hold it against", named("localhost", market.file("none.pem")), UNAVAILABLE, /none\.pem" does not exist/],
		["an unknown role", server.uri("chopay", { role: "nemo" }), REFUSED, /does not let us in.*nemo/],
		["no such database", server.uri("nowhere"), CONFIG, /no such database.*nowhere/],
		["a database that takes nobody", server.uri("closed"), CONFIG, /does not take connections/],
		["a server too old", `postgresql://chopay@127.0.0.1:${old}/chopay?sslmode=disable`, CONFIG, /14\.11.*15 or newer/],
		["an encoding that is not UTF8", server.uri("of_bytes"), CONFIG, /SQL_ASCII/],
		["a newer schema", server.uri("newer"), DATA, /newer chopay/],
		["a standby", standby.uri(), UNAVAILABLE, /read-only|hot standby/],
		["no connection left", server.uri("chopay", { role: "shut" }), UNAVAILABLE, /too many connections/],
	];
	for (const [name, store, status, says, secrets] of rows)
		await t.test(name, async () => {
			const where = ["--data", market.data, "--store", store];
			checkRefusal(await run(["serve", "--listen", "127.0.0.1:0", ...where]), status, says, secrets);
			checkRefusal(await run(["registry", "import", smallMarket, ...where]), status, says, secrets);
			checkRefusal(await run(["payments", "list", ...where]), status, says, secrets);
			/* In a file the same is a wrong setting. */
			const file = market.file("store.ini", `data = data\nlisten = 127.0.0.1:0\nstore = ${store}\n`);
			const served = await run(["serve", "--config", file]);
			checkRefusal(served, status === USAGE ? CONFIG : status, says, secrets);
			assert.ok(!existsSync(market.data), "nothing was made");
		});

	const made = [
		["some connections, too few", server.uri("few_s", { role: "few" }), UNAVAILABLE, /too many connections/, "few_s"],
		["not allowed to make tables", server.uri("not_ours"), CONFIG, /permission denied/, "not_ours"],
	];
	for (const [name, store, status, says, database] of made)
		await t.test(name, async () => {
			const where = ["--data", market.data, "--store", store];
			checkRefusal(await run(["registry", "import", smallMarket, ...where]), status, says);
			if (database === "not_ours") assert.equal(await tables(database), "0");
		});
	assert.equal(await tables("of_bytes"), "0");
	assert.equal(await tables("chopay"), "0");
});

test("over TLS, with the server's name and CA verified", async (t) => {
	const database = await server.newDatabase();
	const market = new Market(t, { store: server.tlsUri(database) });
	await market.importStalls();
	await market.serve({ tls: false });
	const plain = "select count(*) filter (where not ssl), count(*) from pg_stat_ssl join pg_stat_activity using (pid)";
	const [bare, all] = (await server.psql(`${plain} where usename = 'chopay' and datname = '${database}'`)).split("|");
	assert.equal(bare, "0");
	assert.ok(Number(all) > 0);
});

test("a look at a database without a store makes none", async (t) => {
	const market = await newMarket(t);
	for (const words of [["ledger", "verify"], ["payments", "list"], ["registry", "export"], ["key", "list"]])
		checkRefusal(await market.run(...words), CONFIG, /no store in that database/);
	assert.equal(await tables(new URL(market.store).pathname.slice(1)), "0");
	assert.ok(!existsSync(market.data), "and no folder");
});

test("killed during the first migration: nothing of it, or all", async (t) => {
	for (const ms of [5, 20, 40, 80, 160, 320]) {
		const market = await newMarket(t);
		const child = spawn(binary, ["registry", "import", smallMarket, ...market.where]);
		await new Promise((resolve) => setTimeout(resolve, ms));
		child.kill("SIGKILL");
		await once(child, "exit");
		assert.match(await market.importStalls(), /^5 rows: [05] new stalls/);
		assert.equal((await market.ledger()).ok, true);
	}
});

test("the keys of another node", async (t) => {
	const market = await newMarket(t);
	await market.importStalls();
	const other = join(market.folder, "other");
	const words = ["--data", other, "--store", market.store];
	const says = /this node's keys are not the store's: copy the keys folder/;
	checkRefusal(await run(["ledger", "verify", ...words]), CONFIG, says);
	checkRefusal(await run(["serve", "--listen", "127.0.0.1:0", ...words]), CONFIG, says);
	assert.ok(!existsSync(other), "no keys are left that look like somebody's");
	mkdirSync(other);
	cpSync(join(market.data, "keys"), join(other, "keys"), { recursive: true });
	assert.equal((await run(["ledger", "verify", ...words])).status, 0);
	/* One of the two is not enough. */
	rmSync(join(other, "keys/ledger.key"));
	checkRefusal(await run(["ledger", "verify", ...words]), CONFIG, says);
	assert.ok(!existsSync(join(other, "keys/ledger.key")));
	assert.ok(existsSync(join(other, "keys/master.key")), "what was there stays");
});

test("where the keys are when no folder is named; a file that names both", async (t) => {
	const market = await newMarket(t);
	const env = { HOME: join(market.folder, "home"), XDG_STATE_HOME: "" };
	mkdirSync(env.HOME);
	const kept = join(env.HOME, ".local/state/chopay");
	const store = ["--store", market.store];
	assert.equal((await run(["registry", "import", smallMarket, ...store], { env })).status, 0);
	assert.equal(statSync(kept).mode & 0o777, 0o700);
	assert.ok(existsSync(join(kept, "keys/master.key")));
	assert.equal((await run(["ledger", "verify", ...store], { env })).status, 0);
	const xdg = { HOME: "/nowhere", XDG_STATE_HOME: join(market.folder, "state") };
	assert.equal((await run(["ledger", "verify", ...store], { env: xdg })).status, CONFIG, "other keys");
	assert.ok(!existsSync(join(market.folder, "state/chopay")), "which were not left there");

	const file = market.file("both.ini", `data = ${kept}\nlisten = 127.0.0.1:0\nstore = ${market.store}\n`);
	assert.equal((await run(["config", "check", file])).stdout, "ok\n");
	const listed = await run(["registry", "export", "--config", file]);
	assert.equal(listed.stdout.split("\n").length, 7, listed.stderr);
	const secret = market.file("secret.ini", `data = ${kept}\nlisten = 127.0.0.1:0\nstore = ${server.tlsUri()}\n`);
	for (const [mode, warns] of [[0o644, true], [0o604, true], [0o640, false], [0o600, false]]) {
		chmodSync(secret, mode);
		const checked = await run(["config", "check", secret]);
		assert.deepEqual([checked.status, checked.stdout], [0, "ok\n"]);
		const says = /^chopay: config check: warning: every user .* password in \S+secret\.ini: chmod o-r/;
		if (warns) assert.match(checked.stderr, says);
		else assert.equal(checked.stderr, "");
	}
	const unread = market.file("unread.ini", `data = ${kept}\nlisten = 127.0.0.1:0\nstore = postgresql:///x?bogus=1\n`);
	assert.equal((await run(["config", "check", unread])).status, CONFIG);
	assert.equal((await run(["payments", "list"])).status, USAGE);
	assert.match((await run(["payments", "list", "--help"])).stdout, /--store URI.*\n.*XDG_STATE_HOME[^]*passfile=/);
});

test("a folder with SQLite's file as well: the store that is named is used, and that is said", async (t) => {
	const market = await newMarket(t);
	assert.equal((await run(["registry", "import", smallMarket, "--data", market.data])).status, 0);
	const before = readFileSync(join(market.data, "chopay.db"));
	assert.match((await market.importStalls()), /^5 rows: 5 new stalls/);
	const gateway = await market.serve({ tls: false });
	await waitFor("the line", () => /books are in PostgreSQL; \S+chopay\.db is not used/.test(gateway.told.err));
	await gateway.stop();
	assert.ok(readFileSync(join(market.data, "chopay.db")).equals(before));
});

test("a command beside the gateway is done by it, or beside it on a folder of its own", async (t) => {
	const market = await newMarket(t);
	await market.importStalls();
	const gateway = await market.serve({ tls: false });
	gateway.key = await market.newKey();
	const words = ["charge", "create", "--stall", "A01", "--amount", "5000"];
	const here = JSON.parse(await market.must(...words));
	const node = ["--data", market.newNode(), "--store", market.store];
	const there = JSON.parse((await run([...words, ...node])).stdout);
	assert.notEqual(here.reference, there.reference);
	for (const { reference } of [here, there])
		assert.equal((await gateway.charge(reference)).amount, 5_000);
});

test("the database is full: refused, nothing half done, and it goes on when there is room", async (t) => {
	const small = join(server.folder, "small");
	mkdirSync(small);
	tool("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", small]);
	t.after(() => tool("umount", ["-l", small]));
	const { uid, gid } = statSync(server.folder);
	chownSync(small, uid, gid);
	await server.psql(`create tablespace small location '${small}'`);
	await server.psql("create database full_one owner chopay template template0 tablespace small");
	/* A file beside the database takes all the room; what the server itself does about it is no
	 * part of the story. */
	const filler = join(small, "filler");
	const fill = () => {
		const file = openSync(filler, "w");
		for (const size of [65_536, 4_096])
			try {
				for (;;) writeSync(file, Buffer.alloc(size));
			} catch (error) {
				assert.equal(error.code, "ENOSPC");
			}
		closeSync(file);
	};
	const free = () => rmSync(filler);

	const market = new Market(t, { store: server.uri("full_one") });
	const before = await tables("full_one");
	fill();
	checkRefusal(await market.run("registry", "import", smallMarket), UNAVAILABLE, /no room/);
	free();
	assert.equal(await tables("full_one"), before, "nothing of ours");
	await market.importStalls();
	const stalls = await market.stalls();
	const endpoint = await market.newEndpoint();
	const gateway = await market.serve();
	gateway.key = await market.newKey();
	const bank = new Bank(gateway, endpoint, HMAC_SECRET);
	const deliver = (id) => bank.post(bank.delivery({ id, account: stalls.B01.account_no, amount: 1_000, note: "ca ".repeat(60) }));

	fill();
	const refused = [];
	for (let id = 1; refused.length === 0 && id < 2_000; id++) {
		const { status } = await deliver(id);
		assert.ok(status === 200 || status === 503, String(status));
		if (status === 503) refused.push(id);
	}
	assert.ok(refused.length > 0, "it was full");
	assert.ok(!gateway.ended(), "it still answers");
	free();
	await waitFor("room", async () => (await deliver(refused[0])).status === 200);
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.equal(ledger.transfers, refused[0]);
	await gateway.stop();
});
