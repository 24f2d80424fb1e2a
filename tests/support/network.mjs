/*
 * A machine of its own on this machine: a network namespace with two cables, one to its callers
 * and one to the database, each of which can be pulled.  Needs root.
 */
import { tool } from "./chopay.mjs";

/* 198.18.0.0/15 is for tests like these (RFC 2544): no real network has it. */
const CABLES = { front: "198.18", back: "198.19" };
const NUMBERS = 256;

let made = 0;

const ip = (...words) => tool("ip", words);

/* A third byte that no namespace of another test uses now. */
function freeNumber() {
	const used = ip("-o", "-4", "address", "show");
	for (let i = 0; i < NUMBERS; i++) {
		const number = (process.pid + made + i) % NUMBERS;
		if (!Object.values(CABLES).some((net) => used.includes(` ${net}.${number}.`))) return number;
	}
	throw new Error("no address range is free for a namespace");
}

export class Namespace {
	/* Removed, with what runs in it cut off, when the test ends. */
	constructor(t) {
		const number = freeNumber();
		this.name = `chopay-${process.pid}-${++made}`;
		this.number = number;
		ip("netns", "add", this.name);
		t.after(() => ip("netns", "delete", this.name)); /* takes its ends of the cables along */
		ip("-n", this.name, "link", "set", "lo", "up");
		for (const [cable, net] of Object.entries(CABLES)) this.#connect(cable, `${net}.${number}`);
	}

	#connect(cable, net) {
		const outside = this.#outside(cable);
		ip("link", "add", outside, "type", "veth", "peer", "name", cable, "netns", this.name);
		ip("address", "add", `${net}.1/30`, "dev", outside);
		ip("link", "set", outside, "up");
		ip("-n", this.name, "address", "add", `${net}.2/30`, "dev", cable);
		ip("-n", this.name, "link", "set", cable, "up");
	}

	#outside(cable) {
		return `cp${this.number}${cable}`;
	}

	/* Where a server outside is found from inside, over the database's cable. */
	get databaseAddress() {
		return `${CABLES.back}.${this.number}.1`;
	}

	/* Where what listens inside is called from outside. */
	get address() {
		return `${CABLES.front}.${this.number}.2`;
	}

	/* The words before a command that shall run inside; it keeps its process id. */
	get enter() {
		return ["nsenter", `--net=/run/netns/${this.name}`];
	}

	/* Packets get lost without a word: no reset, no unreachable. */
	cut(cable = "back") {
		ip("link", "set", this.#outside(cable), "down");
	}

	heal(cable = "back") {
		ip("link", "set", this.#outside(cable), "up");
	}
}
