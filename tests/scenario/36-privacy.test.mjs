/* An attack: every report that an official can have of small markets, in every period, calendar and
 * boundary, as equations.  No sum of fewer than five stalls may come out of them. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

import { must, tool } from "../support/chopay.mjs";

const ENOUGH = 5;
const PRIME = 2147483629n;
const MONTHS = ["2026-07", "2026-08", "2026-09", "2026-10"];
const LAST = { "2026-07": 31, "2026-08": 31, "2026-09": 30, "2026-10": 31 };
const MARKETS = 9;
const COMMUNES = 4;

/* ---- what there is to know ------------------------------------------------------------------- */

/* Half-months: "2026-08a" is the 1st to the 14th. */
const halves = MONTHS.flatMap((month) => [`${month}a`, `${month}b`]);

function halfOf(day) {
	const date = new Date(day * 86400000).toISOString();
	return `${date.slice(0, 7)}${Number(date.slice(8, 10)) <= 14 ? "a" : "b"}`;
}

async function truth(data) {
	const lines = await tool("sqlite3", [
		join(data, "chopay.db"),
		"SELECT m.code, d.day, d.stall_id, d.payments, d.value FROM adoption_day d" +
			" JOIN stall s ON s.id = d.stall_id JOIN market m ON m.id = s.market_id",
	]);
	const cells = new Map();
	for (const line of lines.trim().split("\n")) {
		const [market, day, stall, payments, value] = line.split("|");
		const name = `${market} ${halfOf(Number(day))}`;
		const cell = cells.get(name) ?? { value: 0, stalls: new Set() };
		cell.value += Number(value);
		if (Number(payments) > 0) cell.stalls.add(stall);
		cells.set(name, cell);
	}
	return cells;
}

/* ---- everything an official can ask for --------------------------------------------------------- */

const periods = [
	...MONTHS.flatMap((month) => [
		[month],
		[month, "--calendar", "nd09"],
		[`${month}-01..${month}-14`],
		[`${month}-15..${month}-${LAST[month]}`],
		[`${month}-01..${month}-20`],
		[`${month}-02..${month}-14`],
	]),
	["2026-Q3"],
	["2026-Q3", "--calendar", "nd09"],
	["2026-07-01..2026-10-31"],
	["2026-07-15..2026-10-14"],
	["2026-10-01..2026-10-30"],
];
const scopes = [
	["--unit", "68"],
	...Array.from({ length: COMMUNES }, (_, n) => ["--unit", String(90001 + n)]),
	...Array.from({ length: MARKETS }, (_, n) => ["--market", `H000${n}`]),
];

async function ask(data, scope, period, more = []) {
	return JSON.parse(
		await must(["report", "adoption", "--data", data, ...scope, "--period", ...period, ...more]),
	);
}

/* ---- equations ----------------------------------------------------------------------------------- */

/* The halves from..to; null when a part of one is cut off. */
function halvesOf(from, to) {
	const list = [];
	for (const half of halves) {
		const month = half.slice(0, 7);
		const [first, last] = half.endsWith("a")
			? [`${month}-01`, `${month}-14`]
			: [`${month}-15`, `${month}-${LAST[month]}`];
		if (last < from || first > to) continue;
		if (first < from || last > to) return null;
		list.push(half);
	}
	return list;
}

/* Row echelon form over a prime field. */
class Span {
	constructor(width) {
		this.width = width;
		this.rows = [];
	}
	reduce(vector) {
		const row = vector.map((n) => ((BigInt(n) % PRIME) + PRIME) % PRIME);
		for (const { pivot, values } of this.rows) {
			const factor = row[pivot];
			if (factor === 0n) continue;
			for (let c = pivot; c < this.width; c++)
				row[c] = (row[c] + (PRIME - factor) * values[c]) % PRIME;
		}
		return row;
	}
	has(vector) {
		return this.reduce(vector).every((n) => n === 0n);
	}
	learn(vector) {
		const row = this.reduce(vector);
		const pivot = row.findIndex((n) => n !== 0n);
		if (pivot < 0) return;
		let inverse = 1n;
		for (let e = PRIME - 2n, base = row[pivot]; e > 0n; e >>= 1n) {
			if (e & 1n) inverse = (inverse * base) % PRIME;
			base = (base * base) % PRIME;
		}
		const values = row.map((n) => (n * inverse) % PRIME);
		for (const other of this.rows) {
			const factor = other.values[pivot];
			if (factor === 0n) continue;
			for (let c = 0; c < this.width; c++)
				other.values[c] = (other.values[c] + (PRIME - factor) * values[c]) % PRIME;
		}
		this.rows.push({ pivot, values });
	}
}

