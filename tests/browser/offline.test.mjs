/* The stall where there is no network: it opens, shows its codes, and says what it does not know. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DESK, PHONE, Shop, codeOn, faults, photograph, reads, startBrowser, text } from "../support/browser.mjs";
import { waitFor } from "../support/chopay.mjs";

const SMALL = { width: 360, height: 640 };

/* The worker has kept its files, and the phone has its block of counters. */
async function untilReady(page) {
	await waitFor("the worker and the block", () => page.evaluate(async () => {
		const worker = await navigator.serviceWorker.getRegistration("/stall");
		const { facts } = await import("/static/stall/offline.js");
		return worker?.active?.state === "activated" && navigator.serviceWorker.controller !== null
			&& (await facts()) !== null;
	}));
}

/* Only what the network would do: loopback itself stays. */
async function goOffline(page) {
	await page.context().setOffline(true);
	await page.reload();
	await page.waitForSelector("#code svg", { state: "attached" });
}

async function ask(page, amount) {
	await page.fill("#amount", String(amount));
	await page.click("#ask button:not([type])");
	await page.waitForSelector("#charge:not([hidden]) svg");
}

const noise = (said) => !/ERR_INTERNET_DISCONNECTED|net::ERR_/.test(said);

describe("the stall without a network", () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	test("it opens, and its code is the stall's own", async (t) => {
		const shop = await Shop.open(t);
		for (const size of [SMALL, DESK]) {
			const page = await browser.phone(t, { size });
			await shop.signIn(page);
			await untilReady(page);
			await goOffline(page);
			assert.equal(await text(page, "h1"), "Mất kết nối");
			await page.locator("#code").scrollIntoViewIfNeeded();
			const file = shop.file(`standing-${size.width}.png`);
			await page.screenshot({ path: file, fullPage: true });
			if (process.env.KEEP) await page.screenshot({ path: `${process.env.KEEP}/standing-${size.width}.png`, fullPage: true });
			const fields = await codeOn(file);
			const { A03 } = await shop.market.stalls();
			assert.equal(fields["01"], "11");
			assert.equal(fields["62.08"], A03.reference);
			assert.equal(fields["38.01.01"], A03.account_no);
			assert.equal(fields["54"], undefined);
			await page.click("#retry");
			await reads(page, "#tried", "Vẫn chưa có mạng.");
			page.complaints = page.complaints.filter(noise);
			assert.deepEqual(await faults(page), []);
		}
	});

	test("a charge made without a network is scanned, paid, and turns green by the server's word alone", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t, { size: SMALL });
		await shop.signIn(page);
		await untilReady(page);
		await goOffline(page);
		await ask(page, 35000);
		const picture = shop.file("minted.png");
		await page.screenshot({ path: picture, fullPage: true });
		if (process.env.KEEP) await page.screenshot({ path: `${process.env.KEEP}/minted.png`, fullPage: true });
		const fields = await codeOn(picture);
		assert.equal(fields["54"], "35000");
		assert.equal(fields["62.08"], await text(page, "#charge-reference"));
		const reference = fields["62.08"];

		/* Its buyer pays while the phone knows nothing. */
		await shop.pay("--pay-picture", picture);
		const [payment] = await shop.market.lines("payments", "list", "--json");
		assert.deepEqual([payment.stall, payment.charge, payment.amount], ["A03", reference, 35000]);
		assert.match(await text(page, "#charge .next"), /^Có mạng lại mới biết/);
		await page.reload();
		await page.waitForSelector("#pending li");
		assert.match(await text(page, "#pending"), new RegExp(`35\\.000 đ · ${reference}`));
		assert.doesNotMatch(await text(page, "body"), /đã nhận|đã trả|ĐỦ/i);

		await page.context().setOffline(false);
		await page.waitForURL(`**/stall?charge=${reference}`);
		await page.waitForSelector('#charge[data-state="paid"]');
		assert.deepEqual((await shop.market.lines("payments", "list", "--json")).map((one) => [one.id, one.charge_state]),
			[[payment.id, "paid"]]);
		const left = await page.evaluate(async () => (await import("/static/stall/offline.js")).pending());
		assert.deepEqual(left, []);
	});

	test("a page that is open when the network goes makes its code itself", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t, { size: SMALL });
		await shop.signIn(page);
		await untilReady(page);
		await page.context().setOffline(true);
		for (const key of ["2", "1", "000"]) await page.click(`[data-key="${key}"]`);
		await page.click("#go");
		await page.waitForSelector('#charge[data-state="offline"] svg');
		const reference = await text(page, '#charge [data-slot="reference"]');
		await page.locator("#charge-code").scrollIntoViewIfNeeded();
		const picture = shop.file("open-page.png");
		await page.screenshot({ path: picture });
		if (process.env.KEEP) await page.screenshot({ path: `${process.env.KEEP}/open-page.png` });
		const fields = await codeOn(picture);
		assert.deepEqual([fields["54"], fields["62.08"]], ["21000", reference]);
		await shop.pay("--pay-picture", picture);
		assert.equal(await page.getAttribute("#charge", "data-state"), "offline", "not by the page's own word");
		await page.context().setOffline(false);
		await page.waitForSelector('#charge[data-state="paid"]');
	});

	test("a code made for want of one answer is told of, though the network never went", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t, { size: SMALL });
		await shop.signIn(page);
		await untilReady(page);
		await page.context().route("**/v1/stalls/*/charges", (route) => route.abort(), { times: 1 });
		for (const key of ["2", "1", "000"]) await page.click(`[data-key="${key}"]`);
		await page.click("#go");
		await page.waitForSelector('#charge[data-state="offline"] svg');
		await page.waitForSelector('#charge[data-state="open"] img');
		await shop.pay("--pay", await page.getAttribute("#charge", "data-reference"));
		await page.waitForSelector('#charge[data-state="paid"]');
	});

	test("codes differ, in two tabs as well, and after the browser was closed", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await shop.signIn(page);
		await untilReady(page);
		const other = await page.context().newPage();
		await other.goto(`${shop.url}/stall`);
		await page.context().setOffline(true);
		const mint = (tab) => tab.evaluate(async () => {
			const { mint } = await import("/static/stall/offline.js");
			const made = await Promise.all(Array.from({ length: 10 }, () => mint(1000)));
			return made.map((charge) => charge.reference);
		});
		const made = (await Promise.all([mint(page), mint(other)])).flat();
		assert.equal(new Set(made).size, 20);
		await page.context().setOffline(false);
		const told = await page.evaluate(async () => (await import("/static/stall/offline.js")).sync());
		/* The other tab may have told of them first. */
		assert.ok(told.every((charge) => charge.state === "open"));
		await waitFor("all charges", async () =>
			(await page.evaluate(async () => (await import("/static/stall/offline.js")).pending())).length === 0);
	});

	test("nothing of the stall stays when it is closed on this phone", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await shop.signIn(page);
		await untilReady(page);
		await page.click(".leave");
		await page.waitForSelector(".steps");
		await page.context().setOffline(true);
		const kept = await page.evaluate(async () => {
			const databases = (await indexedDB.databases()).map((one) => one.name);
			const texts = [];
			for (const name of await caches.keys()) {
				const cache = await caches.open(name);
				for (const key of await cache.keys()) texts.push(await (await cache.match(key)).text());
			}
			return { databases, texts: texts.join("\n") };
		});
		assert.deepEqual(kept.databases, []);
		const { A03 } = await shop.market.stalls();
		for (const own of [A03.stall_name, A03.account_no, A03.reference, A03.account_holder])
			assert.ok(!kept.texts.includes(own), `${own} is still kept`);
	});

	test("nor when the phone was signed out from elsewhere", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await shop.signIn(page);
		await untilReady(page);
		const [device] = await shop.market.lines("stall", "devices", "--stall", "A03");
		await shop.market.must("stall", "revoke", "--stall", "A03", device.id);
		await page.goto(`${shop.url}/stall`);
		await page.waitForSelector(".steps");
		const kept = await page.evaluate(async () => ({
			databases: (await indexedDB.databases()).map((one) => one.name),
			caches: await caches.keys(),
			workers: (await navigator.serviceWorker.getRegistrations()).length,
		}));
		assert.deepEqual(kept, { databases: [], caches: [], workers: 0 });
	});

	test("what the worker keeps names no stall and no payment, also while it is open", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await shop.signIn(page);
		await untilReady(page);
		const { A03 } = await shop.market.stalls();
		const { names, texts } = await page.evaluate(async () => {
			const names = [];
			const texts = [];
			for (const name of await caches.keys()) {
				const cache = await caches.open(name);
				for (const key of await cache.keys()) {
					names.push(new URL(key.url).pathname);
					texts.push(await (await cache.match(key)).text());
				}
			}
			return { names, texts: texts.join("\n") };
		});
		for (const file of ["/stall/offline", "/static/stall/stall.js", "/static/stall/codec.wasm", "/static/stall/voice.mp3"])
			assert.ok(names.includes(file), `${file} is kept`);
		assert.ok(!names.includes("/stall"));
		for (const own of [A03.stall_name, A03.account_no, A03.reference])
			assert.ok(!texts.includes(own));
	});

	test("another release: the page's files are the server's, and the old ones go", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		/* The same server, of a release before: its worker. */
		await page.context().route("**/stall/sw.js", async (route) => {
			const answer = await route.fetch();
			const body = (await answer.text()).replace(/^const VERSION = '\w+'/, "const VERSION = 'before'");
			await route.fulfill({ response: answer, body });
		});
		await shop.signIn(page);
		await untilReady(page);
		assert.deepEqual(await page.evaluate(() => caches.keys()), ["chopay-stall-before"]);
		await page.context().unroute("**/stall/sw.js");
		/* A page so slow that it looks into the store after the new worker has cleared it. */
		await page.addInitScript(() => {
			for (const way of ["open", "match"]) {
				const own = caches[way].bind(caches);
				caches[way] = async (...words) => {
					while ((await caches.keys()).includes("chopay-stall-before"))
						await new Promise((later) => setTimeout(later, 10));
					const found = await own(...words);
					window.looked = true;
					return found;
				};
			}
		});
		await page.reload();
		await waitFor("the page's look", () => page.evaluate(() => window.looked));
		await waitFor("the new release's files", () => page.evaluate(async () => {
			const names = await caches.keys();
			return names.length === 1 && names[0] !== "chopay-stall-before";
		}));
		await goOffline(page);
		assert.equal(await text(page, "h1"), "Mất kết nối");
	});

	test("a phone that never had a network here says so", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await page.goto(`${shop.url}/stall/offline`);
		await page.waitForSelector("#unknown:not([hidden])");
		assert.ok(await page.isHidden("#known"));
		assert.deepEqual(await faults(page), []);
	});
});
