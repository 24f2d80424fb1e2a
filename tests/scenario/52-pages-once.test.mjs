/* What people's pages say "done" to is there, once, whatever the machine does; what could not be written says so. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { HMAC_SECRET, Market, must, onPostgres } from "../support/chopay.mjs";
import { loadCodec } from "../support/codec.mjs";
import { FailingDisk, PowerCut } from "../support/faults.mjs";
import { Bank } from "../support/sepay.mjs";

const EACH = 10; /* of each kind of act */
const WORKERS = 6;
const STALL = "B01"; /* alone on its account */
const DONG = 1_000_000; /* so many are too much for a market's other sums: an amount names its act */

/* Where the gateway itself has the disk; of PostgreSQL's 19-faults says why not. */
const ownDisk = onPostgres ? () => {} : test;

let codec;
before(async () => {
	codec = await loadCodec();
});

const formOf = (fields) => new URLSearchParams(fields).toString();

/* A market with a stall's phone, an inspector, a buyer: all that they will do is got ready. */
class Folk {
	static async open(t, makeFault) {
		const folk = new Folk();
		const market = (folk.market = new Market(t));
		await market.importStalls();
		folk.stalls = await market.stalls();
		const endpoint = await market.newEndpoint();
		folk.key = await market.newKey("operator", "Huệ");
		folk.fault = makeFault(market);
		await folk.serve({ env: folk.fault.env });
		folk.bank = new Bank(folk.gateway, endpoint, HMAC_SECRET);
		folk.phone = await folk.gateway.signIn(await market.must("stall", "invite", "--stall", STALL));
		const { json } = await folk.gateway.post(`/v1/stalls/${STALL}/blocks`, {}, { headers: { Cookie: folk.phone } });
		folk.block = json;
		await folk.pay(DONG * EACH, folk.stalls[STALL].reference);
		[folk.payment] = (await folk.gateway.get(`/v1/stalls/${STALL}/payments`)).json.payments;
		return folk;
	}

	async serve(options) {
		this.gateway = await this.market.serve({ tls: false, ...options });
		this.gateway.key = this.key;
	}

	pay(amount, note) {
		return this.bank.pay({ account: this.stalls[STALL].account_no, amount, note });
	}

	/* As a browser sends a form, without the operator's key. */
	send(path, fields, { Cookie = this.phone, ...headers } = {}) {
		return this.gateway.request("POST", path, {
			body: formOf(fields),
			key: null,
			headers: {
				Accept: "text/html,*/*;q=0.8",
				"Content-Type": "application/x-www-form-urlencoded",
				"Sec-Fetch-Site": "same-origin",
				...(Cookie && { Cookie }),
				...headers,
			},
		});
	}

	/* As the stall's script does. */
	ask(body, headers = {}) {
		return this.gateway.post(`/v1/stalls/${STALL}/charges`, body, { headers: { Cookie: this.phone, ...headers } });
	}

