/* The operator's console: a file is looked through before it is entered and can be taken back; two
 * persons; an auditor reads and changes nothing; secrets are pasted once. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { openMarket } from "../support/chopay.mjs";
import { Person, words } from "../support/console.mjs";
import { Bank } from "../support/sepay.mjs";

const PAGES = [
	"/operator",
	"/operator/alarms",
	"/operator/registry",
	"/operator/endpoints",
	"/operator/suspense",
	"/operator/claims",
	"/operator/reconciliations",
	"/operator/deliveries",
	"/operator/flags",
	"/operator/audit",
	"/operator/people",
	"/operator/accounts",
];

async function open(t) {
	const town = await openMarket(t, { tls: false });
	const person = async (name, role = "operator") =>
		new Person(town.gateway, await town.market.newKey(role, name));
	return { ...town, person, thu: await person("Chị Thu"), ba: await person("Anh Ba") };
}

/* The register's rows as they can be changed: a function of the fields by name. */
async function edited(market, edit) {
	const [header, ...rows] = (await market.must("registry", "export")).trim().split("\n");
	const names = header.split(",");
	const stalls = rows.map((row) => Object.fromEntries(row.split(",").map((field, i) => [names[i], field])));
	edit(Object.fromEntries(stalls.map((stall) => [stall.stall_code, stall])), stalls);
	return [header, ...stalls.map((stall) => names.map((name) => stall[name] ?? "").join(","))].join("\n");
}

const today = () => new Date(Date.now() + 7 * 3600_000).toISOString().slice(0, 10);

test("a file is looked through, entered, and taken back by dated rows", async (t) => {
	const { market, thu, ba, bank } = await open(t);
	const before = await market.must("registry", "export");
	const csv = await edited(market, (by, all) => {
		by.A01.stall_name = "Rau <b>mới</b>";
		by.A01.goods = "rau; củ";
		by.B01.account_no = "1234567890";
		all.push({ ...by.B01, stall_code: "Z09", stall_name: "Sạp mới", reference: "", account_no: "8800000000099", open_date: "2024-01-01" });
	});
	let page;

	await t.test("looking changes nothing, and says line by line what will", async () => {
		page = await thu.look(csv);
		assert.equal(await market.must("registry", "export"), before);
		const text = await thu.read(page);
		assert.match(text, /Đã xem trước, chưa nhập/);
		assert.match(text, /1 sạp mới 1 sạp thay đổi 0 chợ mới 1 sạp đổi tài khoản/);
		assert.match(text, /2 Đổi: tên sạp MALAM\.A01 Rau sạch chị Thử Rau <b>mới<\/b>/);
		assert.match(text, /4 Tài khoản MALAM\.B01 970436 8800000000002 970436 1234567890/);
		assert.match(text, /7 Sạp mới MALAM\.Z09 Sạp mới · 970436 8800000000099 \S/);
		assert.doesNotMatch((await thu.get(page)).text, /<b>mới/, "what people wrote is text");
		const english = words((await thu.get(`${page}?lang=en`)).text);
		assert.match(english, /A look ahead: nothing has changed yet/);
	});

	await t.test("entered, it has changed just that, and not where money goes", async () => {
		assert.match(await thu.send(`${page}/enter`), /\?done=entered$/);
		const stalls = await market.stalls();
		assert.equal(stalls.A01.stall_name, "Rau <b>mới</b>");
		assert.equal(stalls.A01.goods, "rau; củ");
		assert.equal(stalls.B01.account_no, "8800000000002");
		assert.equal(stalls.Z09.account_no, "8800000000099");
		assert.match(await thu.refused(409, `${page}/enter`), /chưa được xem trước, hoặc đã nhập rồi/);
	});

	await t.test("taken back: the fields as they were, the new stall closed, its money kept", async () => {
		const { Z09 } = await market.stalls();
		await bank.pay({ account: Z09.account_no, amount: 70_000, note: Z09.reference });
		const named = await edited(market, (by) => (by.A01.goods = "rau khác"));
		await market.must("registry", "import", market.file("later.csv", named));

		assert.match(await thu.refused(400, `${page}/undo`, { why: " " }), /ghi lý do/);
		assert.match(await thu.send(`${page}/undo`, { why: "nhầm tệp" }), /\?done=undone$/);
		const stalls = await market.stalls();
		assert.equal(stalls.A01.stall_name, "Rau sạch chị Thử");
		assert.equal(stalls.A01.goods, "rau khác", "somebody changed it since");
		assert.equal(stalls.Z09.close_date, today());
		const text = await thu.read(page);
		assert.match(text, /MALAM\.A01 tên sạp ghi lại như trước: Rau sạch chị Thử/);
		assert.match(text, /MALAM\.A01 mặt hàng không hoàn lại: đã có thay đổi khác sau đó/);
		assert.match(text, /MALAM\.Z09 đóng từ hôm nay/);
		assert.match(await ba.refused(409, `${page}/undo`, { why: "lần nữa" }), /đã được hoàn lại/);
		const [payment] = await market.lines("payments", "list", "--json");
		assert.equal(payment.amount, 70_000);
		assert.equal((await market.ledger()).ok, true);
	});

	await t.test("the audit log says who did it, in a chain that holds", async () => {
		const text = await thu.read("/operator/audit?what=register-file");
		for (const step of ["Đã nhập vào sổ", "Đã hoàn lại"]) assert.match(text, new RegExp(`Chị Thu Tệp nhập sổ Tệp số \\d+ ${step}`));
		assert.match(await thu.read("/operator/audit?check=1"), /Chuỗi nguyên vẹn/);
		assert.match(await thu.read("/operator/audit?who=nobody"), /Không có dòng nào/);
	});
});

