/* Every page, on a phone and at a desk: readable by everyone, quiet, small. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";

import { inspect } from "../support/axe.mjs";
import { DESK, PHONE, STALL, Shop, reads, startBrowser } from "../support/browser.mjs";

const STALL_BYTES_MAX = 30_000;

describe("every page", () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	for (const [name, size] of Object.entries({ phone: PHONE, desk: DESK })) {
		test(`has no serious fault on a ${name}`, async (t) => {
			const shop = await Shop.open(t);
			const page = await browser.phone(t, { size });
			await page.goto(`${shop.url}/stall`);
			await inspect(page, "not signed in");
			await page.goto(await shop.invite());
			await inspect(page, "invite");
			await page.click("form button");
			await reads(page, "#link", "Sẵn sàng");
			await inspect(page, "stall");

			await page.click(".n50");
			await page.click("#go");
			await page.waitForSelector('#charge[data-state="open"]');
			await inspect(page, "stall, open charge");
			const reference = await page.getAttribute("#charge", "data-reference");
			const buyer = await browser.phone(t, { size });
			await buyer.goto(`${shop.url}/pay/${reference}`);
			await inspect(buyer, "buyer, open");
			for (const [amount, state] of [["1000", "short"], ["49000", "paid"]]) {
				await shop.pay("--pay", reference, "--amount", amount);
				await page.waitForSelector(`#charge[data-state="${state}"]`);
				await inspect(page, `stall, ${state}`);
				await buyer.waitForSelector(`#pay[data-state="${state}"]`);
				await inspect(buyer, `buyer, ${state}`);
			}
			await page.goto(`${shop.url}/stall/offline`);
			await page.waitForSelector("#code svg, #unknown:not([hidden])");
			await inspect(page, "stall, no network");
			const key = await shop.market.newKey("reader");
			const staff = await browser.phone(t, { size, key });
			for (const path of ["/reports", "/reports/today"]) {
				await staff.goto(shop.url + path);
				await inspect(staff, path);
			}
		});
	}

	test("what does not exist and what is over is said on a page", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		const answer = await page.goto(`${shop.url}/pay/CHC0000000000`);
		assert.equal(answer.status(), 404);
		assert.match(await page.textContent("h1"), /Không có mã này/);
		page.complaints.length = 0; /* of the status, which is the browser's to note */
		await inspect(page, "no such code");
	});

	test("the stall's page is small enough for a bad connection", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await page.goto(await shop.invite());
		const asked = new Set();
		const note = (request) => request.method() === "GET" && asked.add(request.url());
		page.on("request", note);
		page.once("load", () => page.off("request", note)); /* what it fetches then is for later */
		await page.click("form button");
		await reads(page, "#link", "Sẵn sàng");
		let bytes = 0;
		for (const url of asked) {
			if (new URL(url).pathname.endsWith("/events")) continue;
			bytes += gzipSync(await (await page.request.get(url)).body()).length;
		}
		t.diagnostic(`${bytes} bytes of ${asked.size} addresses, compressed`);
		assert.ok(asked.size >= 6, "page, two styles, three scripts");
		assert.ok(bytes > 0 && bytes < STALL_BYTES_MAX, `${bytes} bytes`);
	});

	test("the shown stall is the sample market's", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await shop.signIn(page);
		assert.match(await page.textContent(".who p"), new RegExp(STALL.split(".")[1]));
	});
});