	/* The key of a page's forms. */
	async keyOf(path) {
		const { text } = await this.gateway.get(path, { headers: { Cookie: this.phone } });
		return /name="key" value="([^"]+)"/.exec(text)[1];
	}

	mint() {
		for (;;) {
			const { first, size } = this.block;
			const reference = codec.mintReference(this.block.stall.reference, first + size - this.block.left--);
			if (reference !== null) return reference;
		}
	}

	count(query) {
		return Number(this.market.rows(query)[0].n);
	}

	/*
	 * One act of each kind, the `n`-th: `send` it, was it `done`, how often `count`ed in the store.
	 * `beside`: the alarm that goes with it.  `once`: sent again, however late, it is the same one.
	 */
	async acts(n) {
		const charges = (where) => `SELECT count(*) AS n FROM charge WHERE ${where}`;
		const claims = (where) => `SELECT count(*) AS n FROM stall_claim WHERE ${where}`;
		const alarms = (where) => `SELECT count(*) AS n FROM alarm WHERE ${where}`;
		const seen = (answer) => answer.status === 303 && !answer.headers.location.includes("error");

		const byForm = { amount: String(DONG + n), key: await this.keyOf("/stall") };
		const byScript = 2 * DONG + n;
		const minted = { amount: 3 * DONG + n, reference: this.mint(), minted_at: this.block.now };
		const said = 4 * DONG + n;
		const claim = { amount: String(said), at: this.clock, key: await this.keyOf("/stall/not-arrived") };
		const detail = `/stall/payments/${this.payment.id}`;
		const back = { amount: String(5_000 + n), why: `trả lại ${n}`, key: await this.keyOf(detail) };
		const account = String(700_000_000 + n);
		const swapped = await must(["qr", "encode", "--bank", "970422", "--account", account]);
		const paid = await this.gateway.askCharge(STALL, 6 * DONG + n);
		await this.pay(paid.amount, paid.reference);
		const invite = await this.market.must("stall", "invite", "--stall", "A02");
		const told = {};

		return [
			{
				name: `a charge asked by the form (${n})`,
				once: true,
				send: () => this.send("/stall/charges", byForm),
				done: seen,
				count: () => this.count(charges(`amount = ${byForm.amount}`)),
			},
			{
				name: `a charge asked by the script (${n})`,
				once: true,
				program: true, /* asks as one, and is answered so */
				send: () => this.ask({ amount: byScript }, { "Idempotency-Key": `key-${n}` }),
				done: (answer) => answer.status === 201,
				count: () => this.count(charges(`amount = ${byScript}`)),
			},
			{
				name: `a charge minted offline, told of (${n})`,
				once: true,
				program: true,
				send: () => this.ask(minted),
				done: (answer) => answer.status === 201,
				count: () => this.count(charges(`reference = '${minted.reference}'`)),
			},
			{
				name: `"the buyer says it is sent" (${n})`,
				once: true,
				send: () => this.send("/stall/not-arrived", claim),
				done: seen,
				count: () => this.count(claims(`amount = ${said}`)),
				beside: () => this.count(alarms(`kind = 'buyer_says_paid' AND detail LIKE '%.${String(said).slice(-3)} đ sent%'`)),
			},
			{
				name: `a note of what was given back (${n})`,
				once: true,
				send: () => this.send(`${detail}/given-back`, back),
				done: seen,
				count: () => this.count(claims(`why = '${back.why}'`)),
			},
			{
				name: `an inspection that finds another's code (${n})`,
				send: () => this.send("/inspect/MALAM/B02", { payload: swapped, note: `lần ${n}` },
					{ Cookie: undefined, Authorization: `Bearer ${this.key}` }),
				done: seen,
				count: () => this.count(`SELECT count(*) AS n FROM inspection WHERE note = 'lần ${n}'`),
				beside: () => this.count(alarms(`kind = 'sticker_swap' AND detail LIKE '%${account}%'`)),
			},
			{
				name: `a receipt (${n})`,
				send: () => this.send(`${paid.pay_url}/receipt`, {}, { Cookie: undefined }),
				done: seen,
				keep: ({ headers }) => (told.link = headers.location),
				count: () => this.count("SELECT count(*) AS n FROM receipt r JOIN charge c ON c.id = r.charge_id"
					+ ` WHERE c.reference = '${paid.reference}'`),
				works: async () => assert.equal((await this.gateway.get(told.link)).status, 200),
			},
			{
				name: `a sign-in by an invite (${n})`,
				send: () => this.send(invite, {}, { Cookie: undefined, "User-Agent": `Phone${n}` }),
				done: seen,
				keep: ({ headers }) => (told.cookie = headers["set-cookie"][0].split(";")[0]),
				/* An invite that is used and let nobody in would be half a sign-in. */
				count: async () => ((await this.gateway.get(invite)).status === 404 ? 1 : 0),
				works: async () => {
					const page = await this.gateway.get("/stall", { headers: { Cookie: told.cookie } });
					assert.match(page.text, /data-reference="CHS/);
				},
			},
		];
	}

	/* What a clock shows now, in Vietnam. */
	get clock() {
		return new Date(this.gateway.nowMs() + 7 * 3_600_000).toISOString().slice(11, 16);
	}

	async sessions() {
		return this.count("SELECT count(*) AS n FROM session s JOIN stall t ON t.id = s.stall_id WHERE t.code = 'A02'");
	}

	async assertSound() {
		assert.deepEqual((await this.market.ledger()).faults, []);
	}
}

