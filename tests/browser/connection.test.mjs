/* Without a gateway for a while, and without scripts: the seller is never told a wrong thing. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Shop, codeOn, faults, reads, startBrowser, text } from "../support/browser.mjs";
import { waitFor } from "../support/chopay.mjs";
import { listen, tap } from "../support/voice.mjs";

/* Both wait for what the page does of itself: at the same time. */
describe("the stall's page", { concurrency: 2 }, () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	test("a lost connection is shown; what came meanwhile is told as past", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		const said = [];
		await listen(page.context(), (from, kind, dong) => said.push([kind, dong]));
		await shop.signIn(page);
		await reads(page, "#link", "Sẵn sàng");
		await tap(page);
		const reference = await page.getAttribute("body", "data-reference");
		const navigations = page.navigations;

		await shop.gateway.stop();
		await page.waitForSelector("#lost:not([hidden])"); /* after 20 s of silence */
		assert.match(await text(page, "#lost"), /^MẤT KẾT NỐI/);
		await waitFor("the loss to be said", () => said.length > 0);
		assert.deepEqual(said.splice(0), [["lost", null]]);

		/* Paid where the phone cannot see it: the gateway runs at another address for a while. */
		const home = new URL(shop.url).host;
		await shop.start("127.0.0.1:0");
		await shop.pay("--pay", reference, "--amount", "70000");
		assert.ok(await page.locator("#lost").isVisible());
		await shop.gateway.stop();
		await shop.start(home);

		await page.waitForSelector("#lost", { state: "hidden" });
		await page.waitForSelector("#arrived:not([hidden])");
		assert.equal(await text(page, "#arrived-word"), "LÚC CHƯA NỐI MẠNG");
		assert.equal(await text(page, "#arrived-sum"), "70.000 đ");
		assert.ok(await page.isHidden("#arrived-again"), "nothing was said of it");
		assert.equal(await page.locator("#payments .payment.new").count(), 0, "old, not new");
		assert.doesNotMatch(await page.textContent("#say"), /đã nhận/i);
		await waitFor("the return to be said", () => said.length > 0);
		assert.deepEqual(said.splice(0), [["back", null]], "what came meanwhile is not spoken");
		await reads(page, "#today-value", "70.000");

		/* And what comes now is new again. */
		await page.click("#arrived");
		await shop.pay("--pay", reference, "--amount", "15000");
		await reads(page, "#arrived-word", "ĐÃ NHẬN");
		await page.waitForSelector("#payments .payment.new");
		await waitFor("it to be spoken", () => said.length > 0);
		assert.deepEqual(said, [["paid", 15_000]]);
		await reads(page, "#today-count", "2");
		assert.equal(page.navigations, navigations);
		/* The browser itself notes each call that found nobody; nothing else may be there. */
		const noticed = (await faults(page)).filter((said) => !/net::ERR_/.test(said));
		assert.deepEqual(noticed, []);
	});

	test("with scripts off: the form makes the charge, the page refreshes itself", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t, { scripts: false });
		await shop.signIn(page);
		await page.fill("#amount", "45.000"); /* as people write it */
		await page.click("#go");
		await page.waitForURL("**/stall?charge=*");
		const asked = shop.file("asked.png");
		await page.locator("#charge img").waitFor();
		await page.screenshot({ path: asked });
		assert.equal((await codeOn(asked))["54"], "45000");
		await shop.pay("--pay-picture", asked);
		await page.locator('#charge[data-state="paid"]').waitFor();
		assert.match(await text(page, "#charge .word:visible"), /^ĐỦ/);
		assert.equal(await text(page, "#today-value"), "45.000");
		assert.deepEqual(page.complaints, []);
	});
});
