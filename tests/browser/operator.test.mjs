/* The operator's day at the console, at a desk and on a phone: a file looked through, entered and
 * taken back, a credit resolved, a feed added; readable by everyone, with and without scripts. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { inspect as inspectWords } from "../support/axe.mjs";
import { DESK, PHONE, STALL, Shop, faults, follow, startBrowser, text } from "../support/browser.mjs";
import { HMAC_SECRET, fixtures, tool } from "../support/chopay.mjs";
import { Bank } from "../support/sepay.mjs";

const NAUGHTY = readFileSync(join(fixtures, "json/naughty.jsonl"), "utf8")
	.trim()
	.split("\n")
	.map((line) => JSON.parse(line))
	.map((row) => (typeof row === "string" ? row : row.s))
	/* What a register may hold: no control characters, at most 200 bytes. */
	.filter((row) => typeof row === "string" && row.trim() === row && row !== "")
	.filter((row) => !/[\u0000-\u001f\u007f]/.test(row) && Buffer.byteLength(row) <= 200);
const PAGES = ["", "/alarms", "/registry", "/endpoints", "/suspense", "/claims", "/reconciliations", "/deliveries", "/flags", "/audit", "/people", "/accounts", "/audit?check=1"];

async function inspect(page, what) {
	await inspectWords(page, what);
	const small = await page.evaluate(() =>
		[...document.querySelectorAll("main a, main button, main summary, main input, main select, main textarea")]
			.filter((element) => element.checkVisibility() && element.type !== "hidden")
			.filter((element) => !element.closest("p") || element.matches(".button"))
			.filter((element) => element.getBoundingClientRect().height < 43.5)
			.map((element) => element.outerHTML.slice(0, 100)),
	);
	assert.deepEqual(small, [], `${what}: touch targets`);
}

/* The sample market with somebody at the console. */
async function open(t, browser, options) {
	const shop = await Shop.open(t);
	shop.bank = new Bank(shop.gateway, shop.endpoint, HMAC_SECRET);
	const person = async (name, role = "operator", others = {}) => {
		const key = await shop.market.newKey(role, name);
		const page = await browser.phone(t, { ...options, ...others });
		await page.context().setExtraHTTPHeaders({ Authorization: `Bearer ${key}` });
		page.at = async (path) => {
			const answer = await page.goto(`${shop.url}/operator${path}`);
			assert.equal(answer.status(), 200, path);
		};
		return page;
	};
	shop.gateway.key = await shop.market.newKey("operator", "máy");
	return { shop, person };
}

/* The register with one stall renamed and one added. */
async function changed(shop) {
	const lines = (await shop.market.must("registry", "export")).trim().split("\n");
	const fields = lines[1].split(",");
	const code = `${fields[0]}.${fields[3]}`;
	const was = fields[4];
	fields[4] = "Tên mới của sạp";
	lines[1] = fields.join(",");
	lines.push([...fields.slice(0, 3), "Z99", "Sạp thêm", ...fields.slice(5, 14), ""].join(","));
	return { csv: lines.join("\n"), code, was };
}

