/*
 * The lists that providers let us pull, with their habits and traps: SePay v1 and v2, Casso.
 *
 * One bank account book, told in three dialects under /v1, /v2 and /casso.
 */
import { randomUUID } from "node:crypto";
import http from "node:http";

import { bankTime } from "./sepay.mjs";

const TOKEN = "token-of-the-lists-0001";
const RATE_PER_S = 2;
const SLOW_MS = 600_000; // longer than anybody waits, a test too

export class ListServer {
	#server;
	#sockets = new Set();

	constructor() {
		this.token = TOKEN;
		this.lines = []; // in the order in which the provider saw them
		this.requests = []; // {at, url, dialect}
		this.faults = []; // the next answers: "429", "empty", "half", "500", "page", "slow", "hang up"
		this.rateExceeded = 0;
		this.onPage = undefined; // called before each good page
	}

	static async start(t) {
		const lists = new ListServer();
		lists.#server = http.createServer((request, response) => lists.#answer(request, response));
		lists.#server.on("connection", (socket) => {
			lists.#sockets.add(socket);
			socket.on("close", () => lists.#sockets.delete(socket));
		});
		await new Promise((resolve) => lists.#server.listen(0, "127.0.0.1", resolve));
		t.after(() => lists.stop());
		return lists;
	}

	stop() {
		for (const socket of this.#sockets) socket.destroy();
		return new Promise((resolve) => this.#server.close(resolve));
	}

	/* The base URL of a dialect: "v1", "v2", "casso". */
	url(dialect) {
		return `http://127.0.0.1:${this.#server.address().port}/${dialect}`;
	}

	/* The same transfer as a webhook's `delivery` takes it; ids rise. */
	add({ id, account, amount, note = "tien rau", out = false, atMs = Date.now(), bankRef, virtualAccount }) {
		const line = { id, uuid: randomUUID(), account, amount, note, out, virtualAccount };
		line.atMs = Math.floor(atMs / 1000) * 1000;
		line.bankRef = bankRef ?? `FT${id}`;
		this.lines.push(line);
		return line;
	}

	/* ---- answers ------------------------------------------------------------------------- */

	#answer(request, response) {
		const url = new URL(request.url, "http://x");
		const dialect = url.pathname.split("/")[1];
		const now = Date.now();
		const lately = this.requests.filter((one) => one.dialect === dialect && one.at > now - 950);
		this.requests.push({ at: now, url, dialect });
		if (lately.length >= RATE_PER_S) {
			this.rateExceeded++;
			this.#tooOften(dialect, response);
			return;
		}
		if (!this.#authorized(request, dialect)) {
			if (dialect === "v1") response.writeHead(200).end(); // the trap
			else this.#json(response, 401, { status: 401, error: "Unauthorized" });
			return;
		}
		if (this.faults.length > 0 && this.#fault(this.faults.shift(), dialect, response)) return;
		this.onPage?.(url);
		this.#json(response, 200, this[`_${dialect}`](url.searchParams));
	}

	#authorized(request, dialect) {
		const scheme = dialect === "casso" ? "Apikey" : "Bearer";
		return request.headers.authorization === `${scheme} ${this.token}`;
	}

	#json(response, status, value) {
		response.writeHead(status, { "Content-Type": "application/json" });
		response.end(JSON.stringify(value));
	}

