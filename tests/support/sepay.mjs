/* A bank as SePay tells of it: deliveries, their signatures, their posts. */
import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const VIETNAM_MS = 7 * 3600 * 1000;
const RETRIES = 600; /* three minutes: what never ends is to end */
const RETRY_MS = 300;

/* "2026-07-28 14:30:45" of an instant, Vietnam time. */
export function bankTime(ms) {
	return new Date(ms + VIETNAM_MS).toISOString().slice(0, 19).replace("T", " ");
}

/* The body of one delivery: a credit unless told otherwise. */
export function delivery({ id, account, amount, note, time, ...others }) {
	const { virtualAccount = null, bankRef = `FT${id}`, out = false } = others;
	return JSON.stringify({
		id,
		gateway: "MBBank",
		transactionDate: time,
		accountNumber: account,
		subAccount: virtualAccount,
		code: null,
		content: note,
		transferType: out ? "out" : "in",
		description: `BankAPINotify ${note}`,
		transferAmount: amount,
		referenceCode: bankRef,
		accumulated: 0,
	});
}

export function signed(body, secret, nowMs) {
	const timestamp = String(Math.floor(nowMs / 1000));
	const mac = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex");
	return {
		"Content-Type": "application/json",
		"X-SePay-Timestamp": timestamp,
		"X-SePay-Signature": `sha256=${mac}`,
	};
}

export class Bank {
	#last = 92_700_000;

	constructor(gateway, endpoint, secret) {
		Object.assign(this, { gateway, endpoint, secret });
	}

	/* After a restart: the same endpoint at another gateway. */
	at(gateway) {
		this.gateway = gateway;
		return this;
	}

	nextId() {
		return ++this.#last;
	}

	delivery(transfer) {
		const time = bankTime(transfer.atMs ?? this.gateway.nowMs());
		return delivery({ id: transfer.id ?? this.nextId(), time, ...transfer });
	}

	/* `gateway`: one of several nodes; left out, the usual one. */
	post(body, { gateway = this.gateway, ...options } = {}) {
		const headers = signed(body, this.secret, gateway.nowMs());
		return gateway.post(this.endpoint, body, { headers, ...options });
	}

	/* A buyer's transfer, told at once; the gateway must acknowledge it. */
	async pay(transfer) {
		return acknowledged(await this.post(this.delivery(transfer)));
	}

	/* The same at a gateway that may be in trouble: told again for as long as it says 503, as banks do. */
	async insist(transfer) {
		const body = this.delivery(transfer);
		let answer = await this.post(body);
		for (let n = 0; answer.status === 503 && n < RETRIES; n++) {
			await sleep(RETRY_MS);
			answer = await this.post(body);
		}
		return acknowledged(answer);
	}
}

function acknowledged(answer) {
	if (answer.status !== 200 || answer.json.success !== true)
		throw new Error(`not acknowledged: ${answer.status} ${answer.text}`);
	return answer;
}
