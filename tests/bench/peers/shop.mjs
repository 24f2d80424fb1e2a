/* The usual shop: an HTTP handler for SePay's webhook that books each call in a transaction of its
 * own: verify the key, read the JSON, remember the payment under its unique id, mark the order.
 *
 * usage: node shop.mjs DATABASE-URL   (the key in SHOP_KEY; prints "ready URL" when it answers)
 *
 * A good one of its kind: durable, a pool of connections, named prepared statements, one index
 * decides what was seen before, and no row is shared by all buyers. */
import { createHash, timingSafeEqual } from "node:crypto";
import http from "node:http";
import pg from "pg";

const POOL_MAX = 16;
const BODY_MAX = 64 * 1024;
const ORDERS = 99_991; /* each call pays one; a prime, so that ids that rise side by side meet none */

const SCHEMA = `
	CREATE TABLE payments (
		id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
		sepay_id bigint NOT NULL UNIQUE,
		order_id bigint NOT NULL,
		account_number text NOT NULL,
		amount bigint NOT NULL CHECK (amount > 0),
		content text NOT NULL,
		reference_code text NOT NULL,
		transaction_date timestamp NOT NULL,
		received_at timestamptz NOT NULL DEFAULT now()
	);
	CREATE TABLE orders (
		id bigint PRIMARY KEY,
		paid bigint NOT NULL DEFAULT 0,
		paid_at timestamptz
	) WITH (fillfactor = 80);
	INSERT INTO orders (id) SELECT generate_series(0, ${ORDERS - 1});
`;
const INSERT_PAYMENT = {
	name: "insert-payment",
	text: `INSERT INTO payments
		(sepay_id, order_id, account_number, amount, content, reference_code, transaction_date)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sepay_id) DO NOTHING`,
};
const PAY_ORDER = {
	name: "pay-order",
	text: "UPDATE orders SET paid = paid + $2, paid_at = now() WHERE id = $1",
};

const digest = (text) => createHash("sha256").update(text).digest();
const authorization = digest(`Apikey ${process.env.SHOP_KEY}`);
const pool = new pg.Pool({ connectionString: process.argv[2], max: POOL_MAX });

async function book(told) {
	const order = Number(/(\d+)$/.exec(told.content)?.[1]) % ORDERS;
	const client = await pool.connect();
	let failed = true;

	try {
		await client.query("BEGIN");
		const { rowCount } = await client.query({
			...INSERT_PAYMENT,
			values: [told.id, order, told.accountNumber, told.transferAmount, told.content,
				told.referenceCode, told.transactionDate],
		});
		if (rowCount === 1)
			await client.query({ ...PAY_ORDER, values: [order, told.transferAmount] });
		await client.query("COMMIT");
		failed = false;
	} finally {
		client.release(failed); /* a connection in a failed transaction is closed */
	}
}

async function bodyOf(request) {
	const parts = [];
	let size = 0;

	for await (const part of request) {
		size += part.length;
		if (size > BODY_MAX)
			throw Object.assign(new Error("body too large"), { status: 413 });
		parts.push(part);
	}
	return Buffer.concat(parts).toString();
}

async function answer(request) {
	if (!timingSafeEqual(digest(request.headers.authorization ?? ""), authorization))
		return 401;
	const told = JSON.parse(await bodyOf(request));

	if (!Number.isSafeInteger(told.id) || !Number.isSafeInteger(told.transferAmount))
		return 400;
	if (told.transferType === "in")
		await book(told);
	return 200;
}

const server = http.createServer(async (request, response) => {
	const status = await answer(request).catch((error) => {
		console.error(error.message);
		return error.status ?? 500;
	});

	response.writeHead(status, { "Content-Type": "application/json" });
	response.end(JSON.stringify({ success: status === 200 }));
});

await pool.query(SCHEMA);
server.listen(0, "127.0.0.1", () => console.log(`ready http://127.0.0.1:${server.address().port}`));
process.on("SIGTERM", () => {
	server.close(() => pool.end());
	server.closeAllConnections();
});
