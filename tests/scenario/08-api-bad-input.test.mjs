/* Bad input over the API: a problem document that says what, where and what to do. */
import assert from "node:assert/strict";
import test from "node:test";

import { openMarket, waitFor } from "../support/chopay.mjs";

const CHARGES = "/v1/stalls/A01/charges";
const JSON_TYPE = { "Content-Type": "application/json" };

/* The answer is a problem document of this status and kind. */
function checkProblem(answer, status, kind, says = /./) {
	assert.equal(answer.status, status, answer.text);
	assert.equal(answer.headers["content-type"], "application/problem+json");
	assert.equal(answer.headers["cache-control"], "no-store");
	const problem = answer.json;
	assert.equal(problem.status, status);
	assert.equal(problem.type, `/problems/${kind}`);
	assert.match(problem.detail, says);
	assert.ok(problem.title.length > 0 && problem.request_id.length > 0);
}

test("who asks: no key, a wrong key, a reader's, a revoked one, another stall's session", async (t) => {
	const { market, stalls, gateway } = await openMarket(t);
	const charge = await gateway.askCharge("A01", 5_000);
	const reader = await market.newKey("reader");
	const session = {
		Cookie: await gateway.signIn(await market.must("stall", "invite", "--stall", "B01")),
	};
	const asks = [
		["GET", "/v1/stalls"],
		["GET", "/v1/stalls/A01"],
		["POST", CHARGES, { amount: 1_000 }],
		["GET", "/v1/stalls/A01/payments"],
		["GET", `/v1/charges/${charge.reference}`],
		["POST", `/v1/charges/${charge.reference}/cancel`, {}],
		["GET", "/v1/payments"],
		["GET", "/v1/suspense"],
		["GET", "/v1/suspense/1/candidates"],
		["POST", "/v1/suspense/1/resolution", { why: "y" }],
	];

	for (const [method, path, body] of asks) {
		await t.test(`${method} ${path}`, async () => {
			for (const key of [null, "not-a-key", "x".repeat(5_000)]) {
				const answer = await gateway.request(method, path, { body, key });
				checkProblem(answer, 401, "unauthenticated", /key/);
				assert.equal(answer.headers["www-authenticate"], "Bearer");
			}
		});
	}
	await t.test("a reader sees stalls, and no money", async () => {
		assert.equal((await gateway.get("/v1/stalls", { key: reader })).status, 200);
		assert.equal((await gateway.get("/v1/stalls/A01", { key: reader })).status, 200);
		for (const [method, path, body] of asks.slice(2))
			checkProblem(await gateway.request(method, path, { body, key: reader }), 403, "denied");
	});
	await t.test(
		"a stall's session sees its own stall; of others not even that they are there",
		async () => {
			assert.equal((await gateway.get("/v1/stalls/B01", { headers: session })).status, 200);
			assert.equal(
				(await gateway.get("/v1/stalls/B01/payments", { headers: session })).status,
				200,
			);
			assert.equal(
				(
					await gateway.post(
						"/v1/stalls/B01/charges",
						{ amount: 1_000 },
						{ headers: session },
					)
				).status,
				201,
			);
			checkProblem(await gateway.get("/v1/stalls", { headers: session }), 403, "denied");
			for (const stall of ["A01", "NOPE", stalls.A01.reference])
				checkProblem(
					await gateway.get(`/v1/stalls/${stall}`, { headers: session }),
					403,
					"denied",
				);
			for (const reference of [charge.reference, "CHC00000000000"])
				checkProblem(
					await gateway.get(`/v1/charges/${reference}`, { headers: session }),
					404,
					"not-found",
				);
			const cancel = await gateway.post(`/v1/charges/${charge.reference}/cancel`, "", {
				headers: session,
			});
			checkProblem(cancel, 404, "not-found");
		},
	);
	await t.test("a revoked key, a left session", async () => {
		const [first] = (await market.lines("key", "list")).filter((key) => key.role === "reader");
		await market.must("key", "revoke", first.id);
		checkProblem(await gateway.get("/v1/stalls", { key: reader }), 401, "unauthenticated");
		await gateway.post("/stall/leave", "", { headers: session });
		checkProblem(
			await gateway.get("/v1/stalls/B01", { headers: session }),
			401,
			"unauthenticated",
		);
	});
	await t.test("the charge is as it was", async () => {
		assert.equal((await gateway.charge(charge.reference)).state, "open");
	});
});

