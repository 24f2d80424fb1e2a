/* The registers of the index: entered by CSV on the command line and over the API, all rows or none,
 * each bad row named; who entered them; days that are over; a stall that moves. */
import assert from "node:assert/strict";
import test from "node:test";

import { Market, must, openMarket, run } from "../support/chopay.mjs";

const USAGE = 64;
const DATA = 65;
const NOON = "2026-07-15T12:00:00+07:00";
const CLOCK = Date.parse(NOON) / 1000;
const LEAVE = "market_code,stall_code,from,to,on_leave";
const CALENDAR = "market_code,from,to,days";
const MOVES = "market_code,stall_code,to_market_code,from";
const STALLS =
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,bank_bin,account_no,account_holder,open_date,close_date";

function csv(...lines) {
	return `${lines.join("\n")}\n`;
}

/* Refused: each of `says` in its line on stderr, and the register as before. */
async function refused(market, name, args, ...says) {
	const before = await market.must("registry", "export", "--register", name);
	const done = await market.run("registry", "import", ...args);
	assert.equal(done.status, DATA, done.stderr);
	assert.equal(done.stdout, "");
	for (const one of says) assert.match(done.stderr, one);
	assert.equal(await market.must("registry", "export", "--register", name), before);
}

test("what a register wants is told, and its own export comes back", async (t) => {
	const { market } = await openMarket(t, { clockAt: CLOCK });
	const told = (await must(["registry", "registers"])).split("\n\n").map((one) => {
		const [name, header, example] = one.split("\n").map((line) => line.trim());
		return { name, header, example };
	});
	assert.ok(told.length >= 14);
	assert.deepEqual(
		told.find(({ name }) => name === "calendar"),
		{ name: "calendar", header: CALENDAR, example: "MALAM,2026-02-16,2026-02-20,none" },
	);
	for (const { name, header } of told) {
		const out = await market.must("registry", "export", "--register", name);
		assert.ok(out.startsWith(header), `${name}: ${out.slice(0, 100)}`);
	}

	const rows = csv(LEAVE, "MALAM,A01,2026-07-15,2026-07-20,1", "MALAM,B02,2026-08-01,,có");
	const file = market.file("leave.csv", rows);
	assert.equal(
		await market.must("registry", "import", file, "--person", "Lê Thị Lan"),
		"2 rows: 2 added to the register leave",
	);
	const out = await market.must("registry", "export", "--register", "leave");
	assert.deepEqual(
		out.split("\n").map((line) => line.replace(/2026-07-15T12:0\d:\d\d/, "NOW")),
		[
			`${LEAVE},entered_at,person,why,approver`,
			"MALAM,A01,2026-07-15,2026-07-20,1,NOW+07:00,Lê Thị Lan,,",
			"MALAM,B02,2026-08-01,,1,NOW+07:00,Lê Thị Lan,,",
		],
	);
	const again = market.file("again.csv", `${out}\n`);
	await market.must("registry", "import", again, "--person", "Lan");
	await market.must("ledger", "verify");
	/* Who entered what stands in the audit log. */
	const audit = market.rows("SELECT who, subject, detail FROM audit WHERE what = 'register' ORDER BY id");
	assert.deepEqual(audit.at(-2), { who: "Lê Thị Lan", subject: "register:leave", detail: "2 rows" });
});

