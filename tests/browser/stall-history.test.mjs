/* Ten thousand payments of a day: the stall's pages stay short, and their sums right. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Shop, follow, reads, startBrowser, text } from "../support/browser.mjs";

const SMALL = { width: 360, height: 640 };
const PAYMENTS = 10_000;
const PAGE = 50;
const HANOI_MS = 7 * 3_600_000;
const EPOCH_MS = Date.UTC(2024, 0, 1); /* ids count from it, above 20 bits */

/* As many payments of `amount` as if they had come one a millisecond, some time ago. */
function insert(market, amount) {
	const now = Date.now();
	const day = Math.floor((now + HANOI_MS) / 86_400_000);
	const from = Math.max(now - 3_600_000, day * 86_400_000 - HANOI_MS); /* not yesterday's */
	market.sql(`
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${PAYMENTS})
		INSERT INTO transfer (id, delivery_id, feed, provider_txn_id, bank_ref, bank, account_no,
			virtual_account, amount, outgoing, note, booked_at_ms, booked_told, arrived_at_ms)
		SELECT (${from - EPOCH_MS} + i) << 20, 1, 'sepay', 'n' || i, 'FT' || i, '', '1', '', ${amount},
			0, x'', ${from} + i, 1, ${from} + i FROM n;
		INSERT INTO payment (stall_id, id, transfer_id, amount, day, booked_at_ms, arrived_at_ms,
			matched_by, rule_version)
		SELECT s.id, t.id, t.id, t.amount, ${day}, t.booked_at_ms, t.arrived_at_ms,
			'stall_reference', 1 FROM transfer t, stall s WHERE s.code = 'A03' AND t.feed = 'sepay';
		INSERT INTO cell (stall_id, day, payments, value, writer)
		SELECT id, ${day}, ${PAYMENTS}, ${PAYMENTS * amount}, 255 FROM stall WHERE code = 'A03';
	`);
}

describe("a stall with ten thousand payments today", () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	test("its pages are short, its sums whole, and each payment can be reached", async (t) => {
		const shop = await Shop.open(t);
		await shop.gateway.stop();
		insert(shop.market, 7_000);
		await shop.start("127.0.0.1:0");
		const page = await browser.phone(t, { size: SMALL });
		await shop.signIn(page);
		await reads(page, "#link", "Sẵn sàng");
		const standing = await page.getAttribute("body", "data-reference");
		assert.equal(await text(page, "#today-count"), "10.000");
		assert.equal(await text(page, "#today-value"), "70.000.000");
		assert.equal(await page.locator("#payments .payment").count(), 20);
		await shop.pay("--pay", standing, "--amount", "35000");
		await reads(page, "#today-count", "10.001");

		const seen = new Set();
		const started = Date.now();
		await page.goto(`${shop.url}/stall/history`);
		assert.equal(await text(page, "#day-count"), "10.001");
		assert.match(await text(page, ".payment"), /^35\.000 đ/);
		const pages = 4;
		for (let i = 0; i < pages; i++) {
			const ids = await page.$$eval("#payments .payment", (rows) => rows.map((row) => row.dataset.id));
			assert.equal(ids.length, PAGE);
			ids.forEach((id) => seen.add(id));
			await follow(page, "#older");
		}
		assert.equal(seen.size, pages * PAGE, "no payment on two pages");
		t.diagnostic(`${(Date.now() - started) / (pages + 1)} ms a page`);

		/* The last page, as deep as it goes. */
		const [{ id: last }] = shop.market.rows("SELECT CAST(id AS TEXT) AS id FROM payment ORDER BY payment.id LIMIT 1 OFFSET 10");
		await page.goto(`${shop.url}/stall/history?before=${last}`);
		assert.equal(await page.locator("#payments .payment").count(), 10);
		assert.equal(await page.locator("#older").count(), 0);
		await follow(page, ".payment a");
		assert.match(await text(page, "main"), /7\.000 đ/);
		assert.deepEqual(page.complaints, []);
	});
});
