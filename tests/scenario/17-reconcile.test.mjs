/* Days of an account: the bank's lines against our transfers, each difference named and signed for. */
import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import test from "node:test";

import { openMarket, run, waitFor } from "../support/chopay.mjs";
import { ListServer } from "../support/lists.mjs";

const LOOPBACK = ["--allow-http-loopback"];
const NOON = Date.parse("2026-07-28T12:00:00+07:00");
const MINUTE = 60_000;
const ED25519_DER = "302a300506032b6570032100"; // of a raw public key of 32 bytes

/* A gateway whose clock shows noon, a list, and transfers told by either or both. */
async function openDay(t, clockAt = NOON) {
	const opened = await openMarket(t, { args: LOOPBACK, clockAt: clockAt / 1000 });
	const lists = await ListServer.start(t);
	const { market } = opened;
	const account = opened.stalls.B01.account_no;
	let last = 81_000_000;
	const pull = async () => {
		const token = market.file("token", lists.token);
		const id = await market.must(
			...["pull", "add", "--source", "sepay_list_v1", "--account", account],
			...["--token-file", token, "--url", lists.url("v1")],
		);
		await market.must("pull", "now", id);
		return id;
	};
	const transfer = (minute, more = {}) => ({
		id: ++last,
		account,
		amount: 1_000 + last % 1_000,
		note: `mua hang ${last}`,
		atMs: NOON - 3 * 3_600_000 + minute * MINUTE,
		...more,
	});
	const reconcile = async (...args) => {
		const done = await market.run("reconcile", "--json", ...args);
		assert.ok([0, 65].includes(done.status), done.stderr);
		const items = done.stdout.trim().split("\n").map((line) => JSON.parse(line));
		return { status: done.status, items };
	};
	return { ...opened, lists, account, pull, transfer, reconcile };
}

const sumOf = (transfers) => transfers.reduce((sum, one) => sum + one.amount, 0);
const rowsOf = (item, kind) => item.rows.filter((row) => row.kind === kind);

