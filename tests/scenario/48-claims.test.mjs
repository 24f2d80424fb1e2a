/* What a stall says that no bank has told: "the buyer says it is sent", "I gave it back"; and the code
 * on its wall.  Answered from its own payments, told to the operator, never booked. */
import assert from "node:assert/strict";
import test from "node:test";

import { must, openMarket, waitFor } from "../support/chopay.mjs";
import { Person, words } from "../support/console.mjs";

const NOON = Date.UTC(2026, 5, 10, 5) / 1000; /* 12:00 of 10 June 2026 in Vietnam */
const MINUTE = 60_000;

const form = (fields) => new URLSearchParams(fields).toString();

async function open(t, clockAt = NOON) {
	const opened = await openMarket(t, { clockAt });
	const { market, gateway, stalls, bank } = opened;
	const session = async (code) => ({
		Cookie: await gateway.signIn(await market.must("stall", "invite", "--stall", code)),
	});
	const post = (path, cookie, fields) =>
		gateway.post(path, form(fields), {
			headers: { ...cookie, "Content-Type": "application/x-www-form-urlencoded" },
		});
	/* The page that answers "the buyer says it is sent", and which answer it is. */
	const ask = async (cookie, fields) => {
		const { status, headers, text } = await post("/stall/not-arrived", cookie, fields);
		assert.equal(status, 303, text);
		const page = await gateway.get(headers.location, { headers: cookie });
		assert.equal(page.status, 200, page.text);
		const [, answer] = /data-answer="(\w+)"/.exec(page.text);
		return { answer, page: page.text, path: headers.location };
	};
	const pay = (code, amount, more) =>
		bank.pay({ account: stalls[code].account_no, note: stalls[code].reference, amount, ...more });
	const alarms = (kind) => gateway.all(`/v1/alarms?kind=${kind}`, "alarms");
	return { ...opened, session, post, ask, pay, alarms };
}

