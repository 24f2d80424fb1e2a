/* What a phone without a network makes is what the gateway would have made: the gateway's own C as
 * WebAssembly, held against the command line and against scanners. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { fixtures, must, run, tool } from "../support/chopay.mjs";
import { loadCodec, wasm } from "../support/codec.mjs";

const WASM_MAX = 20_000; /* bytes: a cheap phone on 3G loads it before it is needed */
const QUIET = 4;
const CODES = 400;

const folder = mkdtempSync(join(tmpdir(), "chopay-codec-"));
let codec;

before(async () => {
	codec = await loadCodec();
});
after(() => rmSync(folder, { recursive: true, force: true }));

/* The rows of a CSV whose fields may be quoted. */
function csv(text) {
	const rows = [[""]];
	let quoted = false;
	for (let i = 0; i < text.length; i++) {
		const c = text[i];
		const row = rows[rows.length - 1];
		if (quoted && c === '"' && text[i + 1] === '"') row[row.length - 1] += text[++i];
		else if (c === '"') quoted = !quoted;
		else if (c === "," && !quoted) row.push("");
		else if (c === "\n" && !quoted) rows.push([""]);
		else if (c !== "\r") row[row.length - 1] += c;
	}
	const [head, ...body] = rows.filter((row) => row.length > 1);
	return body.map((row) => Object.fromEntries(head.map((name, n) => [name, row[n]])));
}

/* A repeatable choice: 0 <= next() < 1. */
function dice(seed) {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}

function pbm(code) {
	const scale = 3;
	const size = (code.side + 2 * QUIET) * scale;
	const rows = [];
	for (let y = 0; y < size; y++) {
		let row = "";
		for (let x = 0; x < size; x++) {
			const u = Math.floor(x / scale) - QUIET;
			const v = Math.floor(y / scale) - QUIET;
			const inside = u >= 0 && v >= 0 && u < code.side && v < code.side;
			row += inside && code.dark(u, v) ? "1 " : "0 ";
		}
		rows.push(row);
	}
	return `P1\n${size} ${size}\n${rows.join("\n")}\n`;
}

/* What a scanner reads in each of the codes, in their order. */
function scanAll(payloads) {
	const files = payloads.map((payload, n) => {
		const file = join(folder, `${n}.pbm`);
		writeFileSync(file, pbm(codec.qr(payload)));
		return file;
	});
	return tool("zbarimg", ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", ...files],
		{ timeout: 300_000, maxBuffer: 1 << 24 }).trimEnd().split("\n");
}

test("the codec is small", () => {
	assert.ok(readFileSync(wasm).length < WASM_MAX);
});

test("every VietQR of the vectors that both can compose comes out the same", async () => {
	const vectors = csv(readFileSync(join(fixtures, "vietqr-vectors.csv"), "utf8"));
	let composed = 0;
	for (const vector of vectors) {
		const fields = vector.fields_json ? JSON.parse(vector.fields_json) : {};
		if (vector.valid !== "1" || fields.scheme !== "vietqr" || fields["53"] !== "704") continue;
		if ((fields["38.02"] ?? "") !== "QRIBFTTA") continue; /* all that a stall's phone makes */
		const asked = { bin: fields["38.01.00"], account: fields["38.01.01"],
			amount: Number((fields["54"] ?? "0").replace(".", "")), memo: fields["62.08"] ?? "" };
		const done = await run(["qr", "encode", "--bank", asked.bin, "--account", asked.account,
			...(asked.amount ? ["--amount", String(asked.amount)] : []),
			...(asked.memo ? ["--memo", asked.memo] : [])]);
		let own = null;
		try {
			own = codec.encode(asked);
		} catch (error) {
			assert.ok(error instanceof RangeError, String(error));
		}
		/* The command folds a memo's marks away; a memo of the phone is a reference. */
		if (own === null) continue;
		assert.equal(own, done.stdout.trimEnd(), JSON.stringify(asked));
		composed++;
	}
	assert.ok(composed >= 40, `only ${composed} vectors were composed`);
});

