/*
 * Temporary PostgreSQL servers: clusters with TLS, databases, standbys; gone when the test ends.
 * They run as user postgres when we are root (PostgreSQL refuses root), as ourselves otherwise,
 * and die with us.  On the Unix socket nobody is asked for a password; TCP is TLS with SCRAM.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
	appendFileSync,
	chmodSync,
	chownSync,
	closeSync,
	copyFileSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { developmentCa, tool, waitFor } from "./chopay.mjs";

const START_DEADLINE_MS = 180_000; /* recovery after a kill, on a busy machine */
export const ROLE = "chopay";
export const PASSWORD = "a p@ss/word"; /* with characters that a URI must encode */
const LET_IN = "local all all trust\nlocal replication all trust\nhostssl all all all scram-sha-256\n";

/* What a server of this size needs; durable as installed (fsync is on). */
const SETTINGS = {
	shared_buffers: "32MB",
	max_connections: 100,
	logging_collector: false,
	log_min_messages: "warning",
	cluster_name: "chopay-test",
	max_wal_senders: 4,
	wal_level: "replica",
	hot_standby: true,
	/* A client that vanished must not hold its locks: see gateway/store/README.md. */
	tcp_keepalives_idle: 5,
	tcp_keepalives_interval: 1,
	tcp_keepalives_count: 5,
	tcp_user_timeout: "10s",
	idle_in_transaction_session_timeout: "10s",
	client_connection_check_interval: "2s",
};

/* The environment without what would lead psql or libpq elsewhere. */
const environment = Object.fromEntries(
	Object.entries(process.env).filter(([name]) => !name.startsWith("PG")),
);

const root = process.getuid() === 0;

/* Debian keeps the servers of each version in a folder outside PATH: the newest of them. */
function programFolder() {
	const all = "/usr/lib/postgresql";
	const versions = readdirSync(all).map(Number).filter((version) => version >= 15);
	if (versions.length === 0) throw new Error("PostgreSQL 15 or newer is not installed (make deps)");
	return join(all, String(Math.max(...versions)), "bin");
}

let owner;

/* {uid, gid} that owns the clusters and runs them. */
function serverUser() {
	const id = (option) => Number(tool("id", root ? [option, "postgres"] : [option]));
	owner ??= { uid: id("-u"), gid: id("-g") };
	return owner;
}

