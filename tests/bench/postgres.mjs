/*
 * The books on PostgreSQL, as ratios against what runs beside them on the same server: pgbench's
 * own transactions, and the usual shop handler.  With one node and with two, then the same with
 * each commit on two servers.  Nothing is made less durable: fsync and synchronous_commit are on.
 *
 * usage: node postgres.mjs   (from `make bench`; alone: make bench-postgres)
 * Environment: CHOPAY the binary, BUILD its folder, BENCH_SECONDS (10), BENCH_CONNECTIONS (64).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { Market, binary, must, root, tool, waitFor } from "../support/chopay.mjs";
import { startPostgres } from "../support/postgres.mjs";

const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const CONNECTIONS = Number(process.env.BENCH_CONNECTIONS ?? 64);
const ROUNDS = 3;
const PGBENCH_CLIENTS = 16; /* its best on two processors */
const PGBENCH_SCALE = 10;
const PACED_RATE = 1000;
const KEY = "bench-key-0123456789abcdef";
const REGISTER = join(root, "merchants/data/ma-lam-market.csv");
const LUA = join(root, "tests/bench/deliveries.lua");
const SERVER_SETTINGS = { shared_buffers: "256MB", max_wal_size: "4GB" };

/* What is to be undone at the end, the last first. */
const ends = [];
const scope = { after: (end) => ends.push(end) };

async function finish() {
	while (ends.length > 0) await ends.pop()();
}

/* ---- programs -------------------------------------------------------------------------------- */

/* One program to its end: what it prints. */
async function output(program, ...args) {
	const child = spawn(program, args.map(String), { stdio: ["ignore", "pipe", "pipe"] });
	const told = { out: "", err: "" };
	const stop = () => child.kill();

	ends.push(stop);
	child.stdout.on("data", (chunk) => (told.out += chunk));
	child.stderr.on("data", (chunk) => (told.err += chunk));
	const [status] = await once(child, "close");
	ends.splice(ends.indexOf(stop), 1);
	if (status !== 0) throw new Error(`${program}: exit ${status}: ${told.err}${told.out}`);
	return told.out;
}

/* "rate=1 p99_ms=2" -> {rate: 1, p99_ms: 2} */
function resultOf(who, text) {
	const words = [...text.matchAll(/(\w+)=([\d.]+)/g)].map(([, name, value]) => [name, Number(value)]);
	const result = Object.fromEntries(words);

	if (result.bad !== 0) throw new Error(`deliveries to ${who} failed: ${text}`);
	return result;
}

async function startShop(store) {
	const child = spawn("node", [join(root, "tests/bench/peers/shop.mjs"), store], {
		stdio: ["ignore", "pipe", "inherit"],
		env: { ...process.env, SHOP_KEY: KEY },
	});
	let told = "";

	ends.push(async () => {
		if (child.exitCode !== null) return;
		child.kill();
		await once(child, "exit");
	});
	child.stdout.on("data", (chunk) => (told += chunk));
	const ready = await waitFor("the shop", () => /^ready (\S+)\n/m.exec(told));
	return `${ready[1]}/hooks/sepay`;
}

/* ---- one measure ------------------------------------------------------------------------------ */

let starts = 0; /* of deliveries: their ids never repeat */

async function pgbench(server) {
	const text = await output("pgbench", "-n", "-N", "-M", "prepared", "-c", PGBENCH_CLIENTS,
		"-j", 2, "-T", SECONDS, server.uri("pgbench"));
	return Number(/^tps = ([\d.]+)/m.exec(text)[1]);
}

/* Deliveries a second, from as many wrk as there are URLs, which share the connections. */
async function rate(who, account, ...urls) {
	const results = await Promise.all(urls.map(async (url) => {
		const threads = urls.length === 1 ? 2 : 1;
		const text = await output("wrk", `-t${threads}`, `-c${CONNECTIONS / urls.length}`,
			`-d${SECONDS}s`, "-s", LUA, url, "--", account, KEY, ++starts);
		return resultOf(who, /^RESULT (.*)$/m.exec(text)[1]);
	}));
	return results.reduce((sum, result) => sum + result.rate, 0);
}

/* p99 in ms at a fixed rate, from when each delivery was due. */
async function p99(who, account, ...urls) {
	const text = await output(join(process.env.BUILD, "bench/paced"), PACED_RATE, SECONDS, account,
		KEY, ++starts, ...urls);
	return resultOf(who, text).p99_ms;
}

function median(numbers) {
	return [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];
}

/* ---- rounds ------------------------------------------------------------------------------------ */

