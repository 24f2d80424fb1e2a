/* Who may call an endpoint, with what, how often; and where an operator sees who was refused. */
import assert from "node:assert/strict";
import { createVerify } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { join } from "node:path";
import test from "node:test";

import { fixtures, Market, openMarket, tool, waitFor } from "../support/chopay.mjs";
import { askToken, basic } from "../support/feed_calls.mjs";
import { Bank } from "../support/sepay.mjs";

const message = (name) => JSON.parse(readFileSync(join(fixtures, `webhooks/${name}.json`), "utf8"));
const PEM = message("vietinbank_ok").secret.value;
const idOf = (endpoint) => endpoint.split("/")[3];

/* Each mode with a secret of its own that fits it, and the options it needs. */
const WAYS = {
	apikey: ["clear-apikey-0001"],
	hmac: ["clear-hmac-secret-0001"],
	oauth2: ["clear-oauth2-secret-0001", "--client-id", "sepay-client"],
	none: [undefined],
	secure_token: ["clear-secure-token-0001"],
	hmac512: ["clear-hmac512-key-0001"],
	checksum_key: ["clear-checksum-key-0001"],
	bearer: ["clear-bearer-token-0001"],
	t_v1_hmac_sha256_hex: ["clear-t-v1-secret-0001", "--header", "X-Bank-Signature"],
	rfc9421_hmac: ["Y2xlYXItcmZjOTQyMS1zZWNyZXQtMDAwMDAwMDAwMDE=", "--key-id", "k-1"],
	whsec: ["whsec_Y2xlYXItd2hzZWMtc2VjcmV0LTAwMDAwMDAwMDAx"],
	whpk: ["whpk_H/VgJEEeSaYtrhm4JKHpWIrX6krNFizBq4RjnHiyxHA="],
	vietqr: ["clear-vietqr-password-0001", "--username", "vietqr-user"],
	vietqr_signature: ["clear-vietqr-signature-0001"],
	rsa_public_key: [PEM],
	bidv: ["clear-bidv-secret-0001", "--service-id", "318099"],
};

/* "  sepay    apikey, hmac" of the help -> [["sepay", ["apikey", "hmac"]], ...] */
async function feedsOfHelp(market) {
	const { stdout } = await market.run("endpoint", "--help");
	return stdout
		.split("feeds and their modes:\n")[1]
		.trimEnd()
		.split("\n")
		.map((line) => /^ *(\S+) +(.*)$/.exec(line))
		.map(([, feed, modes]) => [feed, modes.split(", ")]);
}

test("every feed with every mode of its own; nothing of a secret lies about in clear", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	const gateway = await market.serve();
	const made = [];
	for (const [feed, modes] of await feedsOfHelp(market))
		for (const mode of modes) {
			const [secret, ...options] = WAYS[mode];
			made.push(await market.newEndpoint({ feed, mode, secret, options }));
		}
	assert.ok(made.length >= 18, made.join());
	for (const path of made.filter((one) => one.startsWith("/webhooks/vietqr_vn/")).slice(0, 1))
		await market.must(
			"endpoint",
			"rotate",
			idOf(path),
			"--secret-file",
			market.file("next", "clear-next-password-0001"),
		);

	const listed = await market.lines("endpoint", "list");
	assert.deepEqual(listed.map((one) => one.path).sort(), made.sort());
	assert.equal(listed.find((one) => one.feed === "bidv").client_id, "318099");
	assert.equal(listed.find((one) => one.feed === "generic_t_v1").header, "X-Bank-Signature");

	const files = market.storedFiles();
	assert.ok(files.some((path) => /chopay\.db-wal|pg_wal/.test(path)), "the log is looked at too");
	const kept = files.map((path) => readFileSync(path));
	const told = [JSON.stringify(listed), gateway.told.out, gateway.told.err];
	const secrets = [...Object.values(WAYS).map(([secret]) => secret), "clear-next-password-0001"];
	for (const secret of secrets.filter(Boolean)) {
		/* A PEM key by a line of its own, lest line ends hide it. */
		const needle = secret === PEM ? PEM.split("\n")[1] : secret;
		for (const bytes of [...kept, ...told])
			assert.ok(!bytes.includes(needle), `${needle} in clear`);
	}
	assert.ok(kept.some((bytes) => bytes.includes("vietqr-user")), "what is no secret is found");
});

