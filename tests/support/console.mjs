/* The console as a person's browser talks to it: pages, plain forms, files. */
import assert from "node:assert/strict";

const BOUNDARY = "boundary-of-the-scenarios";

/* What a form sends, fields and a file. */
export function multipart(fields, file) {
	const parts = Object.entries(fields).map(
		([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
	);
	if (file)
		parts.unshift(
			`--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${file.name}"\r\n` +
				`Content-Type: text/csv\r\n\r\n${file.text}\r\n`,
		);
	return `${parts.join("")}--${BOUNDARY}--\r\n`;
}

/* A page's text without its markup. */
export function words(html) {
	return html
		.replace(/<(head|nav|header|script)\b.*?<\/\1>/gs, " ")
		.replace(/<[^>]*>/g, " ")
		.replace(/&lt;/g, "<")
		.replace(/&gt;/g, ">")
		.replace(/&quot;/g, '"')
		.replace(/&#39;/g, "'")
		.replace(/&amp;/g, "&")
		.replace(/\s+/g, " ")
		.trim();
}

/* Somebody at the console, with a key of their own. */
export class Person {
	constructor(gateway, key, headers = {}) {
		this.gateway = gateway;
		this.headers = { Authorization: `Bearer ${key}`, ...headers };
	}

	get(path) {
		return this.gateway.request("GET", path, { headers: this.headers });
	}

	/* The words of a page that opens. */
	async read(path) {
		const answer = await this.get(path);
		assert.equal(answer.status, 200, `${path}: ${answer.text}`);
		return words(answer.text);
	}

	post(path, fields = {}) {
		return this.gateway.request("POST", path, {
			body: new URLSearchParams(fields).toString(),
			headers: { ...this.headers, "Content-Type": "application/x-www-form-urlencoded" },
		});
	}

	/* A form that does what it says: where it leads. */
	async send(path, fields) {
		const answer = await this.post(path, fields);
		assert.equal(answer.status, 303, `${path}: ${words(answer.text)}`);
		return answer.headers.location;
	}

	/* One that is refused: what the page says. */
	async refused(status, path, fields) {
		const answer = await this.post(path, fields);
		assert.equal(answer.status, status, words(answer.text));
		return words(answer.text);
	}

	bring(text, { why = "", name = "sap.csv" } = {}) {
		return this.gateway.request("POST", "/operator/registry/files", {
			body: multipart({ why }, { name, text }),
			headers: { ...this.headers, "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` },
		});
	}

	/* The page of a file that was brought. */
	async look(text, options) {
		const answer = await this.bring(text, options);
		assert.equal(answer.status, 303, words(answer.text));
		return answer.headers.location.split("?")[0];
	}
}
