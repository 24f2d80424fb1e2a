/* An official who must report tomorrow: from the province to the stall, to the signed file, on a phone at
 * the end of a bad line and at a desk; on paper, by keyboard, without scripts. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { inspect } from "../support/axe.mjs";
import { DESK, faults, follow, startBrowser, text } from "../support/browser.mjs";
import { Market, fixtures, tool, waitFor } from "../support/chopay.mjs";

const PHONE = { width: 360, height: 640 };
const SLOW_TIMES = 6;
const SLOW_LINE = { offline: false, latency: 100, downloadThroughput: 50_000, uploadThroughput: 50_000 }; /* 400 kbit/s */
const PROVINCE = "68";
const COMMUNE = "90001"; /* of the made history */
const MARKET = "H0000";
const STALL = "S001";
const MONTH = "2026-10";
const NOW = Date.parse("2026-11-05T09:00:00+07:00") / 1000;

/* Three communes, five markets, 150 stalls and fourteen months of them, up to October. */
async function openProvince(t) {
	const market = new Market(t);
	await market.must(
		"simulate", "--history", "--communes", "3", "--markets", "5", "--stalls", "150", "--months", "14",
		"--payments", "12000", "--until", "2026-10-31",
	);
	const gateway = await market.serve({ tls: false, clockAt: NOW });
	return {
		market,
		gateway,
		url: gateway.url,
		official: await market.newKey(`official:${PROVINCE}`, "Nguyễn Thị Huệ"),
	};
}

async function slowDown(page) {
	const cdp = await page.context().newCDPSession(page);
	await cdp.send("Network.enable");
	await cdp.send("Network.emulateNetworkConditions", SLOW_LINE);
	await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOW_TIMES });
}

const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");
const hundredths = (x100) => `${grouped(Math.floor(x100 / 100))},${String(x100 % 100).padStart(2, "0")}`;

/* label -> text of an opened figure. */
function opened(page, selector) {
	return page.$$eval(`${selector} dl > div`, (rows) =>
		Object.fromEntries(rows.map((row) => [row.children[0].textContent, row.children[1].textContent])),
	);
}