test("each bad row is named, and nothing of the file is in", async (t) => {
	const { market } = await openMarket(t, { clockAt: CLOCK });
	const enter = (name, text) => [market.file(`${name}.csv`, text), "--person", "Lan"];

	await refused(
		market,
		"calendar",
		enter("calendar", csv(CALENDAR, "MALAM,2027-02-05,2027-02-10,none", "MALAM,2027-02-29,,none", "CHỢ,2027-03-01,,sometimes")),
		/calendar\.csv line 3, column from: "2027-02-29" is no day of the calendar/,
		/line 4, column market_code: "CHỢ" is no market/,
		/line 4, column days: "sometimes" is not a pattern/,
		/nothing was imported/,
	);
	await refused(
		market,
		"calendar",
		enter("closed", csv(CALENDAR, "MALAM,2027-01-01,2027-12-31,none")),
		/line 2, column days: "none" leaves the market closed for more than 60 days/,
	);
	await refused(
		market,
		"scores",
		enter(
			"scores",
			csv(
				"unit_code,year,group,max,target,actual",
				'23059,2026,0,100,90,"46,63"',
				'23059,2026,1,18,18,"12,3"',
				'23059,2026,2,20,20,"18,5"',
				"23059,2026,3,18,18,18",
				'23059,2026,4,12,12,"6,5"',
			),
		),
		/line 2, column actual: the groups make 55,30, the stated total is 46,63 \(tổng các nhóm lớn hơn tổng điểm: các nhóm được 55,30, tổng ghi 46,63\)/,
	);
	await refused(
		market,
		"market_units",
		enter("units", csv("market_code,unit_code,from,to", "MALAM,23083,,2025-07-31", "MALAM,23059,2025-07-01,")),
		/line 2, column unit_code: "23083" is not in force on all days/,
	);
	await refused(
		market,
		"market_units",
		enter("overlap", csv("market_code,unit_code,from,to", "MALAM,23083,,2025-06-30", "MALAM,23059,2025-06-30,")),
		/line 3, column from: the days overlap with those on line 2/,
	);
	await refused(
		market,
		"market_units",
		enter("late", csv("market_code,unit_code,from,to", "MALAM,23089,2026-07-14,", "NOPE,23089,,")),
		/line 3, column market_code: "NOPE" is no market/,
	);
	await refused(
		market,
		"market_units",
		enter("over", csv("market_code,unit_code,from,to", "MALAM,23083,,2025-06-30")),
		/line 2, column from: "" concerns days that are over/,
	);
	await refused(
		market,
		"targets",
		enter("targets", csv("unit_code,year,indicator,value,legal_basis,owner,due", "23059,2026,CAI,100.01,KH,X,2026-12-31")),
		/line 2, column value: "100\.01" is more than the most/,
	);
	await refused(
		market,
		"payouts",
		enter("payouts", csv("unit_code,month,recipients,by_account,value,value_by_account", "23059,2026-08,1,2,3,4")),
		/line 2, column month: "2026-08" is in the future/,
	);
	const nobody = await market.run("registry", "import", market.file("closed.csv"));
	assert.equal(nobody.status, DATA);
	assert.match(nobody.stderr, /say who enters this register/);
	const unknown = await market.run("registry", "export", "--register", "nothing");
	assert.equal(unknown.status, USAGE);
	assert.match(unknown.stderr, /no register is named nothing/);
});

test("days that are over need a reason and a second person", async (t) => {
	const { market } = await openMarket(t, { clockAt: CLOCK });
	const file = market.file("leave.csv", csv(LEAVE, "MALAM,A01,2026-07-14,2026-07-20,1"));
	const lan = ["--person", "Lan"];

	await refused(market, "leave", [file, ...lan], /line 2, column from: "2026-07-14" concerns days that are over/);
	await refused(market, "leave", [file, ...lan, "--why", "ốm"], /line 2/);
	await refused(market, "leave", [file, ...lan, "--why", "ốm", "--approver", " LAN"], /another person/);
	await market.must("registry", "import", file, ...lan, "--why", "ốm", "--approver", "Hùng");
	assert.match(
		await market.must("registry", "export", "--register", "leave"),
		/MALAM,A01,2026-07-14,2026-07-20,1,[^,]*,Lan,ốm,Hùng/,
	);

	/* A closing, too, which is entered with the stalls. */
	const [header, ...rows] = (await market.must("registry", "export")).split("\n");
	const row = rows.find((one) => one.includes(",A01,")).split(",");
	row[13] = "2026-07-01";
	const stalls = market.file("stalls.csv", csv(header, row.join(",")));
	await refused(market, "stalls", [stalls], /line 2, column close_date: "2026-07-01" concerns days that are over/);
	const done = await market.must("registry", "import", stalls, ...lan, "--why", "nghỉ bán", "--approver", "Hùng");
	assert.equal(done, "1 rows: 0 new stalls, 1 changed, 0 new markets");
	const lives = market.rows(
		"SELECT l.close_day, l.approver FROM stall_life l JOIN stall s ON s.id = l.stall_id WHERE s.code = 'A01' ORDER BY l.id",
	);
	assert.deepEqual(
		lives.map((one) => [Number(one.close_day), one.approver]),
		[
			[1000000, ""],
			[20635, "Hùng"],
		],
	);
});