test("words that do not fit are refused, and the right ones named", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	await market.serve();
	const secret = market.file("s", "a-long-enough-secret");
	const pem = market.file("k.pem", PEM);
	const id = idOf(await market.newEndpoint());
	const add = (feed, mode, ...options) => ["add", "--feed", feed, "--mode", mode, ...options];
	const cases = [
		[65, /feeds that call us are sepay, casso_v1/, add("paypal", "hmac", "--secret-file", secret)],
		[65, /feeds that call us/, add("sepay_list_v1", "none")],
		[65, /sepay has the modes apikey, hmac, oauth2, none/, add("sepay", "whsec", "--secret-file", secret)],
		[65, /casso_v1 has the mode secure_token/, add("casso_v1", "hmac512", "--secret-file", secret)],
		[65, /oauth2 needs --client-id/, add("sepay", "oauth2", "--secret-file", secret)],
		[65, /vietqr needs --username/, add("mb", "vietqr", "--secret-file", secret)],
		[65, /vietqr needs --username/, add("mb", "vietqr", "--secret-file", secret, "--username", "a:b")],
		[65, /bidv needs --service-id/, add("bidv", "bidv", "--secret-file", secret)],
		[65, /bidv takes --service-id, not --username/, add("bidv", "bidv", "--secret-file", secret, "--service-id", "1", "--username", "u")],
		[65, /apikey takes no name of the sender, not --client-id/, add("sepay", "apikey", "--secret-file", secret, "--client-id", "x")],
		[65, /rfc9421_hmac needs --key-id/, add("rfc9421", "rfc9421_hmac", "--secret-file", secret)],
		[65, /--header is of the mode t_v1/, add("sepay", "hmac", "--secret-file", secret, "--header", "X-A")],
		[65, /letters, digits and hyphens/, add("generic_t_v1", "t_v1_hmac_sha256_hex", "--secret-file", secret, "--header", "X A")],
		[65, /shorter than 8/, add("sepay", "hmac", "--secret-file", market.file("short", "1234567"))],
		[65, /PEM/, add("bvbank", "rsa_public_key", "--secret-file", secret)],
		[65, /mode has no secret/, add("sepay", "none", "--secret-file", secret)],
		[64, /--secret-file is needed/, add("sepay", "hmac")],
		[65, /no text/, add("sepay", "hmac", "--secret-file", market.file("binary", Buffer.from([200, 201, 202, 203, 204, 205, 206, 207])))],
		[65, /"10.0.0.1\/8" has address bits behind its prefix/, add("sepay", "hmac", "--secret-file", secret, "--allow-from", "10.0.0.1/8")],
		[65, /no IPv4 or IPv6 address/, ["set", id, "--allow-from", "example.com"]],
		[65, /not in PEM/, ["set", id, "--client-cert", pem]],
		[74, /cannot read/, ["set", id, "--client-cert", market.file("none.pem")]],
		[64, /give the endpoint's ID/, ["set", id]],
		[65, /no endpoint with that id/, ["set", "nobody", "--allow-from", "any"]],
		[65, /no endpoint with that id/, ["rotate", "nobody", "--secret-file", secret]],
		[65, /limit is a number/, ["refusals", "--limit", "0"]],
		[65, /limit is a number/, ["refusals", "--limit", "many"]],
	];
	for (const [status, says, words] of cases) {
		const done = await market.run("endpoint", ...words);
		assert.equal(done.status, status, `${words.join(" ")}: ${done.stderr}`);
		assert.match(done.stderr, says);
		assert.equal(done.stdout, "");
	}
	assert.equal((await market.lines("endpoint", "list")).length, 1, "nothing was half done");
});

