/* The buyer's page of a charge: its state changes under the buyer's eyes. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { STALL, Shop, faults, photograph, startBrowser, text } from "../support/browser.mjs";

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