test("a night market says where it cuts its days, until money came", async (t) => {
	const { market, bank } = await openMarket(t, { clockAt: CLOCK });
	const enter = (cut) => [market.file("markets.csv", csv("market_code,market_name,unit_code,day_cut", `DEM,Chợ đêm,23059,${cut}`)), "--person", "Lan"];
	assert.equal(await market.must("registry", "import", ...enter(300)), "1 rows: 1 added to the register markets");
	assert.equal(await market.must("registry", "import", ...enter(360)), "1 rows: 1 added to the register markets");
	assert.equal(await market.must("registry", "import", ...enter(360)), "1 rows: 0 added to the register markets");
	const stall = csv(STALLS, "DEM,Chợ đêm,23059,N1,Chè,stall,chè,Lý Thị Đêm,,970436,990077,LY THI DEM,2024-01-01,");
	await market.must("registry", "import", market.file("night.csv", stall));
	const { N1 } = await market.stalls();
	await bank.pay({ account: "990077", note: N1.reference, amount: 15_000, atMs: Date.parse("2026-07-15T02:10:00+07:00") });
	const [{ day }] = market.rows("SELECT day FROM payment");
	assert.equal(Number(day) * 86_400_000, Date.parse("2026-07-14T00:00:00Z"));
	await refused(market, "markets", enter(0), /line 2, column day_cut: "0" comes too late/);
});

test("a market that goes to another unit: nothing is overwritten, and today is today", async (t) => {
	const { market, gateway } = await openMarket(t, { clockAt: CLOCK });
	const enter = (name, row, ...words) =>
		market.must("registry", "import", market.file(name, csv("market_code,unit_code,from,to", row)), "--person", "Lan", ...words);
	const exported = async () =>
		(await market.must("registry", "export", "--register", "market_units")).replaceAll(/2026-07-15T12:0\d:\d\d/g, "NOW").split("\n").slice(1);

	assert.equal(await enter("to-come.csv", "MALAM,23089,2027-01-01,"), "1 rows: 1 added to the register market_units");
	assert.deepEqual(await exported(), ["MALAM,23059,,2026-12-31,,Lan,,", "MALAM,23089,2027-01-01,,NOW+07:00,Lan,,"]);
	/* Until then it is where it was: for its stalls' file, and for who signs for that unit. */
	const { A01 } = await market.stalls();
	assert.equal(A01.unit_code, "23059");
	const sees = async (unit) => {
		const key = await market.newKey(`official:${unit}`);
		return (await gateway.get("/v1/reports/adoption?market=MALAM&period=2026-07", { key })).status;
	};
	assert.equal(await sees("23059"), 200);
	assert.equal(await sees("23089"), 403);

	const why = ["--why", "nhập sai", "--approver", "Hùng"];
	await enter("past.csv", "MALAM,23083,,2025-06-30", ...why);
	assert.deepEqual(await exported(), [
		"MALAM,23083,,2025-06-30,NOW+07:00,Lan,nhập sai,Hùng",
		"MALAM,23059,2025-07-01,2026-12-31,,Lan,,",
		"MALAM,23089,2027-01-01,,NOW+07:00,Lan,,",
	]);
	await enter("back.csv", "MALAM,23059,2027-01-01,");
	assert.deepEqual((await exported()).length, 2);
	const said = market.rows("SELECT unit_code, why, approver FROM market_attachment ORDER BY id");
	assert.deepEqual(said.map(({ unit_code }) => unit_code), ["23059", "23089", "23083", "23059"]);
	assert.deepEqual(said[2], { unit_code: "23083", why: "nhập sai", approver: "Hùng" });
});

test("a stall that moves keeps its reference, its account and its payments", async (t) => {
	const { market, stalls, gateway, bank } = await openMarket(t, { clockAt: CLOCK });
	const other = csv(STALLS, "HAI,Chợ Hai,23059,Z9,Rau,stall,rau,Bà Năm,,970436,123,BA NAM,2024-01-01,");
	await market.must("registry", "import", market.file("second.csv", other));
	const pay = (amount) => bank.pay({ account: stalls.A01.account_no, note: `${stalls.A01.reference} mua rau`, amount });
	await pay(50_000);

	const move = market.file("moves.csv", csv(MOVES, "MALAM,A01,HAI,2026-07-15"));
	assert.equal(
		await market.must("registry", "import", move, "--person", "Lan"),
		"1 rows: 1 added to the register moves",
	);
	const moved = (await market.stalls()).A01;
	assert.equal(moved.market_code, "HAI");
	assert.equal(moved.reference, stalls.A01.reference);
	await pay(60_000);
	const { payments } = (await gateway.get(`/v1/stalls/${moved.reference}/payments`)).json;
	assert.deepEqual(payments.map(({ amount }) => amount), [60_000, 50_000]);
	await market.must("ledger", "verify");
	/* Before that day it stood where it stood. */
	assert.match(await market.must("registry", "export", "--register", "moves"), /HAI,A01,MALAM,,,A01,/);
});