	#tooOften(dialect, response) {
		const header = dialect === "v1" ? "x-sepay-userapi-retry-after" : "Retry-After";
		response.writeHead(429, { [header]: "1" });
		response.end(dialect === "v1" ? "" : '{"status":429,"error":"Too many requests"}');
	}

	/* True when it answered. */
	#fault(fault, dialect, response) {
		if (fault === "429") this.#tooOften(dialect, response);
		else if (fault === "empty") response.writeHead(200).end();
		else if (fault === "500") response.writeHead(502).end("<html>Bad gateway</html>");
		else if (fault === "page") response.writeHead(200).end("<html>Sign in</html>");
		else if (fault === "slow") setTimeout(() => response.destroy(), SLOW_MS).unref();
		else if (fault === "hang up") response.destroy();
		else if (fault === "half") {
			response.writeHead(200, { "Content-Type": "application/json", "Content-Length": 5000 });
			response.write('{"status":200,"transactions":[{"id":"1",', () => response.destroy());
		} else return false;
		return true;
	}

	/* "YYYY-MM-DD HH:MM:SS" or a date, Vietnam time. */
	#within(line, from, to) {
		const time = bankTime(line.atMs);
		return (!from || time >= from) && (!to || time <= (to.length === 10 ? `${to} 23:59:59` : to));
	}

	_v1(query) {
		const limit = Math.min(Number(query.get("limit") ?? 5000), 5000);
		const sinceId = query.get("since_id");
		const found = this.lines
			.filter((line) => line.account === query.get("account_number"))
			.filter((line) => sinceId === null || line.id >= Number(sinceId)) // itself too
			.filter((line) =>
				this.#within(line, query.get("transaction_date_min"), query.get("transaction_date_max")),
			)
			.sort((a, b) => b.atMs - a.atMs)
			.slice(0, limit);
		return {
			status: 200,
			error: null,
			messages: { success: true },
			transactions: found.map((line) => ({
				id: String(line.id),
				bank_brand_name: "MBBank",
				account_number: line.account,
				transaction_date: bankTime(line.atMs),
				amount_out: line.out ? `${line.amount}.00` : "0.00",
				amount_in: line.out ? "0.00" : `${line.amount}.00`,
				accumulated: "0.00",
				transaction_content: line.note,
				reference_number: line.bankRef,
				code: null,
				sub_account: line.virtualAccount ?? null,
				bank_account_id: "19",
			})),
		};
	}

	_v2(query) {
		const page = Number(query.get("page") ?? 1);
		const size = Math.min(Number(query.get("per_page") ?? 20), 100);
		const found = this.lines
			.filter((line) =>
				this.#within(line, query.get("transaction_date_from"), query.get("transaction_date_to")),
			)
			.sort((a, b) => b.atMs - a.atMs || b.id - a.id); // new lines shift all pages
		return {
			status: "success",
			data: found.slice((page - 1) * size, page * size).map((line) => ({
				id: line.uuid,
				transaction_date: bankTime(line.atMs),
				account_number: line.account,
				va: line.virtualAccount ?? null,
				transfer_type: line.out ? "out" : "in",
				amount_in: line.out ? 0 : line.amount,
				amount_out: line.out ? line.amount : 0,
				accumulated: 0,
				transaction_content: line.note,
				reference_number: line.bankRef,
				code: null,
				bank_brand_name: "MBBank",
				bank_account_id: "19",
				va_id: null,
				webhook_success: 1,
			})),
			meta: {
				pagination: {
					total: found.length,
					per_page: size,
					current_page: page,
					last_page: Math.max(1, Math.ceil(found.length / size)),
					has_more: page * size < found.length,
				},
			},
		};
	}

	_casso(query) {
		const page = Number(query.get("page") ?? 1);
		const size = Number(query.get("pageSize") ?? 10);
		const rising = (query.get("sort") ?? "ASC") === "ASC" ? 1 : -1;
		const found = this.lines
			.filter((line) => this.#within(line, query.get("fromDate"), query.get("toDate")))
			.sort((a, b) => rising * (a.atMs - b.atMs || a.id - b.id));
		const pages = Math.ceil(found.length / size);
		return {
			error: 0,
			message: "success",
			data: {
				page,
				pageSize: size,
				nextPage: page < pages ? page + 1 : null,
				prevPage: page > 1 ? page - 1 : null,
				totalPages: pages,
				totalRecords: found.length,
				records: found.slice((page - 1) * size, page * size).map((line) => ({
					id: line.id,
					tid: line.bankRef,
					description: line.note,
					amount: line.out ? -line.amount : line.amount,
					cusumBalance: 0,
					when: bankTime(line.atMs),
					bankSubAccId: line.account,
					subAccId: line.account,
					bankName: "MBBank",
					bankAbbreviation: "MB",
					virtualAccount: line.virtualAccount ?? "",
					accountId: 19,
					bankCodeName: "mbbank",
					paymentChannel: "",
				})),
			},
		};
	}
}
