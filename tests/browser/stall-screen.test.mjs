/* The phone's own things: the screen kept on, the page on the home screen, full screen. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Shop, reads, startBrowser } from "../support/browser.mjs";

/* What the page asks of the phone, counted: a headless browser has no screen to keep on. */
async function open(t, browser, agent) {
	const shop = await Shop.open(t);
	const page = await browser.phone(t);
	await page.addInitScript((userAgent) => {
		window.asked = [];
		Object.defineProperty(navigator, "wakeLock", {
			value: {
				request: async (what) => {
					window.asked.push(`on ${what}`);
					const lock = { released: false };
					lock.release = async () => {
						lock.released = true;
						window.asked.push("off");
					};
					return lock;
				},
			},
		});
		Element.prototype.requestFullscreen = async () => window.asked.push("full");
		if (userAgent) Object.defineProperty(navigator, "userAgent", { value: userAgent });
	}, agent);
	await shop.signIn(page);
	await reads(page, "#link", "Sẵn sàng");
	const asked = () => page.evaluate(() => window.asked.splice(0));
	return { shop, page, asked };
}

describe("the phone", () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	test("stays on while the stall wants it, and always while a code is shown", async (t) => {
		const { page, asked } = await open(t, browser);
		await reads(page, "#awake-text", "Bật");
		assert.deepEqual(await asked(), ["on screen"]);
		await page.click("#awake");
		await reads(page, "#awake-text", "Tắt");
		assert.deepEqual(await asked(), ["off"]);
		await page.click("#show-code");
		await page.waitForSelector(".is-code #code:target");
		assert.equal(await page.evaluate(() => document.activeElement.id), "code");
		assert.deepEqual((await asked()).sort(), ["full", "on screen"]);
		await page.click("#close-code");
		await page.waitForSelector("body:not(.is-code)");
		await page.waitForSelector("#code", { state: "hidden" });
		assert.deepEqual(await asked(), ["off"]);
		await page.reload();
		await reads(page, "#awake-text", "Tắt");
		assert.deepEqual(await asked(), [], "remembered");
		assert.deepEqual(page.complaints, []);
	});

	test("large letters break no sum and leave the codes large; on its side they are whole", async (t) => {
		const { shop, page } = await open(t, browser);
		const enlarge = () => page.evaluate(() => (document.documentElement.style.fontSize = "32px"));
		const lines = (selector) =>
			page.evaluate((name) => {
				const shown = [...document.querySelectorAll(name)].filter((one) => one.checkVisibility());
				return shown.map((one) => one.getClientRects().length);
			}, selector);
		const box = (selector) => page.locator(selector).boundingBox();
		await page.setViewportSize({ width: 360, height: 640 });
		await page.fill("#amount", "1497000");
		await page.click("#go");
		await page.waitForSelector('#charge[data-state="open"]');
		const reference = await page.getAttribute("#charge", "data-reference");
		await enlarge();
		assert.deepEqual(await lines("#charge .sum > span"), [1]);
		await shop.pay("--pay", reference, "--amount", "1497");
		await page.waitForSelector('#charge[data-state="short"]');
		assert.deepEqual(await lines("#charge .sum > span"), [1]);
		await page.goto(`${shop.url}/pay/${reference}`);
		await enlarge();
		assert.deepEqual(await lines(".head .sum > span"), [1]);

		await page.goto(`${shop.url}/stall#code`);
		await enlarge();
		assert.ok((await box("#code img")).width >= 200, "with large letters, too");
		await page.setViewportSize({ width: 640, height: 360 });
		await page.goto(`${shop.url}/stall`);
		await page.click("#show-code");
		await page.waitForSelector("#code:target");
		const standing = await box("#code img");
		assert.ok(standing.height >= 300 && standing.y + standing.height <= 360, JSON.stringify(standing));
		await page.click("#close-code");
		await page.click(".n50");
		await page.click("#go");
		await page.waitForSelector('#charge[data-state="open"]');
		const code = await box("#charge-code");
		assert.ok(code.height >= 200 && code.y + code.height <= 360, JSON.stringify(code));
	});

	test("takes the page on its home screen where the browser offers it", async (t) => {
		const { page } = await open(t, browser);
		assert.ok(await page.isHidden("#install"));
		assert.ok(await page.isHidden("#install-iphone"));
		await page.evaluate(() => {
			const offer = new Event("beforeinstallprompt", { cancelable: true });
			offer.prompt = () => window.asked.push("install");
			offer.userChoice = Promise.resolve({ outcome: "accepted" });
			window.dispatchEvent(offer);
			window.asked.push(`prevented ${offer.defaultPrevented}`);
		});
		await page.click("#install");
		await page.waitForSelector("#install", { state: "hidden" });
		const asked = await page.evaluate(() => window.asked);
		assert.deepEqual(asked.slice(-2), ["prevented true", "install"]);
	});

	test("an iPhone is told how", async (t) => {
		const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15";
		const { page } = await open(t, browser, iphone);
		assert.match(await page.innerText("#install-iphone"), /Thêm vào MH chính/);
	});

	test("the code's own address opens it, and closing stays on the page", async (t) => {
		const { shop, page } = await open(t, browser);
		await page.goto("about:blank");
		await page.goto(`${shop.url}/stall#code`);
		await page.waitForSelector("#code:target");
		await page.keyboard.press("Escape");
		await page.waitForSelector("#code", { state: "hidden" });
		assert.ok(page.url().startsWith(`${shop.url}/stall`));
	});
});
