/* Who is told over the network: every notice of its stall, signed, in order, at least once. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { openMarket, waitFor } from "../support/chopay.mjs";
import { Receiver, answers } from "../support/receiver.mjs";

const HOUR_S = 3600;
const DEV = "--allow-http-loopback";

/* ---- words of these stories ---- */

/* The webhook-ids that a stall's receiver must have seen, in their order; no stall: everybody's. */
function notices(market, stall) {
	const where = stall ? `WHERE stall_id = (SELECT id FROM stall WHERE code = '${stall}')` : "";
	return market.rows(`SELECT 'ntc_' || id AS id FROM notice ${where} ORDER BY notice.id`).map(
		({ id }) => id,
	);
}

function alarms(market) {
	return market.rows("SELECT kind FROM alarm ORDER BY id").map(({ kind }) => kind);
}

/* `receiver add` for a listening receiver: its id. */
async function add(market, receiver, stall) {
	const words = ["receiver", "add", "--url", receiver.url];
	const told = await market.must(...words, ...(stall ? ["--stall", stall] : []));
	const [id, secret] = told.split("\n");
	Object.assign(receiver, { id, secret });
	return id;
}

const logOf = (market, id) => market.lines("receiver", "log", id, "--json");

async function shown(market, id) {
	return (await market.lines("receiver", "list")).find((one) => one.id === id);
}

/* Nothing waits for anybody. */
const quiet = (market) =>
	waitFor("nothing to wait", async () =>
		(await market.lines("receiver", "list")).every(({ waiting }) => waiting === 0),
	);

/* Both together: a market that may call this machine, and one receiver of A01. */
async function openWithTill(t, { stall = "A01", ...options } = {}) {
	const opened = await openMarket(t, { args: [DEV], ...options });
	const { market } = opened;
	const till = await Receiver.open(t, { nowMs: () => opened.gateway.nowMs() });
	await add(market, till, stall);
	return { ...opened, till };
}

const told = (till, count) =>
	waitFor(`${count} notices`, () => till.ids.length >= count && till.flying === 0);

/* ---- what is told ---- */

