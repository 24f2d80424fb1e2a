/* What a stall hears: the words of an amount, and that the clips really are speech, one after the
 * other, whole. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Shop, startBrowser } from "../support/browser.mjs";
import { pageModule } from "../support/codec.mjs";

const CLIPS_MAX = 250_000; /* bytes */

const rows = [
	[0, "không"],
	[1, "một"],
	[5, "năm"],
	[10, "mười"],
	[11, "mười một"],
	[14, "mười bốn"],
	[15, "mười lăm"],
	[20, "hai mươi"],
	[21, "hai mươi mốt"],
	[24, "hai mươi tư"],
	[25, "hai mươi lăm"],
	[55, "năm mươi lăm"],
	[100, "một trăm"],
	[101, "một trăm linh một"],
	[104, "một trăm linh bốn"],
	[105, "một trăm linh năm"],
	[110, "một trăm mười"],
	[111, "một trăm mười một"],
	[115, "một trăm mười lăm"],
	[121, "một trăm hai mươi mốt"],
	[999, "chín trăm chín mươi chín"],
	[1000, "một nghìn"],
	[1001, "một nghìn không trăm linh một"],
	[1010, "một nghìn không trăm mười"],
	[1100, "một nghìn một trăm"],
	[15000, "mười lăm nghìn"],
	[21000, "hai mươi mốt nghìn"],
	[50000, "năm mươi nghìn"],
	[104000, "một trăm linh bốn nghìn"],
	[115500, "một trăm mười lăm nghìn năm trăm"],
	[999999, "chín trăm chín mươi chín nghìn chín trăm chín mươi chín"],
	[1000000, "một triệu"],
	[1000005, "một triệu không trăm linh năm"],
	[1005000, "một triệu không trăm linh năm nghìn"],
	[1050000, "một triệu không trăm năm mươi nghìn"],
	[1497000, "một triệu bốn trăm chín mươi bảy nghìn"],
	[24000000, "hai mươi tư triệu"],
	[100000000, "một trăm triệu"],
	[499999999, "bốn trăm chín mươi chín triệu chín trăm chín mươi chín nghìn chín trăm chín mươi chín"],
	[1000000000, "một tỷ"],
	[1000000001, "một tỷ không trăm linh một"],
	[2015000000, "hai tỷ không trăm mười lăm triệu"],
	[999999999999, "chín trăm chín mươi chín tỷ chín trăm chín mươi chín triệu chín trăm chín mươi chín nghìn chín trăm chín mươi chín"],
	[1000000000000, ""],
	[-1, ""],
	[1.5, ""],
	["5", ""],
];

