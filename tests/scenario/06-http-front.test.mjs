/* The HTTP and TLS front of the running binary: malformed, too large, too slow, and its end. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import test from "node:test";
import tls from "node:tls";

import { fixtures, Market, openMarket, run, waitFor } from "../support/chopay.mjs";

const GET = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n";

function statusOf(answer) {
	return Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(answer)?.[1]);
}

/* The gateway closes, or resets: either ends the connection. */
function closed(socket) {
	socket.on("error", () => {});
	return new Promise((resolve) => socket.on("close", resolve));
}

/* The rows of the grammar's table that are refused: [name, status, bytes]. */
function refusedRows() {
	const unescape = (text) =>
		text
			.replace(/\\\{([0-9]+):((?:\\.|[^\\}])*)\}/g, (_, n, piece) => piece.repeat(n))
			.replace(/\\(x[0-9A-Fa-f]{2}|.)/g, (_, code) =>
				code.length === 3
					? String.fromCharCode(parseInt(code.slice(1), 16))
					: ({ r: "\r", n: "\n", t: "\t", 0: "\0" }[code] ?? code),
			);
	return readFileSync(join(fixtures, "http/grammar.tsv"), "latin1")
		.split("\n")
		.map((line) => line.split("\t"))
		.filter(([name, result]) => !name.startsWith("#") && /^[45][0-9]{2}$/.test(result))
		.map(([name, result, bytes]) => [
			name,
			Number(result),
			Buffer.from(unescape(bytes), "latin1"),
		]);
}

test("every malformed request of the grammar's table: one answer, then closed", async (t) => {
	const gateway = await new Market(t).serve({ tls: false });
	const rows = refusedRows();
	assert.ok(rows.length > 100, `${rows.length} rows`);
	const refuse = async ([name, status, bytes]) => {
		const answer = await gateway.raw(bytes);
		assert.equal(answer.match(/^HTTP\/1\.1 [0-9]{3} /gm)?.length, 1, `${name}: ${answer}`);
		/* Where the fault is in the body, the address is refused before it. */
		assert.ok([status, 404, 405].includes(statusOf(answer)), `${name}: ${answer}`);
		assert.match(answer, /\r\nConnection: close\r\n/, name);
		assert.match(answer, /\r\nContent-Type: application\/problem\+json\r\n/, name);
	};
	for (let at = 0; at < rows.length; at += 20)
		await Promise.all(rows.slice(at, at + 20).map(refuse));
	assert.equal((await gateway.get("/healthz")).status, 200);
});

