/* Lists that we pull: what no webhook brought is found, once, whatever the provider does. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { openMarket, run, waitFor } from "../support/chopay.mjs";
import { ListServer } from "../support/lists.mjs";
import { bankTime } from "../support/sepay.mjs";

const HOUR_MS = 3600 * 1000;
const LOOPBACK = ["--allow-http-loopback"];

/* A market, its provider's lists, and a way to tell a transfer by webhook, by list, or by both. */
async function openPulled(t, options = {}) {
	const opened = await openMarket(t, { args: LOOPBACK, ...options });
	const lists = await ListServer.start(t);
	let last = 81_000_000;
	const account = opened.stalls.B01.account_no;
	return {
		...opened,
		lists,
		account,
		newTransfer(more = {}) {
			const id = ++last;
			const atMs = opened.gateway.nowMs() - 20 * 60_000;
			return { id, account, amount: 1_000 + (id % 1000), note: `mua hang ${id}`, atMs, ...more };
		},
		addPull(source, dialect, more = []) {
			const token = opened.market.file("token", lists.token);
			return opened.market.must(
				"pull", "add", "--source", source, "--account", account, "--token-file", token,
				"--url", lists.url(dialect), ...more,
			);
		},
	};
}

async function pullOf(market, id) {
	return (await market.lines("pull", "list")).find((pull) => pull.id === id);
}

async function firstPoll(market, id) {
	return waitFor("the first poll", async () => {
		const pull = await pullOf(market, id);
		return pull.tried_at !== null && pull;
	});
}

async function idsOf(gateway) {
	const booked = [
		...(await gateway.all("/v1/payments", "payments")),
		...(await gateway.all("/v1/suspense", "suspense")),
	];
	return booked.map((one) => one.provider_txn_id).sort();
}

test("SePay v1: lost webhooks are found; what a webhook told is not told again", async (t) => {
	const { market, gateway, bank, lists, newTransfer, addPull } = await openPulled(t);
	const transfers = Array.from({ length: 30 }, () => newTransfer());
	for (const [n, transfer] of transfers.entries()) {
		lists.add(transfer);
		if (n % 3 !== 0) await bank.pay(transfer);
	}
	lists.add(newTransfer({ account: "999", amount: 7 })); // somebody else's
	const out = newTransfer({ out: true, amount: 500 });
	lists.add(out);
	assert.equal((await idsOf(gateway)).length, 20);

	const id = await addPull("sepay_list_v1", "v1");
	const pull = await firstPoll(market, id);
	assert.equal(pull.last_error, "");
	assert.notEqual(pull.last_ok_at, null);
	assert.deepEqual(await idsOf(gateway), transfers.map(({ id }) => String(id)).sort());
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.equal(ledger.transfers, 31, "and the money that went out");

	await t.test("the credits that no webhook brought raise one alarm", () => {
		assert.equal(ledger.alarms, 1);
	});

	await t.test("asked again, from 48 hours back, nothing is new", async () => {
		const before = lists.requests.length;
		await market.must("pull", "now", id);
		const asked = lists.requests.slice(before).map((one) => one.url.searchParams);
		const windows = asked.filter((query) => query.has("transaction_date_min"));
		const least = windows.map((query) => query.get("transaction_date_min")).sort()[0];
		assert.ok(least <= bankTime(Date.parse(pull.last_ok_at) - 48 * HOUR_MS));
		assert.ok(asked.some((query) => query.has("since_id")));
		assert.equal((await market.ledger()).transfers, 31);
		assert.equal((await market.ledger()).alarms, 1);
	});

	await t.test("a webhook that comes behind the list is acknowledged and changes nothing", async () => {
		await bank.pay(transfers[0]);
		assert.equal((await market.ledger()).transfers, 31);
	});

	await t.test("a token is never shown", async () => {
		assert.ok(!JSON.stringify(await market.lines("pull", "list")).includes(lists.token));
		assert.ok(!gateway.told.err.includes(lists.token));
	});
	assert.equal(lists.rateExceeded, 0, "never more than the source allows");
});

test("SePay v1 pages: 1,700 lines in a list of at most 500, and a restart in the middle", async (t) => {
	const { market, gateway, lists, newTransfer, addPull } = await openPulled(t);
	const now = gateway.nowMs();
	for (let i = 0; i < 1_700; i++) lists.add(newTransfer({ atMs: now - i * 30_000 }));
	const id = await addPull("sepay_list_v1", "v1");
	await waitFor("some of them", async () => {
		const answer = await gateway.get("/v1/payments?limit=1");
		return answer.json.payments.length > 0;
	});
	await gateway.kill();
	assert.equal((await pullOf(market, id)).last_ok_at, null, "it is in the middle");

	const again = await market.serve({ args: LOOPBACK });
	again.key = gateway.key;
	await waitFor("all of them", async () => (await pullOf(market, id)).last_ok_at !== null);
	const ledger = await market.ledger();
	assert.equal(ledger.transfers, 1_700);
	assert.deepEqual(ledger.faults, []);
});

