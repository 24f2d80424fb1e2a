/* The buyer's page of a charge: its state changes under the buyer's eyes. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { inspect } from "../support/axe.mjs";
import { STALL, Shop, faults, follow, photograph, startBrowser, text } from "../support/browser.mjs";
import { tool } from "../support/chopay.mjs";

describe("the buyer's page", () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	async function ask(shop, amount) {
		const said = await shop.market.must(
			"charge", "create", "--stall", STALL, "--amount", String(amount),
		);
		return JSON.parse(said);
	}

	test("open, short, paid: each without a reload", async (t) => {
		const shop = await Shop.open(t);
		const charge = await ask(shop, 60000);
		const page = await browser.phone(t);
		await page.goto(shop.url + charge.pay_url);
		assert.match(await text(page, ".head .sum"), /^60\.000 đ$/);
		assert.match(await text(page, ".by-hand"), new RegExp(charge.reference));

		await shop.pay("--pay", charge.reference, "--amount", "6000");
		await page.waitForSelector('#pay[data-state="short"]');
		assert.match(await text(page, ".head .sum"), /^54\.000 đ$/);
		await page.locator("#code").scrollIntoViewIfNeeded();
		const picture = await photograph(page, shop.file("short.png"));
		assert.match(await shop.pay("--pay-picture", picture), /^paid 54\.000 đ /);
		await page.waitForSelector('#pay[data-state="paid"]');
		assert.match(await text(page, ".head .word:visible"), /^ĐÃ TRẢ XONG/);
		assert.ok(await page.locator(".scan").isHidden(), "nobody pays twice");
		assert.equal(page.navigations, 1);
		assert.deepEqual(await faults(page), []);
	});

	test("too much is told as what comes back, too late as what came", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		const over = await ask(shop, 50_000);
		await page.goto(shop.url + over.pay_url);
		await shop.pay("--pay", over.reference, "--amount", "70000");
		await page.waitForSelector('#pay[data-state="over"]');
		assert.equal(await text(page, ".head .sum"), "20.000 đ");
		await page.reload();
		assert.equal(await text(page, ".head .sum"), "20.000 đ", "as the server writes it");

		const late = await ask(shop, 100_000);
		await page.goto(shop.url + late.pay_url);
		await page.locator("#code").scrollIntoViewIfNeeded();
		const picture = await photograph(page, shop.file("cancelled-soon.png"));
		shop.gateway.key = await shop.market.newKey();
		assert.equal((await shop.gateway.post(`/v1/charges/${late.reference}/cancel`)).status, 200);
		await page.waitForSelector('#pay[data-state="cancelled"]');
		await shop.pay("--pay-picture", picture, "--amount", "30000");
		await page.waitForSelector('#pay[data-state="paid_late"]');
		assert.equal(await text(page, ".head .sum"), "30.000 đ");
		await page.reload();
		assert.equal(await text(page, ".head .sum"), "30.000 đ", "as the server writes it");
	});

	test("a receipt is kept, checked by anybody, and a changed code is not genuine", async (t) => {
		const shop = await Shop.open(t);
		const charge = await ask(shop, 60000);
		const page = await browser.phone(t);
		await page.goto(shop.url + charge.pay_url);
		assert.ok(await page.locator(".head form").isHidden(), "no receipt before the money");
		await shop.pay("--pay", charge.reference, "--amount", "60000");
		await page.waitForSelector('#pay[data-state="paid"]');
		await page.click(".head form button");
		await page.waitForURL("**/r/*");
		assert.match(await text(page, ".receipt .sum"), /^60\.000 đ$/);
		assert.match(await text(page, ".receipt .payments"), /60\.000 đ · \d\d:\d\d \d\d\/\d\d\/\d{4}/);
		await inspect(page, "a receipt");
		const code = await text(page, ".signed");

		await photograph(page, shop.file("receipt.png"));
		await page.locator(".frame").screenshot({ path: shop.file("code.png") });
		const scanned = tool("zbarimg", ["-q", "--raw", "-Sdisable", "-Sqrcode.enable", shop.file("code.png")]).trim();
		assert.equal(scanned, `${shop.url}/receipt?code=${code}`);
		const other = await browser.phone(t);
		await other.goto(scanned);
		assert.match(await text(other, ".verdict.good"), /60\.000 đ/);
		await inspect(other, "a genuine code");

		await other.goto(`${shop.url}/receipt`);
		await other.fill("#code", ` ${code.slice(0, 40)}\n${code.slice(40)} `);
		await follow(other, "form.check button");
		assert.match(await text(other, ".verdict.good"), /60\.000 đ/);
		await other.fill("#code", code.replace(".60000.", ".90000."));
		await follow(other, "form.check button");
		assert.equal(await other.locator(".verdict.bad").count(), 1);
		assert.equal(await other.locator(".verdict.good").count(), 0);
		await inspect(other, "a changed code");
	});

	test("weighs at most 15 kB, all told", async (t) => {
		const shop = await Shop.open(t);
		const charge = await ask(shop, 60000);
		const page = await browser.phone(t);
		const cdp = await page.context().newCDPSession(page);
		const files = new Map();
		await cdp.send("Network.enable");
		cdp.on("Network.requestWillBeSent", ({ requestId, request }) => files.set(requestId, { url: request.url, bytes: 0 }));
		cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => (files.get(requestId).bytes = encodedDataLength));
		await page.goto(shop.url + charge.pay_url, { waitUntil: "load" });
		await photograph(page, shop.file("light.png"));
		const loaded = [...files.values()];
		const bytes = loaded.reduce((sum, file) => sum + file.bytes, 0);
		t.diagnostic(`${bytes} bytes: ${loaded.map((file) => `${file.bytes} ${file.url}`).join(", ")}`);
		assert.ok(loaded.length >= 5 && bytes > 5_000, "they were counted");
		assert.ok(bytes <= 15_000, `${bytes} bytes`);
	});

	test("without scripts: every fact, and a receipt by a form", async (t) => {
		const shop = await Shop.open(t);
		const charge = await ask(shop, 60000);
		const page = await browser.phone(t, { scripts: false });
		await page.goto(shop.url + charge.pay_url);
		const stall = (await shop.market.stalls()).A03;
		assert.equal(await text(page, ".holder"), stall.account_holder);
		await shop.pay("--pay", charge.reference, "--amount", "60000");
		await page.reload();
		assert.match(await text(page, ".head"), /ĐÃ TRẢ XONG/);
		await follow(page, ".head form button");
		assert.match(await text(page, ".receipt .sum"), /^60\.000 đ$/);
		await page.goto(`${shop.url}${charge.pay_url}?lang=en`);
		assert.match(await text(page, ".head"), /PAID/);
		assert.equal(await page.getAttribute("html", "lang"), "en");
		await page.goto(`${shop.url}${charge.pay_url}`);
		assert.match(await text(page, ".head"), /PAID/, "the language is remembered");
		const gone = await page.goto(`${shop.url}/r/AAAAAAAAAAAAAAAAAAAAAAAAAAA`);
		assert.equal(gone.status(), 404);
	});

	test("an expiry on another day says which, on the buyer's page and the stall's", async (t) => {
		const shop = await Shop.open(t);
		const charge = JSON.parse(await shop.market.must(
			"charge", "create", "--stall", STALL, "--amount", "60000", "--expires-in", "86400",
		));
		const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T(\d+:\d+):/.exec(charge.expires_at);
		const until = `${time} ${day}/${month}/${year}`;
		for (const scripts of [true, false]) {
			const page = await browser.phone(t, { scripts });
			await page.goto(`${shop.url}/pay/${charge.reference.toLowerCase()}`);
			assert.equal(page.url(), shop.url + charge.pay_url);
			if (scripts) {
				const written = (time, now) =>
					page.evaluate(async ([expiry, at]) => {
						const { moment } = await import("/static/shared/live.js");
						return moment(expiry, Date.parse(at));
					}, [time, now]);
				assert.equal(await written(charge.expires_at, charge.created_at), until);
				assert.equal(await written(charge.expires_at, charge.expires_at), time);
			}
			assert.equal(await text(page, ".until"), `Trả trước ${until}`);
			assert.deepEqual(await faults(page), []);
			await shop.signIn(page);
			await page.goto(`${shop.url}/stall?charge=${charge.reference}`);
			assert.ok((await text(page, "#charge .until")).endsWith(until));
			assert.deepEqual(await faults(page), []);
		}
	});

	test("a stall's standing page waits for an amount of the buyer's", async (t) => {
		const shop = await Shop.open(t);
		const stall = (await shop.market.stalls()).A03;
		const page = await browser.phone(t);
		await page.goto(`${shop.url}/pay/${stall.reference}`);
		assert.ok(await page.locator('.head [data-when="standing"]').isVisible());
		assert.equal(await page.locator(".head .sum").count(), 0);
		assert.deepEqual(await faults(page), []);
	});
});