test("another site cannot act for a stall", async (t) => {
	const { market, gateway } = await openMarket(t);
	const cookie = await gateway.signIn(await market.must("stall", "invite", "--stall", "A01"));
	const charge = await gateway.askCharge("A01", 5_000);
	const foreign = [
		{ "Sec-Fetch-Site": "cross-site", Origin: "https://example.com" },
		{ "Sec-Fetch-Site": "same-site" },
		{ Origin: "https://example.com" },
		{ Origin: "null" },
	];
	for (const headers of foreign) {
		const asked = { headers: { ...headers, Cookie: cookie } };
		checkProblem(await gateway.post(CHARGES, { amount: 1_000 }, asked), 403, "cross-site");
		checkProblem(
			await gateway.post(`/v1/charges/${charge.reference}/cancel`, "", asked),
			403,
			"cross-site",
		);
		const form = {
			headers: { ...asked.headers, "Content-Type": "application/x-www-form-urlencoded" },
		};
		assert.equal((await gateway.post("/stall/charges", "amount=1000", form)).status, 403);
	}
	assert.equal((await gateway.charge(charge.reference)).state, "open");
	assert.equal((await market.ledger()).charges, 1);

	const own = { Origin: gateway.url, "Sec-Fetch-Site": "same-origin", Cookie: cookie };
	assert.equal((await gateway.post(CHARGES, { amount: 1_000 }, { headers: own })).status, 201);
});

test("what a charge may be", async (t) => {
	const { market, gateway } = await openMarket(t);
	const send = (body, headers = JSON_TYPE) => gateway.post(CHARGES, body, { headers });
	const rows = [
		["no JSON", "amount=5", 400, "invalid-json", /byte 0|not JSON/],
		["nothing", "", 400, "invalid-json", /cut off|not JSON/],
		["cut off", '{"amount":5', 400, "invalid-json", /cut off/],
		["something behind", '{"amount":5}}', 400, "invalid-json", /behind/],
		["a list", "[5]", 400, "invalid-json", /object/],
		["a member twice", '{"amount":5,"amount":6}', 400, "invalid-json", /twice/],
		[
			"deeper than 32",
			`{"amount":${"[".repeat(40)}${"]".repeat(40)}}`,
			400,
			"invalid-json",
			/32/,
		],
		["not UTF-8", Buffer.from('{"amount":5,"\xff":1}', "latin1"), 400, "invalid-json", /UTF-8/],
		["a number out of range", '{"amount":99999999999999999999}', 400, "invalid-json", /range/],
		["an unknown member", '{"amount":5,"note":"x"}', 400, "invalid-body", /amount/],
		["no amount", "{}", 400, "invalid-amount", /amount/],
		["nothing to pay", '{"amount":0}', 400, "invalid-amount", /499999999/],
		["a negative amount", '{"amount":-5}', 400, "invalid-amount", /499999999/],
		["half a billion", '{"amount":500000000}', 400, "invalid-amount", /499999999/],
		["a fraction", '{"amount":1.5}', 400, "invalid-body", /whole/],
		["a whole fraction", '{"amount":5.0}', 400, "invalid-body", /whole/],
		["an exponent", '{"amount":1e3}', 400, "invalid-body", /whole/],
		["a text", '{"amount":"5"}', 400, "invalid-body", /whole/],
		["null", '{"amount":null}', 400, "invalid-body", /whole/],
		["too short a time", '{"amount":5,"expires_in":59}', 400, "invalid-expiry", /60 to 86400/],
		["no time", '{"amount":5,"expires_in":0}', 400, "invalid-expiry", /60 to 86400/],
		[
			"a time in the past",
			'{"amount":5,"expires_in":-60}',
			400,
			"invalid-expiry",
			/60 to 86400/,
		],
		[
			"too long a time",
			'{"amount":5,"expires_in":86401}',
			400,
			"invalid-expiry",
			/60 to 86400/,
		],
	];
	for (const [name, body, status, kind, says] of rows)
		await t.test(name, async () => checkProblem(await send(body), status, kind, says));

	await t.test("another content type", async () => {
		for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
			checkProblem(
				await send('{"amount":5}', { "Content-Type": type }),
				415,
				"unsupported-media-type",
				/application\/json/,
			);
		checkProblem(await send('{"amount":5}', {}), 415, "unsupported-media-type");
	});
	await t.test("a stall that is not there, or closed", async () => {
		checkProblem(
			await gateway.post("/v1/stalls/NOPE/charges", { amount: 5 }),
			404,
			"not-found",
			/stall/,
		);
		checkProblem(
			await gateway.post("/v1/stalls/C01/charges", { amount: 5 }),
			409,
			"conflict",
			/closed/,
		);
		checkProblem(await gateway.get("/v1/stalls/NOPE"), 404, "not-found", /stall/);
		checkProblem(await gateway.get("/v1/stalls/NOPE/payments"), 404, "not-found", /stall/);
		checkProblem(await gateway.get("/v1/charges/CHC00000000000"), 404, "not-found", /charge/);
		checkProblem(
			await gateway.post("/v1/charges/CHC00000000000/cancel"),
			404,
			"not-found",
			/charge/,
		);
	});
	await t.test("nothing was made", async () => {
		assert.equal((await market.ledger()).charges, 0);
	});
	await t.test("the edges of what is right", async () => {
		for (const body of [
			'{"amount":1}',
			'{"amount":499999999,"expires_in":60}',
			'\n{"expires_in":86400, "amount":5}',
		])
			assert.equal(
				(await send(body, { "Content-Type": "application/json; charset=utf-8" })).status,
				201,
			);
	});
});

