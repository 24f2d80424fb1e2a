/* An endpoint's life while the gateway runs: what a command has answered holds on every loop. */
import assert from "node:assert/strict";
import test from "node:test";

import { openMarket } from "../support/chopay.mjs";
import { Bank } from "../support/sepay.mjs";

const OLD = "the-first-secret-0001";
const NEW = "the-second-secret-0002";
const LOOPS = 4;
const CONNECTIONS = 12; // the kernel spreads them over the loops

test("an endpoint added, rolled and revoked under a running gateway", async (t) => {
	const { market, stalls, gateway } = await openMarket(t, { args: ["--workers", String(LOOPS)] });
	const account = stalls.B01.account_no;

	/* One delivery on each of many connections: the statuses that came. */
	async function everywhere(bank) {
		const answers = await Promise.all(
			Array.from({ length: CONNECTIONS }, () =>
				bank.post(bank.delivery({ account, amount: 1_000, note: "tien rau" }), {
					agent: gateway.newAgent(1),
				}),
			),
		);
		return [...new Set(answers.map((answer) => answer.status))];
	}

	let path;
	for (let i = 0; i < 5; i++) {
		path = await market.newEndpoint({ secret: OLD });
		const told = await everywhere(new Bank(gateway, path, OLD));
		assert.deepEqual(told, [200], "an added endpoint receives at once");
	}
	const id = path.split("/").at(-1);
	const bank = new Bank(gateway, path, OLD);
	bank.nextId = () => Math.floor(Math.random() * 1e12);

	const secretFile = market.file("rolled", NEW);
	await market.must("endpoint", "rotate", id, "--secret-file", secretFile);
	assert.deepEqual(await everywhere(bank), [200], "the old secret during the roll");
	bank.secret = NEW;
	assert.deepEqual(await everywhere(bank), [200], "the new one at once");

	const third = market.file("third", "the-third-secret-0003");
	const told = await market.must("endpoint", "rotate", id, "--secret-file", third, "--hours", "0");
	assert.equal(told, "the old secret is not valid any more");
	assert.deepEqual(await everywhere(bank), [401], "no roll: the old secret is refused at once");

	bank.secret = "the-third-secret-0003";
	for (const [list, status] of [
		["192.0.2.0/24", 401],
		["192.0.2.0/24,127.0.0.0/8", 200],
		["::/0", 200],
		["0.0.0.0/1", 200],
		["128.0.0.0/1", 401],
		["any", 200],
	]) {
		await market.must("endpoint", "set", id, "--allow-from", list);
		assert.deepEqual(await everywhere(bank), [status], `from ${list}, at once`);
	}

	await market.must("endpoint", "revoke", id);
	bank.secret = "the-third-secret-0003";
	assert.deepEqual(await everywhere(bank), [404], "a revoked endpoint receives nothing more");

	const listed = await market.lines("endpoint", "list");
	const row = listed.find((endpoint) => endpoint.id === id);
	assert.notEqual(row.revoked_at, null);
	assert.ok(!JSON.stringify(listed).includes("secret-000"), "a list shows no secrets");
	assert.equal((await market.ledger()).ok, true);
});
