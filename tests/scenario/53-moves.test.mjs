/* Stalls that move, markets that change their unit, money on both sides of midnight: each figure is the
 * same however it is asked for, and in whatever order. */
import assert from "node:assert/strict";
import test from "node:test";

import { Market, openMarket } from "../support/chopay.mjs";
import { Payos } from "../support/payos.mjs";

const NOON = Date.parse("2026-09-05T12:00:00+07:00") / 1000;
const OVER = ["--person", "Lan", "--why", "nhập bù", "--approver", "Huệ"];
const STALLS =
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,bank_bin,account_no,account_holder,open_date,close_date";

function enter(market, name, ...lines) {
	return market.must("registry", "import", market.file(`${name}.csv`, `${lines.join("\n")}\n`), ...OVER);
}

/* Two markets with two stalls each, open since 2024; NIGHT's days begin at 6. */
async function openTwo(t) {
	const market = new Market(t);
	const stalls = ["DAY,Chợ Ngày", "NIGHT,Chợ Đêm"].flatMap((of, m) =>
		[1, 2].map((n) => `${of},23059,${of[0]}${n},Sạp ${n},stall,rau,Chủ ${m}${n},09900000${m}${n},970436,70000${m}${n},CHU,2024-01-01,`),
	);
	await market.importStalls(market.file("stalls.csv", `${[STALLS, ...stalls].join("\n")}\n`));
	await enter(market, "cut", "market_code,market_name,unit_code,day_cut", "NIGHT,Chợ Đêm,23059,360");
	const gateway = await market.serve({ tls: false, clockAt: NOON });
	gateway.key = await market.newKey();
	const figures = async (query) => {
		const answer = await gateway.get(`/v1/reports/adoption?audience=board&${query}`);
		assert.equal(answer.status, 200, answer.text);
		return answer.json.figures;
	};
	const register = async (name, ...lines) => {
		const why = new URLSearchParams({ why: "nhập bù", approver: "Trần Huệ" });
		const answer = await gateway.post(`/v1/registers/${name}?${why}`, `${lines.join("\n")}\n`);
		assert.equal(answer.status, 200, answer.text);
	};
	return { market, gateway, figures, register };
}

const MOVES = "market_code,stall_code,to_market_code,from,to,to_stall_code";

test("a stall that moved, and came back, is one stall", async (t) => {
	const { figures, register } = await openTwo(t);
	assert.equal((await figures("unit=23059&period=2026-Q3")).stalls, 4);
	await register("moves", MOVES, "DAY,D1,NIGHT,2026-08-01,2026-08-20,N9");
	assert.equal((await figures("unit=23059&period=2026-Q3")).stalls, 4);
	assert.equal((await figures("market=DAY&period=2026-Q3")).stalls, 2);
	assert.equal((await figures("market=NIGHT&period=2026-Q3")).stalls, 3);
});

test("a market that changed its unit within a month has the same index in either boundary mode", async (t) => {
	const { figures, register } = await openTwo(t);
	await register(
		"market_units",
		"market_code,unit_code,from,to",
		"DAY,23089,,2026-08-15",
		"DAY,23059,2026-08-16,",
	);
	const today = await figures("market=DAY&period=2026-08&boundary=hien_hanh");
	const then = await figures("market=DAY&period=2026-08&boundary=tai_thoi_diem");
	assert.equal(today.sums.cells, 2);
	assert.deepEqual(then.sums, today.sums);
});

test("a stall that moved to a market whose days begin at another hour keeps its days", async (t) => {
	const { market, gateway, register } = await openTwo(t);
	const payos = await Payos.at(market, gateway);
	const { reference } = (await market.stalls()).D1;
	const account = "7000001";
	const atMs = Date.parse("2026-08-10T02:10:00+07:00");
	await payos.tell(payos.order({ orderCode: 1, account, amount: 50_000, note: reference, bankRef: "FT1", atMs }));
	await market.must("ledger", "verify");
	await register("moves", MOVES, "DAY,D1,NIGHT,2026-08-01,,N9");
	await market.must("ledger", "verify");
});

test("a circle that is closed after the month's end is in the month's first report", async (t) => {
	const { market, gateway, stalls } = await openMarket(t, { tls: false, clockAt: NOON });
	const payos = await Payos.at(market, gateway);
	const pay = (orderCode, to, from, time) => {
		const story = { orderCode, amount: 100_000, note: stalls[to].reference, bankRef: `FT${orderCode}` };
		const payer = { bank: stalls[from].bank_bin, account: stalls[from].account_no };
		return payos.tell(payos.order({ ...story, account: stalls[to].account_no, payer, atMs: Date.parse(`${time}:00+07:00`) }));
	};
	await pay(1, "B01", "A01", "2026-08-31T15:00");
	await pay(2, "A01", "B01", "2026-09-01T10:00");
	await gateway.stop();
	const report = JSON.parse(await market.must("report", "adoption", "--market", "MALAM", "--period", "2026-08", "--audience", "board"));
	assert.equal(report.figures.payments, 0);
	assert.equal(report.figures.removed.R2.payments, 1);
});

test("the line of months shows its last one whole, whatever day the report ends on", async (t) => {
	const { market, gateway, stalls } = await openMarket(t, { tls: false, clockAt: NOON });
	const payos = await Payos.at(market, gateway);
	for (let n = 0; n < 31; n++) {
		const { account_no: account, reference: note } = stalls.B01;
		const month = n < 10 ? "07" : "08";
		const atMs = Date.parse(`2026-${month}-${String((n % 10) + 21).padStart(2, "0")}T08:${n + 10}:00+07:00`);
		await payos.tell(payos.order({ orderCode: n + 1, account, amount: 20_000, note, bankRef: `FT${n}`, atMs }));
	}
	await gateway.stop();
	const ask = async (...period) => JSON.parse(await market.must("report", "adoption", "--market", "MALAM", "--period", ...period));
	const early = (await ask("2026-08-01..2026-08-20")).months.at(-1);
	assert.equal(early.month, "2026-08");
	assert.deepEqual(early, (await ask("2026-08")).months.at(-1));
	assert.deepEqual(early, (await ask("2026-08-01..2026-08-20")).months.at(-1));
});