test("Idempotency-Key: one charge, the first answer; other content is a conflict", async (t) => {
	const start = Math.floor(Date.now() / 1000);
	const DAY = 86_400;
	const { market, gateway } = await openMarket(t, { clockAt: start });
	const ask = (amount, key, options = {}) =>
		gateway.post(
			options.path ?? CHARGES,
			{ amount, ...options.body },
			{ ...options, headers: { "Idempotency-Key": key } },
		);

	const first = await ask(7_000, "till-1/0001");
	assert.equal(first.status, 201);
	const again = await Promise.all(Array.from({ length: 10 }, () => ask(7_000, "till-1/0001")));
	for (const answer of again) {
		assert.equal(answer.status, 201);
		assert.equal(answer.headers.location, first.headers.location);
		assert.deepEqual(answer.json, first.json);
	}
	checkProblem(await ask(7_001, "till-1/0001"), 409, "conflict", /key/i);
	checkProblem(
		await ask(7_000, "till-1/0001", { path: "/v1/stalls/A02/charges" }),
		409,
		"conflict",
	);
	checkProblem(await ask(7_000, "till-1/0001", { body: { expires_in: 60 } }), 409, "conflict");
	assert.notEqual((await ask(7_000, "till-1/0002")).json.reference, first.json.reference);
	const other = await ask(7_000, "till-1/0001", { key: await market.newKey() });
	assert.notEqual(
		other.json.reference,
		first.json.reference,
		"another caller's key is another key",
	);
	checkProblem(await ask(7_000, "k".repeat(256)), 400, "invalid-header", /255/);
	assert.equal((await market.ledger()).charges, 3);

	/* A restart, days later: the answer of before, until the key's 30 days are over. */
	let now = gateway;
	const again7000 = async () =>
		(
			await now.post(
				CHARGES,
				{ amount: 7_000 },
				{ headers: { "Idempotency-Key": "till-1/0001" } },
			)
		).json.reference;
	const restart = async (clockAt) => {
		await now.stop();
		now = await market.serve({ clockAt });
		now.key = gateway.key;
	};
	await restart(start + 29 * DAY);
	/* What lets charges expire forgets keys, too. */
	await waitFor("the expiry", async () => {
		return (await now.charge(first.json.reference)).state === "expired";
	});
	assert.equal(await again7000(), first.json.reference);
	await restart(start + 31 * DAY);
	await waitFor("a new charge", async () => (await again7000()) !== first.json.reference);
	assert.equal(await again7000(), await again7000(), "and its key is kept");
	assert.equal((await market.ledger()).charges, 4);
});

