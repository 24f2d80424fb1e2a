/* Random small markets through the real binary, and each figure of their reports against another reading of
 * ADOPTION.md: whatever came first, whenever it was counted, however it is asked for. */
import assert from "node:assert/strict";
import test from "node:test";

import { monthFirst, monthLast, monthOf, Oracle, told } from "../support/adoption_oracle.mjs";
import { Market } from "../support/chopay.mjs";
import { Chance, COMMUNES, dayNumber, dayText, FOREVER, NOW_MS, PROVINCE, randomMarkets, ZONE_MS } from "../support/random_market.mjs";

const SEEDS = process.env.ORACLE_SEEDS?.split(",").map(Number) ?? [2, 3];
const TOKEN = "secure-token-of-the-oracle";
const TOLD_AT_ONCE = 40;
const OVER = { why: "nhập bù", approver: "Trần Huệ" };
const BANK = "970436";
const STALLS =
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,bank_bin,account_no,account_holder,open_date,close_date";
const PERIODS = [
	["2026-06", "2026-06-01", "2026-06-30"],
	["2026-08", "2026-08-01", "2026-08-31"],
	["2026-Q3", "2026-07-01", "2026-09-30"],
	["2026-10", "2026-10-01", "2026-10-31"],
	["2026-07-10..2026-09-20", "2026-07-10", "2026-09-20"],
	["2026-08-05..2026-08-18", "2026-08-05", "2026-08-18"],
];

const csv = (header, rows) => `${[header, ...rows].join("\n")}\n`;
const endText = (day) => (day === FOREVER ? "" : dayText(day));
const startText = (day) => (day === -FOREVER ? "" : dayText(day));
const monthText = (month) => `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;
const ofStall = ({ market, code }) => `${market},${code}`;

/* ---- into the books ---- */

function stallRow(world, stall, closed) {
	const { unit } = world.markets.find((market) => market.code === stall.market);
	const people = `Chủ ${stall.merchant},09${String(stall.merchant).padStart(8, "0")},${BANK},${stall.account},CHU`;
	const close = closed && stall.close !== null ? dayText(stall.close) : "";
	return `${stall.market},Chợ ${stall.market},${unit},${stall.code},Sạp,stall,rau,${people},${dayText(stall.open)},${close}`;
}

const registers = (world) => [
	["calendar", "market_code,from,to,days", world.markets.flatMap(({ code, calendar }) => calendar.map((row) => `${code},${dayText(row.from)},${endText(row.to)},"${row.days}"`))],
	["leave", "market_code,stall_code,from,to,on_leave", world.stalls.flatMap((stall) => stall.leave.map((row) => `${ofStall(stall)},${dayText(row.from)},${endText(row.to)},${row.on}`))],
	["codes", "market_code,stall_code,from,to,live", world.stalls.flatMap((stall) => stall.codes.map((row) => `${ofStall(stall)},${dayText(row.from)},${endText(row.to)},${row.live}`))],
	["turnover", "market_code,stall_code,month,amount,source", world.turnover.map((row) => `${ofStall(row.stall)},${monthText(row.month)},${row.amount},x`)],
	["fees", "market_code,stall_code,day,kind,amount,cashless", world.fees.map((row) => `${ofStall(row.stall)},${dayText(row.day)},${row.kind},${row.amount},${row.cashless}`)],
	["own_accounts", "market_code,stall_code,bank_bin,account_no,relation,from,to", world.own.map((row) => `${ofStall(row.stall)},${BANK},${row.account},household,${dayText(row.from)},${endText(row.to)}`)],
	["market_units", "market_code,unit_code,from,to", world.markets.flatMap(({ code, units }) => units.map((row) => `${code},${row.unit},${startText(row.from)},${endText(row.to)}`))],
];
const moves = (world) => ["moves", "market_code,stall_code,to_market_code,from,to,to_stall_code", world.stalls.flatMap((stall) => stall.places.map((row) => `${ofStall(stall)},${row.market},${dayText(row.from)},${endText(row.to)},${stall.code}M`))];

class Books {
	static async open(t, world) {
		const books = new Books();
		const market = new Market(t);
		const gateway = await market.serve({ tls: false, clockAt: NOW_MS / 1000 });
		gateway.key = await market.newKey();
		Object.assign(books, { world, market, gateway });
		await market.importStalls(market.file("stalls.csv", csv(STALLS, world.stalls.map((stall) => stallRow(world, stall, !stall.closedLate)))));
		const cuts = world.markets.map(({ code, unit, cut }) => `${code},Chợ ${code},${unit},${cut}`);
		await market.must("registry", "import", market.file("cuts.csv", csv("market_code,market_name,unit_code,day_cut", cuts)), "--person", "Lan");
		books.stalls = await market.stalls();
		books.endpoint = await market.newEndpoint({ feed: "casso_v1", mode: "secure_token", secret: TOKEN });
		return books;
	}

	async enter([name, header, rows]) {
		if (rows.length === 0) return;
		const answer = await this.gateway.post(`/v1/registers/${name}?${new URLSearchParams(OVER)}`, csv(header, rows));
		assert.equal(answer.status, 200, `${name}: ${answer.text}`);
	}

	async tell(payments) {
		const data = payments.map(({ stall, number, amount, atMs, payer }) => ({
			id: number,
			tid: `T${number}`,
			description: `${this.stalls[stall.code].reference} mua rau`,
			amount,
			when: new Date(atMs + ZONE_MS).toISOString().slice(0, 19).replace("T", " "),
			bank_sub_acc_id: stall.account,
			bankName: "Vietcombank",
			corresponsiveAccount: payer ?? "",
			corresponsiveBankId: payer === null ? "" : BANK,
		}));
		const answer = await this.gateway.post(this.endpoint, { error: 0, data }, { headers: { "Secure-Token": TOKEN } });
		assert.equal(answer.status, 200, answer.text);
	}

	/* Refunds, closings and moves come when all was paid. */
	async finish() {
		const { world, market, gateway } = this;
		const booked = new Map((await gateway.all("/v1/payments", "payments")).map((payment) => [payment.provider_txn_id, payment.id]));
		for (const payment of world.payments) {
			payment.id = BigInt(booked.get(String(payment.number)) ?? 0);
			if (payment.refund === 0 || payment.id === 0n) continue;
			const answer = await gateway.post(`/v1/payments/${payment.id}/refunds`, { amount: payment.refund, why: "trả hàng" });
			assert.equal(answer.status, 201, answer.text);
		}
		const late = world.stalls.filter((stall) => stall.close !== null && stall.closedLate);
		const file = market.file("late.csv", csv(STALLS, late.map((stall) => stallRow(world, stall, true))));
		if (late.length > 0) await market.must("registry", "import", file, "--person", "Lan", "--why", "đóng", "--approver", "Huệ");
		await this.enter(moves(world));
		return booked.size;
	}

	async report(query) {
		const answer = await this.gateway.get(`/v1/reports/adoption?${new URLSearchParams({ ...query, audience: "board" })}`);
		assert.equal(answer.status, 200, answer.text);
		return answer.json;
	}
}

/* ---- asking both ---- */

function daysOf([name, first, last], calendar) {
	const [from, to] = [dayNumber(first), dayNumber(last)];
	if (calendar === "duong_lich" || name.includes("..")) return { from, to };
	return { from: monthFirst(monthOf(from, "duong_lich"), calendar), to: monthLast(monthOf(to, "duong_lich"), calendar) };
}

function expectedRanks(rows) {
	const may = (row) => row.figures.cai_x100 !== null && row.figures.sums.cells >= 20;
	return rows.map((row) => (may(row) ? 1 + rows.filter((other) => may(other) && other.figures.cai_x100 > row.figures.cai_x100).length : 0));
}

function compare(oracle, report, scope, asked) {
	const where = `${Object.values(scope)} ${report.period} ${asked.calendar} ${asked.boundary}`;
	assert.deepEqual(told(report.figures), oracle.expected(asked), where);
	for (const row of report.rows) {
		const inside = scope.unit === PROVINCE ? (market, unit) => unit === row.code : (market, unit) => asked.inside(market, unit) && market === row.code;
		assert.deepEqual(told(row.figures), oracle.expected({ ...asked, inside, part: undefined }), `${where}: ${row.code}`);
	}
	assert.deepEqual(report.rows.map((row) => row.rank || 0), expectedRanks(report.rows), `${where}: ranks`);
	const month = report.months.at(-1);
	const key = monthOf(dayNumber(`${month.month}-01`), "duong_lich");
	const whole = { ...asked, from: monthFirst(key, asked.calendar), to: monthLast(key, asked.calendar) };
	assert.equal(month.cai_x100 ?? null, oracle.expected(whole).cai_x100, `${where}: the line's ${month.month}`);
}