test("a file with faults names each line and changes nothing", async (t) => {
	const { market, thu } = await open(t);
	const before = await market.must("registry", "export");
	const csv = await edited(market, (by) => {
		by.A01.kind = "boat";
		by.B01.bank_bin = "123";
		by.B01.open_date = "2024-02-30";
	});
	const page = await thu.look(csv);
	const text = await thu.read(page);
	assert.match(text, /Có lỗi/);
	assert.match(text, /Chưa nhập được \(3\)/);
	assert.match(text, /2 kind "boat" chỉ nhận stall/);
	assert.match(text, /4 bank_bin "123" không phải mã BIN/);
	assert.match(text, /4 open_date "2024-02-30" không phải ngày/);
	assert.match(await thu.refused(409, `${page}/enter`), /chưa được xem trước/);
	assert.equal(await market.must("registry", "export"), before);
	await thu.send(`${page}/drop`);
	assert.match(await thu.refused(400, "/operator/registry/files", { file: "x" }), /chọn một tệp CSV/);
	const header = csv.split("\n")[0];
	for (const [brought, want] of [
		["a,b\n1,2\n", /dòng đầu phải là market_code,/],
		["PK\u0003\u0004...", /đây là tệp Excel: .*CSV UTF-8/],
		[`${header}\nMALAM\n`, /2 — dòng này có 1 ô, dòng tiêu đề có 15/],
		["market_code;from;to;days\nMALAM;2027-01-01;2027-12-31;none\n", /2 days "none" làm chợ đóng cửa hơn 60 ngày liền/],
		["market_code,stall_code,month,amount,source" + "\nMALAM,A01,2026-06,92000000,tờ khai".repeat(2), /3 month trùng với dòng 2/],
		[csv.replace("boat", "stall").replace("2024-02-30", "2024-02-03").replace(",123,", ",970436,") + "\n" + csv.split("\n")[2], /7 stall_code "\w+" đã có ở dòng 3/],
	]) {
		const text = await thu.read(await thu.look(brought));
		assert.match(text, /Chưa nhập được/);
		assert.match(text, want);
	}
});

test("a file that a spreadsheet program saved is read as it stands: semicolons, CRLF, a byte order mark", async (t) => {
	const { market, thu } = await open(t);
	const csv = await edited(market, (by) => (by.A01.goods = "rau, củ"));
	const rows = csv.split("\n").map((row) => row.replaceAll(",", ";").replace("rau; củ", "rau, củ"));
	const page = await thu.look(`\ufeff${rows.join("\r\n")}\r\n`);
	assert.match(await thu.read(page), /0 sạp mới 1 sạp thay đổi/);
	assert.match(await thu.send(`${page}/enter`), /\?done=entered$/);
	const saved = await market.must("registry", "export");
	assert.match(saved, /"rau, củ"/);
});

