/* Readable by everyone: what axe-core finds serious on a page, and what the page itself complains of. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { faults } from "./browser.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/* Serious and critical violations, a line each. */
async function violations(page) {
	await page.evaluate(AXE);
	return page.evaluate(async () => {
		const { violations: found } = await window.axe.run(document);
		return found
			.filter(({ impact }) => impact === "serious" || impact === "critical")
			.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`));
	});
}

/* The page as it is now, called `what` where something is wrong with it. */
export async function inspect(page, what) {
	await page.waitForLoadState();
	await page.evaluate(() => document.fonts.ready);
	assert.deepEqual(await faults(page), [], what);
	assert.deepEqual(await violations(page), [], what);
}
