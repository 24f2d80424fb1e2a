/* Each recorded SePay and Standard Webhooks message, sent to the running gateway. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { fixtures, Market } from "../support/chopay.mjs";

const folder = join(fixtures, "webhooks");
const messages = readdirSync(folder)
	.filter((name) => /^(sepay|stdwebhooks)_.*\.json$/.test(name))
	.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));

/*
 * When the sender's clock runs ahead, each second of ours brings it nearer: such a message is sent
 * to a gateway whose clock begins a minute before the fixture's, all others at the fixture's.
 */
function clockOf(message) {
	const sent = Number(
		message.headers["X-SePay-Timestamp"] ?? message.headers["webhook-timestamp"],
	);
	return sent > message.now ? message.now - 60 : message.now;
}

function secretOf({ mode, value, client_id: clientId, client_secret: clientSecret }) {
	return { mode, secret: value ?? clientSecret, clientId };
}

/* One endpoint for each way to authenticate. */
async function makeEndpoints(market, group) {
	const endpoints = new Map();
	for (const message of group) {
		const secret = secretOf(message.secret);
		const way = JSON.stringify([message.provider, secret]);
		if (!endpoints.has(way))
			endpoints.set(way, await market.newEndpoint({ feed: message.provider, ...secret }));
	}
	return (message) => endpoints.get(JSON.stringify([message.provider, secretOf(message.secret)]));
}

/* The token that our own token address gives stands in for the fixture's. */
async function withOurToken(gateway, endpoint, message) {
	const { client_id: clientId, client_secret: clientSecret } = message.secret;
	const asked = await gateway.post(`${endpoint}/token`, { clientId, clientSecret });
	assert.equal(asked.status, 200, asked.text);
	assert.equal(asked.json.data.expiredIn, 3600);
	return { ...message.headers, Authorization: `Bearer ${asked.json.data.accessToken}` };
}

async function send(gateway, endpoint, message) {
	const headers =
		message.secret.mode === "oauth2"
			? await withOurToken(gateway, endpoint, message)
			: message.headers;
	return gateway.request(message.method, endpoint, { headers, body: message.body_raw });
}

function checkAnswer(message, answer) {
	const { status, reply } = message.expect;
	assert.equal(answer.status, status, `${message.name}: ${answer.text}`);
	if (reply === "") return;
	for (const [member, value] of Object.entries(reply)) {
		if (value === "*") assert.ok(answer.json[member]);
		else assert.deepEqual(answer.json[member], value);
	}
}

/* Transfers that must be there, by the feed's id: accepted events, each once. */
function transfersOf(group) {
	const all = new Map();
	for (const { provider, expect } of group)
		for (const event of expect.accepted ? expect.events : [])
			all.set(`${provider}:${event.provider_txn_id}`, event);
	return all;
}

for (const clockAt of new Set(messages.map(clockOf))) {
	const group = messages.filter((message) => clockOf(message) === clockAt);

	test(`${group.length} recorded messages at ${clockAt}`, async (t) => {
		const market = new Market(t);
		await market.importStalls();
		const endpointOf = await makeEndpoints(market, group);
		const gateway = await market.serve({ clockAt });
		gateway.key = await market.newKey();

		for (const message of group) {
			await t.test(message.name, async () => {
				const again = message.expect.duplicate ? 2 : 1;
				for (let times = 0; times < again; times++)
					checkAnswer(message, await send(gateway, endpointOf(message), message));
			});
		}

		await t.test("each credit is there once; money out is no payment", async () => {
			const booked = [
				...(await gateway.all("/v1/payments", "payments")),
				...(await gateway.all("/v1/suspense", "suspense")),
			];
			const expected = transfersOf(group);
			const credits = [...expected].filter(([, event]) => event.direction === "in");
			assert.deepEqual(
				booked.map((one) => `${one.feed}:${one.provider_txn_id}`).sort(),
				credits.map(([id]) => id).sort(),
			);
			for (const one of booked) {
				const event = expected.get(`${one.feed}:${one.provider_txn_id}`);
				assert.equal(one.amount, event.amount);
				assert.equal(one.account, event.account);
				assert.equal(one.booked_at, event.time);
				assert.equal(one.bank_ref, event.bank_txn_id ?? "");
				assert.equal(one.matched_by, "sole_stall", "B02 is the account's only stall");
			}
			const ledger = await market.ledger();
			assert.equal(ledger.ok, true);
			assert.equal(ledger.transfers, expected.size);
			assert.equal(ledger.payments, credits.length);
			assert.equal(ledger.alarms, 0);
		});
	});
}

test("an OAuth2 token is for one endpoint, and only for who knows its secret", async (t) => {
	const market = new Market(t);
	const way = { mode: "oauth2", secret: "a-client-secret", clientId: "sepay-client" };
	const endpoint = await market.newEndpoint(way);
	const other = await market.newEndpoint(way);
	const gateway = await market.serve();
	const token = (clientId, clientSecret) =>
		gateway.post(`${endpoint}/token`, { clientId, clientSecret });
	const deliver = (to, shown) =>
		gateway.post(to, "{}", {
			headers: { Authorization: `Bearer ${shown}`, "Content-Type": "application/json" },
		});

	assert.equal((await token("sepay-client", "wrong")).status, 401);
	assert.equal((await token("somebody", "a-client-secret")).status, 401);
	const { accessToken } = (await token("sepay-client", "a-client-secret")).json.data;
	assert.equal((await deliver(endpoint, accessToken)).status, 400, "let in, but {} is no credit");
	assert.equal((await deliver(other, accessToken)).status, 401);
	assert.equal((await deliver(endpoint, accessToken.replace(/.$/, "x"))).status, 401);
});

test("a secret that is being rolled: the old one is good for its hours, then not", async (t) => {
	const market = new Market(t);
	const endpoint = await market.newEndpoint({ mode: "apikey", secret: "the-old-secret" });
	const id = endpoint.split("/").pop();
	const deliver = (gateway, secret) =>
		gateway.post(endpoint, "{}", {
			headers: { Authorization: `Apikey ${secret}`, "Content-Type": "application/json" },
		});
	const clockAt = 1_785_224_000;

	const before = await market.serve({ clockAt });
	await market.must(
		"endpoint",
		"rotate",
		id,
		"--secret-file",
		market.file("new", "the-new-secret"),
		"--hours",
		"2",
	);
	await before.stop();

	const during = await market.serve({ clockAt: clockAt + 3600 });
	assert.equal((await deliver(during, "the-old-secret")).status, 400);
	assert.equal((await deliver(during, "the-new-secret")).status, 400);
	await during.stop();

	const after = await market.serve({ clockAt: clockAt + 3 * 3600 });
	assert.equal((await deliver(after, "the-old-secret")).status, 401);
	assert.equal((await deliver(after, "the-new-secret")).status, 400);
	await market.must("endpoint", "revoke", id);
	await after.stop();

	const revoked = await market.serve({ clockAt: clockAt + 4 * 3600 });
	assert.equal((await deliver(revoked, "the-new-secret")).status, 404);
});