for (const seed of SEEDS)
	test(`markets of seed ${seed}`, async (t) => {
		const world = randomMarkets(seed);
		const chance = new Chance(seed + 1);
		const books = await Books.open(t, world);
		const steps = registers(world).map((register) => () => books.enter(register));
		for (let i = 0; i < world.payments.length; i += TOLD_AT_ONCE)
			steps.splice(chance.int(0, steps.length), 0, () => books.tell(world.payments.slice(i, i + TOLD_AT_ONCE)));
		for (const step of steps) {
			await step();
			if (chance.is(0.1)) await books.report({ unit: PROVINCE, period: "2026-08" });
		}
		const booked = await books.finish();
		const oracle = new Oracle(world);
		assert.equal(booked, oracle.booked.length);
		const scopes = [
			[{ unit: PROVINCE }, () => true, (unit) => unit],
			...COMMUNES.map((code) => [{ unit: code }, (market, unit) => unit === code]),
			...world.markets.map(({ code }) => [{ market: code }, (market) => market === code]),
		];
		for (const [scope, inside, part] of scopes)
			for (const calendar of ["duong_lich", "nd09"])
				for (const boundary of ["hien_hanh", "tai_thoi_diem"]) {
					const period = chance.pick(PERIODS);
					const asked = { ...daysOf(period, calendar), calendar, boundary, inside, part };
					compare(oracle, await books.report({ ...scope, period: period[0], calendar, boundary }), scope, asked);
				}
		await books.market.must("ledger", "verify");
	});
