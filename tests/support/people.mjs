/* Staff as they come in: the codes of an authenticator app, the forms of the sign-in pages. */
import { createHmac } from "node:crypto";

export const PASSWORD = "chín con cò trắng";

const STEP_MS = 30_000;

function fromBase32(text) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	const bits = [...text.replaceAll(" ", "")]
		.map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0"))
		.join("");
	return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/* What an authenticator app shows at that time (RFC 6238). */
export function appCode(secret, ms) {
	const step = Buffer.alloc(8);
	step.writeBigUInt64BE(BigInt(Math.floor(ms / STEP_MS)));
	const mac = createHmac("sha1", fromBase32(secret)).update(step).digest();
	const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
	return String(number % 1_000_000).padStart(6, "0");
}

export function form(fields) {
	return {
		body: new URLSearchParams(fields).toString(),
		headers: { "Content-Type": "application/x-www-form-urlencoded" },
	};
}

/* As a browser sends a form of a page of `gateway`. */
export function send(gateway, path, fields, { cookie, headers = {} } = {}) {
	const filled = form(fields);
	return gateway.request("POST", path, {
		...filled,
		headers: { ...filled.headers, ...(cookie ? { Cookie: cookie } : {}), "Sec-Fetch-Site": "same-origin", ...headers },
	});
}

export function cookieOf(answer) {
	const given = answer.headers["set-cookie"]?.find((text) => /^(__Host-)?chopay-staff=/.test(text));
	return given?.split(";")[0];
}

/* A person of staff: `chopay user add`, the invite's page with a password and an app. */
export class Person {
	constructor(gateway, login) {
		Object.assign(this, { gateway, login, password: PASSWORD, used: 0 });
	}

	static async add(market, gateway, login, role, name = `Người ${login}`) {
		const person = new Person(gateway, login);
		await person.enrol(await market.must("user", "add", "--login", login, "--name", name, "--role", role));
		return person;
	}

	/* A code that is taken for half a minute at the least, and was not used before: of now, or of
	 * the step after it. */
	step() {
		return Math.max(Math.floor(this.gateway.nowMs() / STEP_MS), this.used + 1);
	}

	code(step = this.step()) {
		return appCode(this.secret, step * STEP_MS);
	}

	async enrol(path) {
		const page = await this.gateway.get(path);
		if (page.status !== 200) throw new Error(`no invite: ${page.status} ${page.text}`);
		this.secret = /class="secret">([A-Z2-7 ]+)</.exec(page.text)[1];
		const { password } = this;
		this.used = 0;
		const step = this.step();
		const answer = await send(this.gateway, path, { password, again: password, code: this.code(step) });
		if (answer.status !== 303) throw new Error(`not enrolled: ${answer.status} ${answer.text}`);
		this.used = step;
		this.cookie = cookieOf(answer);
		return answer;
	}

	async signIn({ password = this.password, code, next = "", headers } = {}) {
		const step = this.step();
		const fields = { login: this.login, password, code: code ?? this.code(step), next };
		const answer = await send(this.gateway, "/signin", fields, { headers });
		if (answer.status === 303 && code === undefined) this.used = step;
		return answer;
	}

	get(path, options = {}) {
		const { Cookie = this.cookie, ...headers } = { Cookie: this.cookie, ...options.headers };
		return this.gateway.get(path, { ...options, headers: { ...headers, Cookie } });
	}

	send(path, fields, options) {
		return send(this.gateway, path, fields, { cookie: this.cookie, ...options });
	}
}
