/* The index of cells given by hand: the worked example, ranks among units, lines that cannot be. */
import assert from "node:assert/strict";
import test from "node:test";

import { must, run } from "../support/chopay.mjs";

const DATA = 65;
const HEADER =
	"unit,stall,month,market_days,open_days,qr_days,active_days,payers,prev_active";
const JUNE = [
	"S1,2026-06,30,30,30,27,140,yes",
	"S2,2026-06,30,30,30,6,7,yes",
	"S3,2026-06,30,15,12,9,20,none",
	"S4,2026-06,30,24,24,3,2,yes",
];

function cells(...lines) {
	return `${[HEADER, ...lines].join("\n")}\n`;
}

/* `count` stalls like each other. */
function unit(name, count, numbers) {
	return Array.from({ length: count }, (_, n) => `${name},S${n},2026-06,${numbers}`);
}

async function report(...lines) {
	return JSON.parse(await must(["report", "cai"], { input: cells(...lines) })).units;
}

test("the worked example, to the digit", async () => {
	const [ward] = await report(...JUNE.map((line) => `Hàm Thuận,${line}`));

	assert.deepEqual(ward, {
		unit: "Hàm Thuận",
		cai_x100: 7348,
		class: "Khá",
		rank: null, // four cells are too few
		P: { num: 96, den: 99, rate_bp: 9697, pts_x100: 1455 },
		H: { num: 3, den: 4, rate_bp: 7500, pts_x100: 2500 },
		N: { num: 45, den: 99, rate_bp: 4545, pts_x100: 1989 },
		D: { num: 2, den: 3, rate_bp: 6667, pts_x100: 1404 },
	});
});

test("units are ranked, equals share a rank, those without a figure have none", async () => {
	const units = await report(
		...unit("A", 20, "30,30,30,12,9,yes"),
		...unit("B", 20, "30,30,30,24,9,yes"),
		...unit("C", 20, "30,30,30,12,9,yes"),
		...unit("D", 20, "30,30,0,12,9,yes"),
		...unit("E", 20, "30,30,30,30,9,none"),
		...unit("F", 19, "30,30,30,30,9,yes"),
		"G,S1,2026-06,30,0,0,0,0,no",
	);
	const of = Object.fromEntries(units.map((one) => [one.unit, one]));

	assert.deepEqual(units.map((one) => one.unit), ["A", "B", "C", "D", "E", "F", "G"]);
	assert.deepEqual(units.map((one) => one.rank), [2, 1, 2, 4, null, null, null]);
	assert.equal(of.E.cai_x100, null); // nobody had been active: no retention to speak of
	assert.equal(of.E.D.rate_bp, null);
	assert.equal(of.F.class, "Xuất sắc");
	assert.deepEqual(of.G.N, { num: 0, den: 0, rate_bp: null, pts_x100: null });
});

for (const [what, line, words] of [
	["more days open than the market", "X,S,2026-06,30,31,0,0,0,no", /line 2: open_days/],
	["more days with a code than open", "X,S,2026-06,30,10,11,0,0,no", /line 2: qr_days/],
	["more days paid than open", "X,S,2026-06,30,10,10,11,9,no", /line 2: active_days/],
	["a month that is none", "X,S,2026-13,30,10,10,1,1,no", /line 2: month/],
	["a number below nothing", "X,S,2026-06,30,10,10,1,-1,no", /line 2: payers/],
	["a fraction", "X,S,2026-06,30,10.5,10,1,1,no", /line 2: open_days/],
	["another word than yes, no, none", "X,S,2026-06,30,10,10,1,1,maybe", /line 2: prev_active/],
	["no unit", ",S,2026-06,30,10,10,1,1,no", /line 2: unit/],
	["a column too few", "X,S,2026-06,30,10,10,1,1", /line 2: .*9 columns/],
]) {
	test(`refused: ${what}`, async () => {
		const { status, stdout, stderr } = await run(["report", "cai"], { input: cells(line) });

		assert.equal(status, DATA);
		assert.equal(stdout, "");
		assert.match(stderr, words);
	});
}

test("refused: a cell told twice, and a file of something else", async () => {
	const twice = cells("X,S,2026-06,30,10,10,1,1,no", "Y,S,2026-06,30,10,10,1,1,no",
		"X,S,2026-06,30,10,10,2,1,no");
	const [again, other] = [await run(["report", "cai"], { input: twice }),
		await run(["report", "cai"], { input: "stall,value\nS1,5\n" })];

	assert.equal(again.status, DATA);
	assert.match(again.stderr, /line 4: .*twice/);
	assert.equal(other.status, DATA);
	assert.match(other.stderr, /line 1: the header must be unit,stall/);
});
