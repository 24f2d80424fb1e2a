/* Recorded messages as calls to a running gateway: where they go, and the little that must differ from the recording. */
import { createHash, createHmac } from "node:crypto";

/* What an endpoint is made with: the options of `chopay endpoint add`. */
export function wayOf({ provider, secret }) {
	return {
		feed: provider,
		mode: secret.mode,
		secret: secret.value ?? secret.client_secret ?? secret.password,
		options: [
			["--client-id", secret.client_id],
			["--username", secret.username],
			["--service-id", secret.service_id],
			["--key-id", secret.keyid],
			["--header", secret.header],
		].flatMap(([name, value]) => (value === undefined ? [] : [name, value])),
	};
}

/* Providers call below one base, which is our endpoint: "/vqr/api/token_generate" -> "/api/token_generate". */
export function pathOf(endpoint, { path }) {
	return endpoint + path.replace(/^\/(vqr|hook\/[^/]+)/, "");
}

export function basic(user, password) {
	return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/* Ask for a token as each of them does: {status, token, seconds}. */
export async function askToken(gateway, endpoint, { mode, ...secret }) {
	if (mode === "oauth2") {
		const { client_id: clientId, client_secret: clientSecret } = secret;
		const answer = await gateway.post(`${endpoint}/token`, { clientId, clientSecret });
		const { accessToken, expiredIn } = answer.json.data ?? {};
		return { status: answer.status, token: accessToken, seconds: expiredIn };
	}
	const [path, user, password] =
		mode === "vietqr"
			? ["/api/token_generate", secret.username, secret.password]
			: ["/token", secret.service_id, secret.value];
	const headers = { Authorization: basic(user, password) };
	const answer = await gateway.post(endpoint + path, "", { headers });
	return {
		status: answer.status,
		headers: answer.headers,
		token: answer.json.access_token,
		seconds: answer.json.expires_in,
	};
}

/* The token that a fixture takes for issued is one that our token address really gave. */
async function withOurToken(gateway, endpoint, message) {
	const recorded = (message.secret.issued ?? []).map(({ token }) => `Bearer ${token}`);
	if (!recorded.includes(message.headers.Authorization)) return message;
	const { status, token } = await askToken(gateway, endpoint, message.secret);
	if (status !== 200) throw new Error(`${message.name}: no token: ${status}`);
	return { ...message, headers: { ...message.headers, Authorization: `Bearer ${token}` } };
}

/* The path is signed, and ours is not the fixture's. */
function withOurPath(path, message) {
	const { keyid, value } = message.secret;
	const digest = message.headers["Content-Digest"];
	const params = message.headers["Signature-Input"].replace(/^sig1=/, "");
	const base = [
		`"@method": ${message.method}`,
		`"@path": ${path}`,
		`"content-digest": ${digest}`,
		`"@signature-params": ${params}`,
	].join("\n");
	if (keyid === undefined || !params.includes(`keyid="${keyid}"`)) throw new Error("keyid");
	const mac = createHmac("sha256", Buffer.from(value, "base64")).update(base).digest("base64");
	return { ...message, headers: { ...message.headers, Signature: `sig1=:${mac}:` } };
}

/* A paid bill is one of our charges. */
export function withOurBill(message, reference) {
	const body = { ...JSON.parse(message.body_raw), bill_id: reference };
	body.checksum = createHash("md5")
		.update(message.secret.value + body.trans_id + body.bill_id + body.amount)
		.digest("hex");
	return { ...message, body_raw: JSON.stringify(body) };
}

/* The message as it is sent: recorded bytes, but for a token, a signed path, a bill's number. */
export async function callOf(gateway, endpoint, message) {
	const path = pathOf(endpoint, message);
	let call = await withOurToken(gateway, endpoint, message);
	if (message.secret.mode === "rfc9421_hmac") call = withOurPath(path, call);
	return { method: call.method, path, headers: call.headers, body: call.body_raw };
}

export function deliver(gateway, { method, path, headers, body }) {
	return gateway.request(method, path, { headers, body });
}