test("a list of addresses is asked before anything else", async (t) => {
	const { market, stalls, gateway, bank } = await openMarket(t, { listen: "[::1]:0" });
	const set = (list) => market.must("endpoint", "set", idOf(bank.endpoint), "--allow-from", list);
	const pay = () =>
		bank.post(bank.delivery({ account: stalls.A01.account_no, amount: 1_000, note: "x" }));

	assert.equal((await pay()).status, 200, "no list: everybody");
	await set("192.0.2.7, 10.0.0.0/8,2001:db8::/32");
	const refused = await pay();
	assert.equal(refused.status, 401);
	assert.deepEqual(Object.keys(refused.json), ["success", "message"], "SePay's own form");
	assert.equal(refused.json.success, false);
	const [listed] = await market.lines("endpoint", "list");
	assert.equal(listed.allow_from, "192.0.2.7,10.0.0.0/8,2001:db8::/32");
	await set("192.0.2.7,::1");
	assert.equal((await pay()).status, 200);
	await set("::/1");
	assert.equal((await pay()).status, 200);
	await set("8000::/1");
	assert.equal((await pay()).status, 401);
	await set("any");
	assert.equal((await pay()).status, 200);

	const [newest] = await market.lines("endpoint", "refusals", "--json");
	assert.equal(newest.reason, "address");
	assert.equal(newest.peer, "::1");
	assert.equal(newest.endpoint, idOf(bank.endpoint));
	assert.equal((await gateway.all("/v1/suspense", "suspense")).length, 4, "nothing refused is kept");
});

/* A client's key and certificate, signed by the story's CA. */
function clientCertificate(folder, name) {
	const file = (end) => join(folder, `${name}.${end}`);
	const openssl = (...args) => tool("openssl", args, { cwd: folder });
	openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
		"-keyout", file("key"), "-subj", `/O=Bank/CN=${name}`, "-out", file("csr"));
	openssl("x509", "-req", "-in", file("csr"), "-CA", "ca.pem", "-CAkey", "ca.key",
		"-CAcreateserial", "-days", "2", "-out", file("pem"));
	const shown = openssl("x509", "-in", file("pem"), "-noout", "-fingerprint", "-sha256");
	return {
		file: file("pem"),
		digest: shown.split("=")[1].trim().replaceAll(":", "").toLowerCase(),
		cert: readFileSync(file("pem")),
		key: readFileSync(file("key")),
	};
}

test("an endpoint bound to one client certificate", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	const { ca } = market.certificates;
	const folder = join(market.folder, "certs");
	const [bank1, bank2] = ["bank1", "bank2"].map((name) => clientCertificate(folder, name));
	const gateway = await market.serve({ args: ["--tls-client-ca", join(folder, "ca.pem")] });
	const open = await market.newEndpoint({ mode: "none" });
	const bound = await market.newEndpoint({ mode: "none", options: ["--client-cert", bank1.file] });
	const call = (endpoint, shown) => {
		const agent = new https.Agent({ ca, ...(shown && { cert: shown.cert, key: shown.key }) });
		const bank = new Bank(gateway, endpoint, "x");
		bank.nextId = () => Math.floor(Math.random() * 1e12);
		return bank
			.post(bank.delivery({ account: "1", amount: 1_000, note: "x" }), { agent })
			.finally(() => agent.destroy());
	};
	const statuses = async (endpoint) =>
		Promise.all([undefined, bank1, bank2].map(async (one) => (await call(endpoint, one)).status));

	assert.deepEqual(await statuses(open), [200, 200, 200]);
	assert.deepEqual(await statuses(bound), [401, 200, 401]);
	const listed = await market.lines("endpoint", "list");
	assert.equal(listed.find((one) => one.path === bound).client_cert, bank1.digest);
	await market.must("endpoint", "set", idOf(bound), "--client-cert", bank2.file);
	assert.deepEqual(await statuses(bound), [401, 401, 200]);
	await market.must("endpoint", "set", idOf(bound), "--client-cert", "none");
	assert.deepEqual(await statuses(bound), [200, 200, 200]);
	const refusals = await market.lines("endpoint", "refusals", "--json");
	assert.deepEqual([...new Set(refusals.map((one) => one.reason))], ["client_certificate"]);
	await gateway.stop();

	/* Without a CA to ask for nobody can show one: refused, and the reason says so. */
	await market.must("endpoint", "set", idOf(bound), "--client-cert", bank1.file);
	const plain = await market.serve();
	assert.equal((await plain.post(bound, "{}")).status, 401);
	assert.match(await market.must("endpoint", "refusals"), /no client certificate.*client CA/);
});