test("SePay v2: UUIDs, pages that shift while they are read", async (t) => {
	const { market, gateway, bank, lists, newTransfer, addPull } = await openPulled(t);
	const now = gateway.nowMs();
	const transfers = Array.from({ length: 250 }, (_, i) =>
		lists.add(newTransfer({ atMs: now - 60_000 - i * 60_000 })),
	);
	/* The list's ids are not the webhook's: account, amount, reference and time say what is one. */
	for (const one of transfers) if (one.id % 5 !== 0) await bank.pay(one);
	let late = 0;
	lists.onPage = () => {
		if (late < 5) transfers.push(lists.add(newTransfer({ atMs: now - 1_000 * (10 - late++) })));
	};
	const id = await addPull("sepay_list_v2", "v2");
	await waitFor("the first poll", async () => (await pullOf(market, id)).last_ok_at !== null);
	lists.onPage = undefined;
	await market.must("pull", "now", id);
	const ledger = await market.ledger();
	assert.equal(ledger.transfers, 255);
	assert.deepEqual(ledger.faults, []);
	for (const one of transfers) await bank.pay(one); // what was late comes after all
	assert.equal((await market.ledger()).transfers, 255);
	const done = await market.run("reconcile", "--json", "--account", transfers[0].account);
	for (const line of done.stdout.trim().split("\n")) {
		const item = JSON.parse(line);
		assert.equal(item.state, "equal", line);
		assert.equal(item.missed.count, 0, "the webhooks came");
	}
});

test("Casso: oldest first, the last page read again", async (t) => {
	const { market, gateway, lists, newTransfer, addPull } = await openPulled(t);
	const now = gateway.nowMs();
	for (let i = 120; i > 0; i--) lists.add(newTransfer({ atMs: now - i * 60_000 }));
	const id = await addPull("casso_list", "casso");
	await waitFor("the first poll", async () => (await pullOf(market, id)).last_ok_at !== null);
	assert.equal((await market.ledger()).transfers, 120);
	lists.add(newTransfer({ atMs: now - 1_000 }));
	await market.must("pull", "now", id);
	assert.equal((await market.ledger()).transfers, 121);
	assert.equal(lists.rateExceeded, 0);
});

/* What goes wrong on the way, and whether the poll gets through by itself at once.  (A kept connection
 * that the provider has closed is opened again without a word.) */