test("a buyer says that they transferred", async (t) => {
	const { market, gateway, stalls, session, post, ask, pay, alarms, bank } = await open(t);
	const mine = await session("B01"); /* alone on its account */
	const shared = await session("A01"); /* its account is A02's, too */
	const fifty = { amount: "50.000", at: "11:58" };

	await t.test("an amount is whole dong: points, commas, blanks part thousands, and nothing else", async () => {
		for (const [amount, good] of [
			["1.497.000", true],
			[" 50 000 ", true],
			["50,000", true],
			["1.5", false],
			["1,5", false],
			["50.00", false],
			["50.0000", false],
			[".500", false],
			["50.", false],
			["-5", false],
			["<b>5</b>", false],
			["", false],
			["9".repeat(30), false],
		]) {
			const { headers } = await post("/stall/charges", mine, { amount });
			assert.match(headers.location, good ? /charge=CH/ : /error=amount/, JSON.stringify(amount));
		}
	});

	await t.test("no bank has told of it: kept, one alarm, however often it is asked", async () => {
		const first = await ask(mine, fifty);
		assert.equal(first.answer, "not_told");
		assert.ok(first.page.includes("TRAN VAN MAU"), "whom the buyer's app must name");
		assert.equal((await ask(mine, fifty)).path, first.path, "a double tap is one claim");
		await ask(mine, { ...fifty, at: "12:01" });
		const [alarm, ...more] = await alarms("buyer_says_paid");
		assert.equal(alarm.subject, stalls.B01.reference);
		assert.match(alarm.detail, /^50\.000 đ sent at 2026-06-10T11:58:00\+07:00/);
		assert.deepEqual(more, []);
	});

	await t.test("another stall's money, another amount, another time are not it", async () => {
		await pay("A01", 50_000);
		await pay("B01", 51_000);
		await pay("B01", 50_000, { atMs: gateway.nowMs() - 90 * MINUTE });
		await pay("B01", 50_000, { out: true });
		assert.equal((await ask(mine, fifty)).answer, "not_told");
	});

	await t.test("it came: when, and by which code; or it was another buyer's", async () => {
		await pay("B01", 50_000, { atMs: gateway.nowMs() - 5 * MINUTE });
		const found = await ask(mine, fifty);
		assert.equal(found.answer, "found");
		assert.match(found.page, /50\.000<\/span>&nbsp;đ.*11:5\d/);
		assert.equal(found.page.match(/class="payment"/g).length, 1);
		assert.equal((await ask(mine, { ...fifty, not_these: "1" })).answer, "not_told");
	});

	await t.test("it lies in suspense, on an account that is this stall's alone", async () => {
		await pay("B01", 70_000, { note: stalls.A01.reference }); /* a note that names another */
		const held = await ask(mine, { amount: "70000", at: "12:00" });
		assert.equal(held.answer, "held");
		const [credit] = await gateway.all("/v1/suspense", "suspense");
		assert.match((await alarms("buyer_says_paid"))[0].detail, new RegExp(`${credit.id}$`));
	});

	await t.test("on an account of two stalls it may be the other's: the operator alone is told", async () => {
		await bank.pay({ account: stalls.A01.account_no, note: "mua rau", amount: 80_000 });
		const { answer, page } = await ask(shared, { amount: "80000", at: "12:00" });
		assert.equal(answer, "not_told");
		const credit = (await gateway.all("/v1/suspense", "suspense")).pop();
		assert.ok(!page.includes(credit.id));
		assert.match((await alarms("buyer_says_paid"))[0].detail, new RegExp(`${credit.id}$`));
	});

	await t.test("what cannot be asked", async () => {
		for (const [fields, wrong] of [
			[{ amount: "", at: "12:00" }, "amount"],
			[{ amount: "năm mươi", at: "12:00" }, "amount"],
			[{ amount: "0", at: "12:00" }, "amount"],
			[{ amount: "500000000", at: "12:00" }, "amount"],
			[{ amount: "50000" }, "time"],
			[{ amount: "50000", at: "24:00" }, "time"],
			[{ amount: "50000", at: "12:60" }, "time"],
			[{ amount: "50000", at: "noon!" }, "time"],
		]) {
			const { headers } = await post("/stall/not-arrived", mine, fields);
			assert.equal(headers.location, `/stall/not-arrived?error=${wrong}`, JSON.stringify(fields));
		}
		const unsigned = await post("/stall/not-arrived", {}, fifty);
		assert.equal(unsigned.headers.location, "/stall");
		const foreign = await post("/stall/not-arrived", { ...mine, Origin: "https://example.com" }, fifty);
		assert.equal(foreign.status, 403);
		const { path } = await ask(mine, fifty);
		assert.equal((await gateway.get(path, { headers: shared })).status, 404, "another stall's claim");
	});

	await t.test("a stall that asks all day is answered no more", async () => {
		let full;
		for (let i = 0; i < 70 && !full; i++) {
			const { status, text } = await post("/stall/not-arrived", mine, { ...fifty, amount: 1000 + i });
			full = status === 409 ? text : undefined;
		}
		assert.match(full, /ban quản lý/);
	});

	const { status } = await market.ledger();
	assert.equal(status, 0, "nothing was booked by any of it");
});

