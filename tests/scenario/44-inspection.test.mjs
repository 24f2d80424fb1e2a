/* An inspector goes through the market: each code beside the register, a swapped sticker is told. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Market, must } from "../support/chopay.mjs";

const HEADER =
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone," +
	"bank_bin,account_no,account_holder,open_date,close_date\n";
const STALLS =
	"MALAM,Chợ Ma Lâm,23059,A01,Rau cô Ba,stall,rau,Nguyễn Thị Ba,,970436,0071001234567,NGUYEN THI BA,2024-01-01,\n" +
	"MALAM,Chợ Ma Lâm,23059,A02,Cá Bảy,stall,cá,Lê Văn Bảy,,970422,999888777,LE VAN BAY,2024-01-01,\n" +
	"MALAM,Chợ Ma Lâm,23059,A03,Gạo Năm,stall,gạo,Trần Thị Năm,,,,,2024-01-01,\n" +
	"KHAC,Chợ Khác,23059,A01,Ở chợ khác,stall,rau,Phạm Văn Tám,,970436,0071001111111,PHAM VAN TAM,2024-01-01,\n";

function code(bank, account, memo) {
	return must(["qr", "encode", "--bank", bank, "--account", account, ...(memo ? ["--memo", memo] : [])]);
}

describe("inspection", () => {
	async function open(t, more = "") {
		const market = new Market(t);
		await market.importStalls(market.file("stalls.csv", HEADER + STALLS + more));
		const gateway = await market.serve({ tls: false });
		const key = async (name, role) => {
			const made = await market.must("key", "add", "--name", name, "--role", role);
			return made.trim().split(/\s+/).at(-1);
		};
		const stalls = await market.stalls();
		const inspector = await key("Huệ", "operator");
		const call = (method, path, { as = inspector, form } = {}) =>
			fetch(gateway.url + path, {
				method,
				redirect: "manual",
				headers: {
					...(as && { Authorization: `Bearer ${as}` }),
					...(form && { "Content-Type": "application/x-www-form-urlencoded" }),
				},
				body: form && new URLSearchParams(form).toString(),
			});
		const found = async (stall) => {
			const answer = await (await call("GET", "/v1/inspections?market=MALAM")).json();
			return answer.inspections.find((one) => one.stall_code === stall);
		};
		const alarms = async () =>
			(await (await call("GET", "/v1/alarms?kind=sticker_swap")).json()).alarms;
		return { market, gateway, stalls, key, call, found, alarms };
	}

	test("what hangs there, beside the register", async (t) => {
		const { stalls, call, found, alarms } = await open(t);
		const [a01, a02] = [stalls.A01, stalls.A02];
		/* stalls() is by code: A01 is that of the market read last. */
		const own = { bank: "970422", account: "999888777", reference: a02.reference };
		const cases = [
			["right", await code(own.bank, own.account, own.reference)],
			["right", await code(own.bank, own.account, `TT ${own.reference} CAM ON`)],
			["no_reference", await code(own.bank, own.account)],
			["other_reference", await code(own.bank, own.account, a01.reference)],
			["other_account", await code(own.bank, "123123123", own.reference)],
			["other_account", await code("970436", own.account, own.reference)],
			["no_vietqr", "https://example.com/malicious"],
			["no_vietqr", "\u0000<script>alert(1)</script> ắ \n".repeat(100)],
		];
		for (const [result, payload] of cases) {
			const answer = await call("POST", "/inspect/MALAM/A02", { form: { payload } });
			assert.equal(answer.status, 303, payload);
			assert.equal(answer.headers.get("location"), "/inspect/MALAM/A02");
			const one = await found("A02");
			assert.equal(one.result, result, payload);
			assert.equal(one.person, "Huệ");
		}
		await call("POST", "/inspect/MALAM/A02", { form: { missing: "1", payload: "", note: "Mưa ướt" } });
		assert.deepEqual([(await found("A02")).result, (await found("A02")).note], ["missing", "Mưa ướt"]);
		const told = await alarms();
		assert.equal(told.length, 2, "one for each foreign account");
		assert.ok(told.every((alarm) => alarm.subject === a02.reference));
		assert.equal((await found("A03")).result, null);
	});

	test("the same foreign account is told once, and again after the right code hung there", async (t) => {
		const { stalls, call, alarms } = await open(t);
		const bad = await code("970422", "123123123", stalls.A02.reference);
		const good = await code("970422", "999888777", stalls.A02.reference);
		for (const payload of [bad, bad, bad]) await call("POST", "/inspect/MALAM/A02", { form: { payload } });
		assert.equal((await alarms()).length, 1);
		for (const payload of [good, bad]) await call("POST", "/inspect/MALAM/A02", { form: { payload } });
		assert.equal((await alarms()).length, 2);
	});

	test("any code at a stall without an account is somebody else's", async (t) => {
		const { call, found } = await open(t);
		await call("POST", "/inspect/MALAM/A03", { form: { payload: await code("970422", "123123123") } });
		assert.equal((await found("A03")).result, "other_account");
	});

	test("searched for as people type, and the way back leads to the same place", async (t) => {
		const many = Array.from({ length: 230 }, (_, i) =>
			`MALAM,Chợ Ma Lâm,23059,C${100 + i},Hàng ${i},stall,trứng,Đỗ Thị ${i},,,,,2024-01-01,\n`).join("");
		const { call } = await open(t, many);
		const get = async (path) => (await call("GET", path)).text();
		const codes = (page) => [...page.matchAll(/<li id="s-([^"]+)"/g)].map(([, code]) => code);
		const search = async (q) => codes(await get(`/inspect/MALAM?q=${encodeURIComponent(q)}`));

		for (const [q, found] of [
			["a02", ["A02"]],
			["A", ["A01", "A02", "A03"]],
			["gao nam", ["A03"]],
			["GẠO", ["A03"]],
			[" bảy  cá ", ["A02"]],
			["ca\u0301 b", ["A02"]],
			["c329", ["C329"]],
			["hang 229", ["C329"]],
			["rau cô Tư", []],
			["!!!", []],
			["北京", []],
			["<script>", []],
		])
			assert.deepEqual(await search(q), found, q);

		/* Pages of what was found: all, once each. */
		const eggs = await get("/inspect/MALAM?q=trung");
		const next = /href="(\/inspect\/MALAM\?[^"]*after=[^"]*)"/.exec(eggs)[1].replaceAll("&amp;", "&");
		const all = [...codes(eggs), ...codes(await get(next))];
		assert.deepEqual(all, Array.from({ length: 230 }, (_, i) => `C${100 + i}`));

		const list = `${next}`;
		const stall = /<li id="s-C301"[^>]*><a href="([^"]+)"/.exec(await get(list))[1].replaceAll("&amp;", "&");
		assert.equal(stall, list.replace("/MALAM?", "/MALAM/C301?"));
		const noted = await call("POST", stall, { form: { missing: "1" } });
		assert.deepEqual([noted.status, noted.headers.get("location")], [303, stall]);
		const page = (await get(stall)).replaceAll("&amp;", "&");
		assert.ok(page.includes(`action="${stall}"`));
		assert.ok(page.includes(`href="${list}#s-C301"`), "back to the same place");
		assert.ok(page.includes(`id="next" href="${stall.replace("C301", "C302")}"`));

		for (const query of ["q=%00", "q=%ff%fe", `q=${"%E1%BA%A3".repeat(900)}`, "after=%00", "after=%ff", "q=a&q=b", "q"])
			assert.equal((await call("GET", `/inspect/MALAM?${query}`)).status, 200, query);
		assert.match(await get("/inspect/MALAM?q=khong-co-ai"), /Không có sạp nào khớp/);
	});

	test("who may not, and what is none", async (t) => {
		const { key, call } = await open(t);
		const manager = await key("Ban", "manager:KHAC");
		const reader = await key("Đọc", "reader");
		const form = { missing: "1" };
		assert.equal((await call("GET", "/inspect", { as: manager })).status, 200);
		assert.equal((await call("GET", "/inspect/KHAC", { as: manager })).status, 200);
		assert.equal((await call("GET", "/inspect/MALAM", { as: manager })).status, 403);
		assert.equal((await call("POST", "/inspect/KHAC/A01", { as: manager, form })).status, 303);
		for (const as of [manager, reader]) {
			const refused = await call("POST", "/inspect/MALAM/A01", { as, form });
			assert.equal(refused.status, 403);
			const list = await call("GET", "/v1/inspections?market=MALAM", { as });
			assert.equal(list.status, 403);
		}
		assert.equal((await call("GET", "/inspect", { as: null })).status, 303);
		assert.equal((await call("POST", "/inspect/MALAM/A01", { as: null, form })).status, 303);
		assert.equal((await call("GET", "/inspect/NONE")).status, 404);
		assert.equal((await call("GET", "/inspect/MALAM/Z99")).status, 404);
		assert.equal((await call("POST", "/inspect/MALAM/Z99", { form })).status, 404);
		assert.equal((await call("POST", "/inspect/MALAM/A01", { form: { note: "x" } })).status, 400);
		assert.equal((await call("GET", "/v1/inspections")).status, 400);
	});
});
