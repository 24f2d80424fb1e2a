/* payOS: paid orders, each signed inside its own body. */
import { createHmac } from "node:crypto";

import { bankTime } from "./sepay.mjs";

const CHECKSUM_KEY = "1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675";

export class Payos {
	constructor(gateway, endpoint) {
		Object.assign(this, { gateway, endpoint });
	}

	static async at(market, gateway) {
		const way = { feed: "payos", mode: "checksum_key", secret: CHECKSUM_KEY };
		return new Payos(gateway, await market.newEndpoint(way));
	}

	/* One paid order, to be posted as often as one likes. */
	order({ orderCode, account, amount, note, bankRef, atMs = this.gateway.nowMs(), payer }) {
		const data = {
			accountNumber: account,
			amount,
			code: "00",
			...(payer && { counterAccountBankId: payer.bank, counterAccountNumber: payer.account }),
			currency: "VND",
			description: note,
			orderCode,
			reference: bankRef,
			transactionDateTime: bankTime(atMs),
		}; /* in the order of their names, as they are signed */
		const text = Object.entries(data).map(([name, value]) => `${name}=${value}`);
		const signature = createHmac("sha256", CHECKSUM_KEY).update(text.join("&")).digest("hex");
		return { code: "00", desc: "success", success: true, data, signature };
	}

	/* Each call is acknowledged, or payOS would repeat it for ever. */
	async tell(order) {
		const answer = await this.gateway.post(this.endpoint, order);
		if (answer.status !== 200 || answer.json.success !== true)
			throw new Error(`not acknowledged: ${answer.status} ${answer.text}`);
	}
}
