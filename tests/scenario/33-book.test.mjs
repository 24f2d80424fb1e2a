/* The stall's own book: its holder takes it from the stall's page, nobody else sees it, and the
 * operator of the machine only by name; and the sheet on which that is promised. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import test from "node:test";

import { openMarket, tool } from "../support/chopay.mjs";

const NOON = Date.UTC(2026, 5, 10, 5) / 1000; /* 12:00 of 10 June 2026 in Vietnam */
const DAY_S = 86_400;

async function threeDays(t) {
	const opened = await openMarket(t, { clockAt: NOON + 2 * DAY_S });
	const { market, stalls, gateway, bank } = opened;
	const at = (day) => (NOON + (day - 10) * DAY_S) * 1000;
	const pay = (code, amount, day, more) =>
		bank.pay({
			account: stalls[code].account_no,
			note: stalls[code].reference,
			amount,
			atMs: at(day),
			...more,
		});

	await pay("A01", 50_000, 10);
	await pay("A01", 20_000, 10);
	await pay("A02", 7_000, 11);
	await pay("B01", 900_000, 11);
	await pay("A01", 30_000, 12);
	await pay("A01", 20_000, 12, { out: true }); /* of the 10th: the only one of that amount */
	const session = async (code) => ({
		headers: {
			Cookie: await gateway.signIn(await market.must("stall", "invite", "--stall", code)),
		},
	});
	return { ...opened, mine: await session("A01"), theirs: await session("B01") };
}

const JUNE = "from=2026-06-01&to=2026-06-30";
const pdfText = (file) => tool("pdftotext", ["-layout", file, "-"]);
const audited = (market) =>
	market.rows("SELECT who, subject, detail FROM audit WHERE what = 'book' ORDER BY id");

test("the book is its holder's", async (t) => {
	const { market, stalls, gateway, mine, theirs } = await threeDays(t);
	const get = (query, options) => gateway.request("GET", `/v1/stall/book?${query}`, options);

	await t.test("days, what went back, the household's year", async () => {
		const { json } = await get(JUNE, mine);
		assert.deepEqual(json.lines, [
			{ date: "2026-06-10", text: "Bán hàng, 2 giao dịch chuyển khoản", amount: 70_000 },
			{ date: "2026-06-12", text: "Bán hàng, 1 giao dịch chuyển khoản", amount: 30_000 },
			{ date: "2026-06-12", text: "Hoàn tiền cho khách, 1 giao dịch", amount: -20_000 },
		]);
		assert.equal(json.total, 80_000);
		assert.equal(json.year_total, 87_000); /* with A02 of the same household */
		assert.equal(json.threshold, 1_000_000_000);
		assert.match(json.threshold_basis, /141\/2026/);
		assert.deepEqual(
			json.accounts.map((one) => one.account_no),
			[stalls.A01.account_no],
		);
		const { json: list } = await gateway.request("GET", "/v1/stall/accounts", mine);
		assert.deepEqual(list.accounts, json.accounts);
	});

	await t.test("paper and spreadsheet say the same", async () => {
		const pdf = await get(`${JUNE}&format=pdf`, mine);
		assert.equal(pdf.headers["content-type"], "application/pdf");
		assert.match(pdf.headers["content-disposition"], /S1a-HKD_A01_2026-06-01_2026-06-30\.pdf/);
		const text = pdfText(market.file("book.pdf", pdf.bytes));
		for (const words of ["S1a-HKD", "Nguyễn Thị Thử", "70.000", "-20.000", "80.000", "87.000"])
			assert.ok(text.includes(words), `${words} in ${text}`);
		const again = await get(`${JUNE}&format=pdf`, mine);
		assert.ok(pdf.bytes.equals(again.bytes));

		const xlsx = await get(`${JUNE}&format=xlsx`, mine);
		const file = market.file("book.xlsx", xlsx.bytes);
		const sheet = tool("unzip", ["-p", file, "xl/worksheets/sheet1.xml"]);
		const numbers = [...sheet.matchAll(/<v>(-?\d+)<\/v>/g)].map((m) => Number(m[1]));
		for (const number of [70_000, 30_000, -20_000, 80_000]) assert.ok(numbers.includes(number));
		const page = await gateway.request("GET", "/stall", mine);
		assert.ok(page.text.includes("/v1/stall/book?format=pdf&amp;from=2026-01-01"));
	});

	await t.test("another stall's session sees its own, and no key sees any", async () => {
		for (const query of [JUNE, `${JUNE}&stall=A01`, `${JUNE}&stall_id=1`]) {
			const { json, text } = await get(query, theirs);
			assert.equal(json.stall, "B01");
			assert.equal(json.total, 900_000);
			assert.equal(json.year_total, 900_000);
			assert.ok(!text.includes(stalls.A01.account_no));
		}
		const before = audited(market).length;
		for (const key of [await market.newKey("reader"), gateway.key]) {
			assert.equal((await get(JUNE, { key })).status, 403);
			assert.equal((await gateway.request("GET", "/v1/stall/accounts", { key })).status, 403);
		}
		assert.equal((await get(JUNE, { key: null })).status, 401);
		const control = "/control/stalls/A01/book?person=x";
		assert.equal((await gateway.request("GET", control, { key: gateway.key })).status, 404);
		assert.equal(audited(market).length, before);
		await gateway.request("POST", "/stall/leave", mine);
		assert.equal((await get(JUNE, mine)).status, 401);
	});

	await t.test("days that cannot be", async () => {
		for (const query of [
			"from=2026-06-31",
			"to=x",
			"format=docx",
			"from=2026-06-02&to=2026-06-01",
			"from=2025-01-01&to=2026-06-01",
		])
			assert.equal((await get(query, theirs)).status, 400, query);
	});
});

