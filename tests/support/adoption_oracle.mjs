/*
 * ADOPTION.md read a second time, slowly and from its words alone: what random_market.mjs made, day by day and
 * payment by payment, comes to the figures that a report must have.
 */
import { DAY_MS, NOW_MS, ZONE_MS } from "./random_market.mjs";

const COMPONENTS = [
	["P", 15, 100],
	["H", 30, 90],
	["N", 35, 80],
	["D", 20, 95],
];
const RULES = ["refunded", "R1", "R2", "R3", "R4", "R7"];
const KEEP_VALUE = ["", "R3", "R7"];

/* ---- days and months ---------------------------------------------------------------------------- */

export const dayAt = (ms, cut) => Math.floor((ms + ZONE_MS - cut * 60_000) / DAY_MS);
const firstOf = (month) => Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY_MS;
export const monthFirst = (month, calendar) => (calendar === "nd09" ? firstOf(month - 1) + 14 : firstOf(month));
export const monthLast = (month, calendar) => monthFirst(month + 1, calendar) - 1;

export function monthOf(day, calendar) {
	const date = new Date(day * DAY_MS);
	const next = calendar === "nd09" && date.getUTCDate() >= 15 ? 1 : 0;
	return date.getUTCFullYear() * 12 + date.getUTCMonth() + next;
}

const range = (from, to) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);

function groups(list, keyOf) {
	const found = new Map();
	for (const one of list) {
		const key = keyOf(one);
		if (!found.has(key)) found.set(key, []);
		found.get(key).push(one);
	}
	return [...found.values()];
}

/* Of dated rows the last one that covers the day. */
const said = (rows, day) => rows.filter((row) => row.from <= day && day <= row.to).at(-1);

function roundHalfUp(a, b) {
	return Number((2n * BigInt(a) + BigInt(b)) / (2n * BigInt(b)));
}

export class Oracle {
	constructor(world) {
		this.world = world;
		this.markets = new Map(world.markets.map((market) => [market.code, market]));
		this.full = new Map();
		for (const payment of world.payments) this.#place(payment);
		this.booked = world.payments.filter((payment) => !payment.waits);
		for (const payment of this.booked) payment.rule = this.#judgeAlone(payment);
		this.#campaigns();
		this.#splits();
		this.days = new Map(groups(this.booked, (p) => `${p.stall.account} ${p.day}`).map((list) => [`${list[0].stall.account} ${list[0].day}`, list]));
	}

	/* ---- the register ---- */

	stands(stall, day) {
		return said(stall.places, day)?.market ?? stall.market;
	}

	marketOpen(code, day) {
		const days = said(this.markets.get(code).calendar, day)?.days ?? "all";
		const weekDay = ((day + 3) % 7) + 1;
		return days === "all" || (days !== "none" && days.slice("week:".length).split(",").includes(String(weekDay)));
	}

	isOpen(stall, day) {
		const lives = stall.open <= day && (stall.close === null || day < stall.close);
		return lives && !said(stall.leave, day)?.on && this.marketOpen(this.stands(stall, day), day);
	}

	/* R9: as the register said on that day.  All rows, and closings, were entered at the end. */
	wasOpen(stall, day) {
		return day < this.world.today ? stall.open <= day : this.isOpen(stall, day);
	}

	hasCode(stall, day) {
		return Boolean(said(stall.codes, day)?.live ?? day >= this.world.today);
	}

	unitOf(code, day, boundary) {
		const { unit, units } = this.markets.get(code);
		return said(units, boundary === "hien_hanh" ? this.world.today : day)?.unit ?? unit;
	}

	/* ---- the rules ---- */

