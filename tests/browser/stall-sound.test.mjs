/* What the stall hears: each payment once, from one tab, and nothing of the past. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { waitFor } from "../support/chopay.mjs";
import { Shop, follow, reads, startBrowser } from "../support/browser.mjs";
import { listen, tap } from "../support/voice.mjs";

/* The stall on a phone whose voice is heard here: `said` is [tab, kind, dong] of each sentence. */
async function open(t, browser, { locks = true, held } = {}) {
	const shop = await Shop.open(t);
	const page = await browser.phone(t);
	const context = page.context();
	const said = [];
	const tabs = [page];
	await listen(context, (from, kind, dong) => said.push([tabs.indexOf(from), kind, dong]));
	if (held) /* the voice is not read before it is let go */
		await context.route("**/static/stall/voice.js*", async (route) => {
			await held;
			await route.fallback();
		});
	if (!locks)
		await context.addInitScript(() => {
			Object.defineProperty(navigator, "locks", { value: undefined });
		});
	await shop.signIn(page);
	await page.goto(`${shop.url}/stall`); /* its address typed: no tap has led here */
	await ready(page);
	const reference = await page.getAttribute("body", "data-reference");
	return {
		shop,
		page,
		said,
		pay: (amount, to = reference) => shop.pay("--pay", to, "--amount", String(amount)),
		async newTab() {
			const tab = await context.newPage();
			tabs.push(tab);
			await tab.goto(`${shop.url}/stall`);
			await ready(tab);
			return tab;
		},
		heard: (count) => waitFor(`${count} sentences: ${JSON.stringify(said)}`, () => said.length >= count),
	};
}

async function ready(page) {
	await reads(page, "#link", "Sẵn sàng");
}

async function shows(page, amount) {
	await page.waitForFunction(
		(text) => document.querySelector("#payments .payment")?.textContent.includes(text),
		amount,
	);
}