test("each payment and charge of the stall is told over TLS, in order, signed", async (t) => {
	const nowS = Math.floor(Date.now() / 1000);
	let gateway;
	const options = (own) => [DEV, "--tls-outgoing-ca", own.file("certs/ca.pem")];
	const opened = await openMarket(t, { clockAt: nowS });
	const { market, stalls, bank } = opened;
	await opened.gateway.stop();
	gateway = await market.serve({ clockAt: nowS, args: options(market) });
	gateway.key = opened.gateway.key;
	bank.at(gateway);

	const nowMs = () => gateway.nowMs();
	const { certificates } = market;
	const till = await Receiver.open(t, { certificates, nowMs });
	const neighbour = await Receiver.open(t, { certificates, nowMs });
	const office = await Receiver.open(t, { certificates, nowMs });
	await add(market, till, "A01");
	await add(market, neighbour, "B01");
	await add(market, office);

	const { A01, B01 } = stalls;
	const pay = (charge, amount) =>
		bank.pay({ account: A01.account_no, amount, note: charge.reference });
	const charges = {};
	for (const name of ["paid", "short", "over", "cancelled"])
		charges[name] = await gateway.askCharge("A01", 50_000);
	charges.expired = await gateway.askCharge("A01", 50_000, { expiresIn: 60 });
	await pay(charges.paid, 50_000);
	await pay(charges.short, 20_000);
	await pay(charges.short, 30_000);
	await pay(charges.over, 60_000);
	await gateway.post(`/v1/charges/${charges.cancelled.reference}/cancel`, {});
	await pay(charges.cancelled, 50_000);
	await bank.pay({ account: A01.account_no, amount: 7_000, note: A01.reference });
	await bank.pay({ account: B01.account_no, amount: 9_000, note: B01.reference });

	/* The clock moves on while nobody serves; then the last charge expires.  (Stopped in the
	 * middle, it would tell one notice twice, as it may.) */
	await quiet(market);
	await gateway.stop();
	gateway = await market.serve({ clockAt: nowS + 120, args: options(market) });
	await waitFor("the last one to expire", () => till.of("charge.expired").length > 0);
	await waitFor("all of the office's", () => office.ids.length === notices(market).length);

	await t.test("the stall's own, all of them, in their order, each once", () => {
		assert.deepEqual(till.ids, notices(market, "A01"));
		assert.equal(till.messages.length, till.ids.length);
		assert.equal(till.most, 1, "one under way at a time");
		assert.deepEqual(neighbour.ids, notices(market, "B01"));
		assert.deepEqual(office.ids, notices(market));
	});

	await t.test("believed by another implementation", () => {
		for (const { messages } of [till, neighbour, office])
			for (const message of messages) assert.equal(message.fault, undefined);
		const { method, path, headers } = till.messages[0];
		assert.equal(`${method} ${path}`, "POST /notify?shop=1");
		assert.equal(headers["content-type"], "application/json");
	});

	await t.test("an event for every state", () => {
		const of = (charge) =>
			till.messages
				.filter(({ data }) => data.code === charge.reference)
				.map(({ type }) => type)
				.filter((type) => type !== "payment.confirmed");
		assert.deepEqual(of(charges.paid), ["charge.open", "charge.paid"]);
		assert.deepEqual(of(charges.short), ["charge.open", "charge.short", "charge.paid"]);
		assert.deepEqual(of(charges.over), ["charge.open", "charge.over"]);
		assert.deepEqual(of(charges.cancelled), [
			"charge.open",
			"charge.cancelled",
			"charge.paid_late",
		]);
		assert.deepEqual(of(charges.expired), ["charge.open", "charge.expired"]);
		const payments = till.of("payment.confirmed").map(({ data }) => data);
		assert.deepEqual(
			payments.map(({ amount }) => amount),
			[50_000, 20_000, 30_000, 60_000, 50_000, 7_000],
		);
		assert.deepEqual(Object.keys(payments[0]).slice(0, 6), [
			"payment_id",
			"code",
			"amount",
			"currency",
			"stall",
			"version",
		]);
		assert.equal(payments[0].charge_state, "paid");
		assert.equal(payments[5].code, A01.reference);
	});

	await t.test("no secret lies in the folder in clear", () => {
		for (const path of market.storedFiles()) {
			const bytes = readFileSync(path);
			for (const { secret } of [till, neighbour, office]) {
				const key = Buffer.from(secret.slice(6), "base64");
				assert.ok(!bytes.includes(secret.slice(6)) && !bytes.includes(key), path);
			}
		}
	});

	await t.test("whose certificate we do not trust is told nothing", async () => {
		await quiet(market);
		await gateway.stop();
		gateway = await market.serve({ clockAt: nowS + 130, args: [DEV] });
		gateway.key = opened.gateway.key;
		const before = till.messages.length;
		await gateway.askCharge("A01", 1_000);
		const [last] = await waitFor("an attempt in vain", async () => {
			const log = await logOf(market, till.id);
			return log[0].state === "waiting" && log;
		});
		assert.equal(last.status, null);
		assert.match(last.error, /certificate/);
		assert.equal(till.messages.length, before);
	});
});

/* ---- what goes wrong ---- */

