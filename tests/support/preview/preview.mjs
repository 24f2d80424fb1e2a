// Pictures of the pages, for the eye: every sample at a phone's and a desk's size, against a small
// stand-in for the gateway.
//
//   mkdir -p build/preview && CHOPAY_PREVIEW=build/preview build/unit/page
//   node tests/support/preview/preview.mjs build/preview build/preview/pictures [only-this-name]
//   node tests/support/preview/preview.mjs build/preview --serve
//
// Ends with status 1 when a page writes to the console (a blocked inline script, a missing file),
// is wider than its window, or has a button too small for a thumb.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const [pages, out, only] = process.argv.slice(2);
const CSP = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";
const TYPES = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const A4_LANDSCAPE = [1009, 680]; // 267 x 180 mm, inside the margins
const SIZES = { phone: [360, 740], desk: [1280, 800] };

const BEAT = () => `event: beat\ndata: {"now":"${new Date().toISOString()}"}\n\n`;

// ---- a stand-in for the gateway ---------------------------------------------------------------

// Looks like a QR code, says nothing: three finders and noise that is the same on each run.
function placeholderCode() {
	const n = 33;
	let seed = 7;
	let dots = '';
	const finder = (x, y) => [[0, 0], [n - 7, 0], [0, n - 7]].some(
		([fx, fy]) => x >= fx - 1 && x <= fx + 7 && y >= fy - 1 && y <= fy + 7);
	for (let y = 0; y < n; y++) {
		for (let x = 0; x < n; x++) {
			seed = (seed * 1103515245 + 12345) % 2147483648;
			if (!finder(x, y) && seed > 1073741824) dots += `M${x} ${y}h1v1h-1z`;
		}
	}
	for (const [x, y] of [[0, 0], [n - 7, 0], [0, n - 7]]) {
		dots += `M${x} ${y}h7v7h-7zm1 1v5h5v-5zM${x + 2} ${y + 2}h3v3h-3z`;
	}
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 ${n + 8} ${n + 8}" ` +
		'shape-rendering="crispEdges"><path fill="#fff" d="M-4-4h99v99h-99z"/>' +
		`<path fill-rule="evenodd" d="${dots}"/></svg>`;
}

// With CHOPAY=build/chopay the codes are real ones.
function realCode(reference, amount) {
	if (!process.env.CHOPAY) return null;
	const chopay = (...args) => execFileSync(process.env.CHOPAY, args, { encoding: 'utf8' });
	const payload = chopay('qr', 'encode', '--bank', '970436', '--account', '0071001234567',
		...(amount ? ['--amount', String(amount)] : []), '--memo', reference).trim();
	return chopay('qr', 'render', payload, '--format', 'svg');
}

class Gateway {
	amounts = { CHC0001N0027V8: 50000 };
	streams = new Set();
	lastCharge = 0;

	constructor() {
		this.server = http.createServer((req, res) => this.answer(req, res));
	}
	listen(port) {
		return new Promise((done) => this.server.listen(port, '127.0.0.1', () => {
			this.url = `http://127.0.0.1:${this.server.address().port}`;
			done();
		}));
	}
	beat() {
		for (const res of this.streams) res.write(BEAT());
	}
	stream(req, res) {
		res.writeHead(200, { 'Content-Type': 'text/event-stream' });
		this.streams.add(res);
		req.on('close', () => this.streams.delete(res));
		res.write(BEAT());
	}
	charge(req, res) {
		let body = '';
		req.on('data', (chunk) => { body += chunk; });
		req.on('end', () => {
			const reference = `CHC0001N${String(++this.lastCharge).padStart(4, '0')}V8`;
			this.amounts[reference] = JSON.parse(body).amount;
			res.writeHead(201, { 'Content-Type': 'application/json' });
			res.end(JSON.stringify({
				reference, amount: JSON.parse(body).amount, paid: 0, state: 'open',
				qr_png: `/q/${reference}.png`, pay_url: `/pay/${reference}`,
				expires_at: new Date(Date.now() + 9e5).toISOString(),
			}));
		});
	}
	answer(req, res) {
		const where = new URL(req.url, 'http://x').pathname;
		res.setHeader('Content-Security-Policy', CSP);
		res.setHeader('X-Content-Type-Options', 'nosniff');
		if (where.endsWith('/events')) return this.stream(req, res);
		if (where.startsWith('/v1/')) return this.charge(req, res);
		if (where.startsWith('/q/') || where.endsWith('/qr.svg')) {
			const reference = path.parse(where).name;
			res.setHeader('Content-Type', 'image/svg+xml');
			return res.end(realCode(reference, this.amounts[reference]) || placeholderCode());
		}
		const file = where.startsWith('/static/')
			? path.join(root, 'gateway/web', where.slice(8)) : path.join(pages, where + '.html');
		if (where === '/stall') return res.end(fs.readFileSync(path.join(pages, 'stall-stall.ask.html')));
		if (!fs.existsSync(file)) return res.writeHead(404).end();
		res.setHeader('Content-Type', TYPES[path.extname(file)] || 'text/html; charset=utf-8');
		return res.end(fs.readFileSync(file));
	}
}

// ---- Chromium over its debugging pipe: no package needed ----------------------------------------

class Browser {
	waiting = new Map();
	listeners = new Set();
	sent = 0;

