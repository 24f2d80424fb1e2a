/* Bad input on the command line: one clear line, the right exit status, nothing half done. */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { fixtures, Market, onPostgres, openMarket, run, tool, waitFor } from "../support/chopay.mjs";

const USAGE = 64;
const DATA = 65;
const UNAVAILABLE = 69;
const CANNOT_CREATE = 73;
const IO = 74;
const CONFIG = 78;

const smallMarket = join(fixtures, "market-small.csv");

const COMMANDS = {
	demo: [],
	serve: [],
	config: ["check"],
	registry: ["import", "export", "registers"],
	print: ["cards", "inspector"],
	stall: ["invite", "devices", "revoke", "signup"],
	user: ["add", "link", "list", "devices", "revoke"],
	account: ["propose", "approve", "cancel", "list"],
	book: [],
	audit: ["list", "verify"],
	flag: ["list", "release"],
	endpoint: ["add", "list", "rotate", "set", "revoke", "refusals", "public-key"],
	pull: ["add", "list", "now", "rotate", "remove"],
	receiver: ["add", "list", "rotate", "disable", "enable", "remove", "redeliver", "log"],
	key: ["add", "list", "revoke"],
	statement: ["import"],
	reconcile: ["list", "show", "verify-proof", "key"],
	alarms: ["close"],
	charge: ["create", "list"],
	payments: ["list", "refund"],
	transfers: ["list"],
	suspense: ["list", "candidates", "resolve"],
	statement: ["import"],
	report: ["cai", "adoption", "rank", "work", "snapshot"],
	ledger: ["verify"],
	store: ["plan", "partition", "archive"],
	backup: [],
	restore: [],
	qr: ["encode", "decode", "render", "batch"],
	reference: ["new", "find"],
	webhook: ["check"],
	simulate: [],
};

/* Refused in one line on stderr that `says` matches, with nothing on stdout. */
function checkRefusal(done, status, says) {
	assert.equal(done.signal, null, "it did not crash");
	assert.equal(done.status, status, done.stderr);
	assert.match(done.stderr, says);
	assert.equal(done.stderr.trimEnd().split("\n").length, 1, `one line: ${done.stderr}`);
	assert.match(done.stderr, /^chopay[ :]/);
	assert.equal(done.stdout, "");
}

test("--help of every command: on stdout, exit 0", async (t) => {
	const listed = (await run(["--help"])).stdout;
	assert.deepEqual(
		[...listed.matchAll(/^ {2}(\w+) /gm)].map((m) => m[1]).sort(),
		Object.keys(COMMANDS).sort(),
	);
	for (const [command, verbs] of Object.entries(COMMANDS)) {
		await t.test(command, async () => {
			for (const words of [[command], ...verbs.map((verb) => [command, verb])]) {
				const help = await run([...words, "--help"]);
				assert.equal(help.status, 0, help.stderr);
				assert.match(help.stdout, /^usage: chopay /);
				assert.equal(help.stderr, "");
			}
		});
	}
});

test("unknown commands, verbs and options", async (t) => {
	checkRefusal(await run(["nonsense"]), USAGE, /"nonsense"/);
	assert.equal((await run([])).status, USAGE);
	for (const [command, verbs] of Object.entries(COMMANDS)) {
		await t.test(command, async () => {
			if (verbs.length > 0) checkRefusal(await run([command, "nonsense"]), USAGE, /nonsense/);
			for (const words of verbs.length > 0
				? verbs.map((verb) => [command, verb])
				: [[command]])
				checkRefusal(await run([...words, "--nonsense"]), USAGE, /--nonsense/);
		});
	}
});