test("the register changes between looking and entering: it is looked at again", async (t) => {
	const { market, thu } = await open(t);
	const page = await thu.look(await edited(market, (by) => (by.A01.stall_name = "Tên A")));
	const since = await edited(market, (by) => (by.A01.stall_name = "Tên B"));
	await market.must("registry", "import", market.file("since.csv", since));
	assert.match(await thu.refused(409, `${page}/enter`), /Sổ đã thay đổi trong lúc đó/);
	assert.match(await thu.read(page), /tên sạp MALAM\.A01 Tên B Tên A/);
	await thu.send(`${page}/enter`);
	assert.equal((await market.stalls()).A01.stall_name, "Tên A");
});

test("days that are over take a reason and a second person, both ways", async (t) => {
	const { market, thu, ba } = await open(t);
	const csv = await edited(market, (by) => (by.A01.close_date = "2026-01-05"));
	const without = await thu.look(csv);
	assert.match(await thu.read(without), /close_date|ngày nghỉ/);
	assert.match(await thu.read(without), /Có lỗi.* là những ngày đã qua: cần tên người, lý do và người thứ hai duyệt/s);
	assert.match(await thu.read(`${without}?lang=en`), / concerns days that are over: give the person, a reason/);

	const page = await thu.look(csv, { why: "đã nghỉ từ tháng Giêng" });
	assert.match(await thu.read(page), /cần người thứ hai/);
	assert.match(await thu.refused(409, `${page}/enter`), /cần một người khác nhập/);
	await ba.send(`${page}/enter`);
	assert.equal((await market.stalls()).A01.close_date, "2026-01-05");
	const life = market.rows("SELECT person, why, approver FROM stall_life WHERE why <> ''");
	assert.deepEqual(life, [{ person: "Chị Thu", why: "đã nghỉ từ tháng Giêng", approver: "Anh Ba" }]);

	assert.match(await thu.send(`${page}/undo`, { why: "nhầm sạp" }), /\?done=proposed$/);
	assert.equal((await market.stalls()).A01.close_date, "2026-01-05", "one person is not enough");
	assert.match(await thu.refused(409, `${page}/undo`, { why: "nhầm sạp" }), /cần một người khác cùng đồng ý/);
	await ba.send(`${page}/undo`, { why: "nhầm sạp" });
	assert.equal((await market.stalls()).A01.close_date, "");
});