/* Everybody in turn, three times; a ratio is of neighbours in one round. */
async function compare(title, { server, shop, nodes, account }) {
	const rounds = [];

	for (let n = 0; n < ROUNDS; n++) {
		rounds.push({
			tps: await pgbench(server),
			shop: await rate("the shop", account, shop),
			one: await rate("one node", account, nodes[0]),
			two: await rate("two nodes", account, ...nodes),
			shopP99: await p99("the shop", account, shop),
			oneP99: await p99("one node", account, nodes[0]),
			twoP99: await p99("two nodes", account, ...nodes),
		});
	}
	const of = (value, digits = 0) => median(rounds.map(value)).toFixed(digits);
	const how = `${CONNECTIONS} connections, ${SECONDS} s, medians of ${ROUNDS}`;

	console.log(
		`${title}: durable SePay POSTs ${of((r) => r.one)}/s with 1 node, ${of((r) => r.two)}/s with 2;` +
		` pgbench -N ${of((r) => r.tps)} tps (${PGBENCH_CLIENTS} clients),` +
		` ratio ${of((r) => r.one / r.tps, 3)} and ${of((r) => r.two / r.tps, 3)};` +
		` node http + pg ${of((r) => r.shop)}/s,` +
		` ratio ${of((r) => r.one / r.shop, 2)} and ${of((r) => r.two / r.shop, 2)} (${how})`,
	);
	console.log(
		`${title}: p99 at ${PACED_RATE}/s, from when each was due: ${of((r) => r.oneP99, 2)} ms with 1 node,` +
		` ${of((r) => r.twoP99, 2)} ms with 2, node http + pg ${of((r) => r.shopP99, 2)} ms` +
		` (${SECONDS} s, medians of ${ROUNDS})`,
	);
}

/* ---- bytes ------------------------------------------------------------------------------------- */

/* Of the database alone, without the log that is used again. */
async function postgresSize(server, database, table) {
	await server.psql("vacuum", { database });
	const [bytes, rows] = (await server.psql(
		`select pg_database_size('${database}'), count(*) from ${table}`, { database })).split("|");
	return { bytes: Number(bytes), rows: Number(rows) };
}

function sqliteSize(data) {
	const file = join(data, "chopay.db");
	return { bytes: statSync(file).size, rows: Number(tool("sqlite3", [file, "select count(*) from payment"])) };
}

function perRow(before, after) {
	return ((after.bytes - before.bytes) / (after.rows - before.rows)).toFixed(0);
}

/* ---- who is measured ----------------------------------------------------------------------------- */

/* A market with its first node, to which commands talk. */
async function openBooks(store) {
	const market = new Market(scope, { store });
	const gateway = await market.serve({ tls: false });
	const command = (...args) => must([...args, "--data", market.data]);

	await command("registry", "import", REGISTER);
	const path = await command("endpoint", "add", "--feed", "sepay", "--mode", "apikey",
		"--secret-file", market.file("key", KEY));
	const account = /^MALAM,[^,]*,[^,]*,A04,(?:[^,]*,){6}([^,]*),/m.exec(readFileSync(REGISTER, "utf8"))[1];
	return { market, path, account, gateway, url: gateway.url + path };
}

/* The same deliveries on SQLite: bytes for a payment. */
async function sqliteBytes() {
	const { market, gateway, account, url } = await openBooks();
	const before = sqliteSize(market.data);

	await rate("SQLite", account, url);
	await gateway.endProcess("SIGTERM"); /* its log goes home */
	return perRow(before, sqliteSize(market.data));
}

async function main() {
	const server = await startPostgres(scope, { settings: SERVER_SETTINGS });
	for (const name of ["pgbench", "shop"]) await server.newDatabase(name);
	await output("pgbench", "-i", "-q", "-s", PGBENCH_SCALE, server.uri("pgbench"));
	const books = await openBooks(server.uri());
	const before = await postgresSize(server, "chopay", "payment");
	const shop = await startShop(server.uri("shop"));
	const shopBefore = await postgresSize(server, "shop", "payments");
	const second = await books.market.serve({ tls: false, data: books.market.newNode() });
	const urls = [books.url, second.url + books.path];
	const { account } = books;
	const who = { server, shop, nodes: urls, account };

	await rate("two nodes", account, ...urls); /* warm-up */
	await rate("the shop", account, shop);
	await compare("postgresql", who);
	const bytes = perRow(before, await postgresSize(server, "chopay", "payment"));
	const shopBytes = perRow(shopBefore, await postgresSize(server, "shop", "payments"));
	console.log(
		`bytes for a payment on disk: PostgreSQL ${bytes}, SQLite ${await sqliteBytes()};` +
		` node http + pg ${shopBytes} (a row of its payments)`,
	);

	await server.newStandby(scope);
	await compare("postgresql, each commit on a standby too", who);
	for (const node of [books.gateway, second]) await node.endProcess("SIGTERM");
	const said = (await output(binary, "ledger", "verify", ...books.market.where)).trim().split("\n");
	console.log(`ledger: ${said[0]}; ${said.at(-1)}`); /* what was measured was real */
}

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => finish().then(() => process.exit(1)));
try {
	await main();
} catch (error) {
	console.error(`bench: ${error.message}`);
	process.exitCode = 1;
} finally {
	await finish();
}