test("values that are wrong: exit status, and nothing is changed", async (t) => {
	const market = new Market(t);
	await market.importStalls();
	const before = await market.must("registry", "export");
	const secret = market.file("secret", "a-secret-long-enough\n");
	const short = market.file("short", "short");
	const empty = market.file("empty", "");
	const charge = (...words) => ["charge", "create", ...words];
	const amount = (text) => charge("--stall", "A01", "--amount", text);
	const resolve = (...words) => ["suspense", "resolve", ...words, "--by", "Thử", "--why", "x"];
	const endpoint = (...words) => ["endpoint", "add", ...words];
	const rows = [
		["a negative amount", amount("-5"), DATA, /-5.*whole đồng/],
		["no amount", amount("0"), DATA, /above 0/],
		["a fraction", amount("1.5"), DATA, /1\.5.*whole đồng/],
		["thousands in points", amount("50.000"), DATA, /whole đồng/],
		["an exponent", amount("1e3"), DATA, /whole đồng/],
		["words", amount("nhiều"), DATA, /nhiều/],
		["half a billion", amount("500000000"), DATA, /500\.000\.000/],
		["a number without end", amount("9".repeat(40)), DATA, /9999/],
		["an empty amount", amount(""), DATA, /--amount/],
		["an option left out", charge("--amount", "5"), USAGE, /--stall/],
		[
			"a stall that is not there",
			charge("--stall", "NOPE", "--amount", "5"),
			DATA,
			/no such stall/,
		],
		["a stall without a name", charge("--stall", "", "--amount", "5"), USAGE, /--stall/],
		["a closed stall", charge("--stall", "C01", "--amount", "5"), DATA, /closed/],
		["a second to pay", [...amount("5"), "--expires-in", "1"], DATA, /60 to 86400/],
		["no second to pay", [...amount("5"), "--expires-in", "0"], DATA, /60 to 86400/],
		["a word too many", [...amount("5"), "now"], USAGE, /"now"/],
		["an invite to nowhere", ["stall", "invite", "--stall", "NOPE"], DATA, /no such stall/],
		["a code without an address", ["stall", "invite", "--stall", "A01", "--qr"], USAGE, /--url/],
		["an address that is none", ["stall", "invite", "--stall", "A01", "--url", "pay.example"], USAGE, /--url/],
		["a picture of no kind", ["user", "link", "x", "--url", "https://a.example", "-o", "x.gif"], USAGE, /\.png or \.svg/],
		["an account for nobody", ["account", "propose", "--person", "A"], USAGE, /--stall/],
		["a change that is not there", ["account", "approve", "7", "--person", "A"], DATA, /account list/],
		["which change", ["account", "cancel", "--person", "A"], USAGE, /which one/],
		["which alarm", ["alarms", "close", "--person", "A", "--why", "x"], USAGE, /which one/],
		["nobody's alarm", ["alarms", "close", "7", "--why", "x"], USAGE, /--person/],
		["an alarm that is not there", ["alarms", "close", "7", "--person", "A", "--why", "x"], DATA, /no alarm/],
		["an alarm by a word", ["alarms", "close", "abc", "--person", "A", "--why", "x"], DATA, /number/],
		["alarms of no state", ["alarms", "--state", "lost"], DATA, /open, closed or all/],
		["nobody's link", ["user", "link", "nobody"], DATA, /user list/],
		["a link for whom", ["user", "link"], USAGE, /who\?/],
		["a user without a name", ["user", "add", "--login", "a"], USAGE, /--name/],
		["a user of no role", ["user", "add", "--login", "a", "--name", "A", "--role", "x"], DATA, /role is operator/],
		["a phone that is not there", ["stall", "revoke", "--stall", "A01", "7"], DATA, /no such device/],
		["a day that is none", ["payments", "list", "--since", "yesterday"], DATA, /since/],
		["a credit that is not there", resolve("12345", "--stall", "A01"), DATA, /suspense/],
		["a credit by a word", resolve("abc", "--stall", "A01"), DATA, /number/],
		["two decisions", resolve("12345", "--stall", "A01", "--not-ours"), USAGE, /either/],
		["no decision", resolve("12345"), USAGE, /either/],
		["nobody's decision", ["suspense", "resolve", "1", "--not-ours"], USAGE, /--person/],
		["a refund by nothing", resolve("1", "--not-ours", "--transfer", "2"), USAGE, /--refunded/],
		["an empty stall", resolve("12345", "--stall", ""), DATA, /empty/],
		["candidates of nothing", ["suspense", "candidates"], USAGE, /which credit/],
		["candidates of no credit", ["suspense", "candidates", "12345"], DATA, /suspense/],
		["a state that is none", ["suspense", "list", "--state", "open"], DATA, /waiting/],
		[
			"an unknown feed",
			endpoint("--feed", "x", "--mode", "hmac", "--secret-file", secret),
			DATA,
			/sepay/,
		],
		[
			"an unknown mode",
			endpoint("--feed", "sepay", "--mode", "x", "--secret-file", secret),
			DATA,
			/apikey, hmac/,
		],
		[
			"a short secret",
			endpoint("--feed", "sepay", "--mode", "hmac", "--secret-file", short),
			DATA,
			/shorter than 8/,
		],
		[
			"an empty secret",
			endpoint("--feed", "sepay", "--mode", "hmac", "--secret-file", empty),
			DATA,
			/no secret/,
		],
		["no secret", endpoint("--feed", "sepay", "--mode", "hmac"), USAGE, /--secret-file/],
		[
			"a secret file that is not there",
			endpoint("--feed", "sepay", "--mode", "hmac", "--secret-file", "/nowhere/x"),
			IO,
			/\/nowhere\/x/,
		],
		[
			"a roll of nothing",
			["endpoint", "rotate", "nope", "--secret-file", secret],
			DATA,
			/endpoint/,
		],
		["a revoked nothing", ["endpoint", "revoke", "nope"], DATA, /endpoint/],
		["a key that is not there", ["key", "revoke", "nope"], DATA, /key/],
		[
			"a role that is none",
			["key", "add", "--name", "x", "--role", "king"],
			DATA,
			/operator, auditor, official:UNIT/,
		],
		["a backup over a file", ["backup", secret], CANNOT_CREATE, /exists/],
		["a backup into no folder", ["backup", "/nowhere/copy.db"], IO, /\/nowhere\/copy\.db/],
		[
			"a register that is not there",
			["registry", "import", "/nowhere/x.csv"],
			IO,
			/\/nowhere\/x\.csv/,
		],
		["no register", ["registry", "import"], USAGE, /which file/],
		...(onPostgres
			? [
					["a backup of PostgreSQL", ["backup", market.file("b.db")], DATA, /pg_dump/],
					["a restore into PostgreSQL", ["restore", secret], USAGE, /pg_restore/],
				]
			: [
					["a restore of nothing", ["restore", "/nowhere/x.db"], IO, /\/nowhere\/x\.db/],
					["a restore of what is no store", ["restore", secret], DATA, /not a chopay store/],
				]),
	];
	for (const [name, words, status, says] of rows)
		await t.test(name, async () => checkRefusal(await market.run(...words), status, says));

	await t.test("nothing was changed", async () => {
		assert.equal(await market.must("registry", "export"), before);
		assert.deepEqual(await market.lines("endpoint", "list"), []);
		assert.deepEqual(await market.lines("key", "list"), []);
		assert.equal((await market.ledger()).charges, 0);
	});
});

