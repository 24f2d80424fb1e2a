/* A bank that signs its notices by Standard Webhooks: a second feed beside SePay. */
import { createHmac } from "node:crypto";

export const WHSEC = `whsec_${Buffer.from("a second feed's secret, 32 bytes").toString("base64")}`;

const VIETNAM_MS = 7 * 3600 * 1000;

/* "2026-07-28T14:30:45+07:00" */
function bankTime(ms) {
	return new Date(ms + VIETNAM_MS).toISOString().slice(0, 19) + "+07:00";
}

export class Notifier {
	#last = 0;

	constructor(gateway, endpoint) {
		Object.assign(this, { gateway, endpoint });
	}

	static async at(market, gateway) {
		const endpoint = await market.newEndpoint({
			feed: "standard_webhooks",
			mode: "whsec",
			secret: WHSEC,
		});
		return new Notifier(gateway, endpoint);
	}

	/* A notice, to be posted as often as one likes: {id, body}. */
	notice({ id = `msg_${++this.#last}`, account, amount, note, atMs, ...others }) {
		const { virtualAccount, bankRef, out = false, time } = others;
		const data = {
			txn_id: bankRef,
			account,
			virtual_account: virtualAccount,
			amount,
			currency: "VND",
			direction: out ? "out" : "in",
			content: note,
			time: time === undefined ? bankTime(atMs ?? this.gateway.nowMs()) : time,
		};
		return {
			id,
			body: JSON.stringify({
				type: out ? "bank.debit" : "bank.credit",
				timestamp: "2026-07-28T07:30:45Z",
				data,
			}),
		};
	}

	post({ id, body }, options) {
		const timestamp = String(Math.floor(this.gateway.nowMs() / 1000));
		const key = Buffer.from(WHSEC.slice("whsec_".length), "base64");
		const mac = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
		const headers = {
			"Content-Type": "application/json",
			"webhook-id": id,
			"webhook-timestamp": timestamp,
			"webhook-signature": `v1,${mac}`,
		};
		return this.gateway.post(this.endpoint, body, { headers, ...options });
	}

	async tell(transfer) {
		const answer = await this.post(this.notice(transfer));
		if (answer.status !== 200)
			throw new Error(`not acknowledged: ${answer.status} ${answer.text}`);
	}
}
