/* Each page of the stall in each of its states: readable by everyone, in both languages, whatever the
 * stall is called. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { inspect } from "../support/axe.mjs";
import { DESK, Shop, follow, reads, startBrowser, text } from "../support/browser.mjs";
import { fixtures } from "../support/chopay.mjs";

const SMALL = { width: 360, height: 640 };

async function charge(page, note) {
	await page.click(note);
	await page.click("#go");
	await page.waitForSelector('#charge[data-state="open"]');
	return page.getAttribute("#charge", "data-reference");
}

describe("each page of the stall", { concurrency: 2 }, () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	for (const [name, size] of Object.entries({ phone: SMALL, desk: DESK }))
		test(`in each of its states, on a ${name}`, async (t) => {
			const shop = await Shop.open(t);
			const page = await browser.phone(t, { size });
			await shop.signIn(page);
			await reads(page, "#link", "Sẵn sàng");
			const standing = await page.getAttribute("body", "data-reference");

			const first = await charge(page, ".n20");
			await shop.pay("--pay", first, "--amount", "25000");
			await page.waitForSelector('#charge[data-state="over"]');
			assert.match(await text(page, "#charge .sum"), /^5\.000 đ$/);
			await inspect(page, "too much");
			await page.click("#again");
			await charge(page, ".n10");
			await follow(page, "#cancel button");
			await page.goto(`${shop.url}/stall?charge=${first}`);
			await reads(page, "#link", "Sẵn sàng");
			assert.match(await text(page, "#charge .sum"), /^5\.000 đ$/);
			await page.click("#again");
			await shop.pay("--pay", standing, "--amount", "35000");
			await page.waitForSelector("#arrived:not([hidden])");
			await inspect(page, "money came");
			await page.click("#arrived");
			await page.click("#show-code");
			await page.waitForSelector("#code:target");
			await inspect(page, "the code over the whole screen");
			await page.keyboard.press("Escape");
			await page.waitForSelector("#code", { state: "hidden" });
			await page.click("#standing summary");
			await page.click("#book summary");
			await inspect(page, "all that folds is open");

			await page.evaluate(() => { /* as after 20 s of silence: connection.test.mjs waits for it */
				document.body.classList.add("is-lost");
				document.getElementById("lost").hidden = false;
			});
			await inspect(page, "no connection");

			await follow(page, 'a[href="/stall/history"]');
			await inspect(page, "history");
			assert.equal(await text(page, "#day-value"), "60.000 đ");
			await follow(page, '[rel="prev"]');
			await inspect(page, "a day without payments");
			await follow(page, '[rel="next"]');
			await follow(page, ".payment a");
			await inspect(page, "a payment");
			await page.click("#back summary");
			await page.fill("#back-amount", "5.000");
			await page.fill("#why", "hết hàng");
			await follow(page, "#back button");
			await page.waitForSelector("#claims");
			await inspect(page, "a payment, given back");
			assert.match(await text(page, "#claims"), /^5\.000 đ hết hàng/);

			await page.goto(`${shop.url}/stall/not-arrived`);
			await inspect(page, "not arrived");
			await page.fill("#amount", "35.000");
			await follow(page, ".fields button");
			await page.waitForSelector('[data-answer="found"]');
			await inspect(page, "not arrived: found");
			await follow(page, 'form:has([name="not_these"]) button');
			await page.waitForSelector('[data-answer="not_told"]');
			await inspect(page, "not arrived: not told");
			await page.goto(`${shop.url}/stall/check`);
			await page.waitForSelector("#start:not([hidden])");
			await inspect(page, "check");
		});

	test("in English, and back", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t, { size: SMALL });
		await shop.signIn(page);
		await follow(page, '.side a[hreflang="en"]');
		await reads(page, "#link", "Ready");
		assert.equal(await page.getAttribute("html", "lang"), "en");
		const vietnamese = /[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i;
		for (const path of ["", "/history", "/not-arrived", "/check"]) {
			await page.goto(`${shop.url}/stall${path}`);
			const said = (await text(page, "main")).replace(/\d đ|\(đ\)| đ /g, "");
			const words = said.replace(/Rau sạch anh Út|TRAN CONG UT|Chợ Ma Lâm|Tiếng Việt|\bđ\b/g, "");
			assert.doesNotMatch(words, vietnamese, path);
			assert.doesNotMatch(await page.content(), />stall\.[a-z_.]+</, "a text that is missing");
			await inspect(page, `${path} in English`);
		}
		await follow(page, 'a[hreflang="vi"]');
		assert.equal(await page.getAttribute("html", "lang"), "vi");
		assert.match(await text(page, "h1"), /^Kiểm tra/);
	});

	test("whatever the stall is called", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t, { size: SMALL });
		await shop.signIn(page);
		const standing = await page.getAttribute("body", "data-reference");
		await shop.pay("--pay", standing, "--amount", "35000");
		const [payment] = await shop.market.lines("payments", "list", "--json");
		const all = readFileSync(join(fixtures, "json/naughty.jsonl"), "utf8").trim().split("\n");
		/* Those that a register takes: a line without control characters, not too long. */
		const names = all
			.map((line) => JSON.parse(line).s)
			.filter((one) => one && one === one.trim() && !/[\p{Cc}\p{Cs}]/u.test(one))
			.filter((one) => [...one].length <= 100);
		assert.ok(names.length > 300, `${names.length} of ${all.length}`);
		const hostile = names.filter((one) => /[<>&"'{}]/.test(one));
		const shown = [...hostile, ...names].filter((one, i) => i % 29 === 0);
		const paths = ["", "/history", `/payments/${payment.id}`, "/not-arrived", "/check"];
		for (const [i, name] of shown.entries()) {
			const quoted = `'${name.replaceAll("'", "''")}'`;
			shop.market.sql(`UPDATE stall SET name = ${quoted} WHERE code = 'A03';
				UPDATE account SET holder = ${quoted} WHERE id = (SELECT account_id FROM stall_account
				WHERE stall_id = (SELECT id FROM stall WHERE code = 'A03'))`);
			const path = paths[i % paths.length];
			const answer = await page.goto(`${shop.url}/stall${path}`);
			assert.equal(answer.status(), 200, name);
			const title = await page.title();
			const squeezed = (said) => said.replace(/[ \t]+/g, " ").trim(); /* as HTML does */
			assert.ok(title.includes(squeezed(name)), `${title} of ${name}`);
			assert.equal(await page.locator("main script, main iframe, main svg script").count(), 0);
		}
		for (const path of paths) {
			await page.goto(`${shop.url}/stall${path}`);
			await inspect(page, `${path} of ${shown.at(-1)}`);
		}
		assert.deepEqual(page.complaints, []);
	});
});