	#place(payment) {
		const { stall } = payment;
		payment.day = dayAt(payment.atMs, this.markets.get(stall.market).cut);
		payment.market = this.stands(stall, payment.day);
		payment.net = payment.amount - payment.refund;
		payment.waits = stall.close !== null && !stall.closedLate && payment.day >= stall.close;
		payment.owners = payment.payer === null ? [] : this.#owners(payment.payer, payment.day);
	}

	#owners(account, day) {
		const receiving = this.world.stalls.filter((stall) => stall.account === account);
		const own = this.world.own.filter((row) => row.account === account && row.from <= day && day <= row.to);
		return [...receiving, ...own.map((row) => row.stall)].map((stall) => stall.merchant);
	}

	#judgeAlone(payment) {
		if (payment.net <= 0) return "refunded";
		if (payment.owners.includes(payment.stall.merchant)) return "R1";
		if (this.booked.some((other) => this.#comesBack(payment, other))) return "R2";
		return payment.net < 1000 ? "R4" : "";
	}

	#comesBack(there, back) {
		return (
			back.owners.includes(there.stall.merchant) &&
			there.owners.includes(back.stall.merchant) &&
			!back.owners.includes(back.stall.merchant) &&
			back.net > 0 &&
			Math.abs(back.atMs - there.atMs) <= DAY_MS &&
			100 * Math.abs(back.net - there.net) <= 5 * Math.max(back.net, there.net)
		);
	}

	get #named() {
		return this.booked.filter((payment) => payment.rule === "" && payment.payer !== null);
	}

	#campaigns() {
		for (const alike of groups(this.#named, (p) => [p.market, p.day, p.payer, p.net].join()))
			if (new Set(alike.map((payment) => payment.stall)).size >= 10) for (const payment of alike) payment.rule = "R7";
	}

	#splits() {
		for (const list of groups(this.#named, (p) => [p.stall.account, p.day, p.payer].join())) {
			const kept = [];
			for (const payment of list.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1))) {
				if (kept.filter((one) => payment.atMs - one.atMs <= 600_000).length >= 3) payment.rule = "R3";
				else kept.push(payment);
			}
		}
	}

	paid(stall, day) {
		return this.days.get(`${stall.account} ${day}`) ?? [];
	}

	/* ---- a cell ---- */

	#cell(stall, days, marketDays, wasActive) {
		const paid = days.map((day) => this.paid(stall, day));
		const valid = paid.map((list) => list.filter((payment) => payment.rule === ""));
		const open = days.map((day) => this.isOpen(stall, day));
		const O = open.filter(Boolean).length;
		const A = valid.filter((list, i) => open[i] && list.length > 0).length;
		const named = new Set(valid.flat().map((payment) => payment.payer));
		named.delete(null);
		const U = named.size + sum(valid, (list) => Math.min(3, list.filter((payment) => payment.payer === null).length));
		const eligible = O > 0 && O >= Math.ceil(marketDays / 3);
		const active = eligible && A >= Math.max(1, Math.ceil((4 * O) / 30)) && U >= Math.max(1, Math.ceil((5 * O) / 30));
		return {
			O,
			A,
			Q: days.filter((day, i) => open[i] && this.hasCode(stall, day)).length,
			payments: valid.flat().length,
			value: sum(paid.flat().filter((payment) => KEEP_VALUE.includes(payment.rule)), (payment) => payment.net),
			eligible,
			active,
			base: eligible && wasActive,
			removed: days.filter((day, i) => !open[i] && this.wasOpen(stall, day)).length,
		};
	}

	/* The stall's full month, wherever it stood. */
	#wasActive(stall, month, calendar) {
		const key = [stall.account, month, calendar].join();
		if (!this.full.has(key)) {
			const days = range(monthFirst(month, calendar), monthLast(month, calendar));
			const marketDays = days.filter((day) => this.marketOpen(this.stands(stall, day), day)).length;
			this.full.set(key, this.#cell(stall, days, marketDays, false).active);
		}
		return this.full.get(key);
	}

	/* ---- a report ---- */

	/* Runs of days of each market that are inside; `part` tells children apart, whose cells are not one. */
	#pieces({ from, to, boundary, inside, part = () => "" }) {
		const pieces = [];
		for (const { code, cut } of this.world.markets) {
			let run = null;
			for (const day of range(from, Math.min(to, dayAt(NOW_MS, cut)))) {
				const unit = this.unitOf(code, day, boundary);
				if (!inside(code, unit)) run = null;
				else if (run?.part === part(unit)) run.to = day;
				else pieces.push((run = { market: code, part: part(unit), from: day, to: day }));
			}
		}
		return pieces;
	}

	figures(asked) {
		const { from, to, calendar } = asked;
		const pieces = this.#pieces(asked);
		const f = { O: 0, Q: 0, A: 0, cells: 0, active: 0, base: 0, kept: 0, payments: 0, value: 0, marketDays: 0, removedDays: 0, R9: 0 };
		Object.assign(f, { stalls: new Set(), declared: [0, 0], turnover: [0, 0], above: 0, fees: [0, 0], waiting: [0, 0] });
		const within = (market, day) => pieces.some((piece) => piece.market === market && piece.from <= day && day <= piece.to);
		for (const month of range(monthOf(from, calendar), monthOf(to, calendar)))
			for (const piece of pieces) this.#addMonth(f, month, calendar, piece);
		for (const fee of this.world.fees.filter((row) => within(this.stands(row.stall, row.day), row.day))) {
			f.fees[0] += fee.cashless ? fee.amount : 0;
			f.fees[1] += fee.amount;
		}
		for (const payment of this.world.payments.filter((one) => one.waits && within(one.market, one.day))) {
			f.waiting[0]++;
			f.waiting[1] += payment.amount;
		}
		f.paid = this.booked.filter((payment) => within(payment.market, payment.day));
		f.looks = this.#looks(from, to, within);
		return f;
	}

	#addMonth(f, month, calendar, piece) {
		const days = range(Math.max(piece.from, monthFirst(month, calendar)), Math.min(piece.to, monthLast(month, calendar)));
		const marketDays = days.filter((day) => this.marketOpen(piece.market, day)).length;
		f.marketDays += marketDays;
		for (const stall of this.world.stalls) {
			const here = days.filter((day) => this.stands(stall, day) === piece.market);
			if (here.length === 0) continue;
			const cell = this.#cell(stall, here, marketDays, this.#wasActive(stall, month - 1, calendar));
			for (const name of ["O", "Q", "A", "payments", "value", "active", "base"]) f[name] += Number(cell[name]);
			f.cells += Number(cell.eligible);
			f.kept += Number(cell.base && cell.active);
			f.removedDays += cell.removed;
			f.R9 += Number(cell.removed > 0);
			if (cell.O === 0) continue;
			f.stalls.add(stall);
			this.#addTurnover(f, stall, month, cell, here.length === monthLast(month, calendar) - monthFirst(month, calendar) + 1);
		}
	}

	#addTurnover(f, stall, month, cell, whole) {
		const declared = this.world.turnover.find((row) => row.stall === stall && row.month === month);
		f.declared[1]++;
		if (!declared || !whole) return;
		f.declared[0]++;
		if (cell.value > declared.amount) {
			f.above++;
			return;
		}
		f.turnover[0] += cell.value;
		f.turnover[1] += declared.amount;
	}

	/* R5 and R6 look at whole solar months; their flag stands on the last day. */
	#looks(from, to, within) {
		const looks = { R5: 0, R6: 0 };
		for (const month of range(monthOf(from, "duong_lich"), monthOf(to, "duong_lich"))) {
			const days = range(monthFirst(month, "duong_lich"), monthLast(month, "duong_lich"));
			const end = days.at(-1);
			for (const stall of this.world.stalls) {
				const market = this.stands(stall, end);
				if (end < from || end > to || !within(market, end)) continue;
				const last = days.filter((day) => this.marketOpen(market, day)).slice(-3);
				const valid = days.flatMap((day) => this.paid(stall, day)).filter((payment) => payment.rule === "");
				const late = valid.filter((payment) => last.includes(payment.day)).length;
				const most = Math.max(0, ...groups(valid.filter((p) => p.payer !== null), (p) => p.payer).map((list) => list.length));
				if (valid.length >= 10 && 100 * late > 60 * valid.length) looks.R5++;
				if (valid.length >= 20 && 2 * most > valid.length) looks.R6++;
			}
		}
		return looks;
	}

	/* As the report's JSON says them. */
	expected(asked) {
		const f = this.figures(asked);
		const valid = f.paid.filter((payment) => payment.rule === "");
		const amounts = valid.map((payment) => payment.net).sort((a, b) => a - b);
		const count = amounts.length;
		const removed = RULES.map((rule) => [rule, f.paid.filter((payment) => payment.rule === rule)]);
		const hours = Array(24).fill(0);
		for (const payment of valid) hours[Math.floor(((payment.atMs + ZONE_MS) % DAY_MS) / 3_600_000)]++;
		return {
			sums: { open_days: f.O, qr_days: f.Q, active_days: f.A, cells: f.cells, active: f.active, base: f.base, kept: f.kept },
			...index(f),
			dropped: f.base - f.kept,
			market_days: f.marketDays,
			stalls: f.stalls.size,
			payments: f.payments,
			value: f.value,
			mean: f.payments > 0 ? roundHalfUp(f.value, f.payments) : null,
			median: count > 0 ? roundHalfUp(amounts[(count - 1) >> 1] + amounts[count >> 1], 2) : null,
			payments_per_stall_day_x100: f.O > 0 ? roundHalfUp(100 * f.payments, f.O) : null,
			turnover: f.turnover,
			declared: f.declared,
			above_declared: f.above,
			fees: f.fees,
			removed: Object.fromEntries(
				removed.map(([rule, list]) => [rule, [list.length, sum(list, (p) => (rule === "refunded" ? p.refund : p.net))]]),
			),
			flags: {
				...Object.fromEntries(removed.slice(1).map(([rule, list]) => [rule, list.length])),
				...f.looks,
				R9: f.R9,
			},
			removed_days: f.removedDays,
			unplaced: valid.filter((payment) => !this.isOpen(payment.stall, payment.day)).length,
			hours,
			waiting: f.waiting,
		};
	}
}

