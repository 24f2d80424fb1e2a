/* Staff come in with a browser: the invite, the password and the code, the devices, the way out. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { inspect } from "../support/axe.mjs";
import { DESK, PHONE, Shop, follow, openMenu, startBrowser } from "../support/browser.mjs";
import { PASSWORD, appCode } from "../support/people.mjs";

const STEP_MS = 30_000;

async function picture(page, name) {
	const folder = process.env.CHOPAY_PICTURES;
	if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

describe("staff sign in", () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	for (const [name, size] of Object.entries({ phone: { ...PHONE, height: 640 }, desk: DESK })) {
		for (const scripts of [true, false]) {
			test(`on a ${name}${scripts ? "" : ", without scripts"}`, async (t) => {
				const shop = await Shop.open(t);
				const page = await browser.phone(t, { size, scripts });
				const look = async (what) => {
					if (scripts) await inspect(page, what);
					await picture(page, `${what}-${name}`);
				};
				const link = await shop.market.must("user", "add", "--login", "hue", "--name", "Nguyễn Thị Huệ", "--role", "operator");

				await page.goto(`${shop.url}${link}`);
				await look("enrol");
				const secret = await page.textContent(".secret");
				const drawn = await page.$eval(".frame img", (image) => image.complete && image.naturalWidth > 0).catch(() => scripts === false);
				assert.ok(drawn, "the code for the app is drawn");
				/* Of the step to come: the one of now is used up by the invite. */
				const nextCode = () => appCode(secret, Date.now() + STEP_MS);
				const fill = async (fields) => {
					for (const [field, text] of Object.entries(fields)) await page.fill(`#${field}`, text);
					await page.click("form button.wide");
				};
				await fill({ password: "1234567890", again: "1234567890", code: appCode(secret, Date.now()) });
				assert.match(await page.textContent("[role=alert]"), /dễ đoán/);
				page.complaints.length = 0; /* of the status, which is the browser's to note */
				await look("enrol-again");
				await fill({ password: PASSWORD, again: PASSWORD, code: appCode(secret, Date.now()) });
				await page.waitForURL((url) => !url.pathname.startsWith("/signin"));
				assert.match(await page.textContent(".who"), /Nguyễn Thị Huệ/);

				await openMenu(page);
				await follow(page, 'a[href="/signin/devices"]');
				await look("devices");
				assert.equal(await page.locator(".devices li").count(), 1);
				await openMenu(page);
				await page.click('form[action="/signout"] button');
				await page.waitForURL("**/signin");
				await look("signin");

				await page.goto(`${shop.url}/signin/devices`);
				assert.match(page.url(), /\/signin\?next=/);
				await fill({ login: "Hue", password: `${PASSWORD}!`, code: nextCode() });
				assert.match(await page.textContent("[role=alert]"), /chưa đúng/);
				page.complaints.length = 0;
				await look("signin-wrong");
				await fill({ password: PASSWORD, code: nextCode() });
				await page.waitForURL("**/signin/devices");

				await openMenu(page);
				await follow(page, 'a[hreflang="en"]');
				await page.waitForSelector("h1:text(\"My devices\")");
				await look("devices-en");
				const narrow = await page.evaluate("document.documentElement.scrollWidth <= innerWidth").catch(() => true);
				assert.ok(narrow, "nothing sticks out");
			});
		}
	}
});
