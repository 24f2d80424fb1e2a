/* The cheap phone on a bad line: 360x640, a sixth of the processor's speed, 400 kbit/s. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { waitFor } from "../support/chopay.mjs";
import { Shop, codeOn, faults, photograph, reads, startBrowser } from "../support/browser.mjs";

const CHEAP = { width: 360, height: 640 };
const BYTES_MAX = 30_000; /* on the line, before the first payment can be shown */
const SLOWDOWN = 6;
const LINE = { offline: false, latency: 150, downloadThroughput: 50_000, uploadThroughput: 50_000 };

/* The phone made slow, and `bytes()`: what has come over its line, bodies and heads. */
async function slow(page) {
	const phone = await page.context().newCDPSession(page);
	const loaded = new Map();
	await phone.send("Network.enable");
	await phone.send("Network.emulateNetworkConditions", LINE);
	await phone.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
	let isHere = false; /* what it fetches then is for later, but for its stream */
	await phone.send("Page.enable");
	phone.on("Page.loadEventFired", () => (isHere = true));
	phone.on("Network.requestWillBeSent", ({ requestId, request }) => {
		const url = new URL(request.url).pathname;
		if (!isHere || url === "/stall/events") loaded.set(requestId, { url, bytes: 0 });
	});
	const count = ({ requestId, encodedDataLength }) => {
		const one = loaded.get(requestId);
		if (one) one.bytes = Math.max(one.bytes, encodedDataLength);
	};
	phone.on("Network.loadingFinished", count);
	phone.on("Network.responseReceived", ({ requestId, response }) =>
		count({ requestId, encodedDataLength: response.encodedDataLength }),
	);
	return {
		files: () => [...loaded.values()].map(({ url, bytes }) => `${bytes} ${url}`),
		bytes: () => [...loaded.values()].reduce((sum, { bytes }) => sum + bytes, 0),
	};
}

describe("the cheap phone on a bad line", { concurrency: 2 }, () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	test("from nothing to a payment on the screen", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t, { size: CHEAP });
		await shop.signIn(page);
		const cookies = await page.context().cookies();
		const cold = await browser.phone(t, { size: CHEAP });
		await cold.context().addCookies(cookies);
		const line = await slow(cold);

		await cold.goto(`${shop.url}/stall`, { waitUntil: "commit" });
		await reads(cold, "#link", "Sẵn sàng");
		const bytes = line.bytes();
		t.diagnostic(`${bytes} bytes: ${line.files().join(", ")}`);
		assert.ok(bytes > 5_000, "they were counted");
		assert.ok(bytes <= BYTES_MAX, `${bytes} bytes: ${line.files().join(", ")}`);

		await cold.click(".n50");
		for (const key of ["0", "back"]) await cold.click(`[data-key="${key}"]`);
		assert.equal(await cold.inputValue("#amount"), "50.000");
		await cold.click("#go");
		await cold.waitForSelector('#charge[data-state="open"]');
		const picture = await photograph(cold, shop.file("asked.png"));
		assert.equal((await codeOn(picture))["54"], "50000");
		await shop.pay("--pay-picture", picture);
		await cold.waitForSelector('#charge[data-state="paid"]');
		await reads(cold, "#charge .word:not([hidden])[data-when='paid']", "ĐỦ");
		await reads(cold, "#today-value", "50.000");

		/* The wall's code in one tap, over everything, and money that comes then over it. */
		await cold.click("#again");
		await cold.click("#show-code");
		await cold.waitForSelector(".is-code #code:target");
		const wall = await photograph(cold, shop.file("wall.png"));
		await shop.pay("--pay-picture", wall, "--amount", "35000");
		await cold.waitForSelector("#arrived:not([hidden])");
		await reads(cold, "#arrived-sum", "35.000 đ");
		await cold.click("#arrived");
		await cold.click("#close-code");
		await cold.waitForSelector("#code", { state: "hidden" });
		assert.deepEqual(await faults(cold), []);
	});

	test("the network goes while the page is open: its codes are made here, and told of later", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t, { size: CHEAP });
		await shop.signIn(page);
		await waitFor("the block of counters", () =>
			page.evaluate(async () => (await (await import("/static/stall/offline.js")).facts()) !== null),
		);
		await page.context().setOffline(true);
		await page.click(".n50");
		await page.click("#go");
		await page.waitForSelector('#charge[data-state="offline"] svg');
		await reads(page, "#charge .word[data-when='offline']", "MÃ TẠO LÚC MẤT MẠNG");
		const picture = shop.file("minted.png");
		await page.screenshot({ path: picture });
		const fields = await codeOn(picture);
		assert.equal(fields["54"], "50000");
		assert.equal(fields["62.08"], await page.getAttribute("#charge", "data-reference"));
		await page.click("#again");
		await page.click(".n20");
		await page.click("#go");
		await page.waitForSelector(`#charge[data-reference]:not([data-reference=""], [data-reference="${fields["62.08"]}"])`);
		const last = await page.getAttribute("#charge", "data-reference");
		await page.context().setOffline(false);
		await page.waitForSelector('#charge[data-state="open"] img');
		await shop.pay("--pay", last);
		await page.waitForSelector('#charge[data-state="paid"]');
		const noise = /ERR_INTERNET_DISCONNECTED/;
		assert.deepEqual((await faults(page)).filter((said) => !noise.test(said)), []);
	});
});