test("pictures and pages of what is not payable", async (t) => {
	const { gateway, stalls } = await openMarket(t);
	const charge = await gateway.askCharge("A01", 5_000);
	await gateway.post(`/v1/charges/${charge.reference}/cancel`);
	for (const picture of [charge.qr_png, charge.qr_svg])
		checkProblem(await gateway.get(picture), 410, "charge-closed", /new one/);
	assert.match((await gateway.get(charge.pay_url)).text, /Đã huỷ/);

	for (const path of ["/q/CHC00000000000.png", "/q/A01.png", "/q/x.svg"])
		checkProblem(await gateway.get(path), 404, "not-found");
	assert.equal((await gateway.get("/q/CHC00000000000.gif")).status, 404);
	assert.equal((await gateway.get("/pay/NOPE")).status, 404);
	assert.equal((await gateway.get("/pay/NOPE/events")).status, 204);
	for (const scale of ["0", "33", "-1", "x", "1.5", "99999999999999999999"])
		checkProblem(
			await gateway.get(`/q/${stalls.A01.reference}.png?scale=${scale}`),
			400,
			"invalid-query",
			/scale/,
		);
	assert.equal((await gateway.get(`/q/${stalls.A01.reference}.png?scale=1`)).status, 200);
});

test("a reference as a person types it is led to its address", async (t) => {
	const { gateway, stalls } = await openMarket(t);
	const { reference } = await gateway.askCharge("A01", 5_000);
	const small = reference.toLowerCase();
	const rows = [
		[`/pay/${small}`, `/pay/${reference}`],
		[`/pay/${small}?lang=en`, `/pay/${reference}?lang=en`],
		[`/pay/${small}?${"x".repeat(7_000)}`, `/pay/${reference}`],
		[`/pay/%20${small.slice(0, 4)}%20${small.slice(4, 9)}-${small.slice(9)}`, `/pay/${reference}`],
		[`/pay/${stalls.A01.reference.toLowerCase()}`, `/pay/${stalls.A01.reference}`],
		[`/q/${small}.png?scale=3`, `/q/${reference}.png?scale=3`],
		[`/q/${small}.svg`, `/q/${reference}.svg`],
	];
	for (const [typed, address] of rows) {
		for (const method of ["GET", "HEAD"]) {
			const led = await gateway.request(method, typed);
			assert.deepEqual([led.status, led.headers.location], [303, address], typed);
		}
		assert.equal((await gateway.get(address)).status, 200, address);
	}
	/* Nothing like one: no way on, and no address of others' making. */
	for (const [typed, status] of [
		[`${small}x`, 404],
		[small.slice(1), 404],
		["%c4%83".repeat(7), 404],
		[`${small}%0d%0aSet-Cookie:a`, 400],
		[`${small}%00`, 400],
	]) {
		const answer = await gateway.get(`/pay/${typed}`);
		assert.deepEqual([answer.status, answer.headers.location], [status, undefined], typed);
	}
});