test("the operator takes it by name, on the holder's wish", async (t) => {
	const { market, stalls, gateway } = await threeDays(t);
	const words = ["book", "--stall", "A01", "--from", "2026-06-01", "--to", "2026-06-30"];

	const nobody = await market.run(...words);
	assert.equal(nobody.status, 64);
	assert.match(nobody.stderr, /--person/);
	assert.equal((await market.run(...words, "--person", " ")).status, 65);
	assert.equal(audited(market).length, 0);

	const book = JSON.parse(await market.must(...words, "--person", "Chị Lan"));
	assert.equal(book.total, 80_000);
	assert.deepEqual(audited(market), [
		{
			who: "person:Chị Lan",
			subject: stalls.A01.reference,
			detail: "S1a-HKD 2026-06-01..2026-06-30 json",
		},
	]);

	const file = market.file("a01.pdf");
	const pdf = [...words, "--person", "Chị Lan", "--format", "pdf", "-o", file];
	assert.equal(await market.must(...pdf), "");
	assert.ok(pdfText(file).includes("80.000"));
	assert.equal(audited(market).length, 2);
	const unwritable = await market.run(...pdf.slice(0, -1), "/nowhere/a01.pdf");
	assert.equal(unwritable.status, 74);

	const refused = await market.run("book", "--stall", "NOPE", "--person", "Chị Lan");
	assert.equal(refused.status, 65);
	assert.match(refused.stderr, /no such stall/);
	assert.equal((await market.ledger()).status, 0);

	/* Also where no gateway runs. */
	assert.equal((await gateway.stop()).status, 0);
	const alone = JSON.parse(await market.must(...words, "--person", "Chị Lan"));
	assert.deepEqual(alone.lines, book.lines);
});

test("the sign-up sheet is one page and makes the promise", async (t) => {
	const { market, stalls } = await openMarket(t);
	const file = market.file("signup.pdf");
	await market.must("stall", "signup", "--stall", "A01", "-o", file);
	const text = pdfText(file).replace(/\s+/g, " ");
	for (const words of [
		"PHIẾU ĐĂNG KÝ THANH TOÁN KHÔNG DÙNG TIỀN MẶT",
		"Chợ Ma Lâm, Xã Hàm Thuận",
		"Sạp: A01, Rau sạch chị Thử. Mặt hàng: rau củ",
		`số ${stalls.A01.account_no}, chủ tài khoản NGUYEN THI THU`,
		stalls.A01.reference,
		"Không bao giờ thấy doanh thu của một sạp",
		"Không bao giờ thấy ai đã trả tiền cho sạp",
		"dưới 5 sạp không hiện ra",
		"ghi vào nhật ký",
		"Muốn thôi, chủ sạp báo ban quản lý chợ",
		"CHỦ SẠP",
	])
		assert.ok(text.includes(words), `${words} in ${text}`);
	assert.match(tool("pdfinfo", [file]), /Pages:\s+1\n/);
	assert.match(tool("pdfinfo", [file]), /Page size:.*A4/);

	assert.equal((await market.run("stall", "signup", "--stall", "NOPE")).status, 65);
	assert.equal((await market.run("stall", "signup", "-o", market.file("x.pdf"))).status, 64);
	assert.ok(!existsSync(market.file("x.pdf")));
	assert.equal((await market.run("stall", "invite", "--stall", "A01", "-o", "x")).status, 64);
	const left = readdirSync(market.folder).filter((name) => name.endsWith(".part"));
	assert.deepEqual(left, []);
	assert.equal(readFileSync(file).subarray(0, 5).toString(), "%PDF-");
});
