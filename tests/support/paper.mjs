/* Printed pages as a scanner sees them: drawn at a resolution, turned, partly covered, read back. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TIMEOUT_MS = 240_000; /* a hundred pages on a busy machine */
const WHITE = 255;

function tool(program, args) {
	const done = spawnSync(program, args, { timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 });
	if (done.status !== 0) throw new Error(`${program}: ${done.error ?? done.stderr}`);
	return done.stdout.toString();
}

/* The pages of a PDF as grey pictures in a new folder: their files, in order. */
export function drawPages(pdf, folder, dpi, { first, last } = {}) {
	mkdirSync(folder);
	const range = [...(first ? ["-f", `${first}`] : []), ...(last ? ["-l", `${last}`] : [])];
	tool("pdftoppm", ["-r", `${dpi}`, "-gray", ...range, pdf, join(folder, "page")]);
	return readdirSync(folder)
		.sort()
		.map((name) => join(folder, name));
}

/* What each picture's codes say, by file: one process for all of them. */
export function scan(files) {
	const args = ["-q", "--xml", "--nodbus", "-Sdisable", "-Sqrcode.enable", ...files];
	const done = spawnSync("zbarimg", args, { timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 });
	const found = new Map(files.map((file) => [file, []]));
	for (const [, file, symbols] of done.stdout
		.toString()
		.matchAll(/<source href='([^']*)'>(.*?)<\/source>/gs))
		for (const [, text] of symbols.matchAll(/<!\[CDATA\[(.*?)\]\]>/gs))
			found.get(file).push(text);
	return found;
}

/* ---- a grey picture: PGM, 8 bits -------------------------------------------------------------- */

export function readGrey(file) {
	const bytes = readFileSync(file);
	const [head, width, height] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(
		bytes.subarray(0, 64).toString("latin1"),
	);
	const pixels = bytes.subarray(head.length);
	return { width: Number(width), height: Number(height), pixels };
}

export function writeGrey(file, { width, height, pixels }) {
	writeFileSync(file, Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), pixels]));
	return file;
}

/* Turned by some degrees about its middle, as by a hand that holds the phone askew. */
export function turned({ width, height, pixels }, degrees) {
	const side = Math.ceil(Math.hypot(width, height));
	const out = Buffer.alloc(side * side, WHITE);
	const cos = Math.cos((degrees * Math.PI) / 180);
	const sin = Math.sin((degrees * Math.PI) / 180);
	for (let y = 0; y < side; y++)
		for (let x = 0; x < side; x++) {
			const dx = x - side / 2;
			const dy = y - side / 2;
			const fromX = Math.floor(dx * cos + dy * sin + width / 2);
			const fromY = Math.floor(dy * cos - dx * sin + height / 2);
			if (fromX >= 0 && fromX < width && fromY >= 0 && fromY < height)
				out[y * side + x] = pixels[fromY * width + fromX];
		}
	return { width: side, height: side, pixels: out };
}

/* A thumb on a part of it: `box` in parts of width and height. */
export function covered({ width, height, pixels }, { left, top, right, bottom }) {
	const out = Buffer.from(pixels);
	for (let y = Math.floor(top * height); y < bottom * height; y++)
		out.fill(128, y * width + Math.floor(left * width), y * width + Math.ceil(right * width));
	return { width, height, pixels: out };
}