const faults = [
	{ source: "sepay_list_v1", dialect: "v1", fault: "429", survives: true },
	{ source: "sepay_list_v2", dialect: "v2", fault: "429", survives: true },
	{ source: "sepay_list_v1", dialect: "v1", fault: "empty", says: /token/ },
	{ source: "sepay_list_v1", dialect: "v1", fault: "half", says: /./ },
	{ source: "sepay_list_v2", dialect: "v2", fault: "500", says: /5xx/ },
	{ source: "sepay_list_v2", dialect: "v2", fault: "page", says: /not SePay's list/ },
];

test("faults of a provider: told, tried again, nothing lost, nothing twice", async (t) => {
	const { market, gateway, lists, newTransfer, addPull } = await openPulled(t);
	for (const { source, dialect, fault, survives, says } of faults) {
		await t.test(`${source}: ${fault}`, async () => {
			lists.lines = [];
			lists.add(newTransfer());
			const before = (await market.ledger()).transfers;
			lists.faults = [fault];
			const id = await addPull(source, dialect);
			const pull = await firstPoll(market, id);
			if (!survives) {
				assert.match(pull.last_error, says);
				assert.notEqual(pull.failing_since, null);
				assert.equal(pull.last_ok_at, null);
				assert.equal((await market.ledger()).transfers, before);
				await market.must("pull", "now", id);
			}
			const after = await pullOf(market, id);
			assert.equal(after.last_error, "");
			assert.equal(after.failing_since, null);
			assert.equal((await market.ledger()).transfers, before + 1);
			await market.must("pull", "remove", id);
		});
	}
	assert.deepEqual((await market.ledger()).faults, []);
	assert.ok(!gateway.ended());
});

test("a wrong token is no empty list; a new one mends it", async (t) => {
	const { market, lists, newTransfer, addPull } = await openPulled(t);
	lists.add(newTransfer());
	const right = lists.token;
	lists.token = "another-token-than-ours";
	const id = await addPull("sepay_list_v1", "v1");
	lists.token = right;
	await market.must("pull", "rotate", id, "--token-file", market.file("wrong", "wrong-token-000"));
	const wrong = await market.run("pull", "now", id);
	assert.equal(wrong.status, 69);
	assert.match(wrong.stderr, /does not take the token/);

	await market.must("pull", "rotate", id, "--token-file", market.file("right", right));
	await market.must("pull", "now", id);
	assert.equal((await market.ledger()).transfers, 1);
});

test("a slow provider delays nobody, and does not hold up the end", async (t) => {
	const { market, gateway, lists, newTransfer, addPull } = await openPulled(t);
	lists.add(newTransfer());
	lists.faults = ["slow"];
	await addPull("sepay_list_v1", "v1");
	await waitFor("its request", () => lists.requests.length === 1);
	const other = await addPull("casso_list", "casso");
	await waitFor("the other's poll", async () => (await pullOf(market, other)).last_ok_at !== null);

	/* What waits for an answer waits, and does not turn round and round. */
	const processorMs = () => {
		const fields = readFileSync(`/proc/${gateway.pid}/stat`, "utf8").split(" ");
		return (Number(fields[13]) + Number(fields[14])) * 10;
	};
	const before = processorMs();
	await new Promise((resolve) => setTimeout(resolve, 1_000));
	assert.ok(processorMs() - before < 500, `${processorMs() - before} ms of 1000`);
	assert.deepEqual(await gateway.stop(), { status: 0, signal: null });
});

test("a line that is not understood: the others are booked, a person is told", async (t) => {
	const { market, lists, newTransfer, addPull } = await openPulled(t);
	lists.add(newTransfer());
	lists.add(newTransfer({ amount: "12.5" })); // "12.5.00"
	const id = await addPull("sepay_list_v1", "v1");
	const pull = await firstPoll(market, id);
	assert.match(pull.last_error, /1 lines? of the list/);
	const ledger = await market.ledger();
	assert.equal(ledger.transfers, 1);
	assert.equal(ledger.alarms, 1);
	assert.equal((await market.run("pull", "now", id)).status, 65);
	assert.equal((await market.ledger()).alarms, 1, "told once");
});

test("what cannot be added is refused with the reason", async (t) => {
	const { market, gateway } = await openPulled(t);
	const token = market.file("token", "a-token-that-is-long-enough");
	const good = {
		"--source": "sepay_list_v1",
		"--account": "8800000000002",
		"--token-file": token,
		"--url": "http://127.0.0.1:1",
	};
	const rows = [
		[{ "--source": "sepay" }, 65, /the sources are sepay_list_v1/],
		[{ "--source": undefined }, 64, /--source/],
		[{ "--account": "" }, 65, /account/],
		[{ "--account": "12 34" }, 65, /account/],
		[{ "--token-file": market.file("short", "abc") }, 65, /shorter than 8/],
		[{ "--token-file": market.file("none", "\n") }, 65, /no secret/],
		[{ "--token-file": "/nowhere" }, 74, /cannot read/],
		[{ "--every": "59" }, 65, /60 to 3600/],
		[{ "--every": "often" }, 64, /number/],
		[{ "--url": "http://my.sepay.vn/userapi" }, 65, /https/],
		[{ "--url": "ftp://my.sepay.vn" }, 65, /https/],
		[{ "--url": "https://u:p@my.sepay.vn" }, 65, /user name/],
		[{ "--url": "https://192.168.1.1" }, 65, /./],
		[{ "--url": "https://my.sepay.vn/?a=b" }, 65, /query/],
	];
	for (const [change, status, says] of rows) {
		const args = Object.entries({ ...good, ...change }).filter(([, value]) => value !== undefined);
		const done = await market.run("pull", "add", ...args.flat());
		assert.equal(done.status, status, JSON.stringify(change) + done.stderr);
		assert.match(done.stderr, says);
	}
	assert.deepEqual(await market.lines("pull", "list"), []);

	await market.must("pull", "add", ...Object.entries(good).flat());
	const twice = await market.run("pull", "add", ...Object.entries(good).flat());
	assert.equal(twice.status, 65);
	assert.match(twice.stderr, /already/);
	for (const words of [["now"], ["rotate"], ["remove"]])
		assert.equal((await market.run("pull", ...words)).status, 64);
	for (const words of [["now", "x"], ["remove", "x"]])
		assert.equal((await market.run("pull", ...words)).status, 65);

	await gateway.stop();
	const [pull] = await market.lines("pull", "list");
	const alone = await market.run("pull", "now", pull.id);
	assert.equal(alone.status, 69);
	assert.match(alone.stderr, /chopay serve/);
	const https = await market.run("pull", "add", ...Object.entries({ ...good, "--account": "1" }).flat());
	assert.match(https.stderr, /https/, "without the switch no http at all");
	assert.equal((await run(["pull", "--help"])).status, 0);
});