test("addresses, methods and sizes", async (t) => {
	const { gateway, bank } = await openMarket(t);

	await t.test("an unknown address is a problem document", async () => {
		const answer = await gateway.get("/nowhere?at=all");
		assert.equal(answer.status, 404);
		assert.equal(answer.headers["content-type"], "application/problem+json");
		assert.equal(answer.json.instance, "/nowhere");
		assert.match(answer.json.detail, /openapi\.json/);
	});

	await t.test("a wrong method is told which are right", async () => {
		const answer = await gateway.request("DELETE", "/v1/payments");
		assert.equal(answer.status, 405);
		assert.equal(answer.headers.allow, "GET, HEAD");
		const post = await gateway.get(bank.endpoint);
		assert.equal(post.status, 405);
		assert.equal(post.headers.allow, "POST");
	});

	await t.test("what belongs to the control socket is not there over the network", async () => {
		for (const path of ["/metrics", "/control/registry", "/control/keys", "/control/ledger"])
			assert.equal((await gateway.get(path)).status, 404, path);
	});

	await t.test("HEAD answers as GET, without the body", async () => {
		const got = await gateway.get("/openapi.json");
		const head = await gateway.request("HEAD", "/openapi.json");
		assert.equal(head.text, "");
		assert.equal(head.headers["content-length"], got.headers["content-length"]);
		const same = await gateway.get("/openapi.json", {
			headers: { "If-None-Match": got.headers.etag },
		});
		assert.equal(same.status, 304);
	});

	await t.test("two requests in one packet are answered in their order", async () => {
		const answer = await gateway.raw(
			`${GET}\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
		);
		assert.deepEqual(
			[...answer.matchAll(/HTTP\/1\.1 ([0-9]+)/g)].map((m) => m[1]),
			["200", "404"],
		);
	});

	const head = `POST ${bank.endpoint} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;

	await t.test("a body that is announced too large is refused unread", async () => {
		assert.equal(statusOf(await gateway.raw(`${head}Content-Length: 1048577\r\n\r\n`)), 413);
		const charge = await gateway.post(
			"/v1/stalls/A01/charges",
			`{"amount":1}${" ".repeat(5000)}`,
			{
				headers: { "Content-Type": "application/json" },
			},
		);
		assert.equal(charge.status, 413);
	});

	await t.test("a body that grows too large in chunks is refused where it does", async () => {
		const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
		const answer = await gateway.raw(
			`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}0\r\n\r\n`,
		);
		assert.equal(statusOf(answer), 413);
	});

	await t.test("a body where none belongs is refused", async () => {
		assert.equal(statusOf(await gateway.raw(`${GET}Content-Length: 1\r\n\r\nx`)), 413);
	});
});

test("a head that comes a byte at a time does not hold a connection", async (t) => {
	const gateway = await new Market(t).serve({ tls: false });
	const socket = gateway.connect();
	let answer = "";
	socket.on("data", (bytes) => (answer += bytes));
	socket.write(`${GET}X-Slow: `);
	const drip = setInterval(() => socket.write("a"), 200);
	await closed(socket);
	clearInterval(drip);
	assert.equal(statusOf(answer), 408);
});

test("TLS: versions, and certificates renewed without a stop", async (t) => {
	const market = new Market(t);
	const gateway = await market.serve();
	const serialOf = async () => {
		const socket = gateway.connect();
		await once(socket, "secureConnect");
		const { serialNumber } = socket.getPeerCertificate();
		socket.destroy();
		return serialNumber;
	};

	await t.test("1.2 and 1.3 are spoken, 1.1 is refused", async () => {
		for (const version of ["TLSv1.2", "TLSv1.3"]) {
			const socket = gateway.connect({ version });
			await once(socket, "secureConnect");
			assert.equal(socket.getProtocol(), version);
			socket.destroy();
		}
		const old = tls.connect({
			host: "127.0.0.1",
			port: gateway.port,
			ca: gateway.ca,
			minVersion: "TLSv1.1",
			maxVersion: "TLSv1.1",
			ciphers: "DEFAULT@SECLEVEL=0",
		});
		const [refusal] = await once(old, "error");
		assert.match(refusal.code, /ALERT_PROTOCOL_VERSION/);
	});

	await t.test("answers carry HSTS; a plain request gets no answer", async () => {
		const answer = await gateway.get("/healthz");
		assert.match(answer.headers["strict-transport-security"], /max-age=/);

		const plain = net.connect({ host: "127.0.0.1", port: gateway.port });
		let heard = "";
		plain.on("data", (bytes) => (heard += bytes));
		plain.write(`${GET}\r\n`);
		await closed(plain);
		assert.doesNotMatch(heard, /HTTP/);
	});

	await t.test("SIGHUP: new connections get the new certificate, old ones live on", async () => {
		const before = await serialOf();
		const kept = gateway.newAgent(1);
		await gateway.get("/healthz", { agent: kept });
		market.renewCertificates();
		process.kill(gateway.pid, "SIGHUP");
		await waitFor("the new certificate", async () => (await serialOf()) !== before);
		assert.equal((await gateway.get("/healthz", { agent: kept })).status, 200);
	});

	await t.test("SIGHUP with a broken file: the certificate in use stays", async () => {
		const before = await serialOf();
		writeFileSync(market.certificates.certFile, "no certificate\n");
		process.kill(gateway.pid, "SIGHUP");
		await waitFor("the complaint", () => /tls_reload.*kept the old/.test(gateway.told.err));
		assert.equal(await serialOf(), before);
	});
});

test("an address that is not there: a page and a way on for a person, a problem for a program", async (t) => {
	const gateway = await new Market(t).serve({ tls: false });
	const ask = (path, Accept = "text/html,*/*;q=0.8") => gateway.get(path, { headers: { Accept } });
	const rows = [
		["/nowhere", "Không có trang này", 'href="/"'],
		["/stall/nowhere", "Không có trang này", 'href="/stall"'],
		["/stall/invite/used", "Máy này đã mở quầy rồi", 'href="/stall"'],
		["/operator/nowhere?lang=en", "There is no such page", 'href="/"'],
		["/pay/nowhere/else", "Không có trang này", null],
		/* The address bar keeps what a form was sent to. */
		["/stall/charges", "Không có trang này", 'href="/stall"', 405],
	];
	for (const [path, said, way, status = 404] of rows) {
		const page = await ask(path);
		assert.equal(page.status, status, path);
		assert.match(page.headers["content-type"], /^text\/html/, path);
		assert.ok(page.text.includes(said), `${path}: ${page.text}`);
		assert.equal(/class="button" (href="[^"]*")/.exec(page.text)?.[1] ?? null, way, path);
	}
	for (const [path, accept] of [["/nowhere", "*/*"], ["/v1/nowhere", undefined]])
		assert.match((await ask(path, accept)).headers["content-type"], /^application\/problem\+json/, path);
});

test("plain HTTP is for loopback only", async (t) => {
	const market = new Market(t);
	const refused = await market.run("serve", "--listen", "0.0.0.0:0");
	assert.equal(refused.status, 64);
	assert.match(refused.stderr, /0\.0\.0\.0/);
	assert.equal(refused.stderr.trim().split("\n").length, 1, refused.stderr);
	assert.equal((await run(["serve", "--data", market.data, "--listen", "nowhere"])).status, 64);
});

test("SIGTERM: answers in progress are finished, streams are closed, exit 0", async (t) => {
	const { market, stalls, gateway, bank } = await openMarket(t);
	const stream = await gateway.events(
		`/pay/${(await gateway.askCharge("A01", 1_000)).reference}/events`,
	);
	let acknowledged = 0;
	let stopping;
	const post = async () => {
		for (let i = 0; i < 200; i++) {
			await bank.pay({ account: stalls.B01.account_no, amount: 1_000, note: "mua ca" });
			if (++acknowledged === 100) stopping = gateway.endProcess("SIGTERM");
		}
	};
	await Promise.allSettled(Array.from({ length: 4 }, post));
	assert.deepEqual(await stopping, { status: 0, signal: null });
	await waitFor("the stream's end", () => stream.over);
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.ok(ledger.transfers >= acknowledged, `${ledger.transfers} >= ${acknowledged}`);
});