test("money given back by hand is a note: the books wait for the bank, or the operator", async (t) => {
	const { market, gateway, session, post, pay, alarms } = await open(t);
	const mine = await session("B01");
	const theirs = await session("A01");
	await pay("B01", 50_000);
	const [payment] = await market.lines("payments", "list", "--json");
	const path = `/stall/payments/${payment.id}`;
	const note = (fields, cookie = mine) => post(`${path}/given-back`, cookie, fields);
	const page = async () => (await gateway.get(path, { headers: mine })).text;

	assert.equal((await note({ amount: "20.000", why: "hết hàng" })).headers.location, path);
	assert.match(await page(), /id="claims".*20\.000.*hết hàng/s);
	const [alarm] = await alarms("stall_gave_back");
	assert.match(alarm.detail, new RegExp(`^20\\.000 đ of 50\\.000 đ given back of payment ${payment.id}, .*hết hàng$`));
	for (const [fields, wrong] of [
		[{ amount: "30.001", why: "còn nữa" }, "left"],
		[{ amount: "x", why: "còn nữa" }, "amount"],
		[{ amount: "1", why: " " }, "why"],
		[{ amount: "1" }, "why"],
		[{ amount: "1", why: "\u0007" }, "why"],
	])
		assert.equal((await note(fields)).headers.location, `${path}?error=${wrong}`);
	assert.match((await gateway.get(`${path}?error=left`, { headers: mine })).text, /nhiều hơn phần còn lại/);

	assert.equal((await gateway.get(path, { headers: theirs })).status, 404);
	assert.equal((await note({ amount: "1", why: "thử" }, theirs)).status, 409);
	assert.equal((await gateway.get(path)).headers.location, "/stall");
	const [same] = await market.lines("payments", "list", "--json");
	assert.deepEqual(same, payment, "nothing was booked");
	assert.match((await gateway.get("/stall", { headers: mine })).text, /id="today-value">50\.000</);

	await market.must("payments", "refund", payment.id, "--amount", "20000", "--why", "sạp báo");
	assert.match(await page(), /id="refunds".*20\.000.*sạp báo/s);
	assert.equal((await note({ amount: "30.000", why: "trả nốt" })).headers.location, path);
});

test("a form that comes again, its answer lost or tapped twice, is one", async (t) => {
	const { market, gateway, session, post, pay } = await open(t);
	const mine = await session("B01");
	let now = gateway;
	const keyOf = async (path) =>
		/name="key" value="([\w-]{22})"/.exec((await now.get(path, { headers: mine })).text)[1];
	const send = async (path, fields) =>
		(await now.post(path, form(fields), { headers: { ...mine, "Content-Type": "application/x-www-form-urlencoded" } }))
			.headers.location;
	await pay("B01", 80_000);
	const [payment] = (await gateway.get("/v1/stalls/B01/payments")).json.payments;
	const detail = `/stall/payments/${payment.id}`;
	const forms = {
		charge: ["/stall/charges", { amount: "45000", key: await keyOf("/stall") }],
		claim: ["/stall/not-arrived", { amount: "50.000", at: "11:58", key: await keyOf("/stall/not-arrived") }],
		back: [`${detail}/given-back`, { amount: "20.000", why: "trả lại cá", key: await keyOf(detail) }],
	};
	const [charged, ...twice] = await Promise.all([1, 2, 3].map(() => send(...forms.charge)));
	assert.match(charged, /^\/stall\?charge=CH/);
	assert.deepEqual(twice, [charged, charged], "tapped three times");
	const claimed = await send(...forms.claim);
	assert.equal(await send(...forms.back), detail);

	/* A page of its own, another amount on the same page, another phone of ours, no key: asked anew. */
	const [path, asked] = forms.charge;
	const others = [
		await send(path, { ...asked, key: await keyOf("/stall") }),
		await send(path, { ...asked, amount: "46000" }),
		await send(path, { amount: "45000" }),
		await send(path, { amount: "45000", key: "short" }),
		(await post(path, await session("A01"), asked)).headers.location,
	];
	assert.equal(new Set([charged, ...others]).size, 6);

	await now.stop();
	now = await market.serve({ clockAt: NOON + 8 * 60 });
	now.key = gateway.key;
	assert.equal(await send(...forms.charge), charged, "minutes later, too");
	assert.equal(await send(...forms.claim), claimed);
	assert.equal(await send(...forms.back), detail);
	assert.deepEqual(
		market.rows("SELECT kind, count(*) AS n FROM stall_claim GROUP BY kind ORDER BY kind").map(({ kind, n }) => [kind, Number(n)]),
		[["given_back", 1], ["not_arrived", 1]],
	);

	/* What is over is never the answer to who stands here now. */
	const reference = charged.split("=")[1];
	await send(`${path}/${reference}/cancel`, {});
	const over = await send(...forms.charge);
	assert.equal(over, "/stall?error=over");
	assert.match((await now.get(over, { headers: mine })).text, /role="alert"[^]*Lần thu trước đã xong/);
});