test("webhooks were lost: the list repairs it, the proof names each", async (t) => {
	const { market, gateway, bank, lists, account, pull, transfer, reconcile } = await openDay(t);
	const transfers = Array.from({ length: 40 }, (_, n) => transfer(n));
	const lost = transfers.filter((_, n) => n % 4 === 0);
	for (const one of transfers) {
		lists.add(one);
		if (!lost.includes(one)) await bank.pay(one);
	}
	const out = transfer(50, { out: true, amount: 20_000 });
	lists.add(out);
	await pull();

	const { status, items } = await reconcile("--account", account, "--day", "2026-07-28");
	const [item] = items;
	assert.equal(status, 0);
	assert.equal(items.length, 1);
	assert.equal(item.state, "equal");
	const sums = { credits: 40, credit_sum: sumOf(transfers), debits: 1, debit_sum: 20_000 };
	assert.deepEqual(item.bank, sums);
	assert.deepEqual(item.ours, sums);
	assert.deepEqual(item.missed, { count: 10, sum: sumOf(lost) });
	assert.deepEqual(
		rowsOf(item, "missed").map((row) => row.line),
		lost.map(({ id }) => `sepay:${id}`).sort(),
	);
	assert.equal(item.gaps, 0);

	await t.test("an alarm tells of them, once", async () => {
		const alarms = await market.lines("alarms", "--json", "--kind", "missed_credit");
		assert.equal(alarms.length, 1);
		assert.equal(alarms[0].subject, account);
		assert.match(alarms[0].detail, /credits=10 /);
		const line = await market.must("alarms", "--state", "open");
		assert.match(line, /missed_credit/);

		const [{ id }] = alarms;
		assert.ok(line.startsWith(`${id}  `), "what closing it is asked with");
		const close = (why) => market.run("alarms", "close", id, "--person", "Chị Thu", "--why", why);
		const closed = await close("nguồn báo trễ");
		assert.equal(closed.status, 0, closed.stderr);
		assert.equal(JSON.parse(closed.stdout).closed_by, "Chị Thu");
		assert.match((await close("lần nữa")).stderr, /closed that alarm already/);
		assert.equal(await market.must("alarms", "--state", "open"), "");
		assert.match(await market.must("audit", "list"), new RegExp(`Chị Thu  alarm  alarm:${id} missed_credit  nguồn báo trễ`));
	});

	await t.test("the proof is genuine to everybody who has the public key", async () => {
		const key = await market.must("reconcile", "key");
		assert.match(key, /^[0-9a-f]{64}$/);
		const publicKey = createPublicKey({
			key: Buffer.from(ED25519_DER + key, "hex"),
			format: "der",
			type: "spki",
		});
		const signature = Buffer.from(item.signature, "base64");
		assert.ok(verify(null, Buffer.from(item.proof), publicKey, signature));
		const proof = JSON.parse(item.proof);
		assert.deepEqual(proof.rows, item.rows);
		assert.equal(proof.public_key, key);
		assert.equal(JSON.stringify(sorted(proof)), item.proof, "one spelling");

		const shown = await market.must("reconcile", "show", item.id);
		const file = market.file("proof.json", shown);
		const check = (...args) => run(["reconcile", "verify-proof", file, ...args]);
		const good = await check("--public-key", key);
		assert.equal(good.status, 0, good.stderr);
		assert.match(good.stdout, /^genuine: 2026-07-28 8800000000002 sepay_list_v1 equal/);
		assert.equal((await check("--data", market.data)).status, 0);
		const alone = await check();
		assert.equal(alone.status, 0);
		assert.match(alone.stderr, new RegExp(key), "it says that only the proof named the key");
		assert.equal((await check("--public-key", "0".repeat(64))).status, 65);
		assert.equal((await check("--public-key", "abc")).status, 65);

		const forged = JSON.parse(shown);
		forged.proof = forged.proof.replace(`"credits":40`, `"credits":41`);
		market.file("proof.json", JSON.stringify(forged));
		const bad = await check("--public-key", key);
		assert.equal(bad.status, 65);
		assert.match(bad.stderr, /NOT/);
		market.file("proof.json", "{}");
		assert.equal((await check()).status, 65);
	});

	await t.test("what the API and the list show is the same", async () => {
		/* Not the day before: daily work may have come to it by now. */
		const path = "/v1/reconciliations?from=2026-07-28";
		const { reconciliations } = (await gateway.get(path)).json;
		const listed = await market.lines("reconcile", "list", "--json", "--from", "2026-07-28");
		assert.deepEqual(listed, reconciliations);
		assert.equal(reconciliations[0].id, item.id);
		assert.deepEqual((await gateway.get(`/v1/reconciliations/${item.id}`)).json, item);
		assert.match(await market.must("reconcile", "--day", "2026-07-28"), /equal\n  bank +40 in/);
		const gaps = await gateway.get("/v1/reconciliations?state=gap");
		assert.deepEqual(gaps.json.reconciliations, []);
	});
	assert.deepEqual((await market.ledger()).faults, []);
});

function sorted(value) {
	if (Array.isArray(value)) return value.map(sorted);
	if (value === null || typeof value !== "object") return value;
	return Object.fromEntries(
		Object.keys(value)
			.sort()
			.map((name) => [name, sorted(value[name])]),
	);
}

test("what only we have, and what the bank tells otherwise, is a gap", async (t) => {
	const { market, bank, lists, account, pull, transfer, reconcile } = await openDay(t);
	const transfers = Array.from({ length: 6 }, (_, n) => transfer(n));
	for (const [n, one] of transfers.entries()) {
		await bank.pay(one);
		if (n === 2) continue; // the bank does not know it
		lists.add(n === 4 ? { ...one, amount: one.amount + 500 } : one);
	}
	await pull();
	const { status, items } = await reconcile("--account", account);
	const item = items.find((one) => one.day === "2026-07-28");
	assert.equal(status, 65);
	assert.equal(item.state, "gap");
	assert.equal(item.gaps, 2);
	assert.equal(item.bank.credits, 5);
	assert.equal(item.ours.credits, 6);
	assert.equal(item.ours.credit_sum - item.bank.credit_sum, transfers[2].amount - 500);
	const [extra] = rowsOf(item, "extra");
	assert.equal(extra.amount, transfers[2].amount);
	assert.equal(extra.first_told_by, "sepay");
	const [other] = rowsOf(item, "amount_differs");
	assert.equal(other.line, `sepay:${transfers[4].id}`);
	assert.equal(other.amount - other.our_amount, 500);
	const kinds = (await market.lines("alarms", "--json")).map((alarm) => alarm.kind);
	assert.deepEqual(kinds, ["id_conflict"]);
	const shown = await market.run("reconcile", "--account", account);
	assert.equal(shown.status, 65);
	assert.match(shown.stdout, /extra .* transfer \d+/);
	assert.deepEqual((await market.ledger()).faults, []);
});