test("an auditor reads every page, finds no button, and is refused", async (t) => {
	const { market, gateway, person, thu } = await open(t);
	const auditor = await person("Chị Kiểm", "auditor");
	const page = await thu.look(await edited(market, (by) => (by.A01.stall_name = "Khác")));
	for (const path of [...PAGES, page]) {
		const answer = await auditor.get(path);
		assert.equal(answer.status, 200, path);
		assert.doesNotMatch(answer.text, /<form method="post" action="\/operator/, path);
	}
	for (const path of [
		`${page}/enter`,
		`${page}/drop`,
		`${page}/undo`,
		"/operator/registry/files",
		"/operator/alarms/1",
		"/operator/endpoints",
		"/operator/endpoints/x/rotate",
		"/operator/endpoints/x/revoke",
		"/operator/suspense/1",
		"/operator/reconciliations",
		"/operator/deliveries",
		"/operator/deliveries/1/redeliver",
		"/operator/flags",
	])
		assert.equal((await auditor.post(path, { why: "x" })).status, 403, path);
	assert.equal((await market.stalls()).A01.stall_name, "Rau sạch chị Thử");

	await t.test("nobody is sent to sign in, a stranger away, another site refused", async () => {
		for (const path of PAGES) {
			const answer = await gateway.get(path);
			assert.equal(answer.status, 303, path);
			assert.equal(answer.headers.location, `/signin?next=${path}`);
		}
		const reader = await person("Cán bộ", "official:23059");
		for (const path of PAGES) assert.equal((await reader.get(path)).status, 403, path);
		const cross = await gateway.request("POST", `${page}/enter`, {
			headers: { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" },
		});
		assert.equal(cross.status, 403);
	});
});

test("endpoints: a secret is pasted once and never shown again", async (t) => {
	const { market, gateway, thu, stalls } = await open(t);
	const secret = "a-secret-that-nobody-sees-again";
	const added = await thu.post("/operator/endpoints", { "feed mode": "sepay hmac", secret });
	assert.equal(added.status, 200, words(added.text));
	const [, path, id] = /(\/webhooks\/sepay\/([0-9a-f]+))/.exec(added.text);
	const pay = async (with_) => {
		const bank = new Bank(gateway, path, with_);
		const { account_no: account, reference: note } = stalls.B01;
		const answer = await bank.post(bank.delivery({ account, amount: 10_000, note }));
		return answer.status;
	};
	assert.equal(await pay(secret), 200);
	assert.equal(await pay("wrong"), 401);
	const text = await thu.read("/operator/endpoints");
	assert.match(text, new RegExp(`${path}.*Hôm nay 1 .*Sai chữ ký: 1`));
	await thu.send(`/operator/endpoints/${id}/rotate`, { secret: "another-secret", "hours#": "0" });
	assert.equal(await pay("another-secret"), 200);
	assert.match(await thu.refused(400, `/operator/endpoints/${id}/rotate`, { secret: "x", "hours#": "9999" }), /./);
	await thu.send(`/operator/endpoints/${id}/revoke`);
	assert.notEqual(await pay("another-secret"), 200);
	for (const page of [...PAGES, "/operator/audit?what=endpoint"])
		assert.doesNotMatch((await thu.get(page)).text, /a-secret-that|another-secret/);
	const audit = await thu.read("/operator/audit?what=endpoint");
	for (const what of ["Đã thêm", "Đã đổi bí mật", "Đã thu hồi"]) assert.match(audit, new RegExp(`Nguồn ${id} ${what}`));
	assert.equal(market.rows(`SELECT count(*) AS n FROM endpoint WHERE id = '${id}'`)[0].n, 1);
});

test("a credit in suspense: evidence, one person proposes above the limit, another confirms", async (t) => {
	const { gateway, bank, thu, ba, stalls } = await open(t);
	await bank.pay({ account: "8800000000002", amount: 30_000, note: `ck ${stalls.A01.reference}` });
	await bank.pay({ account: "99887766", amount: 20_000_000, note: "tien hang" });
	const credits = await gateway.all("/v1/suspense", "suspense");
	const of = (amount) => `/operator/suspense/${credits.find((one) => one.amount === amount).id}`;
	const list = await thu.read("/operator/suspense");
	assert.match(list, /2 · 20\.030\.000\sđ/);

	const small = await thu.read(of(30_000));
	assert.match(small, /Mã của sạp khác tài khoản/);
	assert.match(small, /MALAM\.A01/);
	assert.match(small, /nội dung có mã/);
	assert.doesNotMatch(small, / · the note holds/, "in the page's language alone");
	await thu.send(of(30_000), { outcome: "attributed", stall: "MALAM.A01", why: "khách gửi nhầm" });
	assert.match(await thu.read(of(30_000)), /Đã xử lý: Ghi cho sạp A01.*Chị Thu.*khách gửi nhầm/);

	const large = of(20_000_000);
	const whole = { outcome: "attributed", stall: stalls.B01.reference, why: "tiền của B01" };
	assert.match(await thu.send(large, whole), /\?done=proposed$/);
	assert.match(await thu.read(large), /Bạn đã đề nghị; cần một người khác xác nhận/);
	assert.match(await thu.refused(409, large, whole), /./);
	assert.match((await ba.get(large)).text, /Xác nhận đề nghị này/);
	await ba.refused(403, large, { ...whole, person: "Chị Thu", why: "người khác" });
	await ba.send(large, { ...whole, why: "đúng" });
	assert.match(await thu.read(large), /Đã xử lý: .*Chị Thu, Anh Ba/);
});

test("outgoing notices: a receiver's new secret is told once; alarms are closed on their page", async (t) => {
	const { gateway, bank, thu, stalls } = await open(t);
	const added = await thu.post("/operator/deliveries", { url: "https://pos.example.vn/hook" });
	assert.equal(added.status, 200, words(added.text));
	assert.match(added.text, /whsec_[A-Za-z0-9+/=]+/);
	const [{ id }] = await gateway.all("/v1/receivers", "receivers");
	assert.doesNotMatch((await thu.get(`/operator/deliveries/${id}`)).text, /whsec_/);
	await thu.send(`/operator/deliveries/${id}/disable`, { why: "đổi máy" });
	assert.match(await thu.read(`/operator/deliveries/${id}`), /Đã ngừng .*: đổi máy/);
	await thu.send(`/operator/deliveries/${id}/enable`);
	await thu.send(`/operator/deliveries/${id}/redeliver`, { from: "2026-01-01" });
	await thu.send(`/operator/deliveries/${id}/remove`);
	assert.match(await thu.read("/operator/deliveries"), /Chưa có nơi nhận nào/);

	const { account_no: account, reference: note } = stalls.B01;
	await bank.pay({ id: 7, account, amount: 10_000, note });
	await bank.post(bank.delivery({ id: 7, account, amount: 20_000, note }));
	const alarms = await gateway.all("/v1/alarms", "alarms");
	assert.match(await thu.read("/operator"), /1 cảnh báo đang mở/);
	assert.match(await thu.refused(400, `/operator/alarms/${alarms[0].id}`, {}), /./);
	await thu.send(`/operator/alarms/${alarms[0].id}`, { why: "đã hỏi ngân hàng" });
	assert.match(await thu.read("/operator/alarms"), /Không có cảnh báo nào/);
	assert.match(await thu.read("/operator/alarms?state=all"), /Đã đóng: Chị Thu ?, .*: đã hỏi ngân hàng/);
	assert.match(await thu.refused(409, `/operator/alarms/${alarms[0].id}`, { why: "lại" }), /có người đóng rồi/);
});

test("the market board sees its own stalls alone", async (t) => {
	const { market, person, thu } = await open(t);
	const other = (await market.must("registry", "export")).split("\n")[0].replace(",reference", "") +
		"\nHAMDUC,Chợ Hàm Đức,23059,H01,Sạp chợ khác,stall,rau,Người Khác,0990009999,970422,8800000000077,NGUOI KHAC,2024-01-15,\n";
	await market.must("registry", "import", market.file("other.csv", other));
	assert.match(await thu.read("/operator/registry"), /HAMDUC\.H01/);
	const board = await person("Ban quản lý", "manager:MALAM");
	const text = await board.read("/operator/registry");
	assert.match(text, /MALAM\.A01/);
	assert.doesNotMatch(text, /HAMDUC|Sạp chợ khác/);
	assert.doesNotMatch(await board.read("/operator/registry?q=H01"), /Sạp chợ khác/);
	for (const path of PAGES.filter((one) => one !== "/operator/registry"))
		assert.equal((await board.get(path)).status, 403, path);
	assert.equal((await board.bring(other)).status, 403);
});

test("people are invited by links told once, and sent away; a board looks after its own stalls' phones", async (t) => {
	const { market, gateway, person, thu, stalls } = await open(t);
	const invite = {};
	const link = async (who, path, fields) => {
		const answer = await who.post(path, fields);
		assert.equal(answer.status, 200, words(answer.text));
		assert.equal(answer.headers["cache-control"], "no-store");
		invite.words = words(answer.text);
		return /<code>https?:\/\/[^/]+(\/[^<]+)<\/code>/.exec(answer.text)[1];
	};
	const fields = { login: "hoa", name: "Chị Hoa", role: "auditor" };
	const enrol = await link(thu, "/operator/people", fields);
	assert.match(enrol, /^\/signin\/invite\//);
	assert.match(invite.words, /Chị Hoa Vai Kiểm soát Tên đăng nhập hoa Dùng trước \d\d:\d\d \d\d\/\d\d\/\d{4} Cài một/);
	assert.match(invite.words, /Chỉ dùng được một lần/);
	assert.equal((await gateway.get(enrol)).status, 200);
	assert.match(await thu.refused(409, "/operator/people", fields), /./);
	const list = await thu.get("/operator/people");
	assert.match(words(list.text), /Chị Hoa hoa Kiểm soát Chưa nhận lời mời/);
	const token = enrol.split("/").pop();
	assert.doesNotMatch(list.text, new RegExp(token));
	assert.ok(!(gateway.told.out + gateway.told.err).includes(token), "the log tells nobody's link");
	for (const file of market.storedFiles()) assert.ok(!readFileSync(file).includes(token), file);
	assert.match(await thu.read("/operator/people/hoa"), /Không đăng nhập ở đâu/);
	const again = await link(thu, "/operator/people/hoa/link");
	assert.equal((await gateway.get(again)).status, 200);
	await thu.send("/operator/people/hoa/revoke");
	assert.match(await thu.read("/operator/people"), /Chị Hoa hoa Kiểm soát Đã thu hồi/);
	assert.notEqual((await gateway.get(again)).status, 200);

	const [row] = market.rows("SELECT id FROM api_key WHERE name = 'Chị Thu'");
	const ba = await person("Anh Ba nữa");
	await ba.send(`/operator/keys/${row.id}/revoke`);
	assert.notEqual((await thu.get("/operator")).status, 200);

	const board = await person("Ban quản lý", "manager:MALAM");
	const phones = `/operator/stalls/${stalls.A01.reference}`;
	const phone = await link(board, `${phones}/invites`, { role: "helper" });
	assert.match(invite.words, /MALAM\.\w+ Vai Người phụ bán Dùng trước .* Bấm Mở quầy của tôi/);
	const cookie = await gateway.signIn(phone);
	assert.ok(cookie);
	const text = await board.read(phones);
	assert.match(text, /Người phụ bán/);
	const [, device] = /devices\/(\d+)"/.exec((await board.get(phones)).text);
	await board.send(`${phones}/devices/${device}`);
	assert.match(await board.read(phones), /Chưa có điện thoại nào/);
	const other = await person("Ban khác", "manager:MALAM");
	assert.equal((await other.get("/operator/stalls/NOSUCH")).status, 403);
	const auditor = await person("Chị Kiểm", "auditor");
	for (const path of ["/operator/people", phones]) {
		assert.doesNotMatch((await auditor.get(path)).text, /<form method="post" action="\/operator/);
		assert.equal((await auditor.get(path)).status, 200);
	}
	for (const path of ["/operator/people", "/operator/people/hoa/revoke", `${phones}/invites`, "/operator/keys/k1/revoke"])
		assert.equal((await auditor.post(path, fields)).status, 403, path);
	for (const path of ["/operator/people", "/operator/people/hoa/revoke"]) assert.equal((await board.post(path, fields)).status, 403);
});

test("a file's other account becomes a proposal, which another person approves", async (t) => {
	const { market, person, thu, ba } = await open(t);
	const page = await thu.look(
		await edited(market, (by) => {
			by.B01.account_no = "1234567890";
			by.B01.account_holder = "TRAN VAN MAU";
		}),
	);
	const html = (await thu.get(page)).text;
	const form = /action="\/operator\/accounts">(.*?)<\/form>/s.exec(html)[1];
	const fields = Object.fromEntries([...form.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
	assert.deepEqual(fields, {
		stall: "MALAM.B01",
		bank: "970436",
		account_no: "1234567890",
		account_holder: "TRAN VAN MAU",
		why: "theo tệp sap.csv",
	});
	await thu.send("/operator/accounts", fields);
	assert.equal((await market.stalls()).B01.account_no, "8800000000002", "nothing has changed yet");
	const mine = await thu.get("/operator/accounts");
	assert.match(words(mine.text), /MALAM\.B01 .* 970436 1234567890 TRAN VAN MAU Chờ duyệt .*Chị Thu.*theo tệp sap\.csv/);
	assert.doesNotMatch(mine.text, /\/approve"/);
	const [, approve] = /action="(\/operator\/accounts\/\d+\/approve)"/.exec((await ba.get("/operator/accounts")).text);
	await thu.refused(409, approve, {});
	await ba.send(approve, {});
	assert.match(await ba.read("/operator/accounts"), /Đã duyệt, đang chờ · có hiệu lực lúc/);
	assert.equal((await market.stalls()).B01.account_no, "8800000000002", "it waits");
	await thu.send(approve.replace("approve", "cancel"), { why: "chủ sạp đổi ý" });
	assert.match(await thu.read("/operator/accounts"), /Đã huỷ .*Chị Thu/);
	const auditor = await person("Chị Kiểm", "auditor");
	assert.doesNotMatch((await auditor.get("/operator/accounts")).text, /<form method="post" action="\/operator/);
	assert.equal((await auditor.post("/operator/accounts", fields)).status, 403);
});

test("the audit log is read in the reader's language, and keeps each line as it was written", async (t) => {
	const { market, gateway, person, thu, stalls } = await open(t);
	const board = await person("Ban quản lý", "manager:MALAM");
	const a01 = stalls.A01;
	await thu.post("/operator/people", { login: "hoa", name: "Chị <b>Hoa</b>", role: "official:23059" });
	await thu.post("/operator/people/hoa/link");
	await thu.send("/operator/people/hoa/revoke");
	await board.post(`/operator/stalls/${a01.reference}/invites`, { role: "helper" });
	await thu.get("/reports?unit=23059&period=2026-07");
	await thu.get(`/v1/print/cards?stall=${a01.reference}`);
	await gateway.post("/signin", "login=nobody&password=mat-khau-dai-123&code=123456", { headers: { "Content-Type": "application/x-www-form-urlencoded" } });
	await thu.post("/operator/accounts", { stall: "MALAM.B01", bank: "970422", account_no: "555001", account_holder: "TRAN VAN MAU", why: "đổi <i>ngân hàng</i>" });
	await market.must("user", "add", "--login", "ba", "--name", "Anh Ba", "--role", "auditor");

	const lines = await gateway.all("/v1/audit", "audit", thu.headers);
	const html = async (query = "") => (await thu.get(`/operator/audit${query}`)).text;
	const rows = async (query) => [...(await html(query)).matchAll(/<tr><th scope="row">.*?<\/tr>/gs)].map(([row]) => words(row.replace(/<details.*<\/details>/s, "")).replace(/^\S+ \S+ /, ""));
	const told = await rows();
	for (const [n, row] of [
		/^tại máy chủ Thêm người ba Kiểm soát$/,
		/^Chị Thu Đề nghị đổi tài khoản MALAM\.B01 Cá biển anh Mẫu 555001 \(970422\)$/,
		/^Chưa rõ ai Đăng nhập bị từ chối tên không có máy không rõ$/,
		/^operator of a scenario Xuất tệp MALAM\.A01 Rau sạch chị Thử In thẻ A6$/,
		/^Chị Thu Xem Xã Hàm Thuận, tháng 7 năm 2026 Xem trên trang$/,
		/^Ban quản lý Mời điện thoại của sạp MALAM\.A01 Rau sạch chị Thử Người phụ bán$/,
		/^Chị Thu Thu hồi quyền của người hoa$/,
		/^Chị Thu Đường dẫn mới hoa để đặt mật khẩu$/,
		/^Chị Thu Thêm người hoa Cán bộ 23059$/,
		/^Lệnh nhập sổ Nhập sổ Sạp 5 dòng$/,
	].entries())
		assert.match(told[n], row);
	assert.equal(told.length, lines.length);
	assert.match((await rows("?lang=en"))[0], /^at the server Added a person ba Auditor$/);

	await t.test("as it was written, under each line", async () => {
		const written = [...(await html()).matchAll(/<code>(.*?)<\/code>/g)].map(([code]) => words(code));
		assert.deepEqual(
			written,
			lines.map((line) => words(`${line.id} ${line.at} ${line.who} | ${line.what} | ${line.subject} | ${line.detail}`)),
		);
	});

	await t.test("found by the name that stands there, and by what was done", async () => {
		const names = async (who) => (await rows(`?who=${encodeURIComponent(who)}`)).length;
		assert.equal(await names("Chị Thu"), 5);
		assert.equal(await names("Ban quản lý"), 1);
		assert.equal(await names("Thu"), 5, "of a name its last words");
		assert.equal(await names("hị Thu"), 0);
		assert.equal(await names("%"), 0);
		assert.equal((await rows("?what=user-add")).length, 2);
		assert.match(await html("?what=user-add"), /<option value="user-add" selected>Thêm người/);
		assert.match(await thu.read("/operator/audit?check=1"), /Chuỗi nguyên vẹn/);
	});
});