test("no sum of fewer than five stalls comes out of all reports together", async (t) => {
	const data = mkdtempSync(join(tmpdir(), "chopay-"));
	t.after(() => rmSync(data, { recursive: true }));
	await must([
		...["simulate", "--history", "--data", data, "--seed", "3", "--communes", String(COMMUNES)],
		...["--markets", String(MARKETS), "--stalls", "56", "--months", "4", "--until", "2026-10-31"],
		...["--payments", "9000", "--drop-out", "30"],
	]);
	await ask(data, ["--unit", "68"], ["2026-07-01..2026-10-31"]); // every day is folded
	const cells = await truth(data);
	const names = [...cells.keys()].filter((name) => halves.includes(name.split(" ")[1]));
	const place = new Map(names.map((name, n) => [name, n]));
	const communeOf = new Map();
	const span = new Span(names.length);
	let shown = 0;
	let hidden = 0;

	/* Which markets a unit has, as its own report says. */
	for (let n = 0; n < COMMUNES; n++) {
		const { rows } = await ask(data, ["--unit", String(90001 + n)], ["2026-10"]);
		for (const row of rows) communeOf.set(row.code, String(90001 + n));
	}
	const marketsOf = (code) =>
		[...communeOf.keys()].filter(
			(market) => code === "68" || code === market || communeOf.get(market) === code,
		);
	const learn = (code, from, to, figures) => {
		if (figures.value === null) {
			hidden++;
			return;
		}
		assert.equal(figures.withheld, false);
		const within = halvesOf(from, to);
		const vector = new Array(names.length).fill(0);
		if (to < "2026-07-01") return; // before the history
		assert.ok(within, `${code} ${from}..${to} shows money of a part of a half-month`);
		let sum = 0;
		for (const market of marketsOf(code))
			for (const half of within) {
				const at = place.get(`${market} ${half}`);
				if (at === undefined) continue;
				vector[at] = 1;
				sum += cells.get(names[at]).value;
			}
		assert.equal(figures.value, sum, `${code} ${from}..${to}`);
		shown += sum > 0 ? 1 : 0;
		span.learn(vector);
	};
	for (const scope of scopes)
		for (const period of periods) {
			const more = period.length === 1 && period[0].length === 7 ? [[], ["--boundary", "tai_thoi_diem"]] : [[]];
			for (const options of more) {
				const report = await ask(data, scope, period, options);
				learn(report.code, report.from, report.to, report.figures);
				for (const row of report.rows) learn(row.code, report.from, report.to, row.figures);
				for (const other of [report.before, report.year_before])
					if (other) learn(report.code, other.from, other.to, other.figures);
			}
		}
	assert.ok(shown > 50 && hidden > 50, `${shown} shown, ${hidden} withheld`);

	/* The targets: one market, or two, in one half-month or in all days of a month. */
	const few = (list) => {
		const stalls = new Set(list.flatMap((name) => [...(cells.get(name)?.stalls ?? [])]));
		return stalls.size > 0 && stalls.size < ENOUGH;
	};
	const target = (list) => {
		const vector = new Array(names.length).fill(0);
		for (const name of list) if (place.has(name)) vector[place.get(name)] = 1;
		return vector;
	};
	let tried = 0;
	const markets = [...communeOf.keys()];
	const spans = [...halves.map((half) => [half]), ...MONTHS.map((month) => [`${month}a`, `${month}b`]), halves];
	for (const times of spans)
		for (const [n, one] of markets.entries())
			for (const other of markets.slice(n)) {
				const list = times.flatMap((half) => [...new Set([`${one} ${half}`, `${other} ${half}`])]);
				if (!few(list)) continue;
				tried++;
				assert.ok(!span.has(target(list)), `${list} can be had`);
			}
	assert.ok(tried > 10, `${tried} targets`);

	/* The market board sees all of it. */
	const board = await ask(data, ["--market", "H0000"], ["2026-10"], ["--audience", "board"]);
	assert.notEqual(board.figures.value, null);
});