describe("the voice", () => {
	let browser, voice;
	before(async () => {
		browser = await startBrowser();
		voice = await pageModule("gateway/web/stall/voice.js");
	});
	after(() => browser.close());

	test("amounts in words", () => {
		for (const [dong, said] of rows) assert.equal(voice.words(dong).join(" "), said, String(dong));
	});

	test("sentences say whether it is enough", () => {
		assert.equal(voice.sentence("paid", 50000).join(" "), "đã nhận năm mươi nghìn đồng");
		assert.equal(voice.sentence("short", 5000).join(" "), "thiếu năm nghìn đồng");
		assert.equal(voice.sentence("over", 1000).join(" "), "thừa một nghìn đồng");
		assert.equal(voice.sentence("late", 21000).join(" "), "tiền đến muộn hai mươi mốt nghìn đồng");
		assert.equal(voice.sentence("lost").join(" "), "mất kết nối");
		assert.equal(voice.sentence("back").join(" "), "đã nối lại");
	});

	test("every clip is speech with silence round it, and they are few bytes", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await page.goto(`${shop.url}/stall`);
		const { size, clips, length } = await page.evaluate(async () => {
			const bytes = await (await fetch("/static/stall/voice.mp3")).arrayBuffer();
			const index = await (await fetch("/static/stall/voice.json")).json();
			const size = bytes.byteLength;
			const sound = await new OfflineAudioContext(1, 1, 22050).decodeAudioData(bytes);
			const samples = sound.getChannelData(0);
			const rms = (from, to) => {
				let sum = 0;
				for (let i = from; i < to; i++) sum += samples[i] ** 2;
				return Math.sqrt(sum / (to - from));
			};
			const at = (ms) => Math.round((ms * sound.sampleRate) / 1000);
			const clips = Object.entries(index).map(([name, [from, to]]) => ({
				name,
				whole: rms(at(from), at(to)),
				edges: Math.max(rms(at(from), at(from + 40)), rms(at(to - 40), at(to))),
				ms: to - from,
			}));
			return { size, clips, length: sound.duration * 1000 };
		});
		assert.ok(size < CLIPS_MAX, `${size} bytes of clips`);
		assert.ok(clips.every((clip) => clip.ms > 300 && clip.ms < 2000));
		assert.deepEqual(clips.filter((clip) => clip.whole < 0.02), [], "silent clips");
		assert.deepEqual(clips.filter((clip) => clip.edges > 0.01), [], "clips cut into a word");
		assert.ok(Math.abs(length - clips.reduce((sum, clip) => sum + clip.ms, 0)) < 400);
		/* Everything that can be said has a clip. */
		const names = new Set(clips.map((clip) => clip.name));
		const kinds = ["paid", "short", "over", "late", "lost", "back", "test"];
		const said = [...rows.flatMap(([dong]) => voice.words(dong)), ...kinds.flatMap((kind) => voice.sentence(kind, 1))];
		assert.deepEqual(said.filter((word) => !names.has(word)), []);
	});

	test("sentences are spoken whole, one after the other; tones differ", async (t) => {
		const shop = await Shop.open(t);
		const page = await browser.phone(t);
		await page.goto(`${shop.url}/stall`);
		await page.evaluate(async () => {
			window.heard = [];
			const note = (what) => window.heard.push(what);
			const startClip = AudioBufferSourceNode.prototype.start;
			AudioBufferSourceNode.prototype.start = function (at, from, length) {
				note({ clip: from * 1000, at, ends: at + length });
				return startClip.call(this, at, from, length);
			};
			const startTone = OscillatorNode.prototype.start;
			OscillatorNode.prototype.start = function (at) {
				note({ tone: `${this.type} ${this.frequency.value}`, at, ends: at });
				return startTone.call(this, at);
			};
			window.voice = await import("/static/stall/voice.js");
			window.index = await (await fetch("/static/stall/voice.json")).json();
			document.addEventListener("click", () => { window.loaded = window.voice.load(); });
		});
		await page.mouse.click(5, 5);
		await page.evaluate(async () => {
			await window.loaded;
			window.voice.speak("paid", 15000);
			window.voice.speak("short", 21000);
		});
		const words = "đã nhận mười lăm nghìn đồng thiếu hai mươi mốt nghìn đồng".split(" ").length - 1;
		await page.waitForFunction((count) => window.heard.filter((one) => "clip" in one).length === count, words);
		await page.evaluate(() => window.voice.repeat());
		await page.waitForFunction((count) => window.heard.filter((one) => "clip" in one).length > count, words);
		const heard = await page.evaluate(() => window.heard.map((one) => ({
			...one,
			word: Object.keys(window.index).find((name) =>
				one.clip >= window.index[name][0] && one.clip < window.index[name][1]),
		})));
		const said = heard.map((one) => one.word ?? one.tone);
		assert.deepEqual(said.slice(0, 7),
			["sine 659", "sine 880", "đã nhận", "mười", "lăm", "nghìn", "đồng"]);
		assert.deepEqual(said.slice(7, 15),
			["square 523", "square 392", "thiếu", "hai", "mươi", "mốt", "nghìn", "đồng"]);
		assert.deepEqual(said.slice(15, 18), ["square 523", "square 392", "thiếu"], "repeat() says the last again");
		for (let i = 1; i < heard.length; i++)
			assert.ok(heard[i].at >= heard[i - 1].ends, `${said[i]} begins before ${said[i - 1]} ends`);
		assert.ok(heard.every((one) => !("clip" in one) || (one.ends - one.at > 0.15 && one.ends - one.at < 1.2)));
	});
});
