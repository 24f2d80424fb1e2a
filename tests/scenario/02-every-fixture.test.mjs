/* Each recorded message of each provider, sent to the running gateway. */
import assert from "node:assert/strict";
import { createHash, createVerify } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { fixtures, Market } from "../support/chopay.mjs";
import { askToken, callOf, deliver, wayOf, withOurBill } from "../support/feed_calls.mjs";
import { bankTime } from "../support/sepay.mjs";

const folder = join(fixtures, "webhooks");
const recorded = readdirSync(folder)
	.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")))
	/* Ours to send, not to receive. */
	.filter(({ provider }) => provider !== "outgoing_standard_webhooks");

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

/* One endpoint for each way to authenticate. */
async function makeEndpoints(market, group) {
	const endpoints = new Map();
	for (const message of group) {
		const way = wayOf(message);
		const name = JSON.stringify(way);
		if (!endpoints.has(name)) endpoints.set(name, await market.newEndpoint(way));
	}
	return (message) => endpoints.get(JSON.stringify(wayOf(message)));
}

/* "*": any value that says something; further members are theirs to add. */
function checkMembers(want, have, what) {
	for (const [member, value] of Object.entries(want)) {
		if (value === "*") assert.ok(have[member], `${what}: ${member}`);
		else if (value !== null && typeof value === "object")
			checkMembers(value, have[member], what);
		else assert.deepEqual(have[member], value, `${what}: ${member}`);
	}
}

function checkAnswer(message, answer) {
	const { status, reply } = message.expect;
	assert.equal(answer.status, status, `${message.name}: ${answer.text}`);
	if (reply !== "") checkMembers(reply, answer.json, message.name);
}

/* VietinBank checks what we answer, with the key that `endpoint public-key` prints. */
async function checkSignature(market, { transId, errorCode, errorDesc, signature }) {
	const key = await market.must("endpoint", "public-key");
	const verify = createVerify("RSA-SHA256").update(transId + errorCode + errorDesc);
	assert.ok(verify.verify(key, signature, "base64"), "our answer's signature");
}

/* Transfers that must be there, by the feed's id: accepted events, each once. */
function transfersOf(group) {
	const all = new Map();
	for (const { expect } of group)
		for (const event of expect.accepted ? expect.events : [])
			all.set(event.provider_txn_id, event);
	return all;
}

/* The account says whose money it is: B02 is the only stall of one of them, the others are no stall's. */
function checkPlace(one, event, charge) {
	assert.equal(one.amount, event.amount);
	assert.equal(one.account, event.account ?? event.virtual_account);
	assert.equal(one.bank_ref, event.bank_txn_id ?? "");
	if (event.time !== null) assert.equal(one.booked_at, event.time);
	if (charge !== undefined) {
		assert.equal(one.charge, charge.reference);
		assert.equal(one.state, "confirmed");
		assert.equal(one.charge_state, "paid");
	} else if (event.account === "19990000001234") {
		assert.equal(one.matched_by, "sole_stall");
	} else {
		assert.equal(one.reason, "unknown_account");
		assert.equal(one.note, event.content);
	}
}

/* The feeds apart: they tell of the same money, and that story is another one. */
function groupsOf(messages) {
	const groups = new Map();
	for (const message of messages) {
		const name = `${message.provider} at ${clockOf(message)}`;
		groups.set(name, [...(groups.get(name) ?? []), message]);
	}
	return groups;
}

test("53 messages are recorded", () => assert.equal(recorded.length, 53));