test("a plan: a row for each table that grows, a statement for each that is spread", async () => {
	const plan = async (perDay) =>
		(await run(["store", "plan", "--stalls", "1000", "--payments-per-day", perDay, "--years", "2"]))
			.stdout;
	const small = await plan("10000");
	const rows = (text, table) => Number(text.match(new RegExp(`^-- ${table} +(\\d+) `, "m"))[1]);
	assert.equal(rows(small, "payment"), 10000 * 730);
	assert.equal(rows(small, "cell"), 1000 * 730);
	assert.equal(rows(await plan("10"), "cell"), 10 * 730);
	assert.equal(rows(small, "stall"), 1000);
	assert.match(small, /create_reference_table\('stall'\)/);
	assert.match(small, /create_distributed_table\('payment', 'stall_id', colocate_with => 'charge'\)/);
	/* All that is not a statement is a comment: psql reads it. */
	for (const line of small.split("\n"))
		assert.match(line, /^(--.*|SELECT create_.*; -- .*|CREATE EXTENSION .*;|)$/);
});

test("commands without a store", async (t) => {
	const market = new Market(t);
	const half = market.file("half.json", '{"name": "half"');
	const plan = (...words) => ["store", "plan", "--stalls", "9", "--years", "1", ...words];
	const rows = [
		["a plan of no payments", plan("--payments-per-day", "0"), DATA, /per-day 0: .* 1 to/],
		["a plan of too many", plan("--payments-per-day", "1000000001"), DATA, /1000000000/],
		["a plan of nothing", plan(), USAGE, /--payments-per-day is missing/],
		["half a shard", plan("--payments-per-day", "5", "--shards", "0.5"), DATA, /--shards/],
		["a bank that is none", ["qr", "encode", "--bank", "NOPE", "--account", "1"], DATA, /bank/],
		[
			"an amount below 0",
			["qr", "encode", "--bank", "VCB", "--account", "1", "--amount", "-5"],
			DATA,
			/amount/,
		],
		["no account", ["qr", "encode", "--bank", "VCB"], USAGE, /--account/],
		[
			"a picture of no known kind",
			["qr", "render", "x", "--format", "gif"],
			USAGE,
			/png, svg or txt/,
		],
		["no references", ["reference", "new", "--count", "0"], USAGE, /--count/],
		[
			"a fixture that is not there",
			["webhook", "check", "/nowhere/x.json"],
			IO,
			/\/nowhere\/x\.json/,
		],
		["a bank for no gateway", ["simulate"], USAGE, /--url/],
		["a bank for no address", ["simulate", "--url", "nowhere"], USAGE, /--url/],
		["a demo at no address", ["demo", "--listen", "nowhere"], USAGE, /nowhere/],
		[
			"a demo at no rate",
			["demo", "--listen", "127.0.0.1:0", "--rate", "often"],
			USAGE,
			/--rate/,
		],
		["a value left out", ["charge", "create", "--amount"], USAGE, /--amount needs a value/],
		["which store?", ["registry", "export"], USAGE, /--data/],
	];
	for (const [name, words, status, says] of rows)
		await t.test(name, async () => checkRefusal(await run(words), status, says));

	await t.test("a fixture that is cut off", async () => {
		const done = await run(["webhook", "check", half]);
		assert.equal(done.status, DATA);
		assert.match(done.stderr, /half\.json: JSON is cut off/);
	});
	await t.test("a code that is none", async () => {
		const done = await run(["qr", "decode", "nonsense"]);
		assert.equal(done.status, DATA);
		assert.equal(JSON.parse(done.stdout).valid, false);
	});
});

