/* A history made of chance: told in the order of time, the same whoever makes it, and continued where
 * it was broken off. */
import assert from "node:assert/strict";
import test from "node:test";

import { Market } from "../support/chopay.mjs";

const OPTIONS = "--seed 5 --communes 2 --markets 6 --stalls 60 --months 1 --until 2026-10-31 --payments 3000".split(" ");

test("its payments arrive seconds after the bank booked them, in every market", async (t) => {
	const market = new Market(t);
	const first = await market.must("simulate", "--history", ...OPTIONS);
	const report = async () => JSON.parse(await market.must("report", "adoption", "--unit", "68", "--period", "2026-10"));
	const { figures } = await report();
	assert.ok(figures.payments > 1_000, first);
	assert.ok(figures.service.known);
	assert.ok(figures.service.p50_s <= 12 && figures.service.p95_s <= 12, JSON.stringify(figures.service));

	/* As when it was broken off at the very end: nothing is told twice. */
	assert.equal(await market.must("simulate", "--history", ...OPTIONS), first);
	assert.deepEqual((await report()).figures, figures);
	await market.must("ledger", "verify");
});
