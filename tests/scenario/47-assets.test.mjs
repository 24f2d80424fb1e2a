/* Files that pages are made of: compressed for who takes it, kept by the release's name, and the
 * worker that keeps them on a stall's phone. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { gunzipSync } from "node:zlib";

import { Market } from "../support/chopay.mjs";

describe("assets", () => {
	let gateway, version, files;
	before(async (t) => {
		const market = new Market({ after: (end) => ends.push(end) });
		await market.importStalls();
		gateway = await market.serve({ tls: false });
		gateway.key = await market.newKey();
		const { text } = await gateway.get("/stall/sw.js");
		version = /^const VERSION = '(\w{12})';/.exec(text)[1];
		files = text.slice(0, text.indexOf("]")).match(/'\/static\/[^']+'/g).map((file) => file.slice(1, -1));
	});
	const ends = [];
	test.after(async () => {
		for (const end of ends) await end();
	});

	const get = (path, encoding, more = {}) =>
		gateway.get(path, { headers: { ...(encoding === undefined ? {} : { "Accept-Encoding": encoding }), ...more } });

	test("compressed for who takes it, and the same file", async () => {
		const path = "/static/shared/base.css";
		const plain = await get(path);
		assert.equal(plain.headers["content-encoding"], undefined);
		assert.equal(plain.headers.vary, "Accept-Encoding");
		for (const [encoding, taken] of [
			["gzip", true], ["gzip, deflate, br", true], ["br;q=1.0, gzip;q=0.8, *;q=0.1", true], ["GZIP", true],
			["*", true], ["gzip;q=0.001", true], ["gzip;q=1", true],
			["", false], ["identity", false], ["br", false], ["gzip;q=0", false], ["gzip;q=0.000", false],
			["x-gzip", false], ["gzip;q=0, *", false],
		]) {
			const answer = await get(path, encoding);
			assert.equal(answer.headers["content-encoding"], taken ? "gzip" : undefined, encoding);
			assert.equal(answer.headers.vary, "Accept-Encoding");
			const bytes = taken ? gunzipSync(answer.bytes) : answer.bytes;
			assert.deepEqual(bytes, plain.bytes, encoding);
			if (taken) assert.ok(answer.bytes.length < plain.bytes.length / 2);
		}
		const small = await get(path, "gzip");
		assert.notEqual(small.headers.etag, plain.headers.etag, "each encoding has a tag of its own");
		for (const one of [plain, small]) {
			const encoding = one === small ? "gzip" : undefined;
			assert.equal((await get(path, encoding, { "If-None-Match": one.headers.etag })).status, 304);
		}
		assert.equal((await get(path, "gzip", { "If-None-Match": plain.headers.etag })).status, 200);
		assert.equal((await get(`${path}.gz`)).status, 404);
		assert.deepEqual(gunzipSync((await get("/openapi.json", "gzip")).bytes), (await get("/openapi.json")).bytes);
		/* What is compressed already is not compressed again. */
		assert.equal((await get("/static/stall/voice.mp3", "gzip")).headers["content-encoding"], undefined);
	});

	test("pages come compressed for who takes it, and are the same pages", async () => {
		const charge = await gateway.askCharge("A01", 5_000);
		const staff = { Authorization: `Bearer ${gateway.key}` };
		for (const [path, who] of [
			["/stall"], ["/stall/offline"], [charge.pay_url],
			/* These a reader packs. */
			["/reports/exports", staff], ["/reports/work?unit=23059&period=2026-06", staff],
		]) {
			const plain = await get(path, undefined, who);
			const answer = await get(path, "gzip, deflate, br", who);
			assert.equal(answer.status, 200, path);
			assert.equal(plain.headers["content-encoding"], undefined, path);
			assert.equal(answer.headers["content-encoding"], "gzip", path);
			assert.equal(answer.headers.vary, "Accept-Encoding");
			assert.equal(gunzipSync(answer.bytes).toString(), plain.text, path);
			assert.equal(Number(answer.headers["content-length"]), answer.bytes.length);
		}
	});

	test("kept for ever by the release's name, asked after without it", async () => {
		const caching = async (query) => (await get(`/static/stall/codec.js${query}`)).headers["cache-control"];
		assert.equal(await caching(""), "no-cache");
		assert.equal(await caching("?v=000000000000"), "no-cache");
		assert.equal(await caching(`?v=${version}`), "public, max-age=31536000, immutable");
	});

	test("the worker: all of its files are there, for the stall's pages alone", async () => {
		const worker = await get("/stall/sw.js");
		assert.equal(worker.headers["content-type"], "text/javascript; charset=utf-8");
		assert.equal(worker.headers["service-worker-allowed"], "/stall");
		assert.equal(worker.headers["cache-control"], "no-cache");
		let bytes = 0;
		for (const file of files) {
			const answer = await get(file, "gzip");
			assert.equal(answer.status, 200, file);
			assert.ok(!/text\/html|octet/.test(answer.headers["content-type"]), file);
			bytes += answer.bytes.length;
		}
		assert.ok(files.includes("/static/stall/offline-page.js") && files.includes("/static/stall/codec.wasm"));
		assert.ok(!files.includes("/static/stall/sw.js"));
		assert.ok(bytes < 250_000, `${bytes} bytes on a phone`);
	});

	test("the page for a phone's screen", async () => {
		const manifest = await get("/static/stall/manifest.webmanifest");
		assert.equal(manifest.headers["content-type"], "application/manifest+json");
		const { start_url, scope, icons } = manifest.json ?? JSON.parse(manifest.text);
		assert.deepEqual([start_url, scope], ["/stall", "/stall"]);
		for (const { src, sizes } of icons) {
			const { headers, bytes } = await get(src);
			assert.equal(headers["content-type"], "image/png");
			assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes, src);
		}
		assert.ok(icons.some(({ purpose }) => purpose === "maskable"));
	});

	test("WebAssembly runs on the stall's pages and on no other", async () => {
		for (const [path, may] of [["/stall", true], ["/stall/offline", true], ["/reports", false], ["/stall/invite/x", false]]) {
			const { headers } = await get(path);
			assert.equal(headers["content-security-policy"].includes("'wasm-unsafe-eval'"), may, path);
			assert.equal(headers["x-chopay-version"], may ? version : undefined, path);
			assert.match(headers["content-security-policy"], /^default-src 'none';/);
		}
		assert.equal((await get("/stall/offline")).headers["content-language"], "vi");
		assert.equal((await get("/stall/offline?lang=en")).headers["content-language"], "en");
	});
});