test("a receiver that fails, each in its way, is tried again and delays nobody", async (t) => {
	const { market, gateway } = await openMarket(t, { args: [DEV] });
	const target = await Receiver.open(t);
	const failing = {
		hang: answers.hang,
		drip: answers.drip,
		close: answers.close,
		moved: answers.redirect(`${target.url}/elsewhere`),
		error: answers.status(500),
		later: answers.status(429, { "Retry-After": "300" }),
		soon: answers.status(503, { "Retry-After": "1" }),
		busy: answers.status(502),
		hugeError: answers.huge(500),
		hugeOk: answers.huge(200),
	};
	const receivers = {};
	for (const [name, answer] of Object.entries(failing)) {
		receivers[name] = await Receiver.open(t);
		receivers[name].answer = answer;
		await add(market, receivers[name]);
	}
	/* Many more that never answer. */
	for (let n = 0; n < 30; n++) {
		const silent = await Receiver.open(t);
		silent.answer = answers.hang;
		await add(market, silent);
	}
	const till = await Receiver.open(t);
	await add(market, till);

	for (let n = 1; n <= 5; n++) await gateway.askCharge("A01", 1_000 * n);
	await told(till, 5);
	assert.equal(receivers.hang.flying, 1, "the one that hangs is still being waited for");

	const firstOf = async (name) => (await logOf(market, receivers[name].id)).at(-1);
	await waitFor("the slow ones to be given up", async () => {
		const both = [await firstOf("hang"), await firstOf("drip")];
		return both.every(Boolean) && both;
	});

	await t.test("five seconds, then no answer came", async () => {
		for (const name of ["hang", "drip"]) {
			const { status, error, took_ms: took, state } = await firstOf(name);
			assert.deepEqual([status, error, state], [null, "no whole answer in time", "waiting"]);
			assert.ok(took >= 4_900 && took < 15_000, `${took} ms`);
		}
		assert.equal((await firstOf("close")).status, null);
	});

	await t.test("no redirection is followed", async () => {
		assert.equal((await firstOf("moved")).status, 302);
		assert.equal(target.messages.length, 0);
	});

	await t.test("the status decides, however long the answer", async () => {
		assert.equal((await firstOf("hugeError")).status, 500);
		await told(receivers.hugeOk, 5);
		assert.equal((await firstOf("hugeOk")).state, "delivered");
	});

	await t.test("the same id and bytes again, at another time, signed again", async () => {
		const { error } = receivers;
		await waitFor("a second try", () => error.messages.length >= 2);
		const [first, second] = error.messages;
		assert.equal(second.id, first.id);
		assert.equal(second.body, first.body);
		assert.ok(second.at - first.at >= 1_600, "2 s, and at most a fifth less");
		assert.notEqual(second.headers["webhook-timestamp"], first.headers["webhook-timestamp"]);
		assert.notEqual(second.headers["webhook-signature"], first.headers["webhook-signature"]);
		assert.equal(new Set(error.ids).size, 1, "the next one waits");
	});

	await t.test("who asks for less gets less", async () => {
		const waitOf = ({ id }) =>
			market.rows(
				"SELECT next_try_ms - (SELECT max(at_ms + took_ms) FROM dispatch_attempt" +
					` WHERE receiver_id = ${id}) AS wait, tries FROM dispatch` +
					` WHERE receiver_id = ${id} ORDER BY notice_id LIMIT 1`,
			)[0];
		const later = waitOf(receivers.later);
		assert.ok(later.wait >= 300_000 && later.wait < 305_000, `${later.wait} ms`);
		const busy = waitOf(receivers.busy);
		assert.ok(busy.wait >= 48_000 && busy.wait <= 72_000, `${busy.wait} ms`);
		assert.equal(busy.tries, 1);
		await waitFor("the one that said a second", () => receivers.soon.messages.length >= 2);
	});

	await t.test("once it answers well it gets all the rest, in order", async () => {
		receivers.error.answer = answers.ok;
		receivers.soon.answer = answers.ok;
		for (const name of ["error", "soon"]) {
			await told(receivers[name], 5);
			assert.deepEqual(receivers[name].ids, notices(market));
		}
		assert.deepEqual(alarms(market), []);
	});
});