test("paths below an endpoint reach it, up to three segments", async (t) => {
	const { gateway, bank, stalls } = await openMarket(t);
	const account = stalls.A01.account_no;
	for (const below of ["", "/a", "/a/b", "/a/b/c", "/token"]) {
		bank.endpoint = bank.endpoint.split("/").slice(0, 4).join("/") + below;
		await bank.pay({ account, amount: 1_000, note: "x" });
	}
	bank.endpoint += "/b/c/d";
	const answer = await bank.post(bank.delivery({ account, amount: 1_000, note: "x" }));
	assert.equal(answer.status, 404);
	assert.equal((await gateway.get(bank.endpoint.replace("/b/c/d", ""))).status, 405);
});

const VIETQR = { feed: "vietqr_vn", mode: "vietqr", secret: "the-first-password" };

function vietqrSync(gateway, endpoint, token, id, account) {
	const body = {
		bankaccount: account,
		amount: 7_000,
		transType: "C",
		content: "mua rau",
		transactionid: id,
		transactiontime: gateway.nowMs(),
		referencenumber: id,
	};
	const headers = { Authorization: `Bearer ${token}` };
	return gateway.post(`${endpoint}/bank/api/transaction-sync`, body, { headers });
}

test("a token of ours: for its endpoint, its secret, and 300 seconds", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	const account = (await market.stalls()).B01.account_no;
	const clockAt = 1_785_224_000;
	const way = { ...VIETQR, options: ["--username", "user"] };
	const endpoint = await market.newEndpoint(way);
	const other = await market.newEndpoint(way);
	let gateway = await market.serve({ clockAt });
	let n = 0;
	const sync = async (token, to = endpoint) =>
		(await vietqrSync(gateway, to, token, `id-${++n}`, account)).status;
	const ask = (password, username = "user") =>
		askToken(gateway, endpoint, { mode: "vietqr", username, password });

	const first = await ask("the-first-password");
	assert.deepEqual([first.status, first.seconds], [200, 300]);
	assert.equal(await sync(first.token), 200);
	assert.equal(await sync(first.token, other), 401, "another endpoint's");
	assert.equal(await sync(first.token.replace(/.$/, (c) => (c === "0" ? "1" : "0"))), 401);
	assert.equal(await sync(`f${first.token.slice(1)}`), 401, "a later end");
	for (const [password, user] of [["wrong", "user"], ["the-first-password", "nobody"]]) {
		const refused = await gateway.post(`${endpoint}/api/token_generate`, "", {
			headers: { Authorization: basic(user, password) },
		});
		assert.equal(refused.status, 401);
		assert.equal(refused.json.status, "FAILED", "VietQR's own form");
	}

	/* Two passwords during a roll; then only the new one, and no token of the old. */
	const rotate = (file, text, hours) =>
		market.must("endpoint", "rotate", idOf(endpoint), "--secret-file", market.file(file, text),
			"--hours", hours);
	await rotate("second", "the-second-password", "1");
	assert.equal((await ask("the-first-password")).status, 200);
	const second = await ask("the-second-password");
	assert.equal(second.status, 200);
	assert.deepEqual([await sync(first.token), await sync(second.token)], [200, 200]);
	await rotate("third", "the-third-password", "0");
	assert.deepEqual([await sync(first.token), await sync(second.token)], [401, 401]);
	assert.equal((await ask("the-second-password")).status, 401);
	const third = await ask("the-third-password");
	assert.equal(await sync(third.token), 200);
	const logged = gateway.told.err;
	await gateway.stop();

	gateway = await market.serve({ clockAt: clockAt + 280 });
	assert.equal(await sync(third.token), 200, "a restart forgets no token");
	await gateway.stop();
	gateway = await market.serve({ clockAt: clockAt + 400 });
	assert.equal(await sync(third.token), 401, "but its time ends");
	for (const said of [logged, await market.must("endpoint", "list")])
		for (const secret of ["-password", first.token, third.token, basic("user", "wrong")])
			assert.ok(!said.includes(secret), `${secret} is told`);
});