ownDisk("the disk is full: each page says so, nothing is half there, and with room again it works", async (t) => {
	const folk = await Folk.open(t, (market) => new FailingDisk(market));
	const acts = await folk.acts(1);
	for (const act of acts) {
		assert.equal(await act.count(), 0, act.name);
		folk.fault.fail("pwrite64 ENOSPC");
		const refused = await act.send();
		assert.equal(refused.status, 503, `${act.name}: ${refused.text}`);
		assert.equal(refused.headers["retry-after"], "1", act.name);
		if (act.program)
			assert.match(refused.headers["content-type"], /^application\/problem\+json/, act.name);
		else assert.match(refused.text, /<h1>Hệ thống đang bận<\/h1>/, act.name);
		for (const path of ["/stall", "/stall/history"])
			assert.equal((await folk.gateway.get(path, { headers: { Cookie: folk.phone } })).status, 200, path);
		assert.equal(await act.count(), 0, `${act.name}: nothing of it is there`);
		assert.equal((await act.beside?.()) ?? 0, 0, act.name);

		folk.fault.heal();
		const answer = await act.send();
		assert.ok(act.done(answer), `${act.name}: ${answer.status} ${answer.text}`);
		act.keep?.(answer);
		assert.equal(await act.count(), 1, act.name);
		await act.works?.();
	}
	await folk.gateway.kill();
	await folk.serve();
	for (const act of acts) {
		assert.equal(await act.count(), 1, `${act.name}: still there`);
		assert.equal((await act.beside?.()) ?? 1, 1, act.name);
		await act.works?.();
	}
	assert.equal(await folk.sessions(), 1);
	await folk.assertSound();
});

/* Several people at once, each act on its own; those that were answered so, and those that nobody answered. */
async function doAll(acts, after) {
	const left = [...acts];
	const done = new Set();
	await Promise.all(
		Array.from({ length: WORKERS }, async () => {
			for (let act; (act = left.shift()) !== undefined;) {
				let answer;
				try {
					answer = await act.send();
				} catch {
					return; /* nobody answers any more */
				}
				assert.ok(act.done(answer), `${act.name}: ${answer.status} ${answer.text}`);
				act.keep?.(answer);
				done.add(act);
				after?.(done);
			}
		}),
	);
	return done;
}

const ends = [
	["killed", (market) => new FailingDisk(market), () => {}],
	["the power is cut", (market) => new PowerCut(market), (folk, seed) => folk.fault.cut(seed)],
];

for (const [end, makeFault, cut] of ends) {
	const seed = process.env.SEED ? Number(process.env.SEED) : Math.floor(Math.random() * 1e9);

	ownDisk(`${end} amid what people do (SEED=${seed}): what a page said "done" to is there, once`, async (t) => {
		const folk = await Folk.open(t, makeFault);
		const acts = [];
		for (let n = 1; n <= EACH; n++) acts.push(...(await folk.acts(n)));
		const moment = 1 + (seed % (acts.length - 2 * WORKERS));
		let killed;
		const done = await doAll(acts, ({ size }) => {
			if (size >= moment) killed ??= folk.gateway.kill();
		});
		assert.equal((await killed).signal, "SIGKILL");
		assert.ok(done.size < acts.length, "it was in the middle");
		cut(folk, seed);
		await folk.serve({ env: folk.fault.env });

		const open = acts.filter((act) => !done.has(act));
		for (const act of acts) {
			const count = await act.count();
			if (done.has(act)) assert.equal(count, 1, act.name);
			else assert.ok(count <= 1, `${act.name}: ${count}`);
			if (act.beside) assert.equal(await act.beside(), count, `${act.name}: whole or not at all`);
			if (done.has(act)) await act.works?.();
		}
		const used = await Promise.all(acts.filter(({ name }) => name.startsWith("a sign-in")).map((act) => act.count()));
		assert.equal(await folk.sessions(), used.reduce((sum, one) => sum + one, 0), "an invite that is used let somebody in");
		await folk.assertSound();

		/* Whoever had no answer does it again: what can be the same one is. */
		for (const act of open) {
			const before = await act.count();
			const answer = await act.send();
			if (act.name.startsWith("a sign-in") && before === 1) continue; /* in already, on a phone that never learned it */
			assert.ok(act.done(answer), `${act.name}: ${answer.status} ${answer.text}`);
			const count = await act.count();
			if (act.once) assert.equal(count, 1, act.name);
			else assert.ok(count >= 1 && count <= before + 1, `${act.name}: ${count}`);
		}
		await folk.assertSound();
	});
}
