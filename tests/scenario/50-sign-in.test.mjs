/* Staff come in: an invite, a password and a code, and everything that keeps others out. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import test from "node:test";

import { openMarket, waitFor } from "../support/chopay.mjs";
import { clock } from "../support/faults.mjs";
import { PASSWORD, Person, appCode, cookieOf, send } from "../support/people.mjs";

const MINUTE = 60;

/* A market whose clock can be moved on: `later(seconds)`, from then on. */
async function movableMarket(t) {
	const opened = await openMarket(t, {});
	await opened.gateway.stop();
	const { env } = clock(opened.market);
	let offset = 0;
	const serve = async () => {
		const gateway = await opened.market.serve({ env });
		gateway.nowMs = () => Date.now() + offset * 1000;
		return gateway;
	};
	const later = (seconds) => {
		offset += seconds;
		writeFileSync(env.CLOCK_OFFSET, String(offset));
	};
	later(0);
	return { market: opened.market, gateway: await serve(), serve, later };
}

const audit = async (gateway, key, what) =>
	(await gateway.all("/v1/audit", "audit", { key })).filter((line) => line.what === what);

test("an invite sets a password and a second factor, once", async (t) => {
	const { market, gateway } = await openMarket(t);
	const path = await market.must("user", "add", "--login", "hue", "--name", "Nguyễn Thị Huệ", "--role", "operator");
	assert.match(path, /^\/signin\/invite\/[\w-]{27}$/, "160 bits");

	for (let look = 0; look < 2; look++) {
		const page = await gateway.get(path);
		assert.equal(page.status, 200, "looking changes nothing");
		assert.match(page.text, /Nguyễn Thị Huệ/);
		assert.equal(page.headers["cache-control"], "no-store");
	}
	const picture = await gateway.get(`${path}/qr.svg`);
	assert.equal(picture.headers["content-type"], "image/svg+xml");
	assert.match(picture.text, /^<svg|^<\?xml/);

	const secret = /class="secret">([A-Z2-7 ]+)</.exec((await gateway.get(path)).text)[1];
	const code = () => appCode(secret, gateway.nowMs());
	for (const [why, fields, says] of [
		["short", { password: "ngắn", again: "ngắn" }, /ít nhất 10 ký tự/],
		["common", { password: "1234567890", again: "1234567890" }, /dễ đoán/],
		["a row", { password: "ABCDEFGHIJKL", again: "ABCDEFGHIJKL" }, /dễ đoán/],
		["two", { password: PASSWORD, again: `${PASSWORD}!` }, /không giống nhau/],
		["no code", { password: PASSWORD, again: PASSWORD, code: "000000" }, /Mã 6 chữ số chưa đúng/],
	]) {
		const answer = await send(gateway, path, { code: code(), ...fields });
		assert.equal(answer.status, 422, why);
		assert.match(answer.text, says, why);
		assert.equal(cookieOf(answer), undefined, why);
	}
	const elsewhere = { "Sec-Fetch-Site": "cross-site", Origin: "https://example.org" };
	const all = { password: PASSWORD, again: PASSWORD, code: code() };
	assert.equal((await send(gateway, path, all, { headers: elsewhere })).status, 403);

	const answer = await send(gateway, path, all);
	assert.equal(answer.status, 303);
	assert.match(
		answer.headers["set-cookie"][0],
		/^__Host-chopay-staff=[\w-]{27}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure$/,
	);
	assert.equal((await gateway.get(path)).status, 404, "a link works once");
	assert.equal((await send(gateway, path, all)).status, 404);

	const stored = market.rows("SELECT * FROM staff");
	assert.equal(stored.length, 1);
	assert.ok(!market.storedFiles().some((file) => readFileSync(file).includes(PASSWORD)));
	assert.deepEqual(
		(await audit(gateway, gateway.key, "user-add")).map(({ who, subject, detail }) => [who, subject, detail]),
		[["local", "hue", "operator"]],
	);
	assert.equal((await audit(gateway, gateway.key, "enrol")).length, 1);
});

