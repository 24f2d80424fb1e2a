/* What is printed: cards whose codes scan back to the register, also small, turned and with a corner
 * covered; their words; the inspector's list; who may have them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { Market, binary, must, openMarket, root, run, tool } from "../support/chopay.mjs";
import { covered, drawPages, readGrey, scan, turned, writeGrey } from "../support/paper.mjs";

const SAMPLE = join(root, "merchants/data/ma-lam-market.csv");

/* Words without what a line's end or a blank that does not break makes of them. */
const words = (pdf, ...args) =>
	tool("pdftotext", [...args, pdf, "-"]).replace(/[\s\u00a0]+/g, " ");

/* The payload that the register says, composed from its columns. */
async function payloads(stalls) {
	const rows = stalls.map((one) => `${one.bank_bin},${one.account_no},,${one.reference}`);
	const text = await must(["qr", "batch"], {
		input: ["bin,account,amount,memo", ...rows, ""].join("\n"),
	});
	return text.split("\n");
}

/* By the rule that stands in cards.h. */
function serial({ reference, bank_bin, account_no }, issue = 1) {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	const text = `chopay card\n${reference}\n${bank_bin}\n${account_no}\n${issue}`;
	let bits = BigInt(`0x${createHash("sha256").update(text).digest("hex").slice(0, 10)}`);
	let out = "";
	for (let i = 0; i < 8; i++, bits >>= 5n) out = letters[Number(bits & 31n)] + out;
	return `${out}-${issue}`;
}