test("a day's payments, page by page", async (t) => {
	const { gateway, session, pay } = await open(t);
	const mine = await session("B01");
	const get = (query) => gateway.get(`/stall/history${query}`, { headers: mine });
	const amounts = (text) =>
		[...text.matchAll(/data-slot="amount">([\d.]+)</g)].map(([, amount]) => amount);
	for (let i = 1; i <= 52; i++) await pay("B01", i * 1000);
	await pay("B01", 999_000, { atMs: gateway.nowMs() - 1440 * MINUTE });

	const first = (await get("")).text;
	assert.equal(amounts(first).length, 50);
	assert.equal(amounts(first)[0], "52.000");
	assert.match(first, /1\.378\.000&nbsp;đ<\/strong><span><span id="day-count">52</);
	const [, older] = /id="older" href="\/stall\/history([^"]+)"/.exec(first);
	assert.deepEqual(amounts((await get(older.replaceAll("&amp;", "&"))).text), ["2.000", "1.000"]);
	assert.deepEqual(amounts((await get("?day=2026-06-09")).text), ["999.000"]);
	assert.match((await get("?day=2026-06-08")).text, /không có khoản nào/);
	/* What is no day, or has not come, is said above today's; the 10th is today. */
	for (const [day, said] of [
		["soon", /Không có ngày đó/],
		["2026-02-30", /Không có ngày đó/],
		["9".repeat(5_000), /Không có ngày đó/],
		["2026-06-11", /Ngày đó chưa tới/],
		["9999-12-31&before=3", /Ngày đó chưa tới/],
	]) {
		const page = await get(`?day=${day}`);
		assert.equal(page.status, 400, day);
		assert.match(page.text, said, day);
		assert.equal(amounts(page.text)[0], "52.000", day);
	}
	assert.doesNotMatch((await get("?day=2026-06-10")).text, /role="alert"/);
	assert.equal((await get("?before=-1")).status, 200);
	assert.equal((await gateway.get("/stall/history")).headers.location, "/stall");
});

test("whose code is it that hangs on the wall?", async (t) => {
	const { market, gateway, stalls, session, alarms } = await open(t);
	const mine = await session("B01");
	const { B01, A01 } = stalls;
	const encode = (bank, account, memo, ...more) =>
		must(["qr", "encode", "--bank", bank, "--account", account, ...(memo ? ["--memo", memo] : []), ...more]);
	const check = async (text) =>
		(await gateway.post("/v1/stall/check", { text }, { headers: mine })).json;
	const charge = await gateway.askCharge("B01", 5_000);

	const own = [B01.bank_bin, B01.account_no];
	for (const [what, code, verdict] of [
		["the standing code", await encode(...own, B01.reference), "right"],
		["with words around it", await encode(...own, `${B01.reference} ca bien`), "right"],
		["a charge's", charge.payload, "right"],
		["another's account", await encode(A01.bank_bin, A01.account_no, B01.reference), "other_account"],
		["the number at another bank", await encode("970422", B01.account_no, B01.reference), "other_account"],
		["no reference", await encode(...own), "no_reference"],
		["another's reference", await encode(...own, A01.reference), "other_reference"],
		["an address", "https://example.com/", "no_vietqr"],
		["nothing", "", "no_vietqr"],
		["NUL", "\u0000", "no_vietqr"],
	]) {
		const answer = await check(code);
		assert.equal(answer.verdict, verdict, what);
		assert.equal(answer.code === null, verdict === "no_vietqr", what);
	}
	await check(await encode(A01.bank_bin, A01.account_no, B01.reference));
	assert.deepEqual(
		(await alarms("sticker_swap")).map((alarm) => alarm.subject),
		[B01.reference, B01.reference],
		"one a day for each account",
	);

	await gateway.stop();
	market.sql(`INSERT INTO account (id, bank_bin, account_no, holder) VALUES (7, '970436', '8800000000099', 'TRAN VAN MAU');
		UPDATE stall_account SET to_ms = ${NOON * 1000} WHERE account_id = (SELECT id FROM account WHERE account_no = '${B01.account_no}');
		INSERT INTO stall_account (stall_id, account_id, from_ms, to_ms) SELECT id, 7, ${NOON * 1000}, 9000000000000000 FROM stall WHERE code = 'B01'`);
	const again = await market.serve({ clockAt: NOON + 60 });
	const { json } = await again.post("/v1/stall/check", { text: await encode(...own, B01.reference) }, { headers: mine });
	assert.equal(json.verdict, "old_account");

	const page = await again.get("/stall/check", { headers: mine });
	assert.match(page.headers["permissions-policy"], /^camera=\(self\)/);
	const stall = await again.get("/stall", { headers: mine });
	assert.match(stall.headers["permissions-policy"], /^camera=\(\)/);
});