test("a register with bad rows: each is named by line, column and reason; nothing is imported", async (t) => {
	const market = new Market(t);
	const header =
		"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,bank_bin,account_no,account_holder,open_date,close_date";
	const row = (changes = {}) =>
		Object.values({
			market_code: "MALAM",
			market_name: "Chợ Ma Lâm",
			unit_code: "23059",
			stall_code: "A01",
			stall_name: "Rau chị Thử",
			kind: "stall",
			goods: "rau",
			merchant_name: "Nguyễn Thị Thử",
			phone: "0990000001",
			bank_bin: "970422",
			account_no: "8800000000001",
			account_holder: "NGUYEN THI THU",
			open_date: "2024-01-15",
			close_date: "",
			...changes,
		}).join(",");
	const bad = [
		[row({ stall_code: "" }), /line 3, column stall_code: .*is empty/],
		[row({ stall_code: "A02", kind: "castle" }), /line 4, column kind: .*is none of stall/],
		[
			row({ stall_code: "A03", bank_bin: "123456" }),
			/line 5, column bank_bin: .*is not the BIN/,
		],
		[
			row({ stall_code: "A04", account_no: "88-00" }),
			/line 6, column account_no: .*is not an account/,
		],
		[
			row({ stall_code: "A05", open_date: "15/01/2024" }),
			/line 7, column open_date: .*is not a date/,
		],
		[
			row({ stall_code: "A06", close_date: "2023-01-01" }),
			/line 8, column close_date: .*is not after/,
		],
		[
			row({ stall_code: "A07", phone: "call me" }),
			/line 9, column phone: .*is not a telephone/,
		],
		[row({ stall_code: "A08", unit_code: "99999" }), /line 10, column unit_code: /],
		[row(), /line 11, column stall_code: "A01" stands on line 2/],
		["too,few", /line 12: /],
	];
	const done = await market.run(
		"registry",
		"import",
		market.file("bad.csv", [header, row(), ...bad.map(([text]) => text), ""].join("\n")),
	);
	assert.equal(done.status, DATA);
	const told = done.stderr.trimEnd().split("\n");
	assert.equal(told.length, bad.length + 1, done.stderr);
	for (const [i, [, says]] of bad.entries()) assert.match(told[i], says);
	assert.match(told.at(-1), /nothing was imported/);
	assert.equal(
		(await market.must("registry", "export")).split("\n").length,
		1,
		"the header only",
	);

	for (const [name, text, says] of [
		["empty.csv", "", /empty\.csv/],
		["header.csv", `${header.replace("kind", "sort")}\n${row()}\n`, /header\.csv line 1/],
		["quote.csv", `${header}\n"MALAM,${row()}\n`, /quote\.csv line 2/],
		[
			"latin1.csv",
			Buffer.from(`${header}\n${row({ stall_name: "Ch\xf4" })}\n`, "latin1"),
			/latin1\.csv line 2/,
		],
	]) {
		const refused = await market.run("registry", "import", market.file(name, text));
		assert.equal(refused.status, DATA, `${name}: ${refused.stdout}`);
		assert.match(refused.stderr, says);
	}
	assert.equal((await market.must("registry", "export")).split("\n").length, 1);
});