/* Rows of the register as objects; fields may be quoted. */
function parse(csv) {
	const [names, ...rows] = csv.split("\n").map((line) =>
		[...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
			([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain,
		),
	);
	return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
}

async function sampleMarket(t) {
	const market = new Market(t);
	await market.must("registry", "import", SAMPLE);
	const stalls = parse(await market.must("registry", "export"));
	return { market, open: stalls.filter((one) => one.close_date === ""), stalls };
}

test("a market in one file: each card of 340 stalls scans back to its row in the register", async (t) => {
	const { market, open, stalls } = await sampleMarket(t);
	const pdf = market.file("cards.pdf");
	const done = await market.run("print", "cards", "--market", "MALAM", "--size", "A4", "-o", pdf);
	assert.equal(done.status, 0, done.stderr);
	const closed = stalls.filter((one) => one.close_date !== "");
	assert.equal(open.length + closed.length, 340);
	for (const { stall_code } of closed)
		assert.match(done.stderr, new RegExp(`skipped ${stall_code}, .*: the stall is closed`));

	const pages = drawPages(pdf, market.file("pages"), 300);
	assert.equal(pages.length, Math.ceil(open.length / 4));
	const read = [...scan(pages).values()].flat();
	assert.deepEqual(read.sort(), (await payloads(open)).sort());

	/* Real words, fonts inside, nothing that a machine could lack. */
	const fonts = tool("pdffonts", [pdf]).trim().split("\n").slice(2);
	assert.ok(fonts.length >= 2);
	for (const font of fonts) assert.match(font, /LiberationSans.* yes yes yes /);
	const text = words(pdf);
	for (const one of open) {
		assert.ok(text.includes(one.stall_name.normalize()), one.stall_name);
		assert.ok(text.includes(`Nội dung: ${one.reference}`), one.reference);
		assert.ok(text.includes(`Số thẻ ${serial(one)}`), serial(one));
	}
});

test("a card, in each size: its words, and a code that bears what a market does to it", async (t) => {
	const { market, open } = await sampleMarket(t);
	const chosen = open.filter((_, i) => i % 40 === 0);
	const codes = chosen.map((one) => one.reference);
	const wanted = await payloads(chosen);
	const printed = async (size, issue = "1") => {
		const pdf = market.file(`${size}-${issue}.pdf`);
		await market.must("print", "cards", "--stall", ...codes, "--size", size, "--issue", issue, "-o", pdf);
		return pdf;
	};
	const a6 = await printed("A6");
	const size = (pdf) =>
		/Page size:\s+([\d.]+) x ([\d.]+)/
			.exec(tool("pdfinfo", [pdf]))
			.slice(1)
			.map((points) => Math.round((points * 25.4) / 72));
	const readAs = (name, change, dpi = 150) => {
		const files = drawPages(a6, market.file(name), dpi);
		for (const file of files) writeGrey(file, change(readGrey(file)));
		return [...scan(files).values()].map((texts) => texts.join("|"));
	};
	/* Where the code is on the page, by its payload's dark modules: 54 mm, in the middle. */
	const corner = (part) => {
		const right = (105 + 54) / 2 - 5; /* without the quiet zone */
		const bottom = 25 + 54 + 2;
		return { left: (right - part) / 105, right: right / 105, top: (bottom - part) / 148, bottom: bottom / 148 };
	};

	await t.test("words", async () => {
		assert.deepEqual(size(a6), [105, 148]);
		const first = chosen[0];
		const text = words(a6, "-l", "1");
		for (const part of [
			"CHỢ MA LÂM",
			first.stall_code,
			first.stall_name,
			"Quét mã để trả tiền Scan to pay",
			`Tên người nhận phải là: ${first.account_holder}`,
			"Tên khác thì đừng chuyển tiền.",
			first.account_no.replace(/(.{4})(?=.{2})/g, "$1 "),
			"Mở ứng dụng ngân hàng, quét mã",
			"Xem đúng tên, nhập số tiền",
			"Chờ loa của sạp báo đã nhận",
			`Số thẻ ${serial(first)}`,
		])
			assert.ok(text.includes(part), `${part} in ${text}`);
	});
	await t.test("a second issue has other serials and the same codes", async () => {
		const second = await printed("A5", "2");
		assert.deepEqual(size(second), [148, 210]);
		const text = words(second);
		for (const one of chosen) assert.ok(text.includes(`Số thẻ ${serial(one, 2)}`));
		const read = scan(drawPages(second, market.file("a5"), 100));
		assert.deepEqual([...read.values()].flat(), wanted);
	});
	await t.test("small: A6 at 150 dpi, and at 75", () => {
		assert.deepEqual(readAs("small", (page) => page), wanted);
		assert.deepEqual(readAs("smaller", (page) => page, 75), wanted);
	});
	await t.test("turned", () => {
		for (const degrees of [7, 33, 90, 180, 222])
			assert.deepEqual(readAs(`by-${degrees}`, (page) => turned(page, degrees)), wanted);
	});
	await t.test("with a corner covered", () => {
		/* All of the fourth corner's alignment pattern, and what is around it; half of that pattern is
		 * worse than none of it: scanners then guess where it is. */
		assert.deepEqual(readAs("corner", (page) => covered(page, corner(16))), wanted);
		/* Too much is too much: the test does cover the code. */
		assert.notDeepEqual(readAs("half", (page) => covered(page, corner(35))), wanted);
	});
});

const ODD = `market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,bank_bin,account_no,account_holder,open_date,close_date
LE,Chợ <b>Lễ</b>,23059,A10,"Cửa hàng bách hóa ""Thanh Tuyền"" & các con gái của bà ấy ở đầu chợ",stall,,Nguyễn Văn Á,,970436,0011000123456789ABC,HỘ KINH DOANH BÁCH HÓA TỔNG HỢP NGUYỄN THỊ THANH TUYỀN,,
LE,Chợ <b>Lễ</b>,23059,A2,Ẩm thực &amp; ghẹ,stall,,Nguyễn Văn Á,,970422,99,Nguyễn Văn Á,,
LE,Chợ <b>Lễ</b>,23059,A3,Chưa có,stall,,Nguyễn Văn C,,,,,,
`;

test("odd stalls: long names whole, those without an account named, no markup", async (t) => {
	const market = new Market(t);
	await market.must("registry", "import", market.file("odd.csv", ODD));
	const pdf = market.file("odd.pdf");
	const done = await market.run("print", "cards", "--market", "LE", "-o", pdf);
	assert.equal(done.status, 0, done.stderr);
	assert.match(done.stderr, /skipped A3, Chưa có: the register has no account/);
	assert.match(done.stderr, /2 stalls printed/);
	const text = words(pdf);
	assert.ok(text.includes("HỘ KINH DOANH BÁCH HÓA TỔNG HỢP NGUYỄN THỊ THANH TUYỀN"), text);
	assert.ok(text.includes("Ẩm thực &amp; ghẹ"), text);
	assert.ok(text.includes("CHỢ <B>LỄ</B>"), text);
	assert.ok(text.indexOf("Ẩm thực") < text.indexOf("Cửa hàng"), "A2 before A10");
	const list = market.file("list.pdf");
	await market.must("print", "inspector", "--market", "LE", "-o", list);
	assert.match(words(list), /1 A2 .*2 A3 Chưa có \(chưa có tài khoản trong danh sách\).*3 A10/);

	await market.must("registry", "import", market.file("none.csv", ODD.replace(/\n.*A10.*\n.*A2.*/, "").replaceAll("LE,", "KO,")));
	const none = await market.run("print", "cards", "--market", "KO", "-o", market.file("none.pdf"));
	assert.equal(none.status, 65);
	assert.match(none.stderr, /nothing to print/);
	assert.ok(!existsSync(market.file("none.pdf")));
});

test("the inspector's list: a row for each stall, boxes, four characters of the account", async (t) => {
	const { market, open } = await sampleMarket(t);
	const pdf = market.file("list.pdf");
	await market.must("print", "inspector", "--market", "MALAM", "-o", pdf);
	const text = words(pdf);
	assert.match(text, /Danh sách kiểm tra mã QR tại sạp Chợ Ma Lâm · 334 sạp · in ngày \d\d\/\d\d\/\d{4}/);
	for (const head of ["Đúng", "Sai", "Không có", "4 số cuối"]) assert.ok(text.includes(head), head);
	for (const one of open) {
		assert.ok(text.includes(`${one.account_no.slice(-4)} ${one.reference} ${serial(one)}`), one.stall_code);
		assert.ok(!text.includes(one.account_no), one.stall_code);
	}
	await market.must("print", "inspector", "--market", "MALAM", "--lang", "en", "-o", pdf);
	assert.match(words(pdf), /Inspection list of the QR codes at the stalls Chợ Ma Lâm · 334 stalls/);
});

test("wrong words say what is right", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	for (const [args, status, says] of [
		[["cards"], 64, /--market CODE, or --stall/],
		[["cards", "--market", "MALAM", "--stall", "A01"], 64, /--market CODE, or --stall/],
		[["cards", "--market", "MALAM", "A01"], 64, /./],
		[["cards", "--market", "MALAM", "--size", "A3"], 64, /A6, A5 or A4/],
		[["cards", "--market", "MALAM", "--issue", "0"], 64, /1 to 99/],
		[["cards", "--market", "NOPE"], 65, /no such market/],
		[["cards", "--stall", "NOPE"], 65, /no such stall/],
		[["cards", "--stall", "C01"], 65, /closed/],
		[["inspector"], 64, /--market CODE/],
		[["inspector", "--market", "MALAM", "--lang", "fr"], 64, /vi or en/],
		[["posters"], 64, /--help/],
	]) {
		const done = await market.run("print", ...args);
		assert.equal(done.status, status, `${args.join(" ")}: ${done.stderr}`);
		assert.match(done.stderr, says);
		assert.equal(done.stdout, "");
	}
	const nowhere = await market.run("print", "cards", "--market", "MALAM", "-o", market.file("no/where.pdf"));
	assert.equal(nowhere.status, 74);

	const help = await run(["print", "--help"]);
	assert.equal(help.status, 0);
	assert.match(help.stdout, /--size A6\|A5\|A4/);
});

test("over the network: the operator's, audited; the command asks the gateway that runs", async (t) => {
	const { market, gateway, stalls } = await openMarket(t);
	const reader = await market.newKey("reader");
	const get = (query, options) => gateway.request("GET", `/v1/print/${query}`, options);

	const cards = await get("cards?market=MALAM&size=A5");
	assert.equal(cards.status, 200);
	assert.equal(cards.headers["content-type"], "application/pdf");
	assert.equal(cards.headers["chopay-printed"], "4");
	assert.equal(cards.headers["chopay-skipped"], "1");
	assert.match(cards.headers["content-disposition"], /filename="cards-A5-MALAM\.pdf"/);
	const pdf = market.file("net.pdf");
	writeFileSync(pdf, cards.bytes);
	const read = [...scan(drawPages(pdf, market.file("net"), 150)).values()].flat();
	assert.deepEqual(read, await payloads(["A01", "A02", "B01", "B02"].map((code) => stalls[code])));

	assert.equal((await get("inspector?market=MALAM")).status, 200);
	const { json } = await get("stalls?stall=C01");
	assert.equal(json.stalls[0].fault, "closed");
	assert.equal(json.stalls[0].serial, "");
	for (const query of ["cards?market=MALAM", "inspector?market=MALAM", "stalls?market=MALAM"]) {
		assert.equal((await get(query, { key: null })).status, 401);
		assert.equal((await get(query, { key: reader })).status, 403);
	}
	/* A market's manager: of that market alone, and not told what else there is. */
	await market.must("registry", "import", market.file("other.csv", ODD));
	const manager = await market.newKey("manager:MALAM");
	for (const query of ["cards?market=MALAM", "inspector?market=MALAM", "stalls?stall=A01"])
		assert.equal((await get(query, { key: manager })).status, 200, query);
	for (const query of ["cards?market=LE", "stalls?stall=LE.A2", "cards?market=NOPE"])
		assert.equal((await get(query, { key: manager })).status, 403, query);
	assert.equal((await get("cards?stall=C01")).status, 409);
	assert.equal((await get("cards?market=NOPE")).status, 404);
	for (const query of ["cards", "cards?market=MALAM&stall=A01", "cards?market=MALAM&size=A7", "cards?stall=A01&issue=100"])
		assert.equal((await get(query)).status, 400, query);

	/* A disk that takes no more: what was there before stays, and nothing beside it. */
	const kept = market.file("kept.pdf", "the one of last year");
	const full = spawnSync("sh", ["-c", 'trap "" XFSZ; ulimit -f 8; exec "$0" "$@"', binary, "print", "cards", "--market", "MALAM", "-o", kept, ...market.where]);
	assert.equal(full.status, 74, String(full.stderr));
	assert.equal(readFileSync(kept, "utf8"), "the one of last year");
	assert.deepEqual(readdirSync(market.folder).filter((name) => name.includes(".part")), []);
	await market.must("print", "cards", "--market", "MALAM", "-o", kept);
	assert.match(readFileSync(kept, "latin1"), /^%PDF-/);

	const lines = market.rows("SELECT who, subject, detail FROM audit WHERE what = 'export' ORDER BY id");
	assert.deepEqual(
		lines.map(({ subject, detail }) => `${subject} ${detail}`),
		[
			"market:MALAM cards-A5",
			"market:MALAM inspector",
			`stall:${stalls.C01.reference} stalls`,
			"market:MALAM cards-A6",
			"market:MALAM inspector",
			`stall:${stalls.A01.reference} stalls`,
			"market:MALAM stalls",
			"market:MALAM stalls",
		],
	);
	assert.match(lines[0].who, /operator of a scenario/);
	assert.match(lines.at(-1).who, /^local/);
});
