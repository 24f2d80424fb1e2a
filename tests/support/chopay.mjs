/* The real binary on a data folder of its own: commands, a running gateway, and their ends. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Gateway } from "./gateway.mjs";
import { Bank } from "./sepay.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const fixtures = join(root, "tests/fixtures");
export const binary = process.env.CHOPAY ?? join(root, "build/chopay");

const DEADLINE_MS = 180_000; /* generous: a deadline only ends what would never end */
const PATIENT = `.timeout ${DEADLINE_MS}`; /* sqlite3 beside a gateway that writes */

export const HMAC_SECRET = "hmac-secret-of-the-scenarios";

/* Poll until `condition` is truthy and return it; the deadline's error says what was awaited. */
export async function waitFor(what, condition, deadlineMs = DEADLINE_MS) {
	const end = Date.now() + deadlineMs;
	for (;;) {
		const found = await condition();
		if (found) return found;
		if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}

/* One command to its end: {status, signal, stdout, stderr}. */
export async function run(args, { input = "", env = {}, cwd } = {}) {
	const child = spawn(binary, args, { env: { ...process.env, ...env }, cwd });
	const out = [];
	const err = [];
	child.stdout.on("data", (chunk) => out.push(chunk));
	child.stderr.on("data", (chunk) => err.push(chunk));
	child.stdin.on("error", () => {}); /* it may not read its input */
	child.stdin.end(input);
	const late = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
	const [status, signal] = await once(child, "close");
	clearTimeout(late);
	return {
		status,
		signal,
		stdout: Buffer.concat(out).toString(),
		stderr: Buffer.concat(err).toString(),
	};
}

/* The same, for a command that must succeed: its stdout without the line end. */
export async function must(args, options) {
	const done = await run(args, options);
	if (done.status !== 0)
		throw new Error(`chopay ${args.join(" ")}: exit ${done.status}: ${done.stderr}`);
	return done.stdout.replace(/\n$/, "");
}

/* Another program of the machine (zbarimg, sqlite3, openssl): its stdout. */
export function tool(program, args, options = {}) {
	const done = spawnSync(program, args, { timeout: DEADLINE_MS, ...options });
	if (done.status !== 0)
		throw new Error(`${program} ${args.join(" ")}: ${done.error ?? done.stderr}`);
	return done.stdout.toString();
}

function makeCertificates(folder) {
	tool("sh", [join(root, "certs/make-dev-ca.sh"), folder]);
}

/* One throwaway CA for all stories of a process: its folder. */
let caFolder;

export function developmentCa() {
	if (caFolder === undefined) {
		caFolder = mkdtempSync(join(tmpdir(), "chopay-ca-"));
		process.on("exit", () => rmSync(caFolder, { recursive: true, force: true }));
		makeCertificates(caFolder);
	}
	return caFolder;
}

/* Do the markets of this run live in PostgreSQL (`make STORE=postgresql`)? */
export const onPostgres = Boolean(process.env.CHOPAY_TEST_STORE);

/* `make STORE=postgresql` runs us beside a server: a database in it, or none. */
function newDatabase() {
	const server = process.env.CHOPAY_TEST_STORE;
	if (!server) return undefined;
	const name = `market_${process.pid}_${++databases}`;
	tool("psql", ["-Xq", server, "-c", `create database ${name} template template0`]);
	return server.replace(/(?<=\/)\w+(?=\?)/, name);
}

let databases = 0;

function booksAt(data, store) {
	return ["--data", data, ...(store ? ["--store", store] : [])];
}

/* A folder for one story; what was started in it is ended, by process id, when the test ends. */
export class Market {
	#children = [];

	/* `store`: the URI of an empty database; left out: SQLite, or what `make STORE=postgresql` gives. */
	constructor(t, { store = newDatabase() } = {}) {
		/* Short: the path of the control socket has 100 bytes. */
		this.folder = mkdtempSync(join(tmpdir(), "chopay-"));
		this.data = join(this.folder, "data");
		this.store = store;
		this.secrets = 0;
		t.after(async () => {
			for (const child of this.#children) await end(child, "SIGKILL");
			rmSync(this.folder, { recursive: true, force: true });
		});
	}

	file(name, text) {
		const path = join(this.folder, name);
		if (text !== undefined) writeFileSync(path, text, { mode: 0o600 });
		return path;
	}

	/* The words that name this market's books. */
	get where() {
		return booksAt(this.data, this.store);
	}

	run(...args) {
		return run([...args, ...this.where]);
	}

	must(...args) {
		return must([...args, ...this.where]);
	}

	/*
	 * SQL on the store behind the gateway's back, as who owns the machine may: what it prints,
	 * fields apart by "|".  Foreign keys hold nobody back.
	 */
	sql(text) {
		if (!this.store) return tool("sqlite3", ["-cmd", PATIENT, join(this.data, "chopay.db"), text]).trim();
		const uri = this.store.replace("user=chopay", "user=postgres");
		const env = { ...process.env, PGOPTIONS: "-c session_replication_role=replica" };
		return tool("psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", uri, "-c", text], { env }).trim();
	}

	/* The rows of a SELECT as objects. */
	rows(query) {
		if (this.store)
			return JSON.parse(this.sql(`SELECT coalesce(json_agg(r), '[]') FROM (${query}) r`));
		const file = join(this.data, "chopay.db");
		const text = tool("sqlite3", ["-cmd", PATIENT, "-readonly", "-json", file, query]);
		return text.trim() === "" ? [] : JSON.parse(text);
	}

	/* Every file that holds what is stored, the log too. */
	storedFiles() {
		if (!this.store)
			return readdirSync(this.data)
				.filter((name) => name.startsWith("chopay.db"))
				.map((name) => join(this.data, name));
		this.sql("CHECKPOINT");
		const cluster = join(new URL(this.store).searchParams.get("host"), "data");
		const base = join(cluster, "base", this.sql("SELECT oid FROM pg_database WHERE datname = current_database()"));
		return [base, join(cluster, "pg_wal")].flatMap((folder) =>
			readdirSync(folder, { withFileTypes: true })
				.filter((one) => one.isFile())
				.map(({ name }) => join(folder, name)),
		);
	}

	/* The data folder of another node on the same database: the same keys. */
	newNode() {
		const data = mkdtempSync(join(this.folder, "node-"));
		cpSync(join(this.data, "keys"), join(data, "keys"), { recursive: true });
		return data;
	}

	/* JSON lines of a command. */
	async lines(...args) {
		const text = await this.must(...args);
		return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line));
	}

	importStalls(csv = join(fixtures, "market-small.csv")) {
		return this.must("registry", "import", csv);
	}

	newKey(role = "operator", name = `${role} of a scenario`) {
		return this.must("key", "add", "--name", name, "--role", role);
	}

	/* The path of a new endpoint. */
	newEndpoint({
		feed = "sepay",
		mode = "hmac",
		secret = HMAC_SECRET,
		clientId,
		options = [],
	} = {}) {
		const args = ["endpoint", "add", "--feed", feed, "--mode", mode];
		if (mode !== "none")
			args.push("--secret-file", this.file(`secret-${++this.secrets}`, secret));
		if (clientId) args.push("--client-id", clientId);
		return this.must(...args, ...options);
	}

	/* Stall code -> its row in the register, with its reference. */
	async stalls() {
		const [header, ...rows] = (await this.must("registry", "export")).split("\n");
		const names = header.split(",");
		return Object.fromEntries(
			rows.map((row) => {
				const fields = row.split(",");
				const stall = Object.fromEntries(names.map((name, i) => [name, fields[i]]));
				return [stall.stall_code, stall];
			}),
		);
	}

	/* What `ledger verify` says, whether it is content or not. */
	async ledger() {
		const done = await this.run("ledger", "verify", "--json");
		if (done.stdout === "") throw new Error(`ledger verify: ${done.status} ${done.stderr}`);
		return { ...JSON.parse(done.stdout), status: done.status, stderr: done.stderr };
	}

	/* The CA and the server's certificate in this story's folder. */
	get certificates() {
		const folder = join(this.folder, "certs");
		if (!existsSync(folder)) cpSync(developmentCa(), folder, { recursive: true });
		return {
			ca: readFileSync(join(folder, "ca.pem")),
			certFile: join(folder, "server.pem"),
			keyFile: join(folder, "server.key"),
		};
	}

	/* Like `gateway`, but called through a balancer in front of it. */
	through({ port }, { ca, told, pid, ended, nowMs, key, url }) {
		const scheme = new URL(url).protocol;
		const front = new Gateway({ url: `${scheme}//127.0.0.1:${port}`, ca, told, pid, ended, nowMs });
		front.key = key;
		return front;
	}

	/* Another certificate in the same files, by the same CA. */
	renewCertificates() {
		makeCertificates(join(this.folder, "certs"));
	}

	/* A running `chopay serve`, ready to answer, over TLS unless told otherwise.  `clockAt`: Unix seconds of its clock. */
	async serve({
		tls = true,
		clockAt,
		args = [],
		listen = "127.0.0.1:0",
		env = {},
		limits,
		data = this.data,
		store = this.store,
		enter = [], /* words before the command: another network namespace */
	} = {}) {
		const words = ["serve", ...booksAt(data, store), "--listen", listen, ...args];
		let ca;
		if (tls) {
			const { certFile, keyFile } = this.certificates;
			ca = this.certificates.ca;
			words.push("--tls-cert", certFile, "--tls-key", keyFile);
		}
		if (clockAt !== undefined) words.push("--clock-at", String(clockAt));
		const startedAt = Date.now();
		/* `limits`: options of prlimit, which becomes the gateway. */
		const limited = limits ? ["prlimit", ...limits] : [];
		const [program, ...options] = [...enter, ...limited, binary, ...words];
		const child = spawn(program, options, {
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, ...env },
		});
		this.#children.push(child);
		const told = { out: "", err: "" };
		child.stdout.on("data", (chunk) => (told.out += chunk));
		child.stderr.on("data", (chunk) => (told.err += chunk));
		await waitFor("the ready line", () => told.out.includes("\n") || ended(child));
		const ready = /^ready (https?:\/\/\S+)\n/.exec(told.out);
		if (!ready) throw new Error(`serve did not start: ${told.out}${told.err}`);
		return new Gateway({
			url: ready[1],
			ca,
			told,
			pid: child.pid,
			ended: () => ended(child),
			end: (signal) => end(child, signal),
			nowMs: () =>
				clockAt === undefined ? Date.now() : clockAt * 1000 + Date.now() - startedAt,
		});
	}
}

function ended(child) {
	return child.exitCode !== null || child.signalCode !== null;
}

/* {status, signal} of a process after `signal`. */
async function end(child, signal) {
	if (!ended(child)) {
		child.kill(signal);
		await waitFor(`process ${child.pid} to end`, () => ended(child));
	}
	return { status: child.exitCode, signal: child.signalCode };
}

/* The usual beginning: five stalls, a running gateway with TLS, an operator's key, a bank that signs. */
export async function openMarket(t, options) {
	const market = new Market(t, { store: options?.store });
	await market.importStalls();
	const stalls = await market.stalls();
	const endpoint = await market.newEndpoint();
	const gateway = await market.serve(options);
	gateway.key = await market.newKey();
	return { market, stalls, gateway, bank: new Bank(gateway, endpoint, HMAC_SECRET) };
}
