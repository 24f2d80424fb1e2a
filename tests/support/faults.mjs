/* Disks that fail and power that is cut, under the real binary (tests/support/preload/disk.c). */
import { existsSync, readFileSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

import { binary } from "./chopay.mjs";

const RECORD_BYTES = 16; /* offset and size, 64 bits each; size -1: the file was cut there */
const SECTOR = 512;
const FILES = ["chopay.db", "chopay.db-wal"];

const disk = join(dirname(binary), "disk.so");
const clockShim = join(dirname(binary), "clock.so");

/* A generator of numbers in [0, 1), the same for the same seed. */
export function numbers(seed) {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let x = Math.imul(state ^ (state >>> 15), state | 1);
		x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
		return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
	};
}

/* A disk whose writes are safe only after a sync: the environment of `serve`, and the cut. */
export class PowerCut {
	constructor(market) {
		this.market = market;
		this.folder = market.file("shadow");
		mkdirSync(this.folder, { recursive: true });
		this.env = { LD_PRELOAD: disk, DISK_SHADOW: this.folder };
	}

	/*
	 * After a SIGKILL: each file becomes what was synced, and of what was written since each
	 * 512-byte sector is there or not, as chance (of the seed) has it.
	 */
	cut(seed) {
		const random = numbers(seed);
		let dropped = 0;
		for (const name of FILES) {
			const durable = join(this.folder, `${name}.durable`);
			if (!existsSync(durable)) continue;
			let bytes = readFileSync(durable);
			for (const { offset, data } of this.#pending(name)) {
				if (data === null) {
					if (random() < 0.5) bytes = bytes.subarray(0, offset);
					continue;
				}
				for (let at = 0; at < data.length; at += SECTOR) {
					if (random() < 0.5) {
						dropped++;
						continue;
					}
					const piece = data.subarray(at, at + SECTOR);
					const end = offset + at + piece.length;
					if (end > bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(end - bytes.length)]);
					piece.copy(bytes, offset + at);
				}
			}
			writeFileSync(join(this.market.data, name), bytes);
		}
		rmSync(join(this.market.data, "chopay.db-shm"), { force: true });
		return dropped;
	}

	*#pending(name) {
		const bytes = readFileSync(join(this.folder, `${name}.pending`));
		for (let at = 0; at + RECORD_BYTES <= bytes.length;) {
			const offset = Number(bytes.readBigInt64LE(at));
			const size = Number(bytes.readBigInt64LE(at + 8));
			at += RECORD_BYTES;
			if (size < 0) {
				yield { offset, data: null };
				continue;
			}
			if (at + size > bytes.length) return; /* killed while it was noted */
			yield { offset, data: Buffer.from(bytes.subarray(at, at + size)) };
			at += size;
		}
	}
}

/* A disk that begins to fail when told: fail("fdatasync EIO"), heal(). */
export class FailingDisk {
	constructor(market) {
		this.file = market.file("disk-fault");
		this.env = { LD_PRELOAD: disk, DISK_FAIL: this.file };
	}

	fail(what) {
		writeFileSync(this.file, what);
	}

	heal() {
		rmSync(this.file, { force: true });
	}
}

/* A clock that jumps when the file "clock-offset" of the market is given seconds. */
export function clock(market) {
	return { env: { LD_PRELOAD: clockShim, CLOCK_OFFSET: market.file("clock-offset") } };
}
