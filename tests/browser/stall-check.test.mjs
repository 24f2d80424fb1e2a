/* "Is the code on my wall mine?", through a camera that sees what hangs there. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";

import { must } from "../support/chopay.mjs";
import { inspect } from "../support/axe.mjs";
import { STALL, Shop, startBrowser, text } from "../support/browser.mjs";

const WIDTH = 640;
const HEIGHT = 480;
const SWAPPED = ["--bank", "970436", "--account", "9990001112223"];

/* A film of one code, askew on a grey wall, for Chromium's fake camera: YUV4MPEG2, 4:2:0. */
async function film(browser, t, file, png) {
	const page = await browser.phone(t);
	const luma = Buffer.from(await page.evaluate(async ([bytes, width, height]) => {
		const answer = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
		const picture = await createImageBitmap(new Blob([answer], { type: "image/png" }));
		const canvas = new OffscreenCanvas(width, height);
		const pen = canvas.getContext("2d");
		pen.fillStyle = "#999";
		pen.fillRect(0, 0, width, height);
		pen.translate(width / 2, height / 2);
		pen.rotate(0.15);
		pen.drawImage(picture, -150, -150, 300, 300);
		const { data } = pen.getImageData(0, 0, width, height);
		let grey = "";
		for (let i = 0; i < data.length; i += 4) grey += String.fromCharCode(data[i]);
		return btoa(grey);
	}, [png.toString("base64"), WIDTH, HEIGHT]), "base64");
	const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)]);
	const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
	writeFileSync(file, Buffer.concat([head, frame, frame]));
	return file;
}

/* The picture of a code, with its quiet zone. */
async function render(shop, name, payload) {
	const file = shop.file(`${name}.png`);
	await must(["qr", "render", payload, "--format", "png", "-o", file]);
	return file;
}

describe("the code on the wall", { concurrency: 2 }, () => {
	/* What the camera shows, and what the page makes of it. */
	for (const [what, words, verdict, title] of [
		["the stall's own", (stall) => ["--bank", stall.bank_bin, "--account", stall.account_no, "--memo", stall.reference], "right", "ĐÚNG MÃ CỦA SẠP"],
		["somebody else's", (stall) => [...SWAPPED, "--memo", stall.reference], "other_account", "SAI MÃ"],
	])
		test(`through the camera: ${what}`, async (t) => {
			const shop = await Shop.open(t);
			const stall = (await shop.market.stalls())[STALL.split(".")[1]];
			const payload = await must(["qr", "encode", ...words(stall)]);
			const drawer = await startBrowser();
			t.after(() => drawer.close());
			const png = readFileSync(await render(shop, "wall", payload));
			const video = await film(drawer, t, shop.file("wall.y4m"), png);
			const browser = await startBrowser([
				"--use-fake-device-for-media-stream",
				"--use-fake-ui-for-media-stream",
				`--use-file-for-fake-video-capture=${video}`,
			]);
			t.after(() => browser.close());
			const page = await browser.phone(t);
			await shop.signIn(page);
			const fetched = [];
			page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
			await page.goto(`${shop.url}/stall/check`);
			await page.waitForSelector("#start:not([hidden])");
			assert.ok(!fetched.includes("/static/shared/jsqr.js"), "not before it is wanted");
			await page.click("#start");
			await page.waitForSelector(`#answer[data-answer="${verdict}"]`);
			assert.equal(await text(page, "#answer-title"), title);
			assert.equal(await page.evaluate(() => document.getElementById("video").srcObject), null, "the camera is let go");
			assert.equal(await text(page, '[data-fact="memo"] td:nth-child(2)'), stall.reference);
			const differs = verdict === "right" ? 0 : 2; /* bank and account */
			assert.equal(await page.locator("#compare .differs").count(), differs);
			await inspect(page, what);
			const alarms = await shop.market.lines("alarms", "--kind", "sticker_swap", "--json");
			assert.equal(alarms.length, verdict === "right" ? 0 : 1);
		});

	test("where there is no camera, by a picture; and what is no code", async (t) => {
		const shop = await Shop.open(t);
		const stall = (await shop.market.stalls())[STALL.split(".")[1]];
		const browser = await startBrowser();
		t.after(() => browser.close());
		const page = await browser.phone(t);
		await page.addInitScript(() => {
			Object.defineProperty(navigator, "mediaDevices", { value: undefined });
		});
		await shop.signIn(page);
		await page.goto(`${shop.url}/stall/check`);
		await page.waitForSelector("#pick:not([hidden])");
		assert.ok(await page.locator("#start").isHidden());
		const show = async (name, payload) =>
			page.setInputFiles("#photo", await render(shop, name, payload));

		await show("own", await must(["qr", "encode", "--bank", stall.bank_bin, "--account", stall.account_no]));
		await page.waitForSelector('#answer[data-answer="no_reference"]');
		await inspect(page, "no reference");
		await show("old", await must(["qr", "encode", ...SWAPPED]));
		await page.waitForSelector('#answer[data-answer="other_account"]');
		await page.setInputFiles("#photo", { name: "wall.svg", mimeType: "image/png", buffer: Buffer.from("no picture") });
		await page.waitForSelector("#trouble:not([hidden])");
		assert.match(await text(page, "#trouble"), /^Không thấy mã QR/);
		assert.ok(await page.locator("#answer").isHidden());
		await inspect(page, "no code");
		assert.deepEqual(page.complaints, []);
	});
});