describe("what the stall hears", { concurrency: 2 }, () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	for (const locks of [true, false])
		test(`one tab speaks, ${locks ? "by a lock" : "where there are no locks"}`, async (t) => {
			const { page, said, pay, newTab, heard } = await open(t, browser, { locks });
			await reads(page, "#sound-text", "Bật tiếng");
			await pay(10_000);
			await shows(page, "10.000");
			assert.deepEqual(said, [], "nobody tapped yet: the page says that it is mute");
			await tap(page);

			const other = await newTab();
			await tap(other);
			await pay(20_000);
			await Promise.all([shows(page, "20.000"), shows(other, "20.000")]);
			await heard(1);
			await pay(30_000);
			await Promise.all([shows(page, "30.000"), shows(other, "30.000")]);
			await heard(2);
			assert.deepEqual(
				said.map(([, kind, dong]) => [kind, dong]),
				[["paid", 20_000], ["paid", 30_000]],
				"each once",
			);

			const speaker = said[1][0];
			const [gone, left] = speaker === 0 ? [page, other] : [other, page];
			await Promise.all([gone.waitForEvent("close"), gone.close({ runBeforeUnload: true })]);
			await left.bringToFront();
			for (let amount = 1_001; said.at(-1)[2] !== amount - 1; amount++) {
				await pay(amount);
				await shows(left, `1.${String(amount).slice(1)}`);
				await left.evaluate(() => 0); /* what it says is here by now */
			}
			assert.notEqual(said[2][0], speaker);

			const before = said.length;
			await left.reload();
			await ready(left);
			await tap(left);
			assert.deepEqual(said.slice(before), [], "what came before the reload is not news");
			await pay(40_000);
			await heard(before + 1);
			assert.deepEqual(said[before].slice(1), ["paid", 40_000]);
			assert.equal(said.length, before + 1);
		});

	test("short is spoken as short, too much as too much", async (t) => {
		const { shop, page, said, pay, heard } = await open(t, browser);
		await tap(page);
		const ask = async (note) => {
			await page.click(note);
			await page.click("#go");
			await page.waitForSelector('#charge[data-state="open"]');
			return page.getAttribute("#charge", "data-reference");
		};
		const first = await ask(".n200");
		await pay(200, first);
		await heard(1);
		await page.click("#again");
		const second = await ask(".n50");
		await pay(199_800, first); /* of a charge that left the screen */
		await reads(page, "#arrived-word", "ĐỦ");
		await heard(2);
		await pay(60_000, second);
		await heard(3);
		assert.deepEqual(
			said.map(([, kind, dong]) => [kind, dong]),
			[["short", 199_800], ["paid", 199_800], ["over", 10_000]],
		);

	});

	test("muted is shown, in each tab, and is silent; what is tapped for is heard", async (t) => {
		const { page, said, pay, newTab, heard } = await open(t, browser);
		await page.click("#sound"); /* the first tap tries it out */
		await page.waitForSelector('#sound[data-state="on"]');
		await heard(1);
		assert.deepEqual(said.splice(0), [[0, "test", null]]);
		await page.click("#sound");
		await reads(page, "#sound-text", "Đã tắt tiếng");
		const other = await newTab();
		await other.keyboard.press("Shift");
		await other.waitForSelector('#sound[data-state="muted"]');
		await pay(10_000);
		await Promise.all([shows(page, "10.000"), shows(other, "10.000")]);
		assert.deepEqual(said, []);
		await other.click("#sound");
		await page.waitForSelector('#sound[data-state="on"]');
		await pay(20_000);
		await heard(1);
		assert.equal(said.length, 1);
		const [speaker] = said[0];
		await [page, other][speaker].dispatchEvent("#arrived-again", "click"); /* it may have gone by itself */
		await heard(2);
		assert.deepEqual(said[1], [speaker, "paid", 20_000]);
		await page.click('.tools [data-do="test"]');
		await heard(3);
		assert.deepEqual(said[2], [0, "test", null]);
	});

	test("a tap that begins while the voice is read does not mute", async (t) => {
		let letGo;
		const held = new Promise((done) => { letGo = done; });
		const { page, said, heard } = await open(t, browser, { held });
		await page.hover("#sound");
		await page.mouse.down();
		letGo();
		await page.evaluate(() => import("/static/stall/voice.js"));
		await page.mouse.up();
		await heard(1);
		assert.deepEqual(said, [[0, "test", null]]);
		await page.waitForSelector('#sound[data-state="on"]');
	});

	test("who comes back from another page is heard from without one more tap", async (t) => {
		const { page, said, pay, heard } = await open(t, browser);
		await tap(page);
		await follow(page, ".more a");
		await follow(page, ".mark.back");
		await ready(page);
		await page.waitForSelector('#sound[data-state="on"]');
		await pay(10_000);
		await heard(1);
		assert.deepEqual(said, [[0, "paid", 10_000]]);
	});

	test("“say again” says what it stands beside, also what this page never heard of", async (t) => {
		const { shop, page, said, pay, heard } = await open(t, browser);
		await tap(page);
		await page.click(".n50");
		await page.click("#go");
		await page.waitForSelector('#charge[data-state="open"]');
		const reference = await page.getAttribute("#charge", "data-reference");
		await pay(30_000, reference);
		await heard(1);
		await pay(70_000);
		await heard(2);
		await page.dispatchEvent("#arrived-again", "click"); /* it may have gone by itself */
		await heard(3);
		await page.dispatchEvent("#arrived-word", "click");
		await page.click("#charge-again");
		await heard(4);
		await page.goto(`${shop.url}/stall?charge=${reference}`);
		await ready(page);
		await page.click("#charge-again");
		await heard(5);
		assert.deepEqual(
			said.map(([, kind, dong]) => [kind, dong]),
			[["short", 20_000], ["paid", 70_000], ["paid", 70_000], ["short", 20_000], ["short", 20_000]],
		);
	});

	test("a phone that slept tells what came meanwhile, and speaks none of it", async (t) => {
		const { page, said, pay, heard } = await open(t, browser);
		await tap(page);
		/* Nothing runs until it is booked, and then a minute has passed. */
		const slept = page.evaluate(() => {
			const now = Date.now;
			const isBooked = () => {
				const asked = new XMLHttpRequest();
				asked.open("GET", "/stall/history", false);
				asked.send();
				return asked.responseText.includes("70.000");
			};
			window.slept = 0;
			Date.now = () => now() + window.slept;
			while (!isBooked());
			window.slept = 60_000;
		});
		await Promise.all([slept, pay(70_000)]);
		await shows(page, "70.000");
		await reads(page, "#arrived-word", "LÚC CHƯA NỐI MẠNG");
		await page.evaluate(() => { window.slept = 0; });
		await pay(15_000);
		await heard(1);
		assert.deepEqual(said, [[0, "paid", 15_000]]);
		await reads(page, "#today-value", "85.000");
	});
});