test("each day is reconciled by itself once it is over, also days that were missed", async (t) => {
	const { market, gateway, bank, lists, account, pull, transfer } = await openDay(t);
	const day = 24 * 60;
	const days = [0, day, 2 * day].map((start) => [transfer(start), transfer(start + 5)]);
	for (const one of days.flat()) lists.add(one);
	await bank.pay(days[0][0]);
	await pull();
	const early = await market.lines("reconcile", "list", "--json", "--day", "2026-07-28");
	assert.deepEqual(early, [], "the day is not over");
	await gateway.stop();

	/* Three days later: polls of the first start bring the rest, the second start finds days to do. */
	const clockAt = (NOON + 3 * day * MINUTE) / 1000;
	const polled = await market.serve({ args: LOOPBACK, clockAt });
	await waitFor("a poll of today", async () => (await market.ledger()).transfers === 6);
	const [{ id }] = await market.lines("pull", "list");
	await market.must("pull", "now", id);
	await polled.stop();
	const again = await market.serve({ args: LOOPBACK, clockAt: clockAt + 60 });
	again.key = gateway.key;
	const list = async () => (await again.get("/v1/reconciliations")).json.reconciliations;
	const made = await waitFor("the days that are over", async () => {
		const found = await list();
		return found.length >= 4 && found;
	});
	const byDay = Object.fromEntries(made.map((item) => [item.day, item]));
	assert.deepEqual(Object.keys(byDay).sort(), [
		"2026-07-27", // the first whole one that the pull reached back to
		"2026-07-28",
		"2026-07-29",
		"2026-07-30",
	]);
	assert.equal(made.length, 4, "each once");
	assert.ok(made.every((item) => item.state === "equal"));
	assert.equal(byDay["2026-07-27"].bank.credits, 0);
	assert.equal(byDay["2026-07-29"].bank.credit_sum, sumOf(days[1]));

	await t.test("not again while nothing new is told", async () => {
		await again.stop();
		const third = await market.serve({ args: LOOPBACK, clockAt: clockAt + 120 });
		third.key = gateway.key;
		await market.must("pull", "now", id);
		await waitFor("its look at the days", async () => {
			await new Promise((resolve) => setTimeout(resolve, 2_500));
			return true;
		});
		const { reconciliations } = (await third.get("/v1/reconciliations")).json;
		assert.equal(reconciliations.length, 4);
		await third.stop();
	});

	await t.test("again when the bank tells more of a day", async () => {
		lists.add(transfer(day + 10));
		const fourth = await market.serve({ args: LOOPBACK, clockAt: clockAt + 180 });
		fourth.key = gateway.key;
		await market.must("pull", "now", id);
		await fourth.stop();
		const fifth = await market.serve({ args: LOOPBACK, clockAt: clockAt + 240 });
		fifth.key = gateway.key;
		const newest = await waitFor("a second time", async () => {
			const { reconciliations } = (await fifth.get("/v1/reconciliations")).json;
			return reconciliations.length === 5 && reconciliations[0];
		});
		assert.equal(newest.day, "2026-07-29");
		assert.equal(newest.bank.credits, 3);
	});
});

test("what cannot be asked is refused with the reason", async (t) => {
	const { market } = await openDay(t);
	const rows = [
		[[], 65, /pull a list/],
		[["--account", "999"], 65, /pull a list/],
		[["--day", "soon"], 65, /2026-07-28/],
		[["--day", "2026-07-28", "--from", "2026-07-28"], 64, /not both/],
		[["--from", "2026-07-28"], 64, /together/],
		[["--from", "2026-07-28", "--to", "2026-07-27"], 65, /last day/],
		[["--day", "2026-07-29"], 65, /after today/],
		[["show"], 64, /which one/],
		[["show", "1"], 65, /no such/],
		[["verify-proof"], 64, /which file/],
		[["list", "--state", "bad"], 65, /equal or gap/],
		[["nonsense"], 64, /too many/],
	];
	for (const [args, status, says] of rows) {
		const done = await market.run("reconcile", ...args);
		assert.equal(done.status, status, `${args}: ${done.stderr}`);
		assert.match(done.stderr, says);
	}
	const missing = await run(["reconcile", "verify-proof", "/nowhere"]);
	assert.equal(missing.status, 74);
	for (const command of ["reconcile", "alarms"])
		assert.equal((await run([command, "--help"])).status, 0);
});