describe("the console", () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	for (const [name, size] of Object.entries({ phone: PHONE, desk: DESK })) {
		test(`an operator's day on a ${name}, without scripts`, async (t) => {
			const { shop, person } = await open(t, browser, { size, scripts: false });
			const page = await person("Chị Thu");
			const { csv, code, was } = await changed(shop);

			await page.at("/registry");
			await page.setInputFiles("#file", { name: "sạp.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
			await page.click('form[enctype] button');
			await page.waitForURL("**/operator/registry/files/**");
			assert.match(await text(page, "main"), /chưa có gì thay đổi/);
			assert.match(await text(page, "main"), new RegExp(`${code}.*${was}.*Tên mới của sạp`));
			await page.click('form[action$="/enter"] button');
			await page.waitForURL("**?done=entered");
			assert.match(await text(page, ".flash"), /Đã nhập vào sổ/);
			await page.at("/registry?q=Z99");
			assert.match(await text(page, "main"), /Sạp thêm/);
			await page.goBack();
			await page.click("main summary");
			await page.fill("#undo-why", "nhập nhầm");
			await page.click('form[action$="/undo"] button');
			await page.waitForURL("**?done=undone");
			await page.at("/registry?q=Z99");
			assert.match(await text(page, "main"), /Đã nghỉ bán/);

			await shop.bank.pay({ account: "99001122", amount: 155_000, note: "mua rau" });
			await page.at("");
			await follow(page, 'a.tile[href="/operator/suspense"]');
			await follow(page, "tbody a");
			await page.fill("#hand-stall", code);
			await page.fill("#hand-why", "khách xác nhận");
			await page.click("text=Ghi cho sạp này");
			await page.waitForURL("**?done=resolved");
			assert.match(await text(page, "main"), /Ghi cho sạp .* Chị Thu/);

			await page.at("/endpoints");
			await page.click("text=Thêm nguồn báo có");
			await page.selectOption("#f-mode", "sepay apikey");
			await page.fill("#f-secret", "bi-mat-chi-dan-mot-lan");
			await follow(page, 'form[action="/operator/endpoints"] > button');
			assert.match(await text(page, "main code"), /^\/webhooks\/sepay\/[0-9a-f]+$/);
			await follow(page, "text=Quay lại");
			assert.doesNotMatch(await page.content(), /bi-mat-chi-dan/);
			assert.deepEqual(page.complaints, []);
		});

		test(`every page on a ${name} can be read by everyone`, async (t) => {
			const { shop, person } = await open(t, browser, { size });
			const page = await person("Chị Thu");
			const { csv } = await changed(shop);
			await shop.bank.pay({ account: "99001122", amount: 20_000_000, note: "mua rau" });
			const id = shop.bank.nextId();
			const { A03 } = await shop.market.stalls();
			const credit = { id, account: A03.account_no, note: A03.reference };
			await shop.bank.pay({ ...credit, amount: 50_000 });
			await shop.bank.post(shop.bank.delivery({ ...credit, amount: 60_000 }));
			await shop.gateway.post("/v1/receivers", { url: "https://pos.example.vn/hook" });
			const invite = await shop.market.must("stall", "invite", "--stall", STALL);
			await shop.gateway.post("/stall/not-arrived", "amount=20000000&at=00%3A01", {
				headers: {
					Cookie: await shop.gateway.signIn(invite),
					"Content-Type": "application/x-www-form-urlencoded",
				},
			});
			for (const path of PAGES) {
				await page.at(path);
				await inspect(page, path);
				if (path.includes("?")) continue;
				await page.at(`${path}?lang=en`);
				assert.equal(await page.getAttribute("html", "lang"), "en");
				assert.doesNotMatch(await text(page, "main"), /operator\.|\bundefined\b|\bnull\b/, path);
				await page.at(`${path}?lang=vi`);
			}
			await page.at("/suspense");
			await follow(page, "tbody a");
			await inspect(page, "a credit");
			await page.at("/claims");
			assert.match(await text(page, "main article"), /20\.000\.000 đ · MALAM\.A03/);
			await page.at("/deliveries");
			await follow(page, "tbody a");
			await inspect(page, "a receiver");
			await page.at("/registry");
			for (const [what, file] of [["good", csv], ["bad", csv.replace("stall", "boat")]]) {
				await page.at("/registry");
				await page.setInputFiles("#file", { name: `${what}.csv`, mimeType: "text/csv", buffer: Buffer.from(file) });
				await page.click('form[enctype] button');
				await page.waitForURL("**/operator/registry/files/**");
				for (const summary of await page.$$("main summary")) await summary.click();
				await inspect(page, `a ${what} file`);
			}
			await page.at("/endpoints");
			for (const summary of await page.$$("main > details > summary, .acts summary")) await summary.click();
			await inspect(page, "the forms of endpoints");
		});
	}

	test("an invite is a paper to print: who, as what, until when, and a code that scans", async (t) => {
		const { shop, person } = await open(t, browser, { size: DESK });
		const page = await person("Chị Thu");
		const names = ["Nguyễn Thị Hoa", `<img src=x onerror=alert(1)> ${"dài ".repeat(17)}`.trim()];
		for (const [n, name] of names.entries()) {
			await page.setViewportSize(n === 0 ? DESK : PHONE);
			await page.at("/people");
			await page.click("main > details > summary");
			await page.fill("#p-name", name);
			await page.fill("#p-login", `login${n}`);
			await page.fill("#p-role", "official:23059");
			await follow(page, 'form[action="/operator/people"] > button');
			await inspect(page, "an invite");
			assert.deepEqual(await page.evaluate(() => document.scripts.length), 0);
			assert.match(await text(page, ".invite"), /Vai Cán bộ 23059 Tên đăng nhập login\d Dùng trước \d\d:\d\d/);
			assert.equal(await text(page, ".whom"), name);
			const picture = shop.file(`invite-${n}.png`);
			await (await page.$(".invite svg")).screenshot({ path: picture });
			const link = await text(page, ".invite code");
			assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/signin\/invite\/[\w-]+$/);
			assert.equal(tool("zbarimg", ["-q", "--raw", picture]).trim(), link);
			for (const format of ["A6", "A4"]) {
				const file = shop.file(`invite-${n}-${format}.pdf`);
				const margin = { top: "10mm", bottom: "10mm", left: "10mm", right: "10mm" };
				await page.pdf({ path: file, format, margin });
				assert.match(tool("pdfinfo", [file]), /^Pages: +1$/m, `${format} of "${name}"`);
				const printed = tool("pdftotext", ["-layout", file, "-"]);
				assert.match(printed, /Dùng trước/);
				assert.doesNotMatch(printed, /Quay lại|Chị Thu|Nhật ký/, "the card alone");
			}
		}
		await page.at("/people");
		assert.doesNotMatch(await page.content(), /signin\/invite/, "told once");
	});

	test("on a phone the menu is one row that the keyboard opens, without scripts; a desk shows it whole", async (t) => {
		const { person } = await open(t, browser, { size: PHONE });
		const page = await person("Chị Thu", "operator", { scripts: false });
		await page.at("");
		const seen = (selector) => page.isVisible(selector);
		const top = async () => (await page.locator("main").boundingBox()).y;
		assert.ok((await top()) < 80, `the page begins at ${await top()}`);
		assert.equal(await text(page, ".where"), "Vận hành");
		assert.equal(await seen(".below"), false);
		await page.keyboard.press("Tab"); /* the way past it */
		await page.keyboard.press("Tab");
		assert.equal(await page.evaluate(() => document.activeElement.localName), "summary");
		await page.keyboard.press("Enter");
		for (const selector of ['.below a[href="/operator/audit"]', '.staff a[href="/reports"]', ".me .who"])
			assert.equal(await seen(selector), true, selector);
		const small = await page.$$eval("header a, header summary, header button", (found) =>
			found.filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML),
		);
		assert.deepEqual(small, []);
		await page.keyboard.press("Tab");
		assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), "/reports", "what it opens comes next");
		await follow(page, '.below a[href="/operator/alarms"]');
		assert.equal(await text(page, "h1"), "Cảnh báo");
		assert.equal(await seen(".below"), false, "closed again");

		const live = await person("Anh Ba");
		await live.at("");
		await live.click(".menu summary");
		await inspect(live, "the menu, open");

		await page.setViewportSize(DESK);
		assert.equal(await seen(".menu"), false);
		assert.equal(await seen(".below"), true);
	});

	test("what people write is text on every page, whatever it is; hundreds of rows come in pages", async (t) => {
		const { shop, person } = await open(t, browser, { size: PHONE });
		const page = await person("Chị Thu");
		const header = (await shop.market.must("registry", "export")).split("\n")[0].replace(",reference", "");
		const quoted = (field) => `"${field.replaceAll('"', '""')}"`;
		const rows = Array.from({ length: Math.max(520, NAUGHTY.length) }, (_, n) => {
			const name = NAUGHTY[n % NAUGHTY.length];
			return ["LA", "Chợ Lạ", "23059", `N${n}`, quoted(name), "stall", quoted(name), quoted(name), "", "970422", `77${String(n).padStart(8, "0")}`, "TEN", "2024-01-01", ""].join(",");
		});
		await page.at("/registry");
		await page.setInputFiles("#file", { name: "<img src=x onerror=alert(1)>.csv", mimeType: "text/csv", buffer: Buffer.from([header, ...rows].join("\n")) });
		await page.click('form[enctype] button');
		await page.waitForURL("**/operator/registry/files/**");
		assert.match(await text(page, "main"), new RegExp(`${rows.length} sạp mới`));
		let pages = 1;
		for (; await page.$('a[rel="next"]'); pages++) {
			await follow(page, 'a[rel="next"]');
			assert.deepEqual(await faults(page), []);
		}
		assert.ok(pages >= 6, `${pages} pages of changes`);
		assert.equal(await page.$$eval("main img, main script, main iframe", (found) => found.length), 0);
		await page.click('form[action$="/enter"] button');
		await page.waitForURL("**?done=entered");
		await page.at("/registry?q=N7");
		assert.match(await text(page, "section:last-of-type tbody"), /LA\.N7/);
		await page.at("/registry");
		let shown = 0;
		for (let n = 0; n < 40; n++) {
			shown += await page.$$eval("section:last-of-type tbody tr", (found) => found.length);
			if (!(await page.$('a[rel="next"]'))) break;
			await follow(page, 'a[rel="next"]');
		}
		const count = Object.keys(await shop.market.stalls()).length;
		assert.ok(shown >= count, `${shown} of ${count} stalls were shown`);
		assert.deepEqual(await faults(page), []);
	});
});