test("mistaken and hostile input on people's pages: each answer is a page they can read", async (t) => {
	const { market, gateway } = await openMarket(t);
	const { reference } = await gateway.askCharge("A01", 5_000);
	const seller = await gateway.signIn(await market.must("stall", "invite", "--stall", "A01"));
	const picture = "/image/970436-0071001234567-compact2.png";
	const long = "x".repeat(7_000);
	const rows = [
		["POST", `/pay/${reference}`, 405, /Không có trang này/],
		["DELETE", "/stall?lang=en", 405, /There is no such page/],
		["PROPFIND", "/stall", 501, /Không có trang này/],
		["GET", "/pay/%00", 400, /Yêu cầu không hợp lệ/],
		["GET", "/stall/%2e%2e/v1/stalls?lang=en", 400, /The request is not valid/],
		["POST", `/pay/${reference}/receipt`, 413, /Dài quá/, long],
		["POST", "/stall/charges?lang=en", 413, /Too long/, `amount=${long}`],
		["POST", "/stall/charges/NOPE/cancel", 404, /Không có khoản thu này/, ""],
		["GET", "/stall?charge=%ff", 200, /id="ask"/],
		["GET", "/stall?charge=%00", 200, /id="ask"/],
		["GET", "/q/CHC00000000000.png", 404, /Không có mã này/],
		["GET", `/q/${reference}.svg?scale=0`, 400, /Yêu cầu chưa đúng/],
		["GET", `/r/${long}/code.svg`, 404, /Không mở được biên nhận/],
		["GET", `${picture}?amount=-1`, 400, /Phần “amount” trong đường dẫn ảnh/],
		["GET", "/image/x.png?lang=en", 400, /The part “template” of the picture/],
		["GET", `/receipt?code=%00${long}`, 200, /class="card verdict bad"/],
	];
	for (const [method, path, status, said, body] of rows) {
		const headers = {
			Accept: "text/html,*/*;q=0.8",
			Cookie: seller,
			...(body !== undefined && { "Content-Type": "application/x-www-form-urlencoded" }),
		};
		const page = await gateway.request(method, path, { headers, body });
		assert.deepEqual([page.status, page.headers["content-type"]], [status, "text/html; charset=utf-8"], path);
		assert.match(page.text, said, path);
		assert.ok(page.headers["content-security-policy"], path);
	}
	/* A program is answered as before. */
	checkProblem(await gateway.get(`${picture}?amount=-1`, { headers: { Accept: "image/*,*/*;q=0.8" } }), 400, "invalid-link");
	checkProblem(await gateway.request("POST", "/pay/x"), 405, "method-not-allowed");
	checkProblem(await gateway.get("/pay/%00"), 400, "bad-request");
	checkProblem(await gateway.get("/v1/charges/%00", { headers: { Accept: "text/html" } }), 400, "bad-request");
	/* Of an address that never ends nothing behind it was read. */
	checkProblem(await gateway.get(`/stall?${"x".repeat(9_000)}`, { headers: { Accept: "text/html" } }), 414, "uri-too-long");

	/* Another site's form; and a way back that is too long for an address. */
	for (const path of [`/stall/charges/${reference}/cancel`, "/stall/charges", "/stall/leave"]) {
		const headers = { Accept: "text/html", Cookie: seller, Origin: "https://elsewhere.example" };
		const page = await gateway.request("POST", path, { headers, body: "" });
		assert.ok(page.status === 403 || page.headers.location === "/stall", path);
	}
	assert.equal((await gateway.charge(reference)).state, "open");
	for (const [query, back] of [["a=1", "/signin?next=/inspect%3Fa%3D1"], ["%e1".repeat(2_500), "/signin"]]) {
		const led = await gateway.get(`/inspect?${query}`, { headers: { Accept: "text/html" } });
		assert.deepEqual([led.status, led.headers.location], [303, back]);
	}
});

test("suspense: what a resolution may be", async (t) => {
	const { market, stalls, gateway, bank } = await openMarket(t);
	await bank.pay({ account: stalls.A01.account_no, amount: 9_000, note: "no reference" });
	const [credit] = (await gateway.get("/v1/suspense")).json.suspense;
	const path = `/v1/suspense/${credit.id}/resolution`;
	const whole = { stall: "A01", why: "shown at the stall" };

	checkProblem(await gateway.post(path, "x", { headers: JSON_TYPE }), 400, "invalid-json");
	checkProblem(await gateway.post(path, "x"), 415, "unsupported-media-type");
	for (const wrong of [
		{ why: undefined },
		{ why: null },
		{ why: 5 },
		{ person: 5 },
		{ stall: 5 },
		{ stall: "" },
		{ charge: [] },
		{ outcome: {} },
		{ transfer: 5 },
		{ transfer: "x" },
		{ note: "x" },
	])
		checkProblem(
			await gateway.post(path, { ...whole, ...wrong }),
			400,
			"invalid-body",
			/"why", "person"/,
		);
	for (const [wrong, says] of [
		[{ why: "" }, /why/],
		[{ why: " \t " }, /why/],
		[{ why: "x".repeat(501) }, /500/],
		[{ why: "two\nlines" }, /control/],
		[{ why: "\u0000" }, /control/],
		[{ why: "a\u0085b" }, /control/],
		[{ outcome: "mine" }, /refunded/],
		[{ outcome: "not_ours" }, /only an attributed/],
		[{ outcome: "duplicate" }, /only an attributed/],
		[{ outcome: "duplicate", stall: null }, /which|transfer/],
		[{ outcome: "duplicate", stall: null, transfer: credit.id }, /itself/],
		[{ outcome: "refunded", stall: null, transfer: credit.id }, /money out/],
		[{ outcome: "not_ours", stall: null, transfer: "1" }, /no other/],
		[{ transfer: "1" }, /no transfer/],
	])
		checkProblem(await gateway.post(path, { ...whole, ...wrong }), 400, "invalid", says);
	for (const [wrong, says] of [
		[{ stall: "NOPE" }, /stall/],
		[{ charge: "CHC00000000000" }, /charge/],
		[{ outcome: "duplicate", stall: null, transfer: "1" }, /transfer/],
	])
		checkProblem(await gateway.post(path, { ...whole, ...wrong }), 404, "not-found", says);
	checkProblem(await gateway.post("/v1/suspense/1/resolution", whole), 404, "not-found");
	checkProblem(await gateway.post("/v1/suspense/x/resolution", whole), 404, "not-found");
	checkProblem(await gateway.get("/v1/suspense/1/candidates"), 404, "not-found");
	checkProblem(await gateway.get("/v1/suspense/x/candidates"), 404, "not-found");
	checkProblem(
		await gateway.post(path, { ...whole, person: "Somebody Else" }),
		403,
		"denied",
		/own key/,
	);
	for (const [query, says] of [
		["state=open", /waiting/],
		["reason=none", /no_reference/],
		["reason=", /no_reference/],
		["account=", /account/],
		["since=soon", /2026/],
		["limit=0", /limit/],
		["cursor=x", /cursor/],
	])
		checkProblem(await gateway.get(`/v1/suspense?${query}`), 400, "invalid-query", says);
	assert.equal((await market.ledger()).suspense, 1, "it still waits");

	const longest = { ...whole, why: "ữ".repeat(500) };
	const answers = await Promise.all(Array.from({ length: 5 }, () => gateway.post(path, longest)));
	assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409, 409, 409]);
	const ledger = await market.ledger();
	assert.deepEqual(ledger.faults, []);
	assert.equal(ledger.attributed, 9_000);
});