for (const [name, group] of groupsOf(recorded)) {
	test(`${group.length} recorded messages of ${name}`, async (t) => {
		const market = new Market(t);
		await market.importStalls();
		const gateway = await market.serve({ clockAt: clockOf(group[0]) });
		const endpointOf = await makeEndpoints(market, group);
		gateway.key = await market.newKey();
		const bill = group[0].secret.mode === "bidv";
		const charge = bill ? await gateway.askCharge("A01", 45_000) : undefined;

		for (const message of group) {
			await t.test(message.name, async () => {
				const ours =
					charge && message.expect.accepted
						? withOurBill(message, charge.reference)
						: message;
				const call = await callOf(gateway, endpointOf(message), ours);
				const again = message.expect.duplicate ? 2 : 1;
				for (let times = 0; times < again; times++) {
					const answer = await deliver(gateway, call);
					checkAnswer(message, answer);
					if (message.expect.accepted && message.expect.reply.signature)
						await checkSignature(market, answer.json);
				}
			});
		}

		await t.test("each credit is there once; money out is no payment", async () => {
			const booked = [
				...(await gateway.all("/v1/payments", "payments")),
				...(await gateway.all("/v1/suspense", "suspense")),
			];
			const expected = transfersOf(group);
			const credits = [...expected].filter(([, event]) => event.direction === "in");
			const feed = endpointOf(group[0]).split("/")[2];
			assert.deepEqual(
				booked.map((one) => `${one.feed}:${one.provider_txn_id}`).sort(),
				credits.map(([id]) => `${feed}:${id}`).sort(),
			);
			for (const one of booked)
				checkPlace(one, expected.get(one.provider_txn_id), charge);
			const ledger = await market.ledger();
			assert.equal(ledger.ok, true, JSON.stringify(ledger.faults));
			assert.equal(ledger.transfers, expected.size);
			assert.equal(ledger.payments + ledger.suspense, credits.length);
			assert.equal(ledger.alarms, 0);
		});

		await t.test("each refusal is listed, newest first", async () => {
			const refused = group.filter(({ expect }) => !expect.accepted).reverse();
			const listed = await gateway.all("/v1/refusals", "refusals");
			assert.deepEqual(
				listed.map((one) => [one.reason, one.endpoint]),
				refused.map((one) => [one.expect.reason, endpointOf(one).split("/")[3]]),
			);
		});
	});
}

test("a bill at BIDV: asked for, paid once, and never with another amount", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	const { secret } = recorded.find(({ name }) => name === "bidv_ok");
	const endpoint = await market.newEndpoint(wayOf({ provider: "bidv", secret }));
	const gateway = await market.serve();
	gateway.key = await market.newKey();
	const { token } = await askToken(gateway, endpoint, secret);
	const charge = await gateway.askCharge("A01", 45_000);
	const headers = { Authorization: `Bearer ${token}` };
	const md5 = (...parts) => createHash("md5").update(parts.join("")).digest("hex");
	const { value, service_id: service } = secret;
	const getbill = async (customer) =>
		(
			await gateway.post(
				`${endpoint}/getbill`,
				{
					customer_id: customer,
					service_id: service,
					checksum: md5(value, service, customer),
				},
				{ headers },
			)
		).json;
	const paybill = async (id, bill, amount) =>
		(
			await gateway.post(
				`${endpoint}/paybill`,
				{
					trans_id: id,
					trans_date: bankTime(gateway.nowMs()).replace(/\D/g, ""),
					customer_id: bill,
					service_id: service,
					bill_id: bill,
					amount: String(amount),
					checksum: md5(value, id, bill, amount),
				},
				{ headers },
			)
		).json.result_code;

	const asked = await getbill(charge.reference);
	assert.equal(asked.result_code, "000");
	assert.deepEqual(
		asked.data.map((bill) => [bill.bill_id, bill.amount]),
		[[charge.reference, 45_000]],
	);
	assert.equal((await getbill("NOBODY")).result_code, "012");
	assert.equal(await paybill("T1", charge.reference, 44_999), "022");
	assert.equal(await paybill("T1", "CHC00000000000", 45_000), "021");
	assert.equal((await gateway.charge(charge.reference)).state, "open");
	assert.equal(await paybill("T1", charge.reference, 45_000), "000");
	assert.equal(await paybill("T1", charge.reference, 45_000), "000", "told again");
	assert.equal((await gateway.charge(charge.reference)).state, "paid");
	assert.equal(await paybill("T2", charge.reference, 45_000), "023");
	assert.equal((await getbill(charge.reference)).result_code, "012", "nothing is left to pay");
	assert.equal((await gateway.all("/v1/payments", "payments")).length, 1);
	const refusals = await gateway.all("/v1/refusals", "refusals");
	assert.deepEqual(
		refusals.map(({ reason }) => reason),
		["not_successful", "bad_payload", "amount_mismatch"],
	);
});

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
