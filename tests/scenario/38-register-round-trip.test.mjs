/* What a register exports a fresh store takes back, and exports again: all of them, to the letter. */
import assert from "node:assert/strict";
import test from "node:test";

import { Market, must, openMarket } from "../support/chopay.mjs";

const CLOCK = Date.parse("2026-07-15T12:00:00+07:00") / 1000;
const ENTRY = ["--person", "Lan", "--why", "nhập muộn", "--approver", "Hùng"];

const STALLS = [
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,bank_bin,account_no,account_holder,open_date,close_date",
	"HAI,Chợ Hai,30673,Z1,'=Rau,stall,,Bà Năm,+84990000009,970436,123,BA NAM,2024-01-01,",
	"HAI,Chợ Hai,30673,Z2,Cá,mobile,cá,Bà Sáu,,,,,,2027-01-01",
	'HAI,Chợ Hai,30673,F1,"Một cửa, quầy 1",fee_desk,,UBND xã,,970436,124,UBND XA,,',
];

/* Files of each register, one after the other: a later one corrects, takes back, moves on. */
const FILES = {
	markets: [
		["market_code,market_name,unit_code,day_cut", 'DEM,"Chợ đêm, phố",23059,300'],
		["market_code,market_name,unit_code,day_cut", 'DEM,"Chợ đêm, phố",23059,360'],
	],
	calendar: [
		["market_code,from,to,days", "MALAM,2026-02-16,2026-02-20,none", "DEM,2026-01-01,,all", 'HAI,2025-07-01,,"lunar:2,7"'],
		["market_code,from,to,days", "MALAM,2026-02-20,2026-02-20,all", "HAI,2026-01-01,2026-01-01,\"week:1,3\""],
	],
	leave: [
		["market_code,stall_code,from,to,on_leave", "MALAM,A01,2026-07-01,2026-07-20,1", "MALAM,B02,2026-08-01,,1"],
		["market_code,stall_code,from,to,on_leave", "MALAM,A01,2026-07-01,2026-07-02,0"],
	],
	codes: [
		["market_code,stall_code,from,to,live", "MALAM,A01,2026-06-19,,1"],
		["market_code,stall_code,from,to,live", "MALAM,A01,2026-06-19,2026-06-20,0"],
	],
	/* A02 goes and stays, A01 has been away and came back. */
	moves: [
		["market_code,stall_code,to_market_code,from,to,to_stall_code", "MALAM,A02,HAI,2026-07-01,,Z9", "MALAM,A01,HAI,2026-06-01,2026-06-05,Z8"],
		["market_code,stall_code,to_market_code,from", "HAI,Z2,MALAM,2026-07-10"],
	],
	turnover: [
		["market_code,stall_code,month,amount,source", "MALAM,A01,2026-06,92000000,=tờ khai", "MALAM,B02,2026-05,1,x"],
		["market_code,stall_code,month,amount,source", 'MALAM,A01,2026-06,93000000,"tờ ""khai"", thuế"'],
	],
	fees: [
		["market_code,stall_code,day,kind,amount,cashless", "MALAM,A01,2026-06-05,rent,350000,1", "MALAM,A01,2026-06-05,other,1,0"],
		["market_code,stall_code,day,kind,amount,cashless", "MALAM,A01,2026-06-05,other,0,0"],
	],
	targets: [
		["unit_code,year,indicator,value,legal_basis,owner,due", "23059,2026,CAI,75.00,KH 12,Phòng Kinh tế,2026-12-31", "68,2026,V2,69505000,KH 13,+Sở,2026-12-31"],
		["unit_code,year,indicator,value,legal_basis,owner,due", '23059,2026,CAI,"75,5",KH 14,Phòng Kinh tế,2026-12-31'],
	],
	own_accounts: [
		["market_code,stall_code,bank_bin,account_no,relation,from,to", "MALAM,A01,970436,0071000000099,household,2024-01-01,", "HAI,Z1,970422,AB99,staff,,2026-01-01", "MALAM,B02,970422,77,owner,,"],
		["market_code,stall_code,bank_bin,account_no,relation,from,to", "MALAM,B02,970422,77,none,,"],
	],
	market_units: [
		["market_code,unit_code,from,to", "MALAM,23083,,2025-06-30"],
		["market_code,unit_code,from,to", "MALAM,23089,2027-01-01,", "HAI,23059,2026-01-01,2026-03-31"],
	],
	lineage: [["from_code,to_code,day,extent", "23062,23059,2025-07-01,part"]],
	dossiers: [["unit_code,month,procedures,procedures_online,dossiers", "23059,2026-06,120,96,1649"]],
	payouts: [["unit_code,month,recipients,by_account,value,value_by_account", "23059,2026-06,812,640,406000000,332000000"]],
	scores: [
		["unit_code,year,group,max,target,actual,rank,units", "23059,2026,0,100.00,85.00,82.02,5,124", '23059,2026,1,18,15,"12,30",,'],
		["unit_code,year,group,max,target,actual", "23059,2026,1,18,15,12.31"],
	],
};

