/* A feed that never stops: new deliveries all the time, each sent again until somebody acknowledges it. */
import { waitFor } from "./chopay.mjs";

const PAUSE_MS = 50; /* before the same delivery is sent again */
const AGAIN_EVERY = 20; /* of the acknowledged, one is sent again anyway, as feeds do */
const DEADLINE_MS = 180_000;

export class SteadyFeed {
	#ends = [];
	#endsBy = Infinity; /* when to give up on what nobody acknowledges */
	#over = false;

	/* `gateways`: whom it calls, by turns; may change meanwhile. */
	constructor(t, bank, gateways, stalls) {
		Object.assign(this, { bank, gateways, stalls: Object.values(stalls) });
		this.made = []; /* {id, amount, acknowledgedAt?} */
		this.statuses = new Map(); /* of refusals: how many of each; "lost" is a connection */
		this.onAcknowledged = () => {};
		t.after(() => {
			this.#over = true;
			this.#endsBy = 0;
		});
	}

	get acknowledged() {
		return this.made.filter((one) => one.acknowledgedAt !== undefined);
	}

	start(connections = 8) {
		this.#ends = Array.from({ length: connections }, (_, i) => this.#deliver(i));
		for (const end of this.#ends) end.catch((error) => (this.fault ??= error));
		return this;
	}

	/* Until `count` more are acknowledged. */
	async acknowledge(count) {
		const enough = this.acknowledged.length + count;
		await waitFor(
			`${count} acknowledgements`,
			() => {
				if (this.fault) throw this.fault;
				return this.acknowledged.length >= enough;
			},
			DEADLINE_MS,
		);
	}

	/* No new deliveries; over when each of those made is acknowledged. */
	async stop() {
		this.#over = true;
		this.#endsBy = Date.now() + DEADLINE_MS;
		await Promise.all(this.#ends);
		return this;
	}

	async #deliver(turn) {
		const agents = new Map(); /* a connection of its own to each */
		for (; !this.#over; turn++) {
			const one = this.#make();
			for (; one.acknowledgedAt === undefined; turn++) await this.#try(one, turn, agents);
			if (one.n % AGAIN_EVERY === 0) await this.#try(one, turn + 1, agents);
		}
	}

	#make() {
		const n = this.made.length;
		const stall = this.stalls[n % this.stalls.length];
		const note = n % 7 === 0 ? "khong ghi ma" : `${stall.reference} mua hang`;
		const amount = 1_000 + (n % 1_000);
		const body = this.bank.delivery({ account: stall.account_no, amount, note });
		const one = { n, id: String(JSON.parse(body).id), amount, body };
		this.made.push(one);
		return one;
	}

	/* Once, at the gateway whose turn it is. */
	async #try(one, turn, agents) {
		const gateway = this.gateways[turn % this.gateways.length];
		if (!agents.has(gateway)) agents.set(gateway, gateway.newAgent(1));
		const sentAt = Date.now();
		const status = await this.bank.post(one.body, { gateway, agent: agents.get(gateway) }).then(
			(answer) => answer.status,
			() => "lost",
		);
		if (status === 200) {
			one.acknowledgedAt ??= Date.now();
			this.onAcknowledged({ gateway, sentAt });
			return;
		}
		if (status !== 503 && status !== "lost") throw new Error(`delivery ${one.id} answered ${status}`);
		if (Date.now() > this.#endsBy) throw new Error(`nobody acknowledges delivery ${one.id}`);
		this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
		await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
	}
}
