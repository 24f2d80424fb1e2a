/* Faults of the machine: whatever breaks, what was acknowledged is there, and none of it twice. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { openSync, readFileSync, readSync, statSync, writeFileSync, writeSync, closeSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { binary, fixtures, HMAC_SECRET, Market, onPostgres, run, waitFor } from "../support/chopay.mjs";
import { clock, FailingDisk, PowerCut } from "../support/faults.mjs";
import { Bank } from "../support/sepay.mjs";

const DELIVERIES = 400;
const CONNECTIONS = 6;
const DAY_S = 86_400;

/* Where the gateway itself has the disk.  PostgreSQL's is PostgreSQL's: that server is killed, cut
 * off and filled up in stories of its own. */
const ownDisk = onPostgres ? () => {} : test;

/* Deliveries and what became of them. */
class Run {
	constructor(market, stalls, bank, count = DELIVERIES) {
		Object.assign(this, { market, bank });
		const codes = ["A01", "A02", "B01", "B02"];
		this.bodies = Array.from({ length: count }, (_, i) => {
			const stall = stalls[codes[i % codes.length]];
			const note = i % 7 === 0 ? "khong ghi ma" : `${stall.reference} mua hang`;
			return bank.delivery({ account: stall.account_no, amount: 1_000 + i, note });
		});
		this.acknowledged = new Set();
		this.refused = new Set();
		this.broken = 0;
	}

	/* Each once, on several connections; `told(run)` after each acknowledgement. */
	async post(numbers = [...this.bodies.keys()], told = () => {}) {
		const left = [...numbers];
		await Promise.all(
			Array.from({ length: CONNECTIONS }, async () => {
				const agent = this.bank.gateway.newAgent(1);
				for (let n; (n = left.shift()) !== undefined;) {
					let answer;
					try {
						answer = await this.bank.post(this.bodies[n], { agent });
					} catch {
						this.broken++;
						return; /* nobody answers any more */
					}
					if (answer.status === 200) this.acknowledged.add(n);
					else {
						assert.equal(answer.status, 503, answer.text);
						this.refused.add(n);
					}
					told(this);
				}
			}),
		);
		return this;
	}

	/* Every acknowledged delivery is in the books, none twice, and the books agree. */
	async assertKept(gateway) {
		const ledger = await this.market.ledger();
		assert.deepEqual(ledger.faults, []);
		const booked = [
			...(await gateway.all("/v1/payments", "payments")),
			...(await gateway.all("/v1/suspense", "suspense")),
		].map((one) => one.provider_txn_id);
		const ids = new Set(booked);
		assert.equal(ids.size, booked.length, "none twice");
		for (const n of this.acknowledged)
			assert.ok(ids.has(String(JSON.parse(this.bodies[n]).id)), `delivery ${n} is there`);
	}

	/* The bank sends all of it again: each counts exactly once. */
	async assertOnceAfterRedelivery(gateway) {
		this.bank.at(gateway);
		this.refused.clear();
		await this.post();
		assert.equal(this.refused.size, 0);
		await this.assertKept(gateway);
		const ledger = await this.market.ledger();
		assert.equal(ledger.transfers, this.bodies.length);
		assert.equal(
			ledger.received,
			this.bodies.reduce((sum, body) => sum + JSON.parse(body).transferAmount, 0),
		);
		assert.equal(ledger.attributed + ledger.held, ledger.received);
	}
}

/* A market served in a faulty environment: `serve` again without it after the fault. */
async function openFaulty(t, makeFault, { limits, count } = {}) {
	const market = new Market(t);
	await market.importStalls();
	const stalls = await market.stalls();
	const endpoint = await market.newEndpoint();
	const key = await market.newKey();
	const fault = makeFault?.(market);
	const serve = async (options) => {
		const gateway = await market.serve({ tls: false, ...options });
		gateway.key = key;
		return gateway;
	};
	const gateway = await serve({ env: fault?.env, limits });
	const bank = new Bank(gateway, endpoint, HMAC_SECRET);
	return { market, stalls, fault, gateway, serve, run: new Run(market, stalls, bank, count) };
}

const seeds = process.env.SEED
	? [Number(process.env.SEED)]
	: Array.from({ length: 5 }, () => Math.floor(Math.random() * 1e9));

for (const seed of seeds) {
	ownDisk(`the power is cut (SEED=${seed})`, async (t) => {
		const { gateway, serve, fault, run } = await openFaulty(t, (market) => new PowerCut(market));
		const moment = 1 + (seed % (DELIVERIES - 50));
		let killed;
		await run.post(undefined, () => {
			if (run.acknowledged.size >= moment) killed ??= gateway.kill();
		});
		assert.equal((await killed).signal, "SIGKILL");
		fault.cut(seed);
		const again = await serve({ env: fault.env });
		await run.assertKept(again);
		await run.assertOnceAfterRedelivery(again);
	});
}

ownDisk("the cut can hurt: on a disk that only says it synced, money is missing", async (t) => {
	const { gateway, serve, fault, run } = await openFaulty(t, (market) => {
		const cut = new PowerCut(market);
		cut.env.DISK_LIES = "1";
		return cut;
	});
	await run.post();
	await gateway.kill();
	assert.ok(fault.cut(1) > 0);
	await assert.rejects(async () => run.assertKept(await serve()));
});