const csv = (lines) => `${lines.join("\n")}\n`;

/* An export without who entered a row, and when. */
function withoutEntry(text) {
	const [header] = text.split("\n");
	const own = header.split(",").indexOf("entered_at");
	if (own < 0) return text;
	const long = header.split(",").length - own === 4;
	return text
		.split("\n")
		.map((line) => line.replace(long ? /(,[^,]*){4}$/ : /(,[^,]*){2}$/, ""))
		.join("\n");
}

const exportOf = (market, name) => market.must("registry", "export", "--register", name);
const enter = (market, name, text) => market.must("registry", "import", market.file(`${name}.csv`, text), ...ENTRY);

test("each register comes back out of a fresh store as it went in", async (t) => {
	const { market } = await openMarket(t, { clockAt: CLOCK });
	await enter(market, "stalls", csv(STALLS));
	for (const [name, files] of Object.entries(FILES))
		for (const lines of files) await enter(market, name, csv(lines));

	const names = (await must(["registry", "registers"])).split("\n").filter((line) => /^\w+$/.test(line));
	assert.deepEqual(names.filter((name) => name !== "stalls").sort(), Object.keys(FILES).sort());

	const fresh = new Market(t);
	const gateway = await fresh.serve({ clockAt: CLOCK });
	const stalls = await exportOf(market, "stalls");
	await enter(fresh, "stalls", `${stalls}\n`);
	const bare = (text) => text.split("\n").map((line) => line.replace(/,[^,]*$/, "")).join("\n");
	assert.equal(bare(await exportOf(fresh, "stalls")), bare(stalls), "all but the references");

	for (const name of Object.keys(FILES)) {
		const out = await exportOf(market, name);
		assert.ok(out.split("\n").length > 1, `${name} is empty`);
		await enter(fresh, name, `${out}\n`);
		assert.equal(withoutEntry(await exportOf(fresh, name)), withoutEntry(out), name);
	}
	await fresh.must("ledger", "verify");

	await t.test("and into the store it came from: nothing is told otherwise", async () => {
		const july = async (from) =>
			JSON.parse(await from.must("report", "adoption", "--market", "MALAM", "--period", "2026-07", "--audience", "board")).figures.sums.open_days;
		assert.equal(await july(fresh), await july(market));
		const before = await july(market);
		for (const name of Object.keys(FILES)) await enter(market, name, `${await exportOf(market, name)}\n`);
		assert.equal(await july(market), before);
		assert.equal(await exportOf(market, "stalls"), stalls);
	});
	await gateway.stop();
});

test("a history of moves that ends elsewhere is no export of these stalls", async (t) => {
	const { market } = await openMarket(t, { clockAt: CLOCK });
	await enter(market, "stalls", csv(STALLS));
	const header = "market_code,stall_code,to_market_code,from,to,to_stall_code,entered_at,person,why,approver";
	const refuse = async (...rows) => {
		const done = await market.run("registry", "import", market.file("moves.csv", csv([header, ...rows])), ...ENTRY);
		assert.equal(done.status, 65, done.stdout);
		return done.stderr;
	};
	assert.match(
		await refuse("MALAM,A01,MALAM,,,A01,,Lan,,", "MALAM,A01,HAI,2026-07-01,,A01,,Lan,,"),
		/line 3, column to_market_code: "HAI" is where these rows leave the stall, but the register has it elsewhere/,
	);
	/* By hand a stall moves once in a file, on a day. */
	assert.match(await refuse("MALAM,A01,HAI,2026-07-01,,A01,,,,", "MALAM,A01,HAI,2026-07-02,,A01,,,,"), /line 3, column stall_code: the same stands on line 2/);
	assert.match(await refuse("MALAM,A01,HAI,,,Z8,,,,"), /line 2, column from: "" is empty/);
});
