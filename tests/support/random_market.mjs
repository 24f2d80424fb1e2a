/*
 * A few small markets over five months, made of a seed: dated rows of every register, stalls that move, markets
 * that change their unit, and payments on each edge that a rule or a calendar has.
 *
 * Days are counted from 1970 in Vietnam.  Every register row is entered at NOW, so that nothing of it was known
 * before.  Memory: the caller's.
 */
export const DAY_MS = 86_400_000;
export const ZONE_MS = 7 * 3_600_000;
export const NOW_MS = Date.parse("2026-10-05T12:00:00+07:00");
export const FOREVER = 999_999;
export const PROVINCE = "68";
export const COMMUNES = ["23059", "23089", "23095"];

export const dayNumber = (text) => Date.parse(`${text}T00:00:00Z`) / DAY_MS;
export const dayText = (day) => new Date(day * DAY_MS).toISOString().slice(0, 10);

const TODAY = Math.floor((NOW_MS + ZONE_MS) / DAY_MS);
const FIRST = dayNumber("2026-05-01");
const LONG_AGO = dayNumber("2025-01-01");
const CUTS = [0, 0, 90, 360, 720]; /* minutes */
const MINUTES = [0, 1, 89, 90, 359, 360, 361, 719, 720, 1439];
const AMOUNTS = [500, 999, 1000, 5000, 20_000];
const BUYERS = 14;

export class Chance {
	#state;

	constructor(seed) {
		this.#state = seed >>> 0;
	}

	#next() {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	int(least, most) {
		return least + Math.floor(this.#next() * (most - least + 1));
	}