for (const call of ["fdatasync EIO", "pwrite64 EIO"]) {
	ownDisk(`the disk fails: ${call}`, async (t) => {
		const { gateway, serve, fault, run } = await openFaulty(t, (m) => new FailingDisk(m));
		await run.post(undefined, () => {
			if (run.acknowledged.size === 100) fault.fail(call);
		});
		assert.ok(run.acknowledged.size < DELIVERIES);
		await waitFor("the gateway to end by itself", () => gateway.ended());
		assert.deepEqual(await gateway.stop(), { status: 74, signal: null });
		assert.match(gateway.told.err, /a commit failed; ending/);
		fault.heal();
		const again = await serve();
		await run.assertKept(again);
		await run.assertOnceAfterRedelivery(again);
	});
}

ownDisk("the disk is full: refused, nothing half done, and it goes on when there is room", async (t) => {
	const { gateway, fault, run } = await openFaulty(t, (m) => new FailingDisk(m));
	await run.post(undefined, () => {
		if (run.acknowledged.size === 100) fault.fail("pwrite64 ENOSPC");
	});
	assert.ok(run.refused.size > 0);
	assert.ok(!gateway.ended(), "it still answers");
	fault.heal();
	await run.assertKept(gateway);
	await run.assertOnceAfterRedelivery(gateway);
});

ownDisk("a file may grow no further (RLIMIT_FSIZE)", async (t) => {
	const { gateway, serve, run } = await openFaulty(t, undefined, { limits: ["--fsize=1200000"] });
	await run.post();
	assert.ok(run.refused.size + run.broken > 0, "the limit was reached");
	if (!gateway.ended()) await gateway.kill();
	else assert.deepEqual((await gateway.stop()).signal, null, "no signal ended it");
	const again = await serve();
	await run.assertKept(again);
	await run.assertOnceAfterRedelivery(again);
});

test("stopped and continued (SIGSTOP): the bank repeats, nothing counts twice", async (t) => {
	const { gateway, run } = await openFaulty(t);
	let stopped = false;
	const posting = run.post(undefined, () => {
		if (run.acknowledged.size < 100 || stopped) return;
		stopped = true;
		process.kill(gateway.pid, "SIGSTOP");
		setTimeout(() => process.kill(gateway.pid, "SIGCONT"), 700);
	});
	await waitFor("the stop", () => stopped);
	/* The bank gave up waiting and sends again, on other connections, while it is stopped. */
	const impatient = run.bodies.slice(90, 130).map((body) =>
		run.bank.post(body, { agent: gateway.newAgent(1) }).then((answer) => answer.status),
	);
	await posting;
	assert.ok((await Promise.all(impatient)).every((status) => status === 200));
	await run.assertOnceAfterRedelivery(gateway);
});

ownDisk("the log is damaged: no half transfer, and the rest can be told again", async (t) => {
	const { market, gateway, serve, run } = await openFaulty(t);
	await run.post();
	await gateway.kill();
	const wal = join(market.data, "chopay.db-wal");
	const file = openSync(wal, "r+");
	const at = Math.floor(statSync(wal).size / 2);
	const byte = Buffer.alloc(64);
	readSync(file, byte, 0, 64, at);
	writeSync(file, byte.map((value) => value ^ 0xff), 0, 64, at);
	closeSync(file);
	const again = await serve();
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, [], "whole transfers only");
	await run.assertOnceAfterRedelivery(again);
});

test("half a key was all that a first start could write: the next one makes it", (t) => {
	const market = new Market(t);
	const words = ["registry", "import", join(fixtures, "market-small.csv"), ...market.where];
	const short = spawnSync("prlimit", ["--fsize=10", binary, ...words]);
	assert.notEqual(short.status, 0);
	return market.importStalls();
});

test("two processes on one data folder: the second refuses", async (t) => {
	const { market, run: deliveries, gateway } = await openFaulty(t);
	const second = await run(["serve", "--data", market.data, "--listen", "127.0.0.1:0"]);
	assert.equal(second.status, 69);
	assert.match(second.stderr, /another chopay is running on the data folder/);
	assert.equal(second.stdout, "");
	await deliveries.assertOnceAfterRedelivery(gateway);
});

for (const days of [1, -1]) {
	test(`the clock jumps by ${days} day(s) while it runs`, async (t) => {
		const { market, stalls, gateway, run } = await openFaulty(t, (m) => clock(m));
		const charge = await gateway.askCharge("B01", 70_000);
		await run.post([...run.bodies.keys()].slice(0, 200));
		market.file("clock-offset", String(days * DAY_S));
		/* The bank's clock did not jump: its signatures are stale until ours is set right ... */
		const answer = await run.bank.post(run.bodies[200]);
		assert.equal(answer.status, 401);
		/* ... or the bank's agrees with it. */
		const now = gateway.nowMs;
		gateway.nowMs = () => now() + days * DAY_S * 1000;
		run.acknowledged.clear();
		await run.assertOnceAfterRedelivery(gateway);
		if (days > 0) {
			await waitFor("the charge to expire", async () =>
				(await gateway.charge(charge.reference)).state === "expired");
			await run.bank.pay({ account: stalls.B01.account_no, amount: 70_000, note: charge.reference });
			assert.equal((await gateway.charge(charge.reference)).state, "paid_late");
		}
		gateway.nowMs = now;
		market.file("clock-offset", "0");
		await run.bank.pay({ account: stalls.B01.account_no, amount: 5_000, note: stalls.B01.reference });
		const payments = await gateway.all("/v1/payments", "payments");
		const ids = payments.map((payment) => payment.id);
		assert.equal(new Set(ids).size, ids.length, "ids stay unique");
		assert.deepEqual((await market.ledger()).faults, []);
	});
}