test("the API takes the same files", async (t) => {
	const { gateway, market } = await openMarket(t, { clockAt: CLOCK });
	const body = csv(LEAVE, "MALAM,A01,2026-07-20,2026-07-21,1");
	const post = (name, text, query = "") => gateway.request("POST", `/v1/registers/${name}${query}`, { body: text });

	const added = await post("leave", body);
	assert.equal(added.status, 200, added.text);
	assert.equal(added.json.added, 1);
	const back = await gateway.get("/v1/registers/leave");
	assert.equal(back.headers["content-type"], "text/csv; charset=utf-8");
	assert.match(back.text, /MALAM,A01,2026-07-20,2026-07-21,1,[^,]*,operator of a scenario,,/);

	const bad = await post("leave", csv(LEAVE, "MALAM,A01,2026-07-20,,1", "MALAM,NOPE,2026-07-20,,1"));
	assert.equal(bad.status, 422);
	assert.deepEqual(bad.json.problems, [
		{ line: 3, column: "stall_code", reason: '"NOPE" is no stall of that market' },
	]);
	assert.equal((await post("codes", body)).status, 422);
	assert.equal((await post("nothing", body)).status, 422);
	const late = csv(LEAVE, "MALAM,A01,2026-07-01,2026-07-02,1");
	assert.equal((await post("leave", late)).status, 422);
	const why = `?why=${encodeURIComponent("bão")}&approver=${encodeURIComponent("Hùng")}`;
	assert.equal((await post("leave", late, why)).status, 200);
	/* Whom the key was made for cannot be somebody else. */
	assert.equal((await post("leave", body, "?person=Lan")).status, 403);
	assert.equal((await market.must("registry", "export", "--register", "leave")).split("\n").length, 3);
});

test("files that spreadsheets and strangers make", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	const turnover = "market_code,stall_code,month,amount,source";
	const enter = (name, bytes) =>
		market.run("registry", "import", market.file(name, bytes), "--person", "Lan");
	const good = await enter("bom.csv", `\u{feff}${turnover}\r\n"MALAM","A01",2026-01,"92000000","tờ ""khai"", thuế"\r\n`);
	assert.equal(good.status, 0, good.stderr);
	const formula = await enter("formula.csv", csv(turnover, "MALAM,A01,2026-02,1,'=1+1"));
	assert.equal(formula.status, 0, formula.stderr);
	assert.match(await market.must("registry", "export", "--register", "turnover"), /,2026-02,1,'=1\+1,/);

	for (const [name, text, says] of [
		["nul", csv(turnover, "MALAM,A01,2026-03,1,a\0b"), /line 2, column source/],
		["latin", Buffer.from(csv(turnover, "MALAM,A01,2026-03,1,t\xff"), "latin1"), /line 2, column source/],
		["quote", `${turnover}\nMALAM,A01,2026-03,1,"a`, /line 2/],
		["utf16", Buffer.from(csv(turnover, "MALAM,A01,2026-03,1,a"), "utf16le"), /line 1/],
		["empty", "", /line 1: the file is empty/],
		["header", `${turnover}\n`, /no rows/],
		["shifted", csv("market_code,stall_code,moth,amount,source", "MALAM,A01,2026-03,1,a"), /line 1, column month: .*"turnover"/],
	]) {
		const done = await enter(`${name}.csv`, text);
		assert.equal(done.status, DATA, `${name}: ${done.stderr}`);
		assert.match(done.stderr, says, name);
	}
	/* 10 MB of one row again and again: refused for good reasons, the first hundred of them told. */
	const row = "MALAM,A01,2026-03,1,x\n";
	const big = await enter("big.csv", `${turnover}\n${row.repeat(Math.ceil(10_000_000 / row.length))}`);
	assert.equal(big.status, DATA, big.stderr);
	assert.match(big.stderr, /line 3, column month: the same stands on line 2 already/);
	assert.match(big.stderr, /and \d+ more/);
	assert.equal((await market.must("registry", "export", "--register", "turnover")).split("\n").length, 3);
});

test("banks and units: what a file may name, from the program alone", async () => {
	const banks = await must(["registry", "banks"]);
	assert.match(banks, /^bin,code,/);
	assert.match(banks, /^970436,VCB,/m);
	const units = await must(["registry", "units"]);
	assert.match(units, /^23083,[^,]*,commune,597,,2025-06-30$/m);
	assert.match(units, /^23059,Xã Hàm Thuận,commune,68,2025-07-01,$/m);
});

test("words that do not fit are told in one line", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	for (const [args, status, says] of [
		[["registry", "import"], USAGE, /which file/],
		[["registry", "export", "--person", "Lan"], USAGE, /person/],
		[["registry", "lists"], USAGE, /registry/],
	]) {
		const done = await run([...args, ...(args[1] === "lists" ? [] : market.where)]);
		assert.equal(done.status, status, done.stderr);
		assert.match(done.stderr, says);
		assert.equal(done.stdout, "");
	}
});
