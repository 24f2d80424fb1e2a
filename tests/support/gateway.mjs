/* A running gateway as its callers see it: HTTP and HTTPS, event streams, bare sockets. */
import http from "node:http";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";

const DEADLINE_MS = 180_000;

export class Gateway {
	#agents = [];

	constructor({ url, ca, told, pid, ended, end, nowMs }) {
		Object.assign(this, { url, ca, told, pid, ended, nowMs });
		this.endProcess = end;
		this.key = undefined; /* an operator's, once there is one */
		this.agent = this.newAgent();
	}

	get secure() {
		return this.url.startsWith("https:");
	}

	get port() {
		return Number(new URL(this.url).port);
	}

	/* Connections that are kept; one agent per imagined caller. */
	newAgent(maxSockets = 8) {
		const agent = this.secure
			? new https.Agent({ keepAlive: true, maxSockets, ca: this.ca })
			: new http.Agent({ keepAlive: true, maxSockets });
		this.#agents.push(agent);
		return agent;
	}

	#open(method, path, headers, agent, onResponse) {
		const target = new URL(this.url);
		const options = {
			host: target.hostname.replace(/^\[|\]$/g, ""),
			port: target.port,
			path,
			method,
			headers,
			agent,
			ca: this.ca,
			servername: "localhost", /* as its certificate says, wherever it listens */
		};
		return (this.secure ? https : http).request(options, onResponse);
	}

	/*
	 * One request: {status, headers, text, bytes, json}.  `body`: text, bytes, or an object that
	 * is sent as JSON.  `key`: an API key; null: none; left out: the operator's for /v1.
	 */
	request(method, path, { body, headers = {}, key, agent = this.agent, deadlineMs = DEADLINE_MS } = {}) {
		const all = { ...headers };
		const shown = key === undefined && path.startsWith("/v1/") && !all.Cookie ? this.key : key;
		if (shown) all.Authorization = `Bearer ${shown}`;
		let bytes = body;
		if (body !== undefined && typeof body !== "string" && !Buffer.isBuffer(body)) {
			bytes = JSON.stringify(body);
			all["Content-Type"] ??= "application/json";
		}
		if (bytes !== undefined) all["Content-Length"] = Buffer.byteLength(bytes);
		return new Promise((resolve, reject) => {
			const asked = this.#open(method, path, all, agent, (response) => {
				const chunks = [];
				response.on("data", (chunk) => chunks.push(chunk));
				response.on("error", reject);
				response.on("end", () => resolve(answerOf(response, Buffer.concat(chunks))));
			});
			asked.setTimeout(deadlineMs, () => asked.destroy(new Error(`no answer: ${path}`)));
			asked.on("error", reject);
			asked.end(bytes);
		});
	}

	get(path, options) {
		return this.request("GET", path, options);
	}

	post(path, body, options = {}) {
		return this.request("POST", path, { ...options, body });
	}

	/* Every page of a /v1 list. */
	async all(path, name, { limit = 500, ...options } = {}) {
		const items = [];
		for (let cursor = ""; cursor !== null;) {
			const mark = path.includes("?") ? "&" : "?";
			const next = cursor === "" ? "" : `&cursor=${cursor}`;
			const answer = await this.get(`${path}${mark}limit=${limit}${next}`, options);
			if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
			items.push(...answer.json[name]);
			cursor = answer.json.next_cursor;
		}
		return items;
	}

	async askCharge(stall, amount, { expiresIn, ...options } = {}) {
		const body = expiresIn === undefined ? { amount } : { amount, expires_in: expiresIn };
		const answer = await this.post(`/v1/stalls/${stall}/charges`, body, options);
		if (answer.status !== 201) throw new Error(`no charge: ${answer.status} ${answer.text}`);
		return answer.json;
	}

	async charge(reference) {
		return (await this.get(`/v1/charges/${reference}`)).json;
	}

	/* An open event stream: `events` grows as they come. */
	events(path, { headers = {} } = {}) {
		return new Promise((resolve, reject) => {
			const stream = { events: [], text: "", status: 0, over: false };
			const asked = this.#open("GET", path, headers, false, (response) => {
				stream.status = response.statusCode;
				stream.headers = response.headers;
				response.setEncoding("utf8");
				response.on("data", (text) => takeEvents(stream, text));
				response.on("error", () => {});
				response.on("close", () => (stream.over = true));
				resolve(stream);
			});
			stream.close = () => asked.destroy();
			stream.of = (kind) => stream.events.filter((event) => event.event === kind);
			asked.on("error", reject);
			asked.end();
		});
	}

	/* A bare connection; `version`: the newest TLS version this caller speaks. */
	connect({ version } = {}) {
		const where = { host: "127.0.0.1", port: this.port };
		return this.secure
			? tls.connect({ ...where, ca: this.ca, minVersion: version, maxVersion: version })
			: net.connect(where);
	}

	/* Send bytes as they are and return all that comes back until the gateway closes. */
	raw(bytes) {
		return new Promise((resolve, reject) => {
			const socket = this.connect();
			const chunks = [];
			socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error("left open")));
			socket.on("data", (chunk) => chunks.push(chunk));
			socket.on("error", (error) =>
				/* A refused upload may be reset behind the answer. */
				chunks.length > 0 && error.code === "ECONNRESET"
					? resolve(Buffer.concat(chunks).toString())
					: reject(error),
			);
			socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
			socket.write(bytes);
		});
	}

	/* Sign in to a stall's page by an invite's path; the cookie to send. */
	async signIn(invite) {
		const answer = await this.post(invite, "");
		const cookie = /^([^;]+)/.exec(answer.headers["set-cookie"]?.[0] ?? "")?.[1];
		if (answer.status !== 303 || !cookie)
			throw new Error(`not signed in: ${answer.status} ${answer.text}`);
		return cookie;
	}

	leave() {
		for (const agent of this.#agents) agent.destroy();
	}

	async stop() {
		this.leave();
		return this.endProcess("SIGTERM");
	}

	async kill() {
		const done = await this.endProcess("SIGKILL");
		this.leave();
		return done;
	}
}

function answerOf(response, bytes) {
	const text = bytes.toString();
	return {
		status: response.statusCode,
		headers: response.headers,
		bytes,
		text,
		get json() {
			return JSON.parse(text);
		},
	};
}

function takeEvents(stream, text) {
	stream.text += text;
	for (let end; (end = stream.text.indexOf("\n\n")) >= 0;) {
		const event = {};
		for (const line of stream.text.slice(0, end).split("\n")) {
			const [, name, value] = /^(\w*): ?(.*)$/.exec(line) ?? [];
			if (name) event[name] = value;
		}
		if (event.data) event.json = JSON.parse(event.data);
		if (event.event) stream.events.push(event);
		stream.text = stream.text.slice(end + 2);
	}
}