test("410 disables a receiver; what comes meanwhile waits, and is told when it is back", async (t) => {
	const { market, gateway, till } = await openWithTill(t);
	till.answer = answers.status(410);
	await gateway.askCharge("A01", 1_000);
	await waitFor("it to be disabled", async () => (await shown(market, till.id)).disabled_at);
	const { disabled_why: why } = await shown(market, till.id);
	assert.match(why, /410/);
	assert.deepEqual(alarms(market), ["receiver_disabled"]);

	till.answer = answers.ok;
	await gateway.askCharge("A01", 2_000);
	await gateway.askCharge("A01", 3_000);
	assert.equal((await shown(market, till.id)).waiting, 3);
	assert.equal(till.messages.length, 1);
	await market.must("receiver", "enable", till.id);
	await told(till, 3);
	assert.deepEqual(till.ids, notices(market, "A01"));

	await market.must("receiver", "disable", till.id, "--why", "the till is moved");
	await gateway.askCharge("A01", 4_000);
	assert.equal((await shown(market, till.id)).disabled_why, "the till is moved");
	assert.equal((await shown(market, till.id)).waiting, 1);
	await market.must("receiver", "enable", till.id);
	await told(till, 4);

	await market.must("receiver", "remove", till.id);
	await gateway.askCharge("A01", 5_000);
	assert.deepEqual(await market.lines("receiver", "list"), []);
	assert.equal(till.ids.length, 4);
});

test("given up after 72 hours, and sent again when somebody asks", async (t) => {
	const nowS = Math.floor(Date.now() / 1000);
	const opened = await openWithTill(t, { clockAt: nowS });
	const { market, stalls, bank, till } = opened;
	const { A01 } = stalls;
	const pay = (amount) => bank.pay({ account: A01.account_no, amount, note: A01.reference });
	const key = opened.gateway.key;
	till.answer = answers.status(500);
	await pay(1_000);
	await waitFor("a try in vain", async () => (await logOf(market, till.id)).length > 0);
	await pay(2_000);
	await opened.gateway.stop();

	const gateway = await market.serve({ clockAt: nowS + 73 * HOUR_S, args: [DEV] });
	gateway.key = key;
	till.nowMs = () => gateway.nowMs();
	await waitFor("it to be given up", async () => (await shown(market, till.id)).dead === 1);
	assert.deepEqual(alarms(market), ["notice_dead"]);
	/* The next one starts from the beginning: its own 72 hours. */
	await waitFor("the next one's try", () => new Set(till.ids).size === 2);
	till.answer = answers.ok;
	await waitFor("the next one", async () => (await shown(market, till.id)).waiting === 0);
	const [first, second] = notices(market, "A01");
	assert.equal(till.messages.at(-1).id, second);

	await t.test("one", async () => {
		assert.equal(await market.must("receiver", "redeliver", till.id, first), "1");
		await waitFor("it", () => till.messages.at(-1).id === first);
		assert.equal(till.messages.at(-1).body, till.messages[0].body);
		await waitFor("its end", async () => (await shown(market, till.id)).waiting === 0);
		assert.equal((await shown(market, till.id)).dead, 0);
	});

	await t.test("those of a time, delivered ones too", async () => {
		const count = till.messages.length;
		const from = new Date((nowS - 1) * 1000).toISOString();
		const words = ["receiver", "redeliver", till.id, "--from", from];
		assert.equal(await market.must(...words), "2");
		await waitFor("both", () => till.messages.length === count + 2);
		assert.deepEqual(
			till.messages.slice(-2).map(({ id }) => id),
			[first, second],
		);
		const later = new Date((nowS + HOUR_S) * 1000).toISOString();
		assert.equal(await market.must("receiver", "redeliver", till.id, "--from", later), "0");
	});
});

test("while a secret is rotated both sign; then the new one only", async (t) => {
	const { market, gateway, till } = await openWithTill(t);
	const [before] = [till.secret];
	const after = await market.must("receiver", "rotate", till.id, "--hours", "1");
	assert.match(after, /^whsec_/);
	await gateway.askCharge("A01", 1_000);
	await told(till, 1);
	assert.equal(till.messages[0].fault, undefined, "the old secret still fits");
	assert.equal(till.messages[0].headers["webhook-signature"].split(" ").length, 2);
	till.secret = after;
	await gateway.askCharge("A01", 2_000);
	await told(till, 2);
	assert.equal(till.messages[1].fault, undefined, "so does the new one");

	const given = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
	const file = market.file("given", `${given}\n`);
	const words = ["receiver", "rotate", till.id, "--secret-file", file, "--hours", "0"];
	assert.equal(await market.must(...words), "");
	till.secret = given;
	await gateway.askCharge("A01", 3_000);
	await told(till, 3);
	assert.equal(till.messages[2].fault, undefined);
	assert.equal(till.messages[2].headers["webhook-signature"].split(" ").length, 1);
	till.secret = before;
	await gateway.askCharge("A01", 4_000);
	await waitFor("one that the old secret does not fit", () => till.messages.length >= 4);
	assert.equal(till.messages[3].fault, "bad signature");
});

