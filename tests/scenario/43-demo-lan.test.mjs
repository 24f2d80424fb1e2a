/* A demonstration for a phone beside the machine: HTTPS by a throwaway certificate, and a code. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import https from "node:https";
import { test } from "node:test";

import { Market, binary, run, tool, waitFor } from "../support/chopay.mjs";

const MODULE = 6; /* pixels on the picture that is scanned */

/* {status, text} of a GET; `ca`: whom to trust, none: anybody. */
function get(url, ca) {
	return new Promise((resolve, reject) => {
		https
			.get(url, { ca, rejectUnauthorized: ca !== undefined }, (answer) => {
				let text = "";
				answer.on("data", (chunk) => (text += chunk));
				answer.on("end", () => resolve({ status: answer.statusCode, text }));
			})
			.on("error", reject);
	});
}

/* The half blocks of a terminal as a portable grey map: each character is two modules. */
function asPicture(lines) {
	const rows = lines.flatMap((line) => {
		const cells = [...line];
		return [cells.map((c) => "█▀".includes(c)), cells.map((c) => "█▄".includes(c))];
	});
	const width = Math.max(...rows.map((row) => row.length));
	const pixels = rows.flatMap((row) => {
		const line = Array.from({ length: width }, (_, x) => (row[x] ? 255 : 0));
		const wide = Buffer.from(line.flatMap((value) => Array(MODULE).fill(value)));
		return Array(MODULE).fill(wide);
	});
	const head = Buffer.from(`P5\n${width * MODULE} ${rows.length * MODULE}\n255\n`);
	return Buffer.concat([head, ...pixels]);
}

test("the code on the terminal opens the stall's page over HTTPS", async (t) => {
	const market = new Market(t);
	const demo = spawn(binary, ["demo", "--lan", "--listen", "127.0.0.1:0", "--rate", "0", "--data", market.data]);
	let said = "";
	demo.stdout.on("data", (chunk) => (said += chunk));
	t.after(async () => {
		demo.kill("SIGTERM");
		if (demo.exitCode === null) await once(demo, "exit");
	});
	await waitFor("the demo's addresses", () => said.includes("Ctrl-C") || demo.exitCode !== null);
	const url = said.match(/^ready (https:\/\/127\.0\.0\.1:\d+)$/m)[1];

	const given = await get(`${url}/dev-ca.crt`);
	assert.equal(given.status, 200);
	assert.equal((await get(`${url}/healthz`, given.text)).status, 200, "the CA is the certificate's");
	const code = said.split("\n").filter((line) => /^[█▀▄ ]{30,}$/.test(line));
	const file = market.file("code.pgm", asPicture(code));
	const link = tool("zbarimg", ["-q", "--raw", "-Sdisable", "-Sqrcode.enable", file]).trim();
	assert.ok(link.startsWith(`${url}/stall/invite/`), link);
	assert.equal((await get(link, given.text)).status, 200);
	assert.ok(!said.replace(link, "").includes(link.slice(-20)), "the phone has an invite of its own");
});

test("an address that is none is refused", async () => {
	const done = await run(["demo", "--lan", "--listen", "localhost:0"]);
	assert.equal(done.status, 64);
	assert.match(done.stderr, /--listen IPV4:PORT/);
});