	pick(list) {
		return list[Math.floor(this.#next() * list.length)];
	}

	is(probability) {
		return this.#next() < probability;
	}

	times(least, most, make) {
		return Array.from({ length: this.int(least, most) }, (_, i) => make(i));
	}

	shuffled(list) {
		return list.map((one) => [this.#next(), one]).sort((a, b) => a[0] - b[0]).map(([, one]) => one);
	}
}

/* ---- the register ---- */

function someDays(chance) {
	const kind = chance.pick(["none", "all", "week", "week"]);
	const days = [1, 2, 3, 4, 5, 6, 7].filter(() => chance.is(0.6));
	if (kind !== "week") return kind;
	return days.length > 0 ? `week:${days.join(",")}` : "all";
}

function makeMarket(chance, i) {
	const unit = chance.pick(COMMUNES);
	const calendar = chance.times(0, 3, () => {
		const from = chance.int(FIRST, TODAY - 1);
		const days = someDays(chance);
		return { from, to: from + chance.int(0, days === "none" ? 9 : 90), days };
	});
	const change = chance.int(dayNumber("2026-06-10"), dayNumber("2026-09-20"));
	const units = [
		{ unit: chance.pick(COMMUNES), from: -FOREVER, to: change },
		{ unit, from: change + 1, to: FOREVER },
	];
	return { code: `M${i}`, unit, cut: chance.pick(CUTS), calendar, units: chance.is(0.5) ? units : [] };
}

function someRows(chance, name, endless) {
	return chance.times(0, 2, () => {
		const from = chance.int(FIRST, TODAY);
		return { from, to: chance.is(endless) ? FOREVER : from + chance.int(0, 50), [name]: chance.int(0, 1) };
	});
}

function makeStall(chance, market, n, stalls) {
	const shares = stalls.length > 0 && chance.is(0.2);
	const open = chance.is(0.7) ? LONG_AGO : chance.int(FIRST, TODAY);
	return {
		market: market.code,
		code: `S${n}`,
		account: `99${String(n).padStart(6, "0")}`,
		merchant: shares ? chance.pick(stalls).merchant : n,
		open,
		close: chance.is(0.25) ? chance.int(Math.max(open + 1, FIRST), TODAY + 20) : null,
		closedLate: chance.is(0.6), /* entered when all was paid; otherwise from the beginning */
		leave: someRows(chance, "on", 0.1),
		codes: someRows(chance, "live", 0.3),
		places: [],
	};
}

/* Between markets whose days begin at the same hour. */
function move(chance, stall, markets) {
	const { cut } = markets.find((market) => market.code === stall.market);
	const others = markets.filter((market) => market.code !== stall.market && market.cut === cut);
	if (others.length === 0 || !chance.is(0.3)) return;
	const from = chance.int(FIRST, TODAY - 5);
	const to = chance.is(0.5) ? FOREVER : Math.min(from + chance.int(0, 50), TODAY - 1);
	stall.places.push({ market: chance.pick(others).code, from, to });
}

function declare(chance, world, stall) {
	const months = [5, 6, 7, 8].map((month) => 2026 * 12 + month);
	if (chance.is(0.5))
		for (const month of months.filter(() => chance.is(0.7)))
			world.turnover.push({ stall, month, amount: chance.pick([100_000, 2_000_000, 90_000_000]) });
	for (const kind of ["rent", "cleaning"].filter(() => chance.is(0.5)))
		world.fees.push({ stall, kind, day: chance.int(FIRST, TODAY), amount: 1000 * chance.int(1, 500), cashless: chance.int(0, 1) });
	if (chance.is(0.2) && world.own.length < BUYERS)
		world.own.push({ stall, account: `77${world.own.length}`, from: chance.int(FIRST, TODAY - 30), to: chance.is(0.5) ? FOREVER : TODAY - 20 });
}

/* ---- money ---- */

const someMinute = (chance) => (chance.is(0.5) ? chance.pick(MINUTES) : chance.int(300, 1100));

function payments(chance, world) {
	const made = [];
	const buyer = () => `77${chance.int(0, BUYERS - 1)}`;
	const pay = (stall, day, minute, amount, payer) => {
		const atMs = day * DAY_MS - ZONE_MS + minute * 60_000 + chance.int(0, 59) * 1000;
		if (atMs < NOW_MS) made.push({ stall, atMs, amount, payer, refund: 0 });
	};
	const pieces = (stall, day) => {
		const payer = buyer();
		const minute = chance.int(0, 1430);
		chance.times(4, 7, (n) => pay(stall, day, minute + chance.int(0, 11), 7000 + n, payer));
	};
	const circle = (stall, day) => {
		const other = chance.pick(world.stalls);
		const minute = chance.int(0, 1439);
		const amount = 1000 * chance.int(10, 200);
		const back = Math.round(amount * chance.pick([0.94, 0.95, 0.97, 1, 1.05]));
		pay(other, day, minute, amount, stall.account);
		pay(stall, day + chance.int(0, 1), chance.is(0.5) ? minute : someMinute(chance), back, other.account);
	};
	for (const stall of world.stalls) {
		const busy = chance.pick([0, 0.1, 0.3, 0.7]);
		for (let day = FIRST; day <= TODAY; day++) {
			if (!chance.is(busy)) continue;
			chance.times(1, 3, () => {
				const amount = chance.is(0.6) ? chance.pick(AMOUNTS) : chance.int(1, 99_999);
				pay(stall, day, someMinute(chance), amount, chance.is(0.3) ? null : buyer());
			});
			if (chance.is(0.04)) pieces(stall, day);
			if (chance.is(0.03)) pay(stall, day, someMinute(chance), 30_000, stall.account);
			if (chance.is(0.06)) circle(stall, day);
		}
	}
	for (let campaigns = 0; campaigns < 2; campaigns++) {
		const [market, day, payer] = [chance.pick(world.markets).code, chance.int(FIRST, TODAY - 1), buyer()];
		for (const stall of world.stalls.filter((one) => one.market === market))
			pay(stall, day, 600 + chance.int(0, 100), 15_000, payer);
	}
	for (const payment of made.filter(() => chance.is(0.05)))
		payment.refund = chance.is(0.5) ? payment.amount : chance.int(1, payment.amount);
	return chance.shuffled(made).map((payment, i) => ({ ...payment, number: i + 1 }));
}

export function randomMarkets(seed) {
	const chance = new Chance(seed);
	const world = { today: TODAY, markets: chance.times(2, 3, (i) => makeMarket(chance, i)), stalls: [], turnover: [], fees: [], own: [] };
	for (const market of world.markets)
		chance.times(4, 11, () => world.stalls.push(makeStall(chance, market, world.stalls.length + 1, world.stalls)));
	for (const stall of world.stalls) {
		move(chance, stall, world.markets);
		declare(chance, world, stall);
	}
	world.payments = payments(chance, world);
	return world;
}