test("who calls without a token is let try only so often", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	const endpoint = await market.newEndpoint({ ...VIETQR, options: ["--username", "user"] });
	const gateway = await market.serve({ args: ["--workers", "1"] });
	const secret = { mode: "vietqr", username: "user" };
	const policy = '"tokenless";q=50;w=1';
	const { token, headers } = await askToken(gateway, endpoint, {
		...secret,
		password: VIETQR.secret,
	});
	assert.equal(headers["ratelimit-policy"], policy);
	assert.equal(headers.ratelimit, '"tokenless";r=49;t=1');
	const tries = await Promise.all(
		Array.from({ length: 200 }, (_, n) =>
			askToken(gateway, endpoint, { ...secret, password: `guess-${n}` }),
		),
	);
	const refused = tries.filter(({ status }) => status === 429).length;
	assert.ok(refused > 0 && refused < 200, `${refused} of 200`);
	for (const { status, headers: told } of tries) {
		const [, left] = /^"tokenless";r=([0-9]+);t=1$/.exec(told.ratelimit);
		assert.equal(told["ratelimit-policy"], policy);
		assert.equal(told["retry-after"], status === 429 ? "1" : undefined);
		assert.ok(status === 429 ? left === "0" : status === 401 && Number(left) < 50);
	}
	const synced = await vietqrSync(gateway, endpoint, token, "x", "1");
	assert.equal(synced.status, 200, "who has one goes on");
	assert.equal(synced.headers.ratelimit, undefined, "and is not counted");
	const listed = await market.lines("endpoint", "refusals", "--json");
	assert.equal(listed.filter((one) => one.reason === "too_often").length, refused);
});