test("a helper takes payments: today's, one by one, without sums", async (t) => {
	/* To come: ids never go back, and the register was entered by this machine's clock. */
	const noon = (Math.floor(Date.now() / 86_400_000) + 1) * 86_400 + 5 * 3600;
	const date = (days) => new Date((noon + days * 86_400) * 1000).toISOString().slice(0, 10);
	const { market, gateway, stalls, bank, ask, post, pay } = await open(t, noon);
	const invite = await market.must("stall", "invite", "--stall", "B01", "--helper");
	const helper = { Cookie: await gateway.signIn(invite) };
	const get = (path) => gateway.get(path, { headers: helper });
	await pay("B01", 111_000, { atMs: gateway.nowMs() - 1440 * MINUTE });
	await pay("B01", 222_000);
	const [before, today] = (await market.lines("payments", "list", "--json")).sort((a, b) => a.amount - b.amount);

	const { text } = await get("/stall");
	assert.ok(text.includes(stalls.B01.reference));
	assert.ok(text.includes("222.000"));
	assert.ok(!text.includes("111.000"), "no other day");
	assert.ok(!text.includes("today-value"), "no sums");
	assert.ok(!text.includes("/v1/stall/book") && !text.includes("/stall/devices"));
	const history = await get("/stall/history");
	assert.ok(history.text.includes("222.000") && !history.text.includes("day-value"));
	assert.equal((await get(`/stall/history?day=${date(-1)}`)).status, 403);
	assert.equal((await get(`/stall/history?day=${date(0)}`)).status, 200);
	assert.equal((await get(`/stall/payments/${before.id}`)).status, 403);
	const detail = await get(`/stall/payments/${today.id}`);
	assert.equal(detail.status, 200);
	assert.ok(!detail.text.includes("given-back"), "the owner's to say");
	const note = await post(`/stall/payments/${today.id}/given-back`, helper, { amount: "1", why: "thử" });
	assert.equal(note.status, 409);
	assert.equal((await ask(helper, { amount: "222000", at: "12:00" })).answer, "found");
	assert.equal((await gateway.post("/v1/stall/check", { text: "x" }, { headers: helper })).status, 200);

	/* The day after, from the first event on: the owner's phone catches up, the helper's begins. */
	await gateway.stop();
	const next = await market.serve({ clockAt: noon + 86_400 });
	const owner = { Cookie: await next.signIn(await market.must("stall", "invite", "--stall", "B01")) };
	const [hers, his] = await Promise.all(
		[helper, owner].map((headers) => next.events("/stall/events?after=0", { headers })),
	);
	await waitFor("both to have caught up", () => [hers, his].every((stream) => stream.of("beat").length > 0));
	const amounts = (stream) => stream.of("payment").map(({ data }) => (data.amount ?? JSON.parse(data).amount));
	assert.deepEqual(amounts(his), [111_000, 222_000]);
	assert.deepEqual(amounts(hers), []);
	await bank.at(next).pay({ account: stalls.B01.account_no, note: stalls.B01.reference, amount: 5_000 });
	await waitFor("what comes now", () => amounts(hers).length > 0);
	assert.deepEqual(amounts(hers), [5_000]);
});

