/* An inspector's phone goes through the market: a photo of each code, and what it says of it. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { inspect } from "../support/axe.mjs";
import { DESK, PHONE, Shop, faults, follow, startBrowser, text } from "../support/browser.mjs";
import { must, waitFor } from "../support/chopay.mjs";

describe("inspection", () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	for (const [name, size] of Object.entries({ phone: PHONE, desk: DESK })) {
		test(`a right code, a swapped one, none: on a ${name}`, async (t) => {
			const shop = await Shop.open(t);
			const stalls = await shop.market.stalls();
			const key = await shop.market.must("key", "add", "--name", "Huệ", "--role", "operator");
			const page = await browser.phone(t, { size });
			await page.setExtraHTTPHeaders({ Authorization: `Bearer ${key.trim()}` });
			const picture = async (file, payload) => {
				await must(["qr", "render", payload, "--format", "png", "-o", shop.file(file)]);
				return shop.file(file);
			};
			const encode = (bank, account, memo) =>
				must(["qr", "encode", "--bank", bank, "--account", account, "--memo", memo]);

			await page.goto(`${shop.url}/inspect`);
			await inspect(page, "markets");
			await follow(page, "text=Ma Lâm");
			await inspect(page, "a market");
			await follow(page, ".rows li:nth-child(1) a");
			await inspect(page, "a stall nobody looked at");
			const first = (await text(page, "h1")).split(" ")[0];
			const own = stalls[first];
			const right = await encode(own.bank_bin, own.account_no, own.reference);
			await page.setInputFiles("#photo", await picture("right.png", right));
			await page.waitForSelector('.verdict[data-result="right"]');
			assert.match(await text(page, ".verdict"), /^ĐÚNG .* Huệ/);
			const banks = await page.locator("tbody tr:first-child td").allInnerTexts();
			assert.equal(banks[1], banks[0], "the same bank by the same name");
			await inspect(page, "right");

			await follow(page, "#next");
			const second = (await text(page, "h1")).split(" ")[0];
			assert.notEqual(second, first);
			const swapped = await encode("970422", "123123123123", stalls[second].reference);
			await page.setInputFiles("#photo", await picture("swapped.png", swapped));
			await page.waitForSelector('.verdict[data-result="other_account"]');
			assert.match(await text(page, ".verdict"), /gỡ mã này ngay/);
			assert.match(await text(page, "table"), /123123123123/);
			await inspect(page, "swapped");

			await page.click("button[name=missing]");
			await page.waitForSelector('.verdict[data-result="missing"]');
			await follow(page, "text=Ma Lâm");
			assert.match(await text(page, ".lead"), /2\/\d+ .* 1$/);
		});
	}

	test("without a camera and scripts: pasted", async (t) => {
		const shop = await Shop.open(t);
		const stalls = await shop.market.stalls();
		const key = await shop.market.must("key", "add", "--name", "Huệ", "--role", "operator");
		const page = await browser.phone(t, { scripts: false });
		await page.setExtraHTTPHeaders({ Authorization: `Bearer ${key.trim()}` });
		await page.goto(`${shop.url}/inspect/MALAM/A03?lang=en`);
		await page.click("main summary");
		await page.fill("#payload", await must([
			"qr", "encode", "--bank", stalls.A03.bank_bin, "--account", stalls.A03.account_no,
		]));
		await follow(page, "#by-hand button");
		assert.match(await text(page, ".verdict"), /NO REFERENCE/);
	});

	test("a stall is searched for, noted, and found again where it was, without scripts too", async (t) => {
		const shop = await Shop.open(t);
		const key = await shop.market.must("key", "add", "--name", "Huệ", "--role", "operator");
		for (const scripts of [true, false]) {
			const page = await browser.phone(t, { scripts, key: key.trim() });
			await page.goto(`${shop.url}/inspect/MALAM`);
			const all = await page.locator(".rows li").count();
			await page.fill("#q", "a0");
			await follow(page, ".find button");
			const found = await page.locator(".rows li").count();
			assert.ok(found > 3 && found < all, `${found} of ${all}`);
			assert.equal(await page.inputValue("#q"), "a0");
			if (scripts) await inspect(page, "what was found");
			await follow(page, "#s-A07 a");
			await follow(page, "button[name=missing]");
			assert.match(await text(page, ".verdict"), /KHÔNG CÓ MÃ/);
			await follow(page, "main > .screen a");
			assert.equal(await page.locator(".rows li").count(), found);
			assert.match(page.url(), /\?q=a0#s-A07$/);
			await waitFor("it to be on the screen", () => page.locator("#s-A07").evaluate((row) => {
				const { top, bottom } = row.getBoundingClientRect();
				return top >= 0 && bottom <= window.innerHeight;
			}));
			assert.match(await text(page, "#s-A07"), /KHÔNG CÓ MÃ/);
			await page.fill("#q", "zzz");
			await page.press("#q", "Enter");
			await page.waitForURL("**q=zzz");
			assert.match(await text(page, "main"), /Không có sạp nào khớp/);
			if (scripts) await inspect(page, "nothing found");
			assert.deepEqual(await faults(page), []);
		}
	});
});
