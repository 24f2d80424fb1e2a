/* The seller's day: sign in, ask, be paid, and see it at once. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Shop, codeOn, faults, photograph, reads, startBrowser, text } from "../support/browser.mjs";

/* Does anything of the one lie over the other? */
function covers(page, one, other) {
	return page.evaluate((names) => {
		const [a, b] = names.map((name) => document.querySelector(name).getBoundingClientRect());
		return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
	}, [one, other]);
}

async function type(page, keys) {
	for (const key of keys) await page.click(`[data-key="${key}"]`);
}

describe("the stall's page", () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	test("back to the invite that was used is back in", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await shop.signIn(page);
		await page.goBack();
		await page.waitForURL("**/stall");
		const other = await browser.phone(t);
		const gone = await other.goto(`${shop.url}/stall/invite/AAAAAAAAAAAAAAAAAAAAAAAAAAA`);
		assert.equal(gone.status(), 404);
	});

	test("a charge is scanned off the screen, paid, and arrives without a reload", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await shop.signIn(page);
		await reads(page, "#link", "Sẵn sàng");
		assert.equal(await text(page, "#today-count"), "0");

		await type(page, ["5", "0", "000"]);
		assert.equal(await page.inputValue("#amount"), "50.000");
		await reads(page, "#sound-text", "Tiếng: bật"); /* by the first tap */
		await page.click("#go");
		await page.waitForSelector('#charge[data-state="open"]');
		const reference = await page.getAttribute("#charge", "data-reference");
		const navigations = page.navigations;
		const picture = await photograph(page, shop.file("asked.png"));
		const fields = await codeOn(picture);
		assert.equal(fields["54"], "50000");
		assert.equal(fields["62.08"], reference);

		const said = await shop.pay("--pay-picture", picture);
		assert.equal(said, `paid 50.000 đ to ${fields["38.01.01"]}, note ${reference}`);
		await page.waitForSelector('#charge[data-state="paid"]');
		assert.match(await text(page, "#charge .word:visible"), /^✓? ?ĐỦ/);
		await reads(page, "#today-value", "50.000");
		await reads(page, "#today-count", "1");
		assert.equal(await page.locator("#payments .payment").count(), 1);
		assert.match(await text(page, "#payments .payment"), /^50\.000 đ/);
		assert.equal(page.navigations, navigations, "nothing was loaded again");

		const [payment] = await shop.market.lines("payments", "list", "--json");
		const back = ["--amount", "20000", "--why", "tra lai hang"];
		await shop.market.must("payments", "refund", payment.id, ...back);
		await reads(page, "#today-value", "30.000");
		await reads(page, "#today-count", "1");
		assert.match(await text(page, "#payments .payment"), /đã hoàn 20\.000 đ/);
		await page.reload();
		assert.match(await text(page, "#payments .payment"), /đã hoàn 20\.000 đ/);

		const again = await shop.simulate("--pay", reference);
		assert.equal(again.status, 65);
		assert.match(again.stderr, /410 this charge takes no more money/);
		assert.deepEqual(await faults(page), []);
	});

	test("too little turns the page to what is missing, and its code asks for that", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await shop.signIn(page);
		await page.click(".notes .n20");
		await type(page, ["back", "5", "0"]); /* 20.000, 2.000, 20.005, ... */
		assert.equal(await page.inputValue("#amount"), "200.050");
		await page.click("#go");
		const reference = await page.waitForSelector('#charge[data-state="open"]').then((box) =>
			box.getAttribute("data-reference"),
		);
		await shop.pay("--pay", reference, "--amount", "200000");
		await page.waitForSelector('#charge[data-state="short"]');
		assert.match(await text(page, "#charge .sum"), /^50 đ$/);
		const picture = await photograph(page, shop.file("short.png"));
		assert.equal((await codeOn(picture))["54"], "50");
		await shop.pay("--pay-picture", picture);
		await page.waitForSelector('#charge[data-state="paid"]');
		await reads(page, "#today-value", "200.050");
		await reads(page, "#today-count", "2");
		assert.deepEqual(await faults(page), []);
	});

	test("the standing code is paid while the seller types: a banner, and nothing lost", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await shop.signIn(page);
		await reads(page, "#link", "Sẵn sàng");
		await type(page, ["7"]);
		await page.click("#standing summary");
		await page.locator("#standing img").scrollIntoViewIfNeeded();
		const picture = await photograph(page, shop.file("standing.jpg"));
		const refused = await shop.simulate("--pay-picture", picture);
		assert.equal(refused.status, 65, "a standing code names no amount");
		await shop.pay("--pay-picture", picture, "--amount", "35000");
		await page.waitForSelector("#arrived:not([hidden])");
		assert.equal(await text(page, "#arrived-word"), "ĐÃ NHẬN");
		assert.equal(await text(page, "#arrived-sum"), "35.000 đ");
		assert.equal(await page.inputValue("#amount"), "7");
		await page.click("#arrived");
		await page.waitForSelector("#arrived", { state: "hidden" });
		assert.deepEqual(await faults(page), []);
	});

	test("money that comes covers neither the keys nor a code", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await shop.signIn(page);
		await reads(page, "#link", "Sẵn sàng");
		const standing = await page.getAttribute("body", "data-reference");
		let amount = 20_000;
		const comes = async () => {
			await shop.pay("--pay", standing, "--amount", String(++amount));
			await reads(page, "#arrived-sum", `20.0${String(amount).slice(3)} đ`);
		};
		await page.click(".n50");
		await comes();
		assert.ok(!(await covers(page, "#arrived", "#keys")));
		await page.click("#go");
		await page.waitForSelector('#charge[data-state="open"]');
		assert.ok(!(await covers(page, "#arrived", "#charge-code")), "what was there when the code came");
		await comes();
		assert.ok(!(await covers(page, "#arrived", "#charge-code")), "what comes while it is shown");
		await shop.pay("--pay", await page.getAttribute("#charge", "data-reference"), "--amount", "1000");
		await page.waitForSelector('#charge[data-state="short"]');
		await comes();
		assert.ok(!(await covers(page, "#arrived", "#charge-code")), "the code of the rest");
		await page.dispatchEvent("#arrived-word", "click"); /* it may have gone by itself */
		await page.click("#again");
		await page.click("#show-code");
		await page.waitForSelector("#code:target");
		await comes();
		assert.ok(!(await covers(page, "#arrived", "#code img")), "the standing code");
		await page.goBack();
		await page.waitForSelector("#code", { state: "hidden" });
		await comes();
		assert.ok(!(await covers(page, "#arrived", "#keys")), "and the keys again");
	});

	test("the field says what will be asked for, also when more was typed", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await shop.signIn(page);
		await page.focus("#amount");
		await page.keyboard.insertText("999.999.999");
		await reads(page, "#hint", "Mỗi lần thu tối đa 499.999.999 đ");
		assert.equal(await page.inputValue("#amount"), "");
		await page.keyboard.type("999999999");
		assert.equal(await page.inputValue("#amount"), "99.999.999");
		await page.fill("#amount", "999");
		await page.click("#go");
		await reads(page, "#hint", "Đúng 999 đ: bấm lại. Là 999.000 đ: bấm 000.");
		await page.click('[data-key="000"]');
		await page.click("#go");
		await page.waitForSelector('#charge[data-state="open"]');
		assert.equal(await text(page, "#charge .sum"), "999.000 đ");
	});
});