test("what breaks a rule is refused there as here", async () => {
	const good = { bin: "970436", account: "0011000123456", amount: 50000, memo: "CHS00001" };
	const bad = [{ bin: "97043" }, { bin: "9704361" }, { bin: "97043x" }, { account: "" },
		{ account: "0".repeat(20) }, { account: "00-11" }, { amount: 1e13 },
		{ memo: "X".repeat(26) }, { memo: "A-B" }];
	for (const change of bad)
		assert.throws(() => codec.encode({ ...good, ...change }), RangeError, JSON.stringify(change));
	assert.throws(() => codec.encode({ ...good, memo: "Chợ" }), RangeError);
	assert.equal(codec.encode({ ...good, amount: 9999999999999 }),
		await must(["qr", "encode", "--bank", "970436", "--account", "0011000123456",
			"--amount", "9999999999999", "--memo", "CHS00001"]));
});

test("references: the same check characters, the same numbers left out", async () => {
	const stalls = (await must(["reference", "new", "--kind", "stall", "--count", "40"])).split("\n");
	const roll = dice(7);
	const minted = [];
	let left = 0;
	for (const stall of stalls)
		for (let n = 0; n < 50; n++) {
			const reference = codec.mintReference(stall, Math.floor(roll() * 2 ** 20));
			if (reference === null) left++;
			else minted.push(reference);
		}
	assert.ok(left > 200 && left < 700, `${left} of 2000 left out: 1 in 5 should be`);
	/* The finder of the gateway takes each of them out of a note: shape and check hold. */
	const found = await must(["reference", "find"],
		{ input: minted.map((reference) => `CT DEN ${reference.toLowerCase()} ck\n`).join("") });
	assert.deepEqual(found.split("\n"), minted);
	assert.ok(minted.every((reference) => stalls.some((stall) => reference.slice(3, 8) === stall.slice(3, 8))));
	for (const stall of ["", "CH", "CHS0000000", stalls[0].slice(0, 9), minted[0]])
		assert.throws(() => codec.mintReference(stall, 1), RangeError, stall);
	assert.throws(() => codec.mintReference(stalls[0], 2 ** 20), RangeError);
});

test("a scanner reads every code: stalls' codes, charges' codes", () => {
	const roll = dice(42);
	const digits = (count) => Array.from({ length: count }, () => Math.floor(roll() * 10)).join("");
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghijkmnpqrstvwxyz";
	const payloads = Array.from({ length: CODES }, (_, n) => {
		const length = 1 + Math.floor(roll() * 19);
		const account = n % 3 === 0
			? Array.from({ length }, () => letters[Math.floor(roll() * (n % 2 ? 32 : 54))]).join("")
			: digits(length);
		return codec.encode({ bin: digits(6), account, amount: n % 4 ? Math.floor(roll() * 5e8) : 0,
			memo: letters.slice(0, Math.floor(roll() * 26)).toUpperCase() });
	});
	assert.deepEqual(scanAll(payloads), payloads);
});

test("a scanner reads every size: 1 to 15, letters and digits or bytes, each filled to the brim", () => {
	const letters = "ABCDEFGHJKMNPQRSTVWXYZ0123456789:/.- ";
	const texts = [];
	const sides = new Set();
	for (let length = 1; ; length++) {
		const upper = Array.from({ length }, (_, n) => letters[(n * 7 + length) % (letters.length - 1)]).join("");
		let side;
		try {
			side = codec.qr(upper).side;
		} catch {
			assert.ok(length > 500, `${length} characters do not fit`);
			break;
		}
		if (!sides.has(side)) texts.push(upper, ...(length > 1 ? [`x${texts[texts.length - 1].slice(1)}`] : []));
		sides.add(side);
		if (length % 40 === 0 && length <= 400) texts.push(upper.toLowerCase());
	}
	assert.deepEqual([...sides], Array.from({ length: 15 }, (_, n) => 21 + 4 * n));
	assert.deepEqual(scanAll(texts.filter((text) => text.length > 1)), texts.filter((text) => text.length > 1));
	assert.throws(() => codec.qr(""), RangeError);
	assert.throws(() => codec.qr("x".repeat(513)), RangeError);
});
