/* Pictures behind quick links: what a shop's page shows when only the host of its links changes. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import test from "node:test";

import { Market, must, run, waitFor } from "../support/chopay.mjs";
import { scan } from "../support/paper.mjs";

const SIZES = { compact: [540, 540], compact2: [540, 640], qr_only: [480, 480], print: [600, 776] };
const MEMO = "Thanh toán đơn 12";
const BURST = 30; /* of an address: pictures.h */

const link = (bank, account, template, words = {}) =>
	`/image/${encodeURIComponent(bank)}-${account}-${template}.png?${new URLSearchParams(words)}`;

async function serve(t, args = ["--workers", "1"]) {
	const market = new Market(t);
	await market.importStalls();
	return { market, gateway: await market.serve({ tls: false, args }) };
}

test("each template has its size and scans back to what was asked", async (t) => {
	const { market, gateway } = await serve(t);
	const folder = market.file("pictures");
	mkdirSync(folder);
	const wanted = new Map();
	const take = async (name, bank, account, template, words, encode) => {
		const answer = await gateway.get(link(bank, account, template, words));
		assert.equal(answer.status, 200, `${name}: ${answer.text}`);
		assert.equal(answer.headers["content-type"], "image/png");
		assert.deepEqual(
			[answer.bytes.readUInt32BE(16), answer.bytes.readUInt32BE(20)],
			SIZES[template],
			name,
		);
		const file = `${folder}/${name}.png`;
		writeFileSync(file, answer.bytes);
		wanted.set(file, [await must(["qr", "encode", "--account", account, ...encode])]);
	};
	for (const template of Object.keys(SIZES)) {
		await take(`${template}-open`, "970436", "0011000123456", template, {}, ["--bank", "970436"]);
		await take(
			`${template}-full`,
			"vietcombank",
			"0011000123456",
			template,
			{ amount: 150000, addInfo: MEMO, accountName: "NGUYỄN VĂN A" },
			["--bank", "VCB", "--amount", "150000", "--memo", MEMO],
		);
		/* The longest of everything, and words that mean something elsewhere. */
		await take(
			`${template}-longest`,
			"IBK - HCM",
			"ABCDEFGHIJKLMNOPQRS",
			template,
			{
				amount: 9999999999999,
				addInfo: "abcdefghijklmnopqrstuvwxy",
				accountName: `<b>&amp;</b> %s \u202e\n${"Ẵ".repeat(80)}`,
			},
			["--bank", "970456", "--amount", "9999999999999", "--memo", "abcdefghijklmnopqrstuvwxy"],
		);
	}
	/* As shops write it when the payer types the amount. */
	await take("empty", "mb", "VQRQ0001", "compact", { amount: "", addInfo: "" }, ["--bank", "MB"]);
	await take("zero", "MBBank", "VQRQ0001", "compact", { amount: "0" }, ["--bank", "MB"]);
	assert.deepEqual(scan([...wanted.keys()]), wanted);
});

test("a word that is wrong is named; other endings are not served", async (t) => {
	const { gateway } = await serve(t);
	for (const [path, says] of [
		["/image/nobody-1-compact.png", /^bank: /],
		["/image/999999-1-compact.png", /^bank: /],
		["/image/vcb-1-small.png", /^template: .*compact2/],
		["/image/vcb.png", /^template: /],
		["/image/vcb-12.3-compact.png", /^account: /],
		["/image/vcb-12345678901234567890-compact.png", /^account: /],
		["/image/vcb-1-compact.png?amount=1.5", /^amount: /],
		["/image/vcb-1-compact.png?amount=-5", /^amount: /],
		["/image/vcb-1-compact.png?amount=10000000000000", /^amount: /],
		[link("vcb", "1", "compact", { addInfo: "a".repeat(26) }), /^addInfo: .*25/],
		[link("vcb", "1", "compact", { accountName: "a".repeat(101) }), /^accountName: .*100/],
	]) {
		const answer = await gateway.get(path);
		assert.equal(answer.status, 400, path);
		assert.match(answer.json.detail, says);
	}
	for (const path of ["/image/vcb-1-compact.jpg", "/image/vcb-1-compact", "/image/"])
		assert.equal((await gateway.get(path)).status, 404, path);
	assert.equal((await gateway.post("/image/vcb-1-compact.png", {})).status, 405);
});

test("kept by browsers and by us; new ones are rationed", async (t) => {
	const { gateway } = await serve(t);
	const first = link("vcb", "1", "compact2", { amount: 1000, accountName: "A" });
	const fresh = await gateway.get(first);
	assert.equal(fresh.status, 200);
	assert.match(fresh.headers["cache-control"], /^public, max-age=\d+$/);
	const { etag } = fresh.headers;
	assert.match(etag, /^"[0-9a-f]{32}"$/);
	const kept = await gateway.get(first, { headers: { "If-None-Match": etag } });
	assert.equal(kept.status, 304);
	assert.equal(kept.bytes.length, 0);
	/* Another name is another picture, though the code is the same. */
	const other = await gateway.get(first.replace("=A", "=B"));
	assert.notEqual(other.headers.etag, etag);
	assert.ok(!other.bytes.equals(fresh.bytes));

	/* All at once: time fills a ration again, but not so fast. */
	const agent = gateway.newAgent(5 * BURST);
	const all = await Promise.all(
		Array.from({ length: 5 * BURST }, (_, i) =>
			gateway.get(link("vcb", `${i}`, "qr_only"), { agent }),
		),
	);
	const refused = all.filter((one) => one.status === 429);
	assert.ok(refused.length >= 1, "some were refused");
	assert.ok(all.length - refused.length >= BURST - 5, "a burst is drawn");
	for (const one of refused) {
		assert.equal(one.headers["retry-after"], "1");
		assert.equal(one.json.type, "/problems/too-many-pictures");
	}
	/* What was drawn before is answered all the same: it costs nothing. */
	for (let i = 0; i < 3 * BURST; i++) {
		const again = await gateway.get(first);
		assert.equal(again.status, 200);
		assert.ok(again.bytes.equals(fresh.bytes));
	}
	/* ... and in a while new ones are drawn again. */
	await waitFor("another ration", async () => {
		const later = await gateway.get(link("vcb", "777", "print"));
		return later.status === 200;
	});
});

test("switched off, nobody can have codes drawn here", async (t) => {
	const { market, gateway } = await serve(t, ["--image", "off"]);
	const answer = await gateway.get("/image/vcb-1-compact.png");
	assert.equal(answer.status, 404);
	assert.match(answer.json.detail, /image = off/);
	const config = market.file("chopay.ini", `data = ${market.data}\nlisten = 127.0.0.1:0\nimage = off\n`);
	assert.equal((await run(["config", "check", config])).status, 0);
	const wrong = await run(["config", "check", market.file("wrong.ini", "data = x\nimage = no\n")]);
	assert.equal(wrong.status, 78);
	assert.match(wrong.stderr, /"no" is neither on nor off/);
});
