/* A real Chromium on the real binary: phones, what they see, and what they complain about. */
import assert from "node:assert/strict";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { HMAC_SECRET, Market, must, root, run, tool } from "./chopay.mjs";

export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 800 };
export const STALL = "MALAM.A03";

/* Generous: a deadline only ends what would never end. */
const LAUNCH_MS = 120_000;
const PATIENCE_MS = 60_000;
/* make browser SLOWDOWN=6: phones of a sixth of this machine's speed, and tests that do not wait fail. */
const SLOWDOWN = Number(process.env.SLOWDOWN || 1);

/* With a fresh profile of its own, gone at the end; `words`: more of its command line. */
export async function startBrowser(words = []) {
	const browser = await chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		headless: true,
		timeout: LAUNCH_MS,
		args: [
			"--headless",
			"--no-sandbox",
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
			...words,
		],
	});
	return {
		/* Another person's phone: cookies and storage of its own. */
		phone: (t, options) => openPhone(browser, t, options),
		close: () => browser.close(),
	};
}

/* Its processor; the line is as fast as before. */
async function slowDown(page) {
	const phone = await page.context().newCDPSession(page);
	await phone.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
}

/* `key`: an API key that goes with each request, for pages of staff. */
async function openPhone(browser, t, { size = PHONE, scripts = true, key } = {}) {
	const context = await browser.newContext({
		viewport: size,
		javaScriptEnabled: scripts,
		...(key ? { extraHTTPHeaders: { Authorization: `Bearer ${key}` } } : {}),
		locale: "vi-VN",
	});
	context.setDefaultTimeout(PATIENCE_MS);
	t.after(() => context.close());
	const page = await context.newPage();
	if (SLOWDOWN > 1) {
		await slowDown(page);
		context.on("page", (tab) => slowDown(tab).catch(() => {})); /* closed before it was slow */
	}
	page.complaints = []; /* console errors, refused content, exceptions */
	page.navigations = 0; /* of the page itself, not its history entries */
	page.on("console", (said) => {
		if (["error", "warning"].includes(said.type())) page.complaints.push(said.text());
	});
	page.on("pageerror", (error) => page.complaints.push(String(error)));
	page.on("domcontentloaded", () => page.navigations++);
	return page;
}

/* The sample market, a gateway, an endpoint, an invite to the shown stall. */
export class Shop {
	static async open(t) {
		const shop = new Shop();
		shop.market = new Market(t);
		await shop.market.importStalls(join(root, "merchants/data/ma-lam-market.csv"));
		await shop.start("127.0.0.1:0");
		shop.endpoint = await shop.market.newEndpoint();
		shop.secretFile = shop.market.file("bank-secret", HMAC_SECRET);
		return shop;
	}

	async start(listen) {
		this.gateway = await this.market.serve({ tls: false, listen });
		this.url = this.gateway.url;
	}

	async invite() {
		return this.url + (await this.market.must("stall", "invite", "--stall", STALL));
	}

	/* A page on which the stall is open. */
	async signIn(page) {
		await page.goto(await this.invite());
		await page.click("form button");
		await page.waitForURL("**/stall");
	}

	/* `chopay simulate` with these words: {status, stdout, stderr}. */
	simulate(...words) {
		const args = ["--url", this.url, "--endpoint", this.endpoint];
		return run(["simulate", ...args, "--secret-file", this.secretFile, ...words]);
	}

	async pay(...words) {
		const done = await this.simulate(...words);
		if (done.status !== 0) throw new Error(`not paid: ${done.stderr}`);
		return done.stdout.trim();
	}

	file(name) {
		return this.market.file(name);
	}
}

/* The fields of the one code on a picture, as its buyer's phone reads it. */
export async function codeOn(picture) {
	const scanned = tool("zbarimg", ["-q", "--raw", "-Sdisable", "-Sqrcode.enable", picture]);
	const codes = scanned.trim().split("\n");
	assert.equal(codes.length, 1, "one code to scan, and only one");
	return JSON.parse(await must(["qr", "decode", "--strict", codes[0]])).fields;
}

/* Tap what leads to another page, which is there with all that it shows when this ends. */
export function follow(page, selector) {
	return Promise.all([page.waitForNavigation(), page.click(selector)]);
}

export function text(page, selector) {
	return page.innerText(selector).then((said) => said.replace(/\s+/g, " ").trim());
}

/* Opens the menu of staff, where it is a row that opens. */
export async function openMenu(page) {
	if (await page.isVisible(".menu:not([open]) summary")) await page.click(".menu summary");
}

/* What is wrong with a page for everyone: complaints, and anything wider than the window. */
export async function faults(page) {
	const wide = await page.evaluate(() => {
		const room = document.documentElement.clientWidth;
		return [...document.querySelectorAll("body *")]
			.filter((element) => element.getBoundingClientRect().right > room + 1)
			.filter((element) => !element.closest(".sr, .scroll")) /* these scroll in their own box */
			.map((element) => `wider than the window: ${element.outerHTML.slice(0, 80)}`);
	});
	return [...page.complaints, ...wide];
}

/* A picture of what the phone shows once its code is drawn; the file's name. */
export async function photograph(page, file) {
	await page.waitForFunction(() => {
		const shown = [...document.images].filter((image) => image.checkVisibility());
		return shown.length > 0 && shown.every((image) => image.complete && image.naturalWidth > 0);
	});
	await page.screenshot({ path: file });
	return file;
}

/* Wait until an element reads so. */
export function reads(page, selector, wanted) {
	return page.waitForFunction(
		([where, what]) =>
			document.querySelector(where)?.textContent.replace(/\s+/g, " ").trim() === what,
		[selector, wanted],
	);
}