/* The words that run `program` as the server's user and end it when we end. */
export function asServer(program, args, signal = "QUIT") {
	const { uid, gid } = serverUser();
	const who = root ? [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"] : [];
	return ["setpriv", [...who, `--pdeathsig=${signal}`, program, ...args]];
}

function runAsServer(program, args) {
	const [command, words] = asServer(join(programFolder(), program), args);
	return tool(command, words, { env: environment, cwd: "/", timeout: START_DEADLINE_MS });
}

/* A new folder that the server's user owns and may enter. */
export function serverFolder(prefix = "chopay-pg-") {
	const folder = mkdtempSync(join(tmpdir(), prefix));
	give(folder);
	return folder;
}

function give(path) {
	chownSync(path, serverUser().uid, serverUser().gid);
}

/* A TCP port that was free a moment ago. */
export async function freePort() {
	const server = net.createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address();
	server.close();
	await once(server, "close");
	return port;
}

/* initdb takes a second or two: once per process, copied afterwards. */
let templateFolder;

function template() {
	if (templateFolder === undefined) {
		const folder = serverFolder();
		process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
		runAsServer("initdb", [
			...["--pgdata", join(folder, "data"), "--username", "postgres", "--no-sync"],
			...["--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"],
		]);
		templateFolder = folder;
	}
	return join(templateFolder, "data");
}

/* Not URLSearchParams: libpq knows no "+" for a blank. */
function queryText(options) {
	return Object.entries(options)
		.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
		.join("&");
}

function settingsText(settings) {
	const quoted = (value) => `'${String(value).replaceAll("'", "''")}'`;
	return Object.entries(settings)
		.map(([name, value]) => `${name} = ${quoted(value)}\n`)
		.join("");
}

/* Processes whose parent is `pid`. */
function childrenOf(pid) {
	try {
		const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
		return text.split(" ").filter(Boolean).map(Number);
	} catch {
		return [];
	}
}

export class Postgres {
	#child;
	#frozen = [];

	/* Use startPostgres().  `folder`: holds data/, the socket and the log; ours to remove. */
	constructor(folder, port, addresses) {
		Object.assign(this, { folder, port, addresses, standbys: [] });
		this.data = join(folder, "data");
		this.log = join(folder, "log");
		this.caFile = join(developmentCa(), "ca.pem");
	}

	get pid() {
		return this.#child.pid;
	}

	get running() {
		return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
	}

	/* On the Unix socket, without a password. */
	uri(database = ROLE, { role = ROLE, ...options } = {}) {
		const where = { host: this.folder, port: this.port, user: role };
		return `postgresql:///${database}?${queryText({ ...where, ...options })}`;
	}

	/*
	 * On TCP with a password; the server's name is verified.  `others`: standbys that may become
	 * primary; `through`: a balancer that knows which one is.
	 */
	tlsUri(
		database = ROLE,
		{ role = ROLE, password = PASSWORD, others = [], through, ...options } = {},
	) {
		const servers = through ? [through] : [this, ...others];
		const hosts = servers.map((server) => `localhost:${server.port}`).join(",");
		const writable = others.length > 0 ? { target_session_attrs: "read-write" } : {};
		const trust = { sslmode: "verify-full", sslrootcert: this.caFile, connect_timeout: 2 };
		const query = queryText({ ...trust, ...writable, ...options });
		return `postgresql://${role}:${encodeURIComponent(password)}@${hosts}/${database}?${query}`;
	}

	/* SQL as the superuser on the Unix socket: what psql prints, unaligned, tuples only. */
	psql(sql, { database = "postgres", role = "postgres" } = {}) {
		const args = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", this.uri(database, { role }), "-c", sql];
		return new Promise((resolve, reject) =>
			execFile("psql", args, { env: environment, maxBuffer: 64 << 20 }, (error, stdout) =>
				error ? reject(error) : resolve(stdout.replace(/\n$/, "")),
			),
		);
	}

	/* A new, empty database that belongs to the role. */
	async newDatabase(name = `market_${++databases}_${process.pid}`) {
		await this.psql(`create database ${name} owner ${ROLE} template template0`);
		return name;
	}

	async start() {
		const log = openSync(this.log, "a");
		const [command, args] = asServer(join(programFolder(), "postgres"), ["-D", this.data]);
		this.#child = spawn(command, args, { stdio: ["ignore", log, log], env: environment, cwd: "/" });
		closeSync(log);
		if (this.endsWithUs) this.#child.unref(); /* it is no reason to stay */
		await this.#ready();
	}

	/* "ready" stands in its pid file when it takes connections, standby or not. */
	#ready() {
		return waitFor(
			`PostgreSQL in ${this.folder}`,
			() => {
				if (!this.running) throw new Error(`it did not start: ${readFileSync(this.log, "utf8")}`);
				return this.#status() === "ready";
			},
			START_DEADLINE_MS,
		);
	}

	#status() {
		try {
			const lines = readFileSync(join(this.data, "postmaster.pid"), "utf8").split("\n");
			return Number(lines[0]) === this.#child.pid ? lines[7]?.trim() : undefined;
		} catch {
			return undefined; /* not yet */
		}
	}

	/* "INT": a fast shutdown, clients are cut off.  "QUIT": at once, without a checkpoint. */
	async stop(signal = "SIGINT") {
		if (!this.running) return;
		this.thaw();
		const gone = once(this.#child, "exit");
		this.#child.kill(signal);
		await gone;
	}

	/* As if the machine died: every process of the server at the same moment, nothing written. */
	async kill() {
		const gone = once(this.#child, "exit");
		const all = this.killNow();
		await gone;
		await waitFor("its processes to end", () => all.every((pid) => !alive(pid)));
	}

	killNow() {
		process.kill(this.pid, "SIGSTOP"); /* no new children, no clean-up */
		const all = [...childrenOf(this.pid), this.pid]; /* no child sees its parent's death */
		for (const pid of all) process.kill(pid, "SIGKILL");
		return all;
	}

	/* As if the machine hung: no process goes on, connections stay open. */
	freeze() {
		process.kill(this.pid, "SIGSTOP"); /* no new children */
		this.#frozen = [this.pid, ...childrenOf(this.pid)];
		for (const pid of this.#frozen) process.kill(pid, "SIGSTOP");
	}

	thaw() {
		for (const pid of this.#frozen.splice(0)) if (alive(pid)) process.kill(pid, "SIGCONT");
	}

	async restart() {
		await this.stop();
		await this.start();
	}

	/* "hostnossl DATABASE ROLE ADDRESS": let in without a password from now on. */
	trust(who) {
		const path = join(this.data, "pg_hba.conf");
		writeFileSync(path, `${who} trust\n${readFileSync(path, "utf8")}`);
		this.#child.kill("SIGHUP");
	}

	/* Settings of the running server; those that need a restart are taken at the next start(). */
	async set(settings) {
		for (const [name, value] of Object.entries(settings))
			await this.psql(`alter system set ${name} = '${String(value).replaceAll("'", "''")}'`);
		await this.psql("select pg_reload_conf()");
	}

	/*
	 * A copy that follows this server.  Synchronous: from now on a commit here is answered only
	 * when its log is on the standby's disk too.
	 */
	async newStandby(t, { name = `standby${this.standbys.length + 1}`, synchronous = true } = {}) {
		const folder = serverFolder();
		const standby = new Postgres(folder, await freePort(), this.addresses);
		cleanUp(t, standby);
		const source = `host=${this.folder} port=${this.port} user=postgres application_name=${name}`;
		runAsServer("pg_basebackup", [
			...["--pgdata", standby.data, "--dbname", source, "--checkpoint=fast", "--no-sync"],
			"--write-recovery-conf",
		]);
		standby.configure({}); /* its own port and socket */
		await standby.start();
		this.standbys.push(standby);
		await waitFor("the standby to follow", () => this.follows(name, "state = 'streaming'"));
		if (synchronous) {
			await this.set({ synchronous_standby_names: `ANY 1 (${name})`, synchronous_commit: "on" });
			await waitFor("commits to wait for it", () => this.follows(name, "sync_state = 'quorum'"));
		}
		return standby;
	}

	async follows(name, condition) {
		const sql = `select count(*) from pg_stat_replication where application_name = '${name}' and ${condition}`;
		return (await this.psql(sql)) === "1";
	}

	/* A standby becomes the primary. */
	async promote() {
		await this.psql("select pg_promote(wait => true)");
	}

	/* A server that ran is a standby of nobody from now on. */
	async demote() {
		await this.stop();
		writeFileSync(join(this.data, "standby.signal"), "");
		give(join(this.data, "standby.signal"));
		await this.start();
	}

	/* Where it listens and what it needs; the later line of a file counts. */
	configure(settings) {
		const here = {
			port: this.port,
			listen_addresses: this.addresses,
			unix_socket_directories: this.folder,
		};
		appendFileSync(join(this.data, "postgresql.conf"), settingsText({ ...settings, ...here }));
	}

	async remove() {
		await this.stop("SIGQUIT");
		rmSync(this.folder, { recursive: true, force: true });
	}
}

let databases = 0;

function alive(pid) {
	try {
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
	} catch {
		return false;
	}
}

/* When the test ends, or, without one, the process. */
function cleanUp(t, server) {
	if (t) {
		t.after(() => server.remove());
		return;
	}
	server.endsWithUs = true;
	process.on("exit", () => {
		if (server.running) server.killNow();
		rmSync(server.folder, { recursive: true, force: true, maxRetries: 10 });
	});
}

/* A certificate of localhost by the CA of the stories; the key is the server's alone. */
function installCertificate(server) {
	for (const [name, mode] of [["server.pem", 0o644], ["server.key", 0o600]]) {
		const path = join(server.data, name);
		copyFileSync(join(developmentCa(), name), path);
		chmodSync(path, mode);
		give(path);
	}
	return { ssl: true, ssl_cert_file: "server.pem", ssl_key_file: "server.key" };
}

/*
 * A running server with the role and its database (both "chopay").  `addresses`: where it listens
 * besides its Unix socket; `settings`: lines of postgresql.conf.  Without `t` it lives as long as
 * the process.
 */
export async function startPostgres(t, { settings = {}, addresses = "127.0.0.1" } = {}) {
	const server = new Postgres(serverFolder(), await freePort(), addresses);
	cleanUp(t, server);
	mkdirSync(server.data, { mode: 0o700 });
	give(server.data);
	tool("cp", ["-a", `${template()}/.`, server.data]);
	writeFileSync(join(server.data, "pg_hba.conf"), LET_IN);
	server.configure({ ...SETTINGS, ...installCertificate(server), ...settings });
	await server.start();
	await server.psql(`create role ${ROLE} login createdb password '${PASSWORD}'`);
	await server.newDatabase(ROLE);
	return server;
}