/* ---- the promise ---- */

test("gateway and receiver are killed at random: all of the stall's, in order", async (t) => {
	const ROUNDS = 8;
	const { market, stalls, bank, ...opened } = await openWithTill(t);
	const { till } = opened;
	let { gateway } = opened;
	const { key } = gateway;
	till.nowMs = Date.now;
	let paying = true;
	/* The bank tells each transfer until it is acknowledged; B01's are not the till's business. */
	const pay = async (stall) => {
		for (let amount = 1_000; paying; amount++) {
			const transfer = { account: stall.account_no, amount, note: stall.reference };
			const body = bank.delivery(transfer);
			for (;;) {
				const answer = await bank.post(body).catch(() => ({ status: 0 }));
				if (answer.status === 200) break;
				await new Promise((resolve) => setTimeout(resolve, 20));
			}
		}
	};
	const paid = [stalls.A01, stalls.A01, stalls.B01].map(pay);
	const moments = Array.from({ length: ROUNDS }, () => Math.floor(Math.random() * 400));
	t.diagnostic(`moments: ${moments.join(" ")} ms`);
	for (const [round, ms] of moments.entries()) {
		await new Promise((resolve) => setTimeout(resolve, ms));
		if (round % 3 === 1) {
			await till.close();
			await new Promise((resolve) => setTimeout(resolve, ms));
			await till.reopen();
		} else {
			await gateway.kill();
			gateway = await market.serve({ args: [DEV] });
			gateway.key = key;
			bank.at(gateway);
		}
	}
	paying = false;
	await Promise.all(paid);
	await waitFor("all of them", () => till.ids.length >= notices(market, "A01").length);
	assert.deepEqual(till.ids, notices(market, "A01"));
	assert.ok(till.ids.length > ROUNDS, "something happened");
	for (const message of till.messages) assert.equal(message.fault, undefined);
	await quiet(market);
	assert.deepEqual((await market.ledger()).faults, []);
});

/* ---- where nothing is sent ---- */

const INSIDE = [
	"http://127.0.0.1:8080/x",
	"http://pos.example.com/x",
	"https://localhost/x",
	"https://127.0.0.1/x",
	"https://127.1/x",
	"https://2130706433/x",
	"https://0x7f000001/x",
	"https://0177.0.0.1/x",
	"https://[::1]/x",
	"https://[::ffff:127.0.0.1]/x",
	"https://0.0.0.0/x",
	"https://10.0.0.1/x",
	"https://100.64.0.1/x",
	"https://169.254.169.254/latest/meta-data",
	"https://172.16.0.1/x",
	"https://192.168.1.1/x",
	"https://192.0.2.1/x",
	"https://224.0.0.1/x",
	"https://255.255.255.255/x",
	"https://[fd00::1]/x",
	"https://[fe80::1]/x",
	"https://[64:ff9b::10.0.0.1]/x",
	"https://[2002:7f00:1::]/x",
	"https://pos.internal/x",
	"https://pos/x",
	"https://user:password@pos.example.com/x",
	"https://pos.example.com/#x",
	"ftp://pos.example.com/x",
	"pos.example.com/x",
	"",
];