	static async start() {
		const browser = new Browser();
		browser.profile = fs.mkdtempSync(path.join(os.tmpdir(), 'chopay-preview-'));
		browser.process = spawn('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
			'--no-first-run', '--disable-background-networking', '--disable-component-update',
			'--disable-sync', '--hide-scrollbars', `--user-data-dir=${browser.profile}`,
			'--remote-debugging-pipe', 'about:blank'],
		{ stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
		let text = '';
		browser.process.stdio[4].on('data', (chunk) => {
			text += chunk;
			for (let end; (end = text.indexOf('\0')) >= 0; text = text.slice(end + 1)) {
				browser.got(JSON.parse(text.slice(0, end)));
			}
		});
		return browser;
	}
	got(message) {
		const waiter = this.waiting.get(message.id);
		this.waiting.delete(message.id);
		if (waiter && message.error) waiter.fail(new Error(message.error.message));
		else if (waiter) waiter.done(message.result);
		else for (const listener of [...this.listeners]) listener(message);
	}
	call(method, params = {}, sessionId = undefined) {
		const id = ++this.sent;
		this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
		return new Promise((done, fail) => this.waiting.set(id, { done, fail }));
	}
	async stop() {
		await this.call('Browser.close').catch(() => {});
		await new Promise((done) => this.process.once('exit', done));
		fs.rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
	}
}

class Page {
	complaints = [];

	static async open(browser, url, [width, height], { scripts = true } = {}) {
		const page = new Page();
		const { targetId } = await browser.call('Target.createTarget', { url: 'about:blank' });
		const { sessionId } = await browser.call('Target.attachToTarget', { targetId, flatten: true });
		Object.assign(page, { targetId, browser, call: (m, p) => browser.call(m, p, sessionId) });
		await page.call('Page.enable');
		await page.call('Log.enable');
		await page.call('Runtime.enable');
		await page.call('Emulation.setDeviceMetricsOverride',
			{ width, height, deviceScaleFactor: 1, mobile: width < 600 });
		if (!scripts) await page.call('Emulation.setScriptExecutionDisabled', { value: true });
		const loaded = new Promise((done) => {
			page.listener = (message) => {
				if (message.sessionId !== sessionId) return;
				if (message.method === 'Page.loadEventFired') done();
				if (message.method === 'Log.entryAdded') page.complaints.push(message.params.entry.text);
				if (message.method === 'Runtime.exceptionThrown') {
					const { text, exception } = message.params.exceptionDetails;
					page.complaints.push(`${text} ${exception?.description}`);
				}
			};
			browser.listeners.add(page.listener);
		});
		await page.call('Page.navigate', { url });
		await loaded;
		return page;
	}
	async run(expression) {
		const { result, exceptionDetails } = await this.call('Runtime.evaluate',
			{ expression, awaitPromise: true, returnByValue: true });
		if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
		return result.value;
	}
	async picture(file, full = false) {
		const { data } = await this.call('Page.captureScreenshot',
			{ format: 'png', captureBeyondViewport: full });
		fs.writeFileSync(file, Buffer.from(data, 'base64'));
	}
	async close() {
		this.browser.listeners.delete(this.listener);
		await this.browser.call('Target.closeTarget', { targetId: this.targetId });
	}
}

// ---- what is looked at ----------------------------------------------------------------------

const LAYOUT = `(() => {
	const found = [];
	if (document.documentElement.scrollWidth > innerWidth) found.push('wider than the window');
	for (const e of document.querySelectorAll('button, a.button, summary')) {
		const box = e.getBoundingClientRect();
		if (box.height && box.height < 43.5) found.push('small: ' + e.textContent.trim());
	}
	return found;
})()`;

async function samples(gateway, browser, failures) {
	const names = fs.readdirSync(pages).filter((name) => name.endsWith('.html')).map((name) => name.slice(0, -5));
	for (const name of names.filter((n) => !only || n.includes(only))) {
		for (const [size, dimensions] of Object.entries(SIZES)) {
			const page = await Page.open(browser, `${gateway.url}/${name}`, dimensions);
			const found = [...await page.run(LAYOUT), ...page.complaints];
			for (const text of found) failures.push(`${name} (${size}): ${text}`);
			const { cssContentSize } = await page.call('Page.getLayoutMetrics');
			await page.call('Emulation.setDeviceMetricsOverride', {
				width: dimensions[0], height: Math.max(dimensions[1], Math.ceil(cssContentSize.height)),
				deviceScaleFactor: 1, mobile: size === 'phone',
			});
			await page.picture(path.join(out, `${name}-${size}.png`));
			await page.close();
		}
		if (name.startsWith('reports')) {
			const page = await Page.open(browser, `${gateway.url}/${name}`, A4_LANDSCAPE);
			await page.call('Emulation.setEmulatedMedia', { media: 'print' });
			await page.picture(path.join(out, `${name}-print.png`));
			await page.close();
		}
		if (name.includes('.first') || name.endsWith('stall.ask')) {
			const page = await Page.open(browser, `${gateway.url}/${name}`, SIZES.phone, { scripts: false });
			await page.picture(path.join(out, `${name}-noscript.png`));
			await page.close();
		}
	}
}

const gateway = new Gateway();
if (out === '--serve') {
	await gateway.listen(Number(only) || 8090);
	setInterval(() => gateway.beat(), 10000);
	process.stderr.write(`${gateway.url}/stall-stall.ask\n`);
} else {
	await gateway.listen(0);
	fs.mkdirSync(out, { recursive: true });
	const beats = setInterval(() => gateway.beat(), 2000);
	const browser = await Browser.start();
	const failures = [];
	try {
		await samples(gateway, browser, failures);
	} finally {
		clearInterval(beats);
		await browser.stop();
		for (const res of gateway.streams) res.destroy();
		gateway.server.close();
	}
	for (const failure of failures) process.stderr.write(`preview: ${failure}\n`);
	process.exitCode = failures.length ? 1 : 0;
}