test("settings: a file that is wrong is named with its line", async (t) => {
	const market = new Market(t);
	const file = (name, lines) => market.file(name, `${lines.join("\n")}\n`);
	const rows = [
		[
			"no such setting",
			["data = d", "listen = 127.0.0.1:0", "colour = red"],
			/line 3: .*"colour"/,
		],
		["a value out of range", ["data = d", "workers = many"], /line 2: "many"/],
		["a limit of nothing", ["data = d", "two_person_above = 0"], /line 2: "0".*above 0/],
		["an alarm at nothing", ["data = d", "disk_alarm_percent = 0"], /line 2: "0".*1 to 100/],
		["a limit with points", ["data = d", "two_person_above = 5.000"], /line 2: "5\.000"/],
		["no line of settings", ["data"], /line 1/],
		["no data folder", ["listen = 127.0.0.1:0"], /no data folder/],
		["half of TLS", ["data = d", "listen = 127.0.0.1:0", "tls_cert = x.pem"], /tls_key/],
		["plain HTTP to everybody", ["data = d", "listen = 0.0.0.0:0"], /0\.0\.0\.0/],
	];
	for (const [i, [name, lines, says]] of rows.entries()) {
		await t.test(name, async () => {
			const path = file(`settings-${i}.ini`, lines);
			checkRefusal(await run(["serve", "--config", path]), CONFIG, says);
			checkRefusal(await run(["config", "check", path]), CONFIG, says);
		});
	}
	checkRefusal(await run(["config", "check", "/nowhere/x.ini"]), CONFIG, /\/nowhere\/x\.ini/);

	const good = file("good.ini", [
		"data = data",
		"listen = 127.0.0.1:0",
		"two_person_above = 5000",
	]);
	assert.equal((await run(["config", "check", good])).stdout, "ok\n");
	const gateway = await market.serve({ tls: false, args: ["--config", good] });
	assert.ok(
		existsSync(join(market.folder, "data/keys/master.key")),
		"a relative path starts at the file",
	);
	await gateway.stop();
});