test("what HTTP refuses is answered in the provider's words and listed too", async (t) => {
	const { market, gateway, bank, stalls } = await openMarket(t);
	const note = "x".repeat(1024 * 1024);
	const body = bank.delivery({ account: stalls.A01.account_no, amount: 1_000, note });
	const answer = await bank.post(body);
	assert.equal(answer.status, 413);
	assert.equal(answer.json.success, false);
	assert.equal(answer.headers["content-type"], "application/json");
	const chunked = (path) =>
		gateway.raw(
			`POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
		);
	assert.match(await chunked(bank.endpoint), /^HTTP\/1.1 400 [^]*"success":false/);
	assert.match(await chunked("/webhooks/sepay/none"), /^HTTP\/1.1 400 [^]*problem\+json/);
	assert.match(await chunked("/stall/leave"), /^HTTP\/1.1 400 [^]*problem\+json/);
	const listed = await market.lines("endpoint", "refusals", "--json");
	assert.deepEqual(
		listed.map(({ reason, endpoint }) => [reason, endpoint]),
		[
			["malformed", "none"],
			["malformed", idOf(bank.endpoint)],
			["too_large", idOf(bank.endpoint)],
		],
	);
	await bank.pay({ account: stalls.A01.account_no, amount: 1_000, note: "x" });
});

function metrics(market) {
	return new Promise((resolve, reject) => {
		const socketPath = join(market.data, "control.sock");
		http.get({ socketPath, path: "/metrics" }, (response) => {
			let text = "";
			response.on("data", (chunk) => (text += chunk));
			response.on("end", () => resolve(text));
		}).on("error", reject);
	});
}

test("acknowledged, and no money: the log says so", async (t) => {
	const { market, gateway } = await openMarket(t);
	const test = message("casso1_test_call");
	const endpoint = await market.newEndpoint({ feed: "casso_v1", mode: "secure_token", secret: test.secret.value });
	const answer = await gateway.post(endpoint, test.body_raw, { headers: test.headers });
	assert.equal(answer.status, 200);
	await waitFor("the line", () => gateway.told.err.includes("webhook_without_transfer"));
	assert.match(gateway.told.err, /feed=casso_v1 endpoint=\w+ reason=test_call request=\w+/);
	assert.ok(!gateway.told.err.includes(test.secret.value));
});

test("the last 1,000 refusals, and how many there were", async (t) => {
	const { market, gateway, bank } = await openMarket(t, { args: ["--workers", "3"] });
	const body = bank.delivery({ account: "1", amount: 1, note: "a note that nobody may log" });
	assert.equal(await market.must("endpoint", "refusals"), "");
	for (let n = 0; n < 1_100; n += 100) {
		await Promise.all(
			Array.from({ length: 100 }, (_, i) =>
				gateway.post(`/webhooks/sepay/unknown-${n + i}`, body),
			),
		);
	}
	await gateway.post("/webhooks/%C3%A9%22%3Cb%3E/%E2%82%AC%20id", body);
	bank.secret = "another-secret";
	assert.equal((await bank.post(body)).status, 401);
	await gateway.post(bank.endpoint, "{", { headers: { "Content-Type": "text/xml" } });

	const listed = await market.lines("endpoint", "refusals", "--json");
	assert.equal(listed.length, 1_000);
	assert.deepEqual(
		listed.slice(0, 4).map(({ feed, reason }) => [feed, reason]),
		[
			["sepay", "bad_signature"],
			["sepay", "bad_signature"],
			[null, "unknown_endpoint"],
			["sepay", "unknown_endpoint"],
		],
	);
	assert.equal(listed[2].endpoint, "??? id");
	assert.equal(listed[0].peer, "127.0.0.1");
	assert.deepEqual(
		listed.map(({ id }) => Number(id)),
		Array.from({ length: 1_000 }, (_, i) => 1_103 - i),
	);
	assert.deepEqual(await market.lines("endpoint", "refusals", "--json", "--limit", "3"), listed.slice(0, 3));
	assert.equal((await market.must("endpoint", "refusals", "--limit", "2")).split("\n").length, 2);

	const counted = await metrics(market);
	assert.match(counted, /chopay_webhooks_refused_total\{feed="sepay",reason="unknown_endpoint"\} 1100\n/);
	assert.match(counted, /chopay_webhooks_refused_total\{feed="sepay",reason="bad_signature"\} 2\n/);
	assert.match(counted, /chopay_webhooks_refused_total\{feed="",reason="unknown_endpoint"\} 1\n/);
	const said = gateway.told.err + JSON.stringify(listed);
	assert.ok(!/nobody may log|another-secret/.test(said), "no body, no secret");
	assert.ok(gateway.told.err.split("webhook_refused").length < 1_000, "a flood does not fill the log");
});

test("the key that signs our answers: made when needed, kept, never told", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	const file = join(market.data, "keys/reply-signing.pem");
	await market.newEndpoint();
	assert.ok(!existsSync(file), "SePay needs none");
	const endpoint = await market.newEndpoint({ feed: "vietinbank", mode: "rsa_public_key", secret: PEM });
	assert.equal(statSync(file).mode & 0o777, 0o400);
	const key = await market.must("endpoint", "public-key");
	assert.match(key, /^-----BEGIN PUBLIC KEY-----\n/);
	assert.equal(tool("openssl", ["pkey", "-in", file, "-pubout"]).trim(), key);

	const { now, headers, body_raw: body } = message("vietinbank_ok");
	for (let start = 0; start < 2; start++) {
		const gateway = await market.serve({ clockAt: now });
		const { json } = await gateway.request("POST", `${endpoint}/notify-trans`, { headers, body });
		const verify = createVerify("RSA-SHA256").update(json.transId + json.errorCode + json.errorDesc);
		assert.ok(verify.verify(key, json.signature, "base64"));
		assert.equal(await market.must("endpoint", "public-key"), key, "the same after a restart");
		const line = readFileSync(file, "utf8").split("\n")[1];
		assert.ok(!gateway.told.err.includes(line) && !gateway.told.err.includes("PRIVATE"));
		await gateway.stop();
	}

	tool("chmod", ["600", file]);
	writeFileSync(file, "not a key");
	const done = await market.run("endpoint", "list");
	assert.notEqual(done.status, 0, "another key would be one that no bank trusts");
	assert.match(done.stderr, /reply-signing\.pem.*restore/);
});
