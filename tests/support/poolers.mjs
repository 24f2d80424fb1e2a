/* What stands in front: HAProxy before nodes or databases, PgBouncer before a database. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";

import { developmentCa, tool, waitFor } from "./chopay.mjs";
import { asServer, freePort, PASSWORD, ROLE, serverFolder } from "./postgres.mjs";

/* A program in the foreground with its configuration in a folder of its own, until the test ends. */
class Service {
	#child;

	constructor(t, port) {
		this.port = port;
		this.folder = serverFolder("chopay-front-");
		t.after(async () => {
			await this.stop();
			rmSync(this.folder, { recursive: true, force: true });
		});
	}

	file(name, text) {
		const path = join(this.folder, name);
		writeFileSync(path, text, { mode: 0o644 });
		return path;
	}

	async start(program, args) {
		const path = join(this.folder, "log");
		const log = openSync(path, "a");
		const [command, words] = asServer(program, args, "KILL");
		this.#child = spawn(command, words, { stdio: ["ignore", log, log], cwd: "/" });
		closeSync(log);
		await waitFor(`${program} to listen`, () => {
			if (this.#child.exitCode !== null)
				throw new Error(`${program} did not start: ${readFileSync(path, "utf8")}`);
			return listens(this.port);
		});
		return this;
	}

	async stop() {
		if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		const gone = once(this.#child, "exit");
		this.#child.kill("SIGKILL");
		await gone;
	}
}

function listens(port) {
	return new Promise((resolve) => {
		const socket = net.connect(port, "127.0.0.1", () => resolve(true));
		socket.on("error", () => resolve(false));
		socket.on("connect", () => socket.destroy());
	});
}

const HAPROXY_HEAD = `global
    maxconn 2000
defaults
    mode tcp
    timeout connect 2s
    timeout check 2s
    timeout client 75s
    timeout server 75s
    option redispatch
`;

const servers = (list, options) =>
	list.map((where, i) => `    server s${i + 1} ${where} ${options}\n`).join("");

async function haproxy(t, backend) {
	const service = new Service(t, await freePort());
	const text = `${HAPROXY_HEAD}listen front\n    bind 127.0.0.1:${service.port}\n${backend}`;
	return service.start("/usr/sbin/haproxy", ["-db", "-f", service.file("haproxy.cfg", text)]);
}

/* In front of chopay nodes (Gateways with TLS, which is passed through): those that are ready. */
export async function balanceNodes(t, gateways) {
	const where = gateways.map(({ url }) => new URL(url).host);
	const ca = join(developmentCa(), "ca.pem");
	/* Copied: HAProxy runs as the server's user, who may not read the folder of the CA. */
	const check = `check check-ssl check-sni localhost verify required ca-file ${shared(t, ca)}`;
	return haproxy(
		t,
		`    balance leastconn
    option httpchk GET /readyz
    http-check send hdr Host localhost
    http-check expect status 200
${servers(where, `${check} inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions`)}`,
	);
}

function shared(t, path) {
	const folder = serverFolder("chopay-ca-");
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	const copy = join(folder, "ca.pem");
	writeFileSync(copy, readFileSync(path), { mode: 0o644 });
	return copy;
}

/* A startup message of protocol 3.0 in hexadecimal. */
function startupMessage(user, database) {
	const words = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
	const head = Buffer.alloc(8);
	head.writeInt32BE(words.length + 8, 0);
	head.writeInt32BE(3 << 16, 4);
	return Buffer.concat([head, words]).toString("hex");
}

/*
 * In front of databases: the one that is no standby.  A server tells each client that it let in
 * whether it is one (in_hot_standby), so the check needs a role that may log in and nothing else.
 */
export async function balanceDatabases(t, all) {
	await all[0].psql("create role balancer login");
	for (const server of all) server.trust("hostnossl postgres balancer 127.0.0.1/32");
	const primary = Buffer.from("in_hot_standby\0off\0").toString("hex");
	const balancer = await haproxy(
		t,
		`    option tcp-check
    tcp-check connect
    tcp-check send-binary ${startupMessage("balancer", "postgres")}
    tcp-check expect binary ${primary}
${servers(all.map(({ port }) => `127.0.0.1:${port}`), "check inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions")}`,
	);
	/* It takes all for good until it has asked them. */
	let inARow = 0;
	await waitFor("the balancer to know the standby", () => {
		inARow = leadsToPrimary(balancer) ? inARow + 1 : 0;
		return inARow === 2 * all.length;
	});
	return balancer;
}

function leadsToPrimary({ port }) {
	const uri = `postgresql://balancer@127.0.0.1:${port}/postgres?sslmode=disable`;
	try {
		return tool("psql", [uri, "-Atc", "select pg_is_in_recovery()"]).toString().trim() === "f";
	} catch {
		return false; /* both are down to it, for a moment */
	}
}

/* PgBouncer in transaction mode; `uri(database)` goes through it. */
export async function pool(t, server, { mode = "transaction", size = 20 } = {}) {
	const service = new Service(t, await freePort());
	const text = `[databases]
* = host=${server.folder} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${service.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${service.file("users", `"${ROLE}" "${PASSWORD}"\n`)}
pool_mode = ${mode}
default_pool_size = ${size}
max_client_conn = 500
`;
	await service.start("/usr/sbin/pgbouncer", [service.file("pgbouncer.ini", text)]);
	service.uri = (database = ROLE) =>
		`postgresql://${ROLE}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${service.port}/${database}`;
	return service;
}
