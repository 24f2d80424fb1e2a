/*
 * A receiver of notices: a small HTTPS server that checks each message with its own implementation
 * of Standard Webhooks, keeps it, and answers as it is told.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";

const TOLERANCE_S = 300;

/* Why a message is not to be believed; undefined: it is.  Written from the specification, with
 * nothing of the gateway's. */
export function webhookFault(secret, headers, body, nowMs) {
	const id = headers["webhook-id"];
	const timestamp = headers["webhook-timestamp"];
	if (!id || id.includes(".")) return "no webhook-id";
	if (!/^[0-9]+$/.test(timestamp ?? "")) return "no webhook-timestamp";
	if (Math.abs(nowMs / 1000 - Number(timestamp)) > TOLERANCE_S) return "stale";
	const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
	const mac = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
	const matches = (headers["webhook-signature"] ?? "").split(" ").some((signature) => {
		const [version, text] = signature.split(",");
		const given = Buffer.from(text ?? "", "base64");
		return version === "v1" && given.length === mac.length && timingSafeEqual(given, mac);
	});
	return matches ? undefined : "bad signature";
}

/* What a receiver can be told to answer: a function of (request, response). */
export const answers = {
	ok: (_, response) => response.writeHead(204).end(),
	status: (status, headers = {}) => (_, response) => response.writeHead(status, headers).end("."),
	redirect: (location) => (_, response) => response.writeHead(302, { location }).end(),
	hang: () => {}, /* never a byte */
	drip: (_, response) => {
		response.writeHead(200);
		const timer = setInterval(() => response.write("."), 200);
		response.on("close", () => clearInterval(timer));
	},
	huge: (status) => (_, response) => response.writeHead(status).end(Buffer.alloc(1 << 20, "x")),
	close: (request) => request.socket.destroy(),
};

export class Receiver {
	/* `certificates`: {certFile, keyFile} of a Market; none: plain HTTP. */
	static async open(t, { certificates, nowMs = Date.now, port = 0 } = {}) {
		const receiver = new Receiver();
		Object.assign(receiver, { nowMs, certificates, t });
		await receiver.listen(port);
		t.after(() => receiver.close());
		return receiver;
	}

	messages = []; /* all that came: {id, type, data, body, headers, fault, at} */
	answer = answers.ok;
	secret = undefined; /* told after `receiver add` */
	flying = 0;
	most = 0; /* messages under way at once, at most */

	async listen(port) {
		const handle = (request, response) => this.#take(request, response);
		this.server = this.certificates
			? https.createServer(
					{
						cert: readFileSync(this.certificates.certFile),
						key: readFileSync(this.certificates.keyFile),
					},
					handle,
				)
			: http.createServer(handle);
		this.server.listen(port, "127.0.0.1");
		await once(this.server, "listening");
		this.port = this.server.address().port;
	}

	get url() {
		return `${this.certificates ? "https" : "http"}://127.0.0.1:${this.port}/notify?shop=1`;
	}

	#take(request, response) {
		const chunks = [];
		this.most = Math.max(this.most, ++this.flying);
		response.on("close", () => this.flying--);
		request.on("data", (chunk) => chunks.push(chunk));
		request.on("end", () => {
			const body = Buffer.concat(chunks);
			const fault = webhookFault(this.secret ?? "", request.headers, body, this.nowMs());
			const message = {
				id: request.headers["webhook-id"],
				...JSON.parse(body),
				body: body.toString(),
				method: request.method,
				path: request.url,
				headers: request.headers,
				fault,
				at: Date.now(),
			};
			this.messages.push(message);
			if (fault) response.writeHead(401).end();
			else this.answer(request, response, message);
		});
	}

	/* The ids in the order in which they first came. */
	get ids() {
		return [...new Set(this.messages.map((message) => message.id))];
	}

	of(type) {
		return this.messages.filter((message) => message.type === type);
	}

	/* As if its process were killed: connections break, nothing listens. */
	close() {
		return new Promise((resolve) => {
			if (!this.server.listening) return resolve();
			this.server.close(resolve);
			this.server.closeAllConnections();
		});
	}

	/* Again on the same port, with what it had kept. */
	reopen() {
		return this.listen(this.port);
	}
}