describe("officials", () => {
	let browser;
	before(async () => {
		browser = await startBrowser();
	});
	after(() => browser.close());

	for (const [name, size] of Object.entries({ phone: PHONE, desk: DESK })) {
		test(`from the province to a signed file on a ${name}`, async (t) => {
			const { url, official, gateway } = await openProvince(t);
			const page = await browser.phone(t, { size, key: official });
			if (name === "phone") await slowDown(page);
			const json = async (query) =>
				(await gateway.get(`/v1/reports/adoption?${query}&period=${MONTH}`, { key: official })).json;

			await page.goto(`${url}/reports`);
			assert.match(page.url(), /unit=68/, "one's own unit is where one begins");
			assert.match(await text(page, "header .lead"), /tính đến ngày 05\/11\/2026/, "a month that runs says so");
			assert.equal(await page.locator(".chooser").isVisible(), name === "desk", "on a phone it opens");
			if (name === "phone") await page.click(".folds:has(> .chooser) > .fold summary");
			await page.selectOption("[name=period]", MONTH);
			await Promise.all([page.waitForURL(/period=2026-10/), page.click(".chooser > button")]);
			const province = await json(`unit=${PROVINCE}`);
			const figures = await page.$$eval(".tile .figure", (list) => list.map((one) => one.textContent));
			assert.equal(figures[0], hundredths(province.figures.cai_x100));
			assert.equal(figures[3], grouped(province.figures.payments));
			assert.equal(await page.locator(".lead").count(), 0, "a month that is over does not");

			/* A number opens: what it is made of is what /v1 says. */
			const bar = ".part:nth-of-type(2)";
			await page.click(`${bar} summary`);
			const h = province.figures.components.find(({ code }) => code === "H");
			const made = await opened(page, bar);
			assert.equal(made["H: lượt điểm có hoạt động"], grouped(h.num));
			assert.equal(made["H: lượt điểm đủ điều kiện"], grouped(h.den));
			assert.equal(made["Điểm"], `${hundredths(h.pts_x100)}/30`);

			const rows = await page.$$eval(".ranking tbody tr", (list) =>
				list.map((row) => [row.querySelector("th").textContent, row.cells[1].textContent, row.cells[8].textContent]),
			);
			assert.deepEqual(
				rows,
				province.rows.map((row) => [row.name, String(row.rank || "—"), grouped(row.figures.payments)]),
			);

			/* Down to a market, and up again. */
			await Promise.all([page.waitForURL(/unit=90001/), page.click(`.ranking a[href*="unit=${COMMUNE}"]`)]);
			assert.match(await text(page, "h1"), /xã Mô Phỏng 1 tháng 10 năm 2026/);
			await Promise.all([page.waitForURL(/market=H0000/), page.click(`.ranking a[href*="market=${MARKET}"]`)]);
			const market = await json(`market=${MARKET}`);
			assert.equal(await text(page, ".tile:nth-child(4) .figure"), grouped(market.figures.payments));
			assert.deepEqual(
				(await page.$$eval(".crumbs li", (list) => list.map((one) => one.textContent))).slice(0, 2),
				["Tỉnh Lâm Đồng", "Xã Mô Phỏng 1"],
				"nothing above one's own unit",
			);
			await Promise.all([page.waitForURL(/unit=90001/), page.click(".crumbs li:nth-child(2) a")]);

			/* Frozen, and found again. */
			await page.click(".acts details summary");
			await Promise.all([page.waitForURL(/snapshot=\d+&done=frozen/), page.click(".acts details button")]);
			assert.match(await text(page, "#snapshot-title"), /Bản chốt số \d+, lần 0/);
			assert.match(await text(page, ".snapshot"), /Nguyễn Thị Huệ/);

			await page.selectOption("[name=format]", "docx");
			await Promise.all([page.waitForURL(/\/reports\/exports$/), page.click(".acts .row button")]);
			await page.waitForSelector(".jobs a.button");
			const [download] = await Promise.all([page.waitForEvent("download"), page.click(".jobs a.button")]);
			const file = await download.path();
			assert.match(download.suggestedFilename(), /^chopay-adoption-\d+\.docx$/);
			assert.equal(readFileSync(file).subarray(0, 2).toString(), "PK");
			assert.match(tool("unzip", ["-p", file, "word/document.xml"]), /Mô Phỏng 1/i);
			assert.deepEqual(page.complaints, []);
		});
	}

	test("no page has a serious fault, in either size or language", async (t) => {
		const { url, market, gateway, official } = await openProvince(t);
		const frozen = await gateway.post("/v1/snapshots", { unit: COMMUNE, period: MONTH }, { key: official });
		assert.equal(frozen.status, 201, frozen.text);
		/* A stall's leave changes what is frozen next: a revision, and what it changed. */
		const leave = `market_code,stall_code,from,to,on_leave\n${MARKET},${STALL},2026-10-05,2026-10-25,1\n`;
		const said = ["--person", "Lê An", "--why", "nghỉ ốm", "--approver", "Trần Bình"];
		await market.must("registry", "import", market.file("leave.csv", leave), ...said);
		const again = await gateway.post("/v1/snapshots", { unit: COMMUNE, period: MONTH }, { key: official });
		assert.equal(again.json.snapshot.revision, 1, again.text);
		const id = again.json.snapshot.id;
		const paths = [
			`/reports?unit=${PROVINCE}&period=${MONTH}`,
			`/reports?market=${MARKET}&period=2026-11`,
			`/reports?unit=${COMMUNE}&period=2026-10-03..2026-10-20&boundary=tai_thoi_diem&compare=before`,
			`/reports?snapshot=${id}`,
			`/reports/ranking?unit=${PROVINCE}&period=${MONTH}&level=market&sort=n`,
			`/reports/work?unit=${PROVINCE}&period=${MONTH}`,
			"/reports/snapshots",
			"/reports/exports",
			"/reports/today",
			`/reports/difference?snapshot=${id}`,
		];
		for (const size of [PHONE, DESK]) {
			const page = await browser.phone(t, { size, key: official });
			for (const path of paths) {
				const answer = await page.goto(url + path);
				assert.equal(answer.status(), 200, path);
				await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
				await inspect(page, path);
			}
			await page.goto(`${url}/reports?unit=${PROVINCE}&period=${MONTH}&lang=en`);
			assert.equal(await page.getAttribute("html", "lang"), "en");
			assert.doesNotMatch(await text(page, "main"), /Kỳ báo cáo|Hạng|Cách tính|Trạng thái|ngày|giao dịch/);
			await inspect(page, "in English");
		}
	});

	test("a wrong address says what is wrong, and lets choose again", async (t) => {
		const { url, gateway, market } = await openProvince(t);
		const key = await market.newKey("reader");
		const form = { "Content-Type": "application/x-www-form-urlencoded" };
		const rows = [
			["/reports?unit=99999&period=2026-10", 404, /đơn vị .* mã 99999/i, /no unit .* 99999/i],
			["/reports?unit=597&period=2026-10", 404, /mã 597|Huyện/, /597/],
			["/reports?unit=68&period=2027-10", 422, /10\/2027/, /10\/2027/],
			["/reports?unit=68%00&period=2026-10", 400, /đơn vị hay chợ nào/, /which unit or market/],
			["/reports?place=x:1&period=2026-10", 400, /đơn vị hay chợ nào/, /which unit or market/],
			["/reports?unit=68&market=H0000", 400, /đơn vị hay chợ nào/, /which unit or market/],
			["/reports?unit=68&period=2026-13", 400, /“2026-13”/, /“2026-13”/],
			["/reports?unit=68&period=range&from=2026-10-20&to=2026-10-03", 400, /đủ hai ngày/, /both are needed/],
			["/reports?unit=68&period=range", 400, /đủ hai ngày/, /both are needed/],
			["/reports?unit=68&format=exe", 400, /dạng tệp “exe”/, /format “exe”/],
			["/reports?unit=68&calendar=lunar", 400, /lựa chọn/, /choices/],
			["/reports/work?unit=68&period=x", 400, /“x”/, /“x”/],
			["/reports/ranking?unit=68&period=2026-10&level=village", 400, /cấp “village”/, /level “village”/],
			["/reports/ranking?place=x&period=2026-10&level=market", 400, /đơn vị hay chợ nào/, /which unit or market/],
			["/reports/ranking?unit=68&period=2026-10&level=province", 422, /thấp hơn cấp/i, /not below/i],
			["/reports?snapshot=7", 404, /Không có bản chốt mang số này/, /No snapshot/],
			["/reports?snapshot=x", 400, /Không có bản chốt mang số này/, /No snapshot/],
		];
		const page = await browser.phone(t, { size: PHONE, key });
		for (const [path, status, vi, en] of rows) {
			for (const [lang, says] of [["vi", vi], ["en", en]]) {
				assert.equal((await page.goto(`${url}${path}&lang=${lang}`)).status(), status, path);
				const said = await text(page, "main > header");
				assert.match(said, says, path);
				assert.doesNotMatch(said, /duong_lich|hien_hanh|--|\bjson\b|\bperiod=|_|%/, `${path} is for people`);
				if (lang === "vi") assert.doesNotMatch(said, /\b(the|of|is|no)\b/i, `${path} is in one language`);
				assert.ok(await page.locator("[name=place] option").count() > 3, path);
				page.complaints.length = 0; /* of the status, which is the browser's to note */
				await inspect(page, path);
			}
		}
		/* Chosen again, it is a report. */
		await page.goto(`${url}${rows.at(-5)[0]}`);
		assert.equal(await page.locator("[name=place]").inputValue(), "unit:68", "what was right stays");
		await page.selectOption("[name=level]", "commune");
		await Promise.all([page.waitForURL(/level=commune/), page.click(".chooser > button")]);
		assert.equal(await page.locator(".ranking tbody tr").count(), 3);
		/* The same of a form. */
		const asked = await gateway.post("/reports/exports", "unit=68&period=2026-10&format=exe", { key, headers: form });
		assert.equal(asked.status, 400);
		assert.match(asked.text, /dạng tệp “exe”[^]*name="place"/);
		/* A link to a file that is gone, or never was. */
		for (const id of ["7", "x"]) {
			const gone = await gateway.get(`/reports/exports/${id}/file`, { key });
			assert.equal(gone.status, 404);
			assert.match(gone.headers["content-type"], /^text\/html/);
		}
	});

	test("on paper: A4, and nothing to click", async (t) => {
		const { url, official, market } = await openProvince(t);
		const page = await browser.phone(t, { size: DESK, key: official });
		for (const path of [`/reports?unit=${PROVINCE}&period=${MONTH}`, `/reports/work?unit=${PROVINCE}&period=${MONTH}`]) {
			const file = market.file("page.pdf");
			await page.goto(url + path);
			writeFileSync(file, await page.pdf({ preferCSSPageSize: true }));
			const info = tool("pdfinfo", [file]);
			assert.match(info, /Page size: +841\.\d+ x 59[45]\.\d+ pts \(A4\)/);
			assert.ok(Number(/Pages: +(\d+)/.exec(info)[1]) <= 6, info);
			const said = tool("pdftotext", ["-layout", file, "-"]);
			assert.match(said, /Lâm Đồng/);
			for (const control of ["Tệp đã xuất", "Lập tệp", "Cách tính", "English", "Lịch, địa giới"])
				assert.ok(!said.includes(control), `${control} is printed`);
			if (path.includes("/work")) continue;
			const [row] = await page.$$eval(".ranking tbody tr", (list) =>
				list.map((one) => [...one.querySelectorAll("summary")].map((cell) => cell.textContent)),
			);
			for (const figure of row) assert.ok(said.includes(figure), `${figure} is not on paper`);
		}
	});

	test("on a phone two screens tell how it stands and what to do; the rest opens", async (t) => {
		const { url, official, gateway, market } = await openProvince(t);
		const path = `/reports?unit=${COMMUNE}&period=${MONTH}`;
		const page = await browser.phone(t, { size: PHONE, key: official, scripts: false });
		await page.goto(url + path);
		const { figures, work } = (await gateway.get(`/v1/reports/adoption?unit=${COMMUNE}&period=${MONTH}`, { key: official })).json;
		/* What ends above the end of the second screen. */
		const seen = (await page.$$eval(
			".tile, .part",
			(list, end) => list.filter((one) => one.getBoundingClientRect().bottom <= end).map((one) => one.innerText),
			2 * PHONE.height,
		)).join("\n");
		const rhythm = figures.components.find(({ code }) => code === "N");
		for (const figure of [hundredths(figures.cai_x100), `${hundredths(rhythm.pts_x100)}/35`, grouped(figures.payments)])
			assert.ok(seen.includes(figure), `${figure} is further down: ${seen}`);
		assert.match(seen, /Hoạt động \(H\)/);
		assert.match(seen, /(tăng|giảm) [\d,]+ điểm so cùng kỳ/);
		const inactive = work.filter(({ reason }) => reason === "inactive").length;
		assert.ok(seen.includes(`Có mã nhưng chưa hoạt động: ${inactive}`), "who is to be visited");

		/* Whatever is folded opens, and is what a desk shows at once. */
		const rows = () => page.$$eval("section:has(> #quality) tbody tr", (list) => list.map((one) => one.innerText));
		const folded = "section:has(> #quality) .scroll";
		assert.ok(!(await page.locator(folded).isVisible()));
		await page.setViewportSize(DESK);
		const wide = await rows();
		assert.ok(wide.length > 30 && (await page.locator(folded).isVisible()));
		assert.equal(await page.locator(".fold:visible").count(), 0);
		await page.setViewportSize(PHONE);
		for (const opener of await page.locator(".fold summary").all()) {
			assert.ok((await opener.boundingBox()).height >= 44);
			await opener.click();
		}
		assert.deepEqual(await rows(), wide);
		for (const selector of [".chooser", ".facts-line", "#months-title ~ svg", "#hours-title ~ svg"])
			assert.ok(await page.locator(selector).isVisible(), selector);

		/* Paper has all of it, whatever is open. */
		await page.goto(url + path);
		const file = market.file("phone.pdf");
		writeFileSync(file, await page.pdf({ preferCSSPageSize: true }));
		const said = tool("pdftotext", ["-layout", file, "-"]);
		for (const name of ["Ngày họp chợ trong kỳ", "Biểu số 02", "Đơn vị báo cáo"]) assert.ok(said.includes(name), name);
	});

	test("by keyboard alone", async (t) => {
		const { url, official } = await openProvince(t);
		const page = await browser.phone(t, { size: DESK, key: official });
		await page.goto(`${url}/reports?unit=${PROVINCE}&period=${MONTH}`);
		const focused = () => page.evaluate(() => document.activeElement.outerHTML.slice(0, 200));
		const tabTo = async (pattern) => {
			for (let i = 0; i < 80; i++) {
				await page.keyboard.press("Tab");
				if (pattern.test(await focused())) return;
			}
			assert.fail(`no Tab leads to ${pattern}`);
		};
		await page.keyboard.press("Tab");
		assert.match(await focused(), /class="skip"/);
		await page.keyboard.press("Enter");
		await tabTo(/<summary.*Cách tính/);
		await page.keyboard.press("Enter");
		assert.ok(await page.locator(".tile details[open]").isVisible());
		await tabTo(/sort=-?n#ranking/);
		await Promise.all([page.waitForURL(/sort=n/), page.keyboard.press("Enter")]);
		assert.equal(await page.locator('th[aria-sort="descending"]').innerText(), "N (tối đa 35)");
		await tabTo(/href="\/reports\?unit=9000/);
		await Promise.all([page.waitForURL(/unit=9000/), page.keyboard.press("Enter")]);
	});

	test("without scripts: choose, freeze, export, cancel", async (t) => {
		const { url, official, gateway } = await openProvince(t);
		const page = await browser.phone(t, { size: DESK, key: official, scripts: false });
		await page.goto(`${url}/reports`);
		await page.selectOption("[name=place]", `unit:${COMMUNE}`);
		await page.selectOption("[name=period]", MONTH);
		await Promise.all([page.waitForURL(/place=unit/), page.click(".chooser > button")]);
		assert.match(await page.textContent("h1"), /xã Mô Phỏng 1 tháng 10/);
		await page.click(".acts details summary");
		await Promise.all([page.waitForURL(/done=frozen/), page.click(".acts details button")]);
		await page.selectOption("[name=format]", "pdf");
		await Promise.all([page.waitForURL(/exports/), page.click(".acts .row button")]);
		await waitFor("the file", async () => {
			await page.reload();
			return (await page.locator(".jobs a.button").count()) > 0;
		});
		const href = await page.getAttribute(".jobs a.button", "href");
		const made = await gateway.get(href, { key: official });
		assert.equal(made.bytes.subarray(0, 5).toString(), "%PDF-");
		assert.equal((await gateway.post(href.replace("/file", "/cancel"), "", { key: official })).status, 303);
	});

	test("only what one may see: units, small cells, other people's files", async (t) => {
		const { url, market, gateway, official } = await openProvince(t);
		const commune = await market.newKey(`official:${COMMUNE}`, "Trần Văn Xã");
		const manager = await market.newKey(`manager:${MARKET}`, "Lê Ban Quản Lý");
		const see = async (key, path) => (await gateway.get(path, { key })).status;
		for (const [key, path, status] of [
			[commune, `/reports?unit=${COMMUNE}&period=${MONTH}`, 200],
			[commune, `/reports?unit=${PROVINCE}&period=${MONTH}`, 403],
			[commune, `/reports?market=${MARKET}&period=${MONTH}&audience=board`, 403],
			[commune, `/reports/ranking?period=${MONTH}&level=province`, 403],
			[commune, `/reports/work?unit=90002&period=${MONTH}`, 403],
			[manager, `/reports?market=${MARKET}&period=${MONTH}&audience=board`, 200],
			[manager, `/reports?market=H0001&period=${MONTH}`, 403],
			[manager, `/reports?unit=${COMMUNE}&period=${MONTH}`, 403],
			[null, "/reports/snapshots", 303],
			[null, `/reports?unit=${COMMUNE}&period=${MONTH}`, 303],
		])
			assert.equal(await see(key, path), status, `${path} is ${status}`);
		/* Whoever has a place of their own is told which it is, and chooses there; of another's nothing is told. */
		for (const [key, path, whose, places] of [
			[commune, `/reports?unit=${PROVINCE}&period=${MONTH}`, "số liệu của xã Mô Phỏng 1 và", [`unit:${COMMUNE}`]],
			[commune, `/reports/ranking?period=x&level=province&lang=en`, "the figures of Mô Phỏng 1 commune and", [`unit:${COMMUNE}`]],
			[commune, `/reports/work?unit=90002&audience=board`, "số liệu của xã Mô Phỏng 1 và", [`unit:${COMMUNE}`]],
			[commune, `/reports?unit=99999&period=${MONTH}`, "số liệu của xã Mô Phỏng 1 và", [`unit:${COMMUNE}`]],
			[manager, `/reports/ranking?unit=${PROVINCE}&level=market`, "số liệu của chợ mô phỏng 1.", [`market:${MARKET}`]],
			[manager, `/reports?market=H0001&lang=en`, "the figures of mô phỏng 1 market.", [`market:${MARKET}`]],
		]) {
			const other = await browser.phone(t, { size: PHONE, key });
			assert.equal((await other.goto(`${url}${path}`)).status(), 403, path);
			assert.ok((await text(other, "main > header")).includes(whose), `${path}: ${await text(other, "main > header")}`);
			const offered = await other.$$eval("[name=place] option", (list) => list.map((one) => one.value));
			assert.deepEqual(offered.filter((value) => value.startsWith("unit:") || key === manager), places, path);
			assert.equal(await other.locator("[name=place]").inputValue(), places[0], path);
			assert.ok(!(await other.content()).includes("Mô Phỏng 2"), path);
			other.complaints.length = 0; /* of the status, which is the browser's to note */
			await inspect(other, path);
			await follow(other, ".chooser > button");
			assert.equal(await other.locator(".title h1").count(), 1);
			assert.match(other.url(), new RegExp(places[0].replace(":", "(:|%3A)")));
			assert.equal(await other.locator(".lead.why").count(), 0, `${path}: what is chosen there is a report`);
		}
		const form = { "Content-Type": "application/x-www-form-urlencoded" };
		const exported = await gateway.post("/reports/exports", `unit=${PROVINCE}&period=${MONTH}&format=csv`, { key: commune, headers: form });
		assert.deepEqual([exported.status, /name="place"/.test(exported.text)], [403, true]);
		const freeze = (key, headers = {}) =>
			gateway.post("/reports/snapshots", `market=${MARKET}&period=${MONTH}`, { key, headers: { ...form, ...headers } });
		assert.equal((await freeze(manager)).status, 403, "a board freezes nothing");
		assert.match((await freeze(null)).headers.location ?? "", /signin/);
		assert.equal((await freeze(null, { "Sec-Fetch-Site": "cross-site" })).status, 403);

		const page = await browser.phone(t, { size: DESK, key: commune });
		await page.goto(`${url}/reports`);
		assert.match(page.url(), /unit=90001/);
		for (const [key, path, whose] of [
			[official, "/reports/snapshots", "Cán bộ tỉnh Lâm Đồng"],
			[official, "/reports/snapshots?lang=en", "Official of Lâm Đồng province"],
			[manager, "/reports/snapshots", "Ban quản lý chợ mô phỏng 1"],
		])
			assert.ok((await gateway.get(path, { key })).text.includes(`>${whose}<`), `${path} says ${whose}`);
		const offered = await page.$$eval("[name=place] option", (list) => list.map((one) => one.value));
		assert.ok(offered.includes(`market:${MARKET}`));
		assert.deepEqual(offered.filter((value) => value.startsWith("unit:")), [`unit:${COMMUNE}`]);
		/* The tabs of a page that is of no unit lead to their own unit. */
		for (const tab of ["ranking", "work"]) {
			await page.goto(`${url}/reports/snapshots`);
			await follow(page, `.tabs a[href^="/reports/${tab}"]`);
			assert.match(page.url(), new RegExp(`/reports/${tab}\\?unit=${COMMUNE}`));
			assert.equal(await page.getAttribute(".tabs [aria-current]", "href").then((href) => href.split("?")[0]), `/reports/${tab}`);
		}
		await gateway.post("/reports/exports", `unit=${COMMUNE}&period=${MONTH}&format=csv`, { key: commune, headers: form });
		for (const [key, count] of [[commune, 1], [official, 0]]) {
			const other = await browser.phone(t, { size: DESK, key });
			await other.goto(`${url}/reports/exports`);
			assert.equal(await other.locator(".jobs li").count(), count);
		}
		const board = await browser.phone(t, { size: DESK, key: manager });
		await board.goto(`${url}/reports`);
		assert.match(board.url(), /market=H0000&audience=board/);
		const seen = (await market.lines("audit", "list", "--json")).filter(({ who }) => who.includes("Trần Văn Xã"));
		assert.ok(seen.some(({ what, subject, detail }) => what === "view" && subject.startsWith("unit:90001") && detail === "text/html"));
	});

	test("names that break programs are text", async (t) => {
		const { url, market, official } = await openProvince(t);
		const names = readFileSync(join(fixtures, "json/naughty.jsonl"), "utf8")
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line).s.trim())
			.filter((name) => /<|&|"|'|\{\{|\\|%/.test(name) && Buffer.byteLength(name) <= 200 && !/[\x00-\x1f\x7f]/.test(name))
			.filter((name, n) => name.includes("<script>") || n % 4 === 0);
		assert.ok(names.length > 60, `${names.length} names`);
		const quoted = (field) => `"${(/^'*[=+\-@＝＋－＠]/.test(field) ? `'${field}` : field).replaceAll('"', '""')}"`;
		const rows = names.map((name, n) =>
			[`M${n}`, name, COMMUNE, `N${n}`, name, "stall", name, name, "", "970436", `99${String(n).padStart(8, "0")}`, name, "2026-10-01", ""]
				.map(quoted)
				.join(","),
		);
		const columns =
			"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,bank_bin,account_no,account_holder,open_date,close_date";
		await market.must("registry", "import", market.file("names.csv", `${columns}\n${rows.join("\n")}\n`));
		const page = await browser.phone(t, { size: DESK, key: official });
		page.on("dialog", (dialog) => assert.fail(`a dialog: ${dialog.message()}`));
		await page.goto(`${url}/reports?unit=${COMMUNE}&period=${MONTH}`);
		const shown = await page.$$eval(".ranking tbody th", (list) => list.map((one) => one.textContent));
		assert.equal(shown.length, names.length + 2);
		assert.ok(shown.includes(names.find((name) => name.includes("<script>"))));
		assert.deepEqual(await faults(page), []);
		await page.goto(`${url}/reports/work?unit=${COMMUNE}&period=${MONTH}`);
		assert.deepEqual(await faults(page), []);
	});
});