test("lists in pages: complete, in order, without repeats", async (t) => {
	const { stalls, gateway, bank } = await openMarket(t);
	const TRANSFERS = 23;
	for (let i = 1; i <= TRANSFERS; i++)
		await bank.pay({ account: stalls.B01.account_no, amount: i, note: "mua ca" });

	const ids = (payments) => payments.map((payment) => payment.id);
	const whole = await gateway.all("/v1/payments", "payments");
	assert.deepEqual(
		whole.map((payment) => payment.amount),
		Array.from({ length: TRANSFERS }, (_, i) => i + 1),
	);

	for (const limit of [1, 7, TRANSFERS, TRANSFERS + 1]) {
		assert.deepEqual(ids(await gateway.all("/v1/payments", "payments", { limit })), ids(whole));
		assert.deepEqual(
			ids(await gateway.all("/v1/stalls/B01/payments", "payments", { limit })),
			ids(whole).reverse(),
		);
		const codes = (await gateway.all("/v1/stalls", "stalls", { limit })).map(
			(stall) => stall.code,
		);
		assert.deepEqual(codes, Object.keys(stalls));
	}
	await t.test("what comes while one reads is on a later page", async () => {
		const page = (await gateway.get("/v1/payments?limit=20")).json;
		await bank.pay({ account: stalls.B01.account_no, amount: 24, note: "mua ca" });
		const rest = (await gateway.get(`/v1/payments?limit=20&cursor=${page.next_cursor}`)).json;
		assert.deepEqual(
			rest.payments.map((payment) => payment.amount),
			[21, 22, 23, 24],
		);
		assert.equal(rest.next_cursor, null);
	});
	await t.test("since a time", async () => {
		const { booked_at: time } = whole[0];
		const since = (text) =>
			gateway.all(`/v1/payments?since=${encodeURIComponent(text)}`, "payments");
		assert.equal((await since(time)).length, TRANSFERS + 1);
		assert.equal((await since(time.slice(0, 10))).length, TRANSFERS + 1);
		assert.equal((await since("2099-01-01")).length, 0);
	});
	await t.test("a wrong query", async () => {
		for (const query of ["limit=0", "limit=501", "limit=x", "limit=", "limit=-1", "limit=1.5"])
			checkProblem(await gateway.get(`/v1/payments?${query}`), 400, "invalid-query", /limit/);
		for (const query of ["cursor=x", "cursor=-1", "cursor=99999999999999999999", "cursor="])
			checkProblem(await gateway.get(`/v1/stalls?${query}`), 400, "invalid-query", /cursor/);
		for (const query of ["since=yesterday", "since=2026-02-30", "since="])
			checkProblem(await gateway.get(`/v1/payments?${query}`), 400, "invalid-query", /since/);
	});
});
