/*
 * The stall's page on a cheap phone: what it weighs until the first code is there, when it can be
 * used, and how soon a committed payment is on its screen while 1,000 stalls are connected, beside
 * the shortest server of events there is.
 *
 * usage: node pages.mjs   (from `make bench`; alone: make bench-pages)
 * Environment: CHOPAY the binary, BENCH_PHONES (1000), BENCH_NEWS (200).
 */
import { once } from "node:events";
import http from "node:http";

import { PHONE, Shop, STALL, startBrowser } from "../support/browser.mjs";
import { HMAC_SECRET } from "../support/chopay.mjs";
import { Bank } from "../support/sepay.mjs";


const PHONES = Number(process.env.BENCH_PHONES ?? 1000);
const NEWS = Number(process.env.BENCH_NEWS ?? 200);
const PAUSE_MS = 25; /* between two payments: each is drawn before the next */
const SLOW = { offline: false, latency: 150, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const CPU_RATE = 6;

const ends = [];
const scope = { after: (end) => ends.push(end), signal: undefined };

function at(values, share) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/* ---- a phone's first look --------------------------------------------------------------------- */

/* Requests and bytes on the wire until a code is on the screen, and the ms until keys work. */
async function firstLook(browser, shop, slow) {
	const page = await browser.phone(scope, { size: PHONE });
	const cdp = await page.context().newCDPSession(page);
	const seen = { requests: 0, bytes: 0 };

	await shop.signIn(page);
	await page.waitForSelector("#keys:not([hidden])");
	await cdp.send("Network.enable");
	await cdp.send("Network.clearBrowserCache");
	await page.goto("about:blank");
	await cdp.send("ServiceWorker.enable").catch(() => {});
	await cdp.send("Storage.clearDataForOrigin", {
		origin: shop.url, storageTypes: "service_workers,cache_storage",
	});
	await cdp.send("Network.setBypassServiceWorker", { bypass: true });
	if (slow) {
		await cdp.send("Emulation.setCPUThrottlingRate", { rate: CPU_RATE });
		await cdp.send("Network.emulateNetworkConditions", SLOW);
	}
	cdp.on("Network.requestWillBeSent", () => seen.requests++);
	cdp.on("Network.dataReceived", ({ encodedDataLength }) => (seen.bytes += encodedDataLength));
	const start = Date.now();
	await page.goto(`${shop.url}/stall`, { waitUntil: "commit" });
	await page.waitForFunction(() => {
		const keys = document.getElementById("keys");
		return keys && !keys.hidden;
	}, undefined, { polling: 20 });
	seen.usable_ms = Date.now() - start;
	await page.click(".n50");
	await page.click("#go");
	await page.waitForFunction(() => {
		const picture = document.querySelector("#charge-code img, #charge-code svg");
		return picture && (picture.tagName !== "IMG" || (picture.complete && picture.naturalWidth > 0));
	}, undefined, { polling: 20 });
	seen.code_ms = Date.now() - start;
	return seen;
}

/* ---- from the commit to the pixels ------------------------------------------------------------ */

/* In the page: when was the row with this id drawn? */
function watchRows() {
	window.drawn = new Map();
	new MutationObserver((changes) => {
		for (const change of changes) {
			for (const row of change.addedNodes) {
				if (row.dataset && row.dataset.id)
					requestAnimationFrame(() => window.drawn.set(row.dataset.id, Date.now()));
			}
		}
	}).observe(document.getElementById("payments"), { childList: true });
}

/* A phone that only listens: its stream stays open. */
function listen(url, cookie) {
	return new Promise((resolve, reject) => {
		const asked = http.get(`${url}/stall/events`, { headers: { Cookie: cookie } }, (answer) => {
			answer.resume();
			if (answer.statusCode === 200) resolve();
			else reject(new Error(`events: ${answer.statusCode}`));
		});
		asked.on("error", () => {});
		ends.push(() => asked.destroy());
	});
}

/* Signs in once for each of the market's stalls, round and round. */
async function connectPhones(shop, count) {
	const codes = Object.keys(await shop.market.stalls());
	for (let i = 0; i < count; i++) {
		const path = await shop.market.must("stall", "invite", "--stall", `MALAM.${codes[i % codes.length]}`);
		const answer = await fetch(shop.url + path, { method: "POST", redirect: "manual" });
		const cookie = answer.headers.get("set-cookie").split(";")[0];
		await listen(shop.url, cookie);
		if ((i + 1) % 100 === 0) process.stderr.write(`pages: ${i + 1} of ${count} phones are connected\n`);
	}
}

async function commitToPixels(browser, shop) {
	const page = await browser.phone(scope, { size: PHONE });
	const bank = new Bank(shop.gateway, shop.endpoint, HMAC_SECRET);
	const stall = (await shop.market.stalls())[STALL.split(".")[1]];
	const committed = [];

	await shop.signIn(page);
	await page.waitForSelector("#link.on");
	await page.evaluate(watchRows);
	for (let i = 0; i < NEWS; i++) {
		const body = bank.delivery({ account: stall.account_no, amount: 10_000 + i, note: stall.reference });
		await bank.post(body);
		committed.push(Date.now());
		await new Promise((done) => setTimeout(done, PAUSE_MS));
	}
	await page.waitForFunction((n) => window.drawn.size >= n, NEWS);
	const drawn = await page.evaluate(() => [...window.drawn.values()].sort((a, b) => a - b));
	await page.context().close();
	return drawn.map((when, i) => Math.max(0, when - committed[i]));
}

/* The peer: node's own http, one event written to every stream, the same row in the same browser. */
async function peerToPixels(browser) {
	const streams = new Set();
	const server = http.createServer((req, res) => {
		if (req.url === "/events") {
			res.writeHead(200, { "Content-Type": "text/event-stream" });
			res.write(": hello\n\n");
			streams.add(res);
			return;
		}
		res.writeHead(200, { "Content-Type": "text/html" });
		res.end(`<ul id="payments"></ul><script>
			new EventSource('/events').onmessage = (m) => {
				const row = document.createElement('li');
				row.dataset.id = m.data;
				document.getElementById('payments').prepend(row);
			};</script>`);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	ends.push(() => { server.closeAllConnections(); server.close(); });
	const url = `http://127.0.0.1:${server.address().port}`;
	for (let i = 0; i < PHONES; i++) {
		await new Promise((resolve) => {
			const asked = http.get(`${url}/events`, (answer) => { answer.resume(); resolve(); });
			asked.on("error", () => {});
			ends.push(() => asked.destroy());
		});
	}
	const page = await browser.phone(scope, { size: PHONE });
	await page.goto(url);
	await page.evaluate(watchRows);
	while (streams.size < PHONES + 1) await new Promise((done) => setTimeout(done, 10));
	const last = [...streams].at(-1);
	const sent = [];
	for (let i = 0; i < NEWS; i++) {
		sent.push(Date.now());
		last.write(`data: ${i}\n\n`);
		await new Promise((done) => setTimeout(done, PAUSE_MS));
	}
	await page.waitForFunction((n) => window.drawn.size >= n, NEWS);
	const drawn = await page.evaluate(() => [...window.drawn.values()].sort((a, b) => a - b));
	await page.context().close();
	return drawn.map((when, i) => Math.max(0, when - sent[i]));
}

async function main() {
	const browser = await startBrowser();
	ends.push(() => browser.close());
	const shop = await Shop.open(scope);
	const plain = await firstLook(browser, shop, false);
	const slow = await firstLook(browser, shop, true);
	console.log(`page: the stall's, to its first dynamic code: ${plain.requests} requests, ${plain.bytes} bytes on the wire`);
	console.log(`page: keys work after ${plain.usable_ms} ms, ${slow.usable_ms} ms on a phone ${CPU_RATE} times slower at 400 kbit/s`
		+ ` (ratio ${(slow.usable_ms / plain.usable_ms).toFixed(1)}); a code after ${plain.code_ms} and ${slow.code_ms} ms`);
	await connectPhones(shop, PHONES);
	const ours = await commitToPixels(browser, shop);
	const theirs = await peerToPixels(browser);
	console.log(`page: commit to pixels with ${PHONES} stalls connected: p50 ${at(ours, 0.5)} ms, p99 ${at(ours, 0.99)} ms;`
		+ ` a bare server of events, write to pixels: p50 ${at(theirs, 0.5)} ms, p99 ${at(theirs, 0.99)} ms`);
}

try {
	await main();
} finally {
	while (ends.length > 0) await ends.pop()();
}