test("a data folder that cannot be used", async (t) => {
	const market = new Market(t, { store: null }); /* of SQLite's file; the server's are in 22 */
	await market.importStalls();
	const store = join(market.data, "chopay.db");
	const copy = (name) => {
		const folder = join(market.folder, name);
		cpSync(market.data, folder, { recursive: true });
		return folder;
	};
	const sql = (folder, text) => tool("sqlite3", [join(folder, "chopay.db"), text]);
	sql(market.data, "PRAGMA wal_checkpoint(TRUNCATE)");
	assert.ok(existsSync(store));

	const newer = copy("newer");
	sql(newer, "INSERT INTO schema_step (number, name, applied_at_ms) VALUES (9999, '9999-later.sql', 0)");
	const noise = copy("noise");
	writeFileSync(join(noise, "chopay.db"), Buffer.alloc(20_000, "no database "));
	const key = copy("key");
	tool("chmod", ["600", join(key, "keys/master.key")]);
	writeFileSync(join(key, "keys/master.key"), "too short");
	const inTheWay = market.file("in-the-way", "a file where the folder should be");
	const folderAsFile = join(market.folder, "strange");
	mkdirSync(join(folderAsFile, "chopay.db"), { recursive: true });

	const rows = [
		["written by a newer version", newer, DATA, /newer chopay/],
		["damaged", noise, IO, /damaged; restore a backup/],
		["a key file that is cut off", key, IO, /master\.key/],
		["a file in its place", inTheWay, IO, /in-the-way/],
		["below a file", join(inTheWay, "sub"), IO, /in-the-way/],
		["below nothing", join(market.folder, "no/such"), IO, /no\/such/],
		["a folder where the store should be", folderAsFile, IO, /chopay\.db/],
	];
	for (const [name, data, status, says] of rows) {
		await t.test(name, async () => {
			checkRefusal(
				await run(["serve", "--data", data, "--listen", "127.0.0.1:0"]),
				status,
				says,
			);
			checkRefusal(
				await run(["registry", "import", smallMarket, "--data", data]),
				status,
				says,
			);
		});
	}

	await t.test("a folder without a store is not silently made by who only looks", async () => {
		const nothing = join(market.folder, "typo");
		for (const words of [
			["ledger", "verify"],
			["payments", "list"],
			["registry", "export"],
		]) {
			const done = await run([...words, "--data", nothing]);
			assert.notEqual(done.status, 0, words.join(" "));
			assert.match(done.stderr, /typo/);
			assert.ok(!existsSync(nothing));
		}
	});
});

test("two at once: a port in use, a data folder in use", async (t) => {
	const { market, gateway } = await openMarket(t);
	const elsewhere = new Market(t);

	await t.test("the port is taken", async () => {
		const words = ["serve", "--data", elsewhere.data, "--listen", `127.0.0.1:${gateway.port}`];
		checkRefusal(await run(words), UNAVAILABLE, new RegExp(`127\\.0\\.0\\.1:${gateway.port}`));
	});
	await t.test("the data folder is taken", async () => {
		const words = ["serve", "--data", market.data, "--listen", "127.0.0.1:0"];
		checkRefusal(await run(words), UNAVAILABLE, /another chopay/);
	});
	await t.test("a command is done by the gateway that runs there", async () => {
		const charge = JSON.parse(
			await market.must("charge", "create", "--stall", "A01", "--amount", "5000"),
		);
		assert.equal((await gateway.charge(charge.reference)).amount, 5000);
	});
	await t.test("a store that is named, and is not the one served there, is not taken for it", async () => {
		const other = ["--data", market.data, "--store", "postgresql://chopay:hush@127.0.0.1:1/other"];
		for (const words of [
			["ledger", "verify"],
			["key", "add"],
		]) {
			const done = await run([...words, ...other]);
			checkRefusal(done, CONFIG, /serves .*, not postgresql:\/\/\/other/);
			assert.doesNotMatch(done.stderr, /hush/);
		}
		const asked = await run(["ledger", "verify", "--data", market.data]);
		assert.equal(asked.status, 0, asked.stderr);
	});
	/* Of a PostgreSQL store a backup is pg_dump's, see above. */
	const backup = onPostgres ? () => {} : t.test.bind(t);
	await backup("a backup of the running store is a store", async () => {
		const copy = join(market.folder, "copy.db");
		await market.must("backup", copy);
		const restored = join(market.folder, "restored");
		cpSync(join(market.data, "keys"), join(restored, "keys"), { recursive: true });
		await run(["restore", copy, "--data", restored]);
		const ledger = JSON.parse(
			(await run(["ledger", "verify", "--json", "--data", restored])).stdout,
		);
		assert.equal(ledger.ok, true);
		assert.equal(ledger.charges, 1);
		for (const file of [copy, join(restored, "chopay.db"), join(market.data, "chopay.db")])
			assert.equal(statSync(file).mode & 0o777, 0o600, `${file} is the owner's alone`);
		const bare = await run(["restore", copy, "--data", join(market.folder, "bare")]);
		assert.equal(bare.status, 0);
		assert.match(bare.stderr, /no .*keys\/master\.key: put the keys/);
	});
	await t.test("after a crash the folder is free at once", async () => {
		await gateway.kill();
		const again = await market.serve();
		await waitFor("an answer", async () => (await again.get("/readyz")).status === 200);
	});
});