test("nothing is sent into the network we run in", async (t) => {
	await t.test("such a receiver is not added", async (t) => {
		const { market, gateway } = await openMarket(t);
		for (const url of INSIDE) {
			const done = await market.run("receiver", "add", "--url", url);
			assert.equal(done.status, 65, `${url}: ${done.stdout}${done.stderr}`);
			assert.match(done.stderr, /Notices cannot be sent there: /, url);
		}
		assert.deepEqual((await gateway.get("/v1/receivers")).json.receivers, []);
	});

	await t.test("one that was added is not called any more", async (t) => {
		const { market, certificates, ...opened } = await openMarket(t, { args: [DEV] });
		const certified = { certificates: market.certificates };
		const inside = [await Receiver.open(t, certified), await Receiver.open(t, certified)];
		const plain = await Receiver.open(t);
		const byName = { url: inside[1].url.replace("127.0.0.1", "localhost") };
		const ids = [];
		for (const receiver of [inside[0], byName, plain]) ids.push(await add(market, receiver));
		await opened.gateway.stop();

		/* Without the switch, but with trust in their certificates: only the address is wrong. */
		const ca = ["--tls-outgoing-ca", market.file("certs/ca.pem")];
		const gateway = await market.serve({ args: ca });
		gateway.key = opened.gateway.key;
		await gateway.askCharge("A01", 1_000);
		const errors = [];
		for (const id of ids) {
			const [first] = await waitFor("a try", async () => {
				const log = await logOf(market, id);
				return log.length > 0 && log;
			});
			assert.equal(first.status, null);
			errors.push(first.error);
		}
		assert.deepEqual(errors.slice(0, 2), Array(2).fill("the address is not allowed"));
		assert.match(errors[2], /https/);
		for (const receiver of [...inside, plain]) assert.equal(receiver.messages.length, 0);
	});
});

test("wrong words are answered with what to do, and change nothing", async (t) => {
	const { market } = await openMarket(t);
	const weak = market.file("weak", "whsec_c2hvcnQ=");
	const empty = market.file("empty", "\n");
	const url = ["--url", "https://pos.example.com/x"];
	const add = ["receiver", "add", ...url];
	const cases = [
		[["receiver", "explode"], 64, /no "receiver explode"/],
		[["receiver", "add"], 64, /--url is needed/],
		[[...add, "--colour", "red"], 64, /unknown option/],
		[[...add, "--stall", "NOPE"], 65, /no such stall/i],
		[[...add, "--stall", ""], 65, /missing/],
		[[...add, "--secret-file", weak], 65, /secret/i],
		[[...add, "--secret-file", empty], 65, /no secret/],
		[[...add, "--secret-file", join(market.folder, "absent")], 74, /cannot read/],
		[["receiver", "enable"], 64, /which receiver/],
		[["receiver", "enable", "17"], 65, /no such receiver/i],
		[["receiver", "enable", "till"], 65, /receiver/i],
		[["receiver", "disable", "17"], 65, /no such receiver/i],
		[["receiver", "remove", "17"], 65, /no such receiver/i],
		[["receiver", "rotate", "17"], 65, /no such receiver/i],
		[["receiver", "rotate", "17", "--hours", "x"], 64, /--hours/],
		[["receiver", "rotate", "17", "--hours", "721"], 65, /720/],
		[["receiver", "log", "17"], 65, /no such receiver/i],
		[["receiver", "redeliver", "17"], 64, /NOTICE, or --from/],
		[["receiver", "redeliver", "17", "1", "--from", "2026-07-28"], 64, /NOTICE, or --from/],
		[["receiver", "redeliver", "17", "x"], 65, /notice/i],
		[["receiver", "redeliver", "17", "--from", "soon"], 65, /from/],
		[["receiver", "redeliver", "17", "1"], 65, /no such receiver/i],
	];
	for (const [words, status, said] of cases) {
		const done = await market.run(...words);
		assert.equal(done.status, status, `${words.join(" ")}: ${done.stdout}${done.stderr}`);
		assert.match(done.stderr, said, words.join(" "));
	}
	assert.deepEqual(await market.lines("receiver", "list"), []);
	assert.match((await market.run("receiver", "add", "--help")).stdout, /Standard Webhooks/);
});