test("two persons with one name, a login that is none, a role of nothing", async (t) => {
	const { market } = await openMarket(t);
	const add = (login, name, role) =>
		market.run("user", "add", "--login", login, "--name", name, "--role", role);
	assert.equal((await add("hue", "Huệ", "operator")).status, 0);
	for (const [login, name, role, says] of [
		["hue", "Huệ Hai", "operator", /has or had that login/],
		["hoa", "Huệ", "operator", /somebody has that name/],
		["Hoa Mai", "Hoa", "operator", /a login is/],
		["hoa", "", "operator", /a name is/],
		["hoa", "Hoa", "king", /role is operator/],
		["hoa", "Hoa", "reader", /role is operator/],
		["hoa", "Hoa", "official:0", /no unit/],
		["hoa", "Hoa", "manager:NOWHERE", /no market/],
	]) {
		const done = await add(login, name, role);
		assert.ok(done.status > 0, `${login} ${name} ${role}`);
		assert.match(done.stderr, says);
	}
	assert.deepEqual((await market.lines("user", "list")).map((user) => [user.login, user.enrolled]), [["hue", false]]);
});

test("a password, a code, and where they lead", async (t) => {
	const { market, gateway, later } = await movableMarket(t);
	const hue = await Person.add(market, gateway, "hue", "operator");

	const good = await hue.signIn({ next: "/reports?unit=1" });
	assert.equal(good.status, 303, good.text);
	assert.equal(good.headers.location, "/reports?unit=1");
	const cookie = cookieOf(good);
	assert.notEqual(cookie, hue.cookie, "a new id at each login");
	assert.equal((await hue.get("/signin/devices", { headers: { Cookie: cookie } })).status, 200);

	/* The same code again, by whoever read it over a shoulder. */
	const replay = await hue.signIn({ code: hue.code(hue.used) });
	assert.equal(replay.status, 403);
	assert.equal(cookieOf(replay), undefined);
	later(30);
	for (const next of ["//evil.example/", "/\\evil.example", "https://evil.example/", "reports", "/\t/x", "/a\r\nX: 1"]) {
		const answer = await hue.signIn({ next });
		assert.equal(answer.status, 303, next);
		assert.equal(answer.headers.location, "/", next);
		later(30);
	}
	const shouted = new Person(gateway, "HUE");
	Object.assign(shouted, { secret: hue.secret, used: hue.used });
	assert.equal((await shouted.signIn()).status, 303, "phones begin with a capital");

	/* An unknown user hears the same. */
	const nobody = new Person(gateway, "nobody");
	nobody.secret = hue.secret;
	later(30);
	const wrong = await hue.signIn({ password: "không phải mật khẩu" });
	const unknown = await nobody.signIn();
	const plain = (answer) => answer.text.replace(/value="(hue|nobody)"/, "");
	assert.deepEqual([unknown.status, plain(unknown)], [wrong.status, plain(wrong)]);

	/* From another site nothing is taken. */
	const headers = { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" };
	later(30);
	assert.equal((await hue.signIn({ headers })).status, 403);
	const refused = await audit(gateway, await market.newKey(), "sign-in-refused");
	assert.deepEqual(refused.map((line) => line.subject).sort(), ["?", "hue", "hue"]);
});

test("five wrong tries, then a wait that grows and outlives a restart", async (t) => {
	const { market, gateway: first, serve, later } = await movableMarket(t);
	const hue = await Person.add(market, first, "hue", "operator");
	for (let i = 0; i < 5; i++) assert.equal((await hue.signIn({ password: "sai rồi nhé" })).status, 403);
	const waits = await hue.signIn();
	assert.equal(waits.status, 429);
	assert.ok(Number(waits.headers["retry-after"]) <= 30);
	assert.match(waits.text, /Hãy đợi \d+ giây/);

	await first.stop();
	hue.gateway = await serve();
	assert.equal((await hue.signIn()).status, 429, "a restart forgives nobody");
	later(31);
	assert.equal((await hue.signIn({ password: "sai rồi nhé" })).status, 403);
	later(31);
	assert.equal((await hue.signIn()).status, 429, "twice as long now");
	later(31);
	assert.equal((await hue.signIn()).status, 303);

	/* Another login from the same address waits as well, after five of its own. */
	const other = new Person(hue.gateway, "other");
	other.secret = hue.secret;
	for (let i = 0; i < 20; i++) {
		const answer = await other.signIn({ password: `sai ${i}` });
		if (answer.status === 429) break;
		other.login = `other${i}`;
		assert.ok(i < 19, "no end of logins from one address");
	}
	/* Somebody on the machine lets them in all the same. */
	const link = await market.must("user", "link", "hue", "--sign-in");
	const page = await hue.gateway.get(link);
	assert.match(page.text, /<button/);
	const entered = await send(hue.gateway, link, {});
	assert.equal(entered.status, 303);
	assert.equal((await send(hue.gateway, link, {})).status, 404, "once");
	hue.cookie = cookieOf(entered);
	assert.equal((await hue.get("/signin/devices")).status, 200);
});

test("a guesser on the same Wi-Fi delays nobody whose device is known", async (t) => {
	const { market, gateway, later } = await movableMarket(t);
	const hue = await Person.add(market, gateway, "hue", "operator");
	const hoa = await Person.add(market, gateway, "hoa", "operator");
	const guess = async (login) => (await send(gateway, "/signin", { login, password: "sai rồi nhé", code: "000000" })).status;
	const enter = (person, cookie) =>
		send(gateway, "/signin", { login: person.login, password: person.password, code: person.code() }, { cookie });
	/* Until the address waits for a quarter of an hour. */
	const besiege = async () => {
		for (let i = 0; i < 10; i++) {
			later(16 * MINUTE);
			assert.equal(await guess(`ai${i}`), 403);
		}
		assert.equal(await guess("ai"), 429);
	};

	for (let i = 0; i < 5; i++) assert.equal(await guess("hue"), 403);
	assert.equal((await enter(hue, hue.cookie)).status, 429, "a login's own count is the same from everywhere");

	later(13 * 60 * MINUTE); /* both sessions are over, the browsers still have their cookies */
	await besiege();
	assert.equal((await enter(hue)).status, 429, "a device that nobody knows waits with its neighbours");
	assert.equal((await enter(hue, hoa.cookie)).status, 429, "so does another person's");
	assert.equal((await enter(hue, `${hue.cookie.slice(0, -1)}_`)).status, 429);
	const entered = await enter(hue, hue.cookie);
	assert.equal(entered.status, 303, "hers does not");
	assert.equal((await enter(hue, hue.cookie)).status, 429, "that cookie ended with the new one");

	/* Signed out, or revoked from elsewhere: not known any more. */
	const link = async () => cookieOf(await send(gateway, await market.must("user", "link", "hoa", "--sign-in"), {}));
	const left = await link();
	assert.equal((await send(gateway, "/signout", {}, { cookie: left })).status, 303);
	assert.equal((await enter(hoa, left)).status, 429);
	const lost = await link();
	await market.must("user", "devices", "hoa", "--revoke", (await market.lines("user", "devices", "hoa"))[0].id);
	assert.equal((await enter(hoa, lost)).status, 429);
	const kept = await link();
	assert.equal((await enter(hoa, kept)).status, 303);
});

test("a hundred tries at once are a hundred tries", async (t) => {
	const { market, gateway } = await openMarket(t);
	const hue = await Person.add(market, gateway, "hue", "operator");
	const agent = gateway.newAgent(40);
	const tries = await Promise.all(
		Array.from({ length: 40 }, (_, i) =>
			gateway.request("POST", "/signin", {
				agent,
				deadlineMs: 60_000,
				body: new URLSearchParams({ login: "hue", password: `thử ${i}`, code: "000000" }).toString(),
				headers: { "Content-Type": "application/x-www-form-urlencoded" },
			}),
		),
	);
	const count = (status) => tries.filter((answer) => answer.status === status).length;
	assert.deepEqual([count(403), count(429)], [5, 35]);
	assert.equal(hue.login, "hue");
});

test("a session ends: idle, old, signed out, revoked, elsewhere", async (t) => {
	const { market, gateway, later } = await movableMarket(t);
	const hue = await Person.add(market, gateway, "hue", "operator");
	const isIn = async (cookie = hue.cookie) =>
		(await gateway.get("/signin/devices", { headers: { Cookie: cookie } })).status === 200;
	const enter = async () => {
		later(30);
		return cookieOf(await hue.signIn());
	};

	later(29 * MINUTE);
	assert.ok(await isIn(), "used within half an hour");
	/* That they were seen is written down beside the answer. */
	const noted = () =>
		waitFor("the session to be noted as seen", async () => {
			const seen = (await market.lines("user", "devices", "hue")).map((one) => Date.parse(one.seen_at));
			return Math.max(...seen) > gateway.nowMs() - MINUTE * 1000;
		});
	for (let i = 0; i < 3; i++) {
		await noted();
		later(20 * MINUTE);
		assert.ok(await isIn(), "and used again");
	}
	later(31 * MINUTE);
	assert.ok(!(await isIn()), "half an hour of nothing");
	const gone = await gateway.get("/reports?unit=23059", { headers: { Cookie: hue.cookie } });
	assert.deepEqual([gone.status, gone.headers.location], [303, "/signin?next=/reports%3Funit%3D23059"]);

	const long = await enter();
	for (let i = 0; i < 30; i++) {
		later(25 * MINUTE);
		if (!(await isIn(long))) break;
		await noted();
		assert.ok(i < 29, "no session is for ever");
	}

	const out = await enter();
	assert.ok(await isIn(out));
	const left = await send(gateway, "/signout", {}, { cookie: out });
	assert.equal(left.status, 303);
	assert.match(left.headers["set-cookie"][0], /Max-Age=0/);
	assert.ok(!(await isIn(out)));

	/* Two devices: one signs the other out, on its page and on the command line. */
	const [one, two, three] = [await enter(), await enter(), await enter()];
	const page = await gateway.get("/signin/devices", { headers: { Cookie: one } });
	const forms = [...page.text.matchAll(/action="(\/signin\/devices\/\d+\/revoke)"/g)].map(([, path]) => path);
	assert.equal(forms.length, 3);
	const cross = { "Sec-Fetch-Site": "cross-site" };
	assert.equal((await send(gateway, forms[0], {}, { cookie: one, headers: cross })).status, 403);
	assert.ok(await isIn(three));
	assert.equal((await send(gateway, forms[0], {}, { cookie: one })).status, 303);
	assert.deepEqual([await isIn(one), await isIn(two), await isIn(three)], [true, true, false]);
	const devices = await market.lines("user", "devices", "hue");
	assert.deepEqual(devices.length, 2);
	await market.must("user", "devices", "hue", "--revoke", devices[0].id);
	assert.deepEqual([await isIn(one), await isIn(two)], [true, false]);

	/* Another person's is not theirs to end. */
	const hoa = await Person.add(market, gateway, "hoa", "operator");
	const [mine] = await market.lines("user", "devices", "hue");
	await hoa.send(`/signin/devices/${mine.id}/revoke`, {});
	assert.ok(await isIn(one));

	await market.must("user", "revoke", "hue");
	assert.ok(!(await isIn(one)));
	later(30);
	assert.equal((await hue.signIn()).status, 403);
	const again = await market.run("user", "link", "hue");
	assert.match(again.stderr, /may no longer sign in/);
});

test("a lost phone: a new link, a new factor, and the old ones are over", async (t) => {
	const { market, gateway, later } = await movableMarket(t);
	const hue = await Person.add(market, gateway, "hue", "operator");
	const [oldSecret, oldCookie] = [hue.secret, hue.cookie];
	const first = await market.must("user", "link", "hue");
	const second = await market.must("user", "link", "hue");
	assert.equal((await gateway.get(first)).status, 404, "the newest link alone");
	later(60);
	await hue.enrol(second);
	assert.notEqual(hue.secret, oldSecret);
	assert.equal((await gateway.get("/reports", { headers: { Cookie: oldCookie } })).status, 303);
	later(30);
	assert.equal((await hue.signIn({ code: appCode(oldSecret, gateway.nowMs()) })).status, 403);
	later(30);
	assert.equal((await hue.signIn()).status, 303);
	later(49 * 60 * MINUTE);
	const third = await market.must("user", "link", "hue");
	assert.equal((await gateway.get(third)).status, 200);
	later(49 * 60 * MINUTE);
	assert.equal((await gateway.get(third)).status, 404, "two days");
});

test("who signed in works over /v1, and another site cannot make them", async (t) => {
	const { market, gateway } = await openMarket(t);
	const hue = await Person.add(market, gateway, "hue", "operator");
	const headers = { Cookie: hue.cookie };
	assert.equal((await gateway.get("/v1/stalls", { headers })).status, 200);
	const ask = (more) =>
		gateway.post("/v1/stalls/A01/charges", { amount: 1000 }, { headers: { ...headers, ...more } });
	assert.equal((await ask({ "Sec-Fetch-Site": "same-origin" })).status, 201);
	for (const more of [{ "Sec-Fetch-Site": "cross-site" }, { "Sec-Fetch-Site": "same-site" }, { Origin: "https://evil.example" }])
		assert.ok([401, 403].includes((await ask(more)).status), JSON.stringify(more));
	assert.equal((await gateway.post("/v1/users", { login: "a", name: "A", role: "operator" }, { headers: { ...headers, Origin: "null" } })).status, 401);
	/* A link that signs in at once is made on the machine, not over the network. */
	const link = await gateway.post("/v1/users/hue/links", { sign_in: true }, { headers });
	assert.equal(link.status, 403);
});