test("the operator looks for what a stall misses", async (t) => {
	const { market, gateway, stalls, session, ask, pay, bank } = await open(t);
	const mine = await session("B01");
	const person = async (name, role) => new Person(gateway, await market.newKey(role, name));
	const thu = await person("Chị Thu", "operator");
	const CLAIMS = "/operator/claims";
	assert.match(await thu.read(CLAIMS), /Không có khoản nào chờ tìm/);

	await ask(mine, { amount: "50.000", at: "11:58" });
	await ask(mine, { amount: "50.000", at: "12:01" }); /* the same, said again */
	await t.test("once, with stall, amount and time; nothing like it is known", async () => {
		const said = await thu.read(CLAIMS);
		assert.equal(said.match(/50\.000/g).length, 1, said);
		assert.match(said, new RegExp(`50\\.000 đ · MALAM\\.B01 .* ${stalls.B01.reference} Khách nói chuyển lúc 11:58 10/06/2026 · sạp báo lúc 12:00`));
		assert.match(said, /Chưa thấy khoản nào giống vậy/);
		assert.match(words((await thu.get(`${CLAIMS}?lang=en`)).text), /Nothing like it is known/);
	});

	await t.test("what it may be: in suspense on its account or another, refused, come since", async () => {
		await bank.pay({ account: "99001122", amount: 50_000, note: "gửi nhầm" });
		await pay("B01", 50_000, { note: stalls.A01.reference });
		await pay("B01", 50_000, { note: stalls.A01.reference, atMs: gateway.nowMs() - 90 * MINUTE });
		await pay("B01", 51_000, { note: stalls.A01.reference });
		const unsigned = bank.delivery({ id: bank.nextId(), account: stalls.B01.account_no, amount: 50_000, note: stalls.B01.reference });
		const refused = await gateway.post(bank.endpoint, unsigned);
		assert.ok(refused.status >= 400, `${refused.status}`);
		const html = (await thu.get(CLAIMS)).text;
		const credits = [...html.matchAll(/href="\/operator\/suspense\/(\d+)"/g)].map(([, id]) => id);
		assert.equal(credits.length, 2, "not the one of another amount, nor of another time");
		assert.equal(html.match(/đúng tài khoản của sạp/g).length, 1);
		const said = words(html);
		assert.match(said, /Tiền chờ xử lý: 50\.000 đ, \d\d:\d\d 10\/06\/2026 Tài khoản không có trong sổ · 99001122 · gửi nhầm/);
		assert.match(said, /Lần báo có bị từ chối: sepay, 12:0\d 10\/06\/2026 /);
		assert.doesNotMatch(said, /Đã có thanh toán/);

		assert.match(await thu.send(`/operator/suspense/${credits[0]}`, { outcome: "attributed", stall: "MALAM.B01", why: "khách nhắn nhầm mã" }), /done=resolved/);
		const after = await thu.read(CLAIMS);
		assert.match(after, /Đã có thanh toán của sạp, tiền vào lúc 1\d:\d\d 10\/06\/2026/);
		assert.equal(after.match(/Tiền chờ xử lý:/g).length, 1);
	});

	await t.test("looked at, with a word why: it waits no longer", async () => {
		const [alarm] = await gateway.all("/v1/alarms?kind=buyer_says_paid", "alarms");
		const auditor = await person("Chị Kiểm", "auditor");
		assert.doesNotMatch((await auditor.get(CLAIMS)).text, /action="\/operator/);
		assert.match(await thu.refused(400, `${CLAIMS}/${alarm.id}`, { why: " " }), /./);
		assert.equal(await thu.send(`${CLAIMS}/${alarm.id}`, { why: "đã ghi cho sạp" }), `${CLAIMS}?done=closed`);
		assert.match(await thu.read(CLAIMS), /Không có khoản nào chờ tìm/);
		assert.match(await thu.read(`${CLAIMS}?state=all`), /50\.000 đ .* Đã đóng: Chị Thu ?, .*: đã ghi cho sạp/);
		assert.equal((await market.ledger()).ok, true);
	});
});