function index(f) {
	const shares = { P: [f.Q, f.O], H: [f.active, f.cells], N: [f.A, f.O], D: [f.kept, f.base] };
	const components = COMPONENTS.map(([code, max, ceiling]) => {
		const [num, den] = shares[code];
		if (den === 0) return [code, num, den, null, null];
		const points = Math.min(100 * max, roundHalfUp(100 * max * num * 100, den * ceiling));
		return [code, num, den, roundHalfUp(10_000 * num, den), points];
	});
	const known = components.every(([, , den]) => den > 0);
	return { cai_x100: known ? sum(components, ([, , , , points]) => points) : null, components };
}

/* The same figures out of a report's JSON. */
export function told(json) {
	const share = ({ num, den }) => [num, den];
	const { R1, R2, R3, R4, R5, R6, R7, R9 } = json.flags;
	const { sums, cai_x100, dropped, market_days, stalls, payments, value, mean, payments_per_stall_day_x100 } = json;
	const { above_declared, removed_days, unplaced, hours, service } = json;
	return {
		sums,
		cai_x100,
		components: json.components.map((one) => [one.code, one.num, one.den, one.rate_bp, one.pts_x100]),
		dropped,
		market_days,
		stalls,
		payments,
		value,
		mean,
		median: json.median ?? null,
		payments_per_stall_day_x100,
		turnover: share(json.turnover),
		declared: share(json.declared),
		above_declared,
		fees: share(json.fees),
		removed: Object.fromEntries(RULES.map((rule) => [rule, [json.removed[rule].payments, json.removed[rule].value]])),
		flags: { R1, R2, R3, R4, R7, R5, R6, R9 },
		removed_days,
		unplaced,
		hours,
		waiting: [service.unmatched, service.unmatched_value],
	};
}
