// make-sample-market.mjs - the sample register of chợ Ma Lâm: 300 stalls and 40 street shops.
//
//   node tests/support/make-sample-market.mjs > merchants/data/ma-lam-market.csv
//
// The market and its commune are real; every person, telephone and account number is invented:
// telephones begin with 0990 (given to no network), account numbers hold 990.  The same seed gives
// the same file, byte for byte.

import { readFileSync } from 'node:fs';

const SEED = 23059; // the commune's number
const HEADER = 'market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,' +
	'bank_bin,account_no,account_holder,open_date,close_date';

// Rows of the market hall: letter, places, goods, and how the board above the stall begins.
const ROWS = [
	['A', 42, 'rau củ', ['Rau sạch', 'Rau củ', 'Rau nhà vườn']],
	['B', 24, 'trái cây', ['Trái cây', 'Hoa quả', 'Trái cây miệt vườn']],
	['C', 16, 'thanh long', ['Thanh long', 'Vựa thanh long', 'Thanh long ruột đỏ']],
	['D', 34, 'cá, hải sản', ['Cá biển', 'Hải sản', 'Cá đồng', 'Tôm mực']],
	['E', 32, 'thịt', ['Thịt heo', 'Thịt bò', 'Giò chả']],
	['F', 14, 'gia cầm, trứng', ['Gà vịt', 'Trứng', 'Gà ta']],
	['G', 12, 'gạo', ['Gạo', 'Gạo nếp', 'Đại lý gạo']],
	['H', 18, 'gia vị, đồ khô', ['Gia vị', 'Đồ khô', 'Nước mắm', 'Khô một nắng']],
	['J', 24, 'tạp hóa', ['Tạp hóa', 'Bách hóa']],
	['K', 28, 'ăn uống', ['Bún bò', 'Bánh căn', 'Cơm tấm', 'Cà phê', 'Bánh xèo', 'Chè', 'Hủ tiếu', 'Bánh mì']],
	['M', 24, 'quần áo, vải', ['Quần áo', 'Vải', 'Thời trang', 'Đồ bộ']],
	['N', 8, 'giày dép', ['Giày dép']],
	['P', 8, 'mỹ phẩm', ['Mỹ phẩm']],
	['Q', 10, 'đồ gia dụng', ['Gia dụng', 'Nhôm nhựa', 'Nồi niêu']],
	['R', 6, 'hoa', ['Hoa tươi', 'Hoa, nhang đèn']],
];
const SHOPS = [
	['tạp hóa', 'Tạp hóa'], ['ăn uống', 'Phở'], ['ăn uống', 'Quán cơm'], ['ăn uống', 'Cà phê'],
	['thuốc tây', 'Nhà thuốc'], ['vật tư nông nghiệp', 'Vật tư nông nghiệp'], ['điện thoại', 'Điện thoại'],
	['điện, nước', 'Điện nước'], ['quần áo, vải', 'Thời trang'], ['vàng bạc', 'Tiệm vàng'],
	['sách vở', 'Nhà sách'], ['sửa xe', 'Sửa xe'], ['cắt tóc', 'Tiệm tóc'], ['thanh long', 'Vựa thanh long'],
];
const SHOP_COUNT = 40;

const FAMILIES = [
	['Nguyễn', 36], ['Trần', 11], ['Lê', 10], ['Phạm', 7], ['Huỳnh', 6], ['Phan', 5], ['Võ', 5], ['Đặng', 3],
	['Bùi', 2], ['Đỗ', 2], ['Hồ', 2], ['Ngô', 2], ['Dương', 2], ['Trương', 2], ['Mai', 1], ['Cao', 1], ['Đinh', 1],
	['Lâm', 1], ['Đoàn', 1],
];
const WOMEN = {
	middle: ['Thị', 'Thị', 'Thị', 'Thị Kim', 'Thị Ngọc', 'Thị Mỹ', 'Thị Thanh', 'Ngọc', 'Thị Bích', 'Kim'],
	given: ['Hạnh', 'Lan', 'Hoa', 'Thủy', 'Nga', 'Hương', 'Liên', 'Phượng', 'Tuyết', 'Loan', 'Yến', 'Hồng', 'Dung',
		'Oanh', 'Thảo', 'Trang', 'Vân', 'Xuân', 'Sương', 'Nhung', 'Diễm', 'Trâm', 'Quyên', 'Phụng', 'Chi', 'Lệ',
		'Thu', 'Ánh', 'Giàu', 'Đào', 'Mận', 'Cúc'],
	called: ['cô', 'chị', 'dì', 'bà'],
};
const MEN = {
	middle: ['Văn', 'Văn', 'Văn', 'Đức', 'Quốc', 'Minh', 'Thanh', 'Hữu', 'Ngọc', 'Công'],
	given: ['Hùng', 'Dũng', 'Tâm', 'Bình', 'Sơn', 'Hải', 'Long', 'Tuấn', 'Phúc', 'Thành', 'Nghĩa', 'Lộc', 'Đạt',
		'Hòa', 'Khánh', 'Tài', 'Vinh', 'Quang', 'Thiện', 'Út'],
	called: ['chú', 'anh', 'ông'],
};

// bin, weight in a commune town of the south centre, and a shape of account number: 9 = any digit,
// P = the telephone.  Each shape holds 990.
const BANKS = [
	['970405', 27, ['4990205999999']], // Agribank
	['970436', 14, ['0990999999999', '1990999999']], // Vietcombank
	['970422', 14, ['P', 'P', '9909999999999']], // MB
	['970418', 10, ['61990999999999', '6199099999']], // BIDV
	['970415', 8, ['199099999999', 'P']], // VietinBank
	['970403', 7, ['069909999999']], // Sacombank
	['970416', 5, ['19909999', '199099999']], // ACB
	['970407', 4, ['P', '19909999999999']], // Techcombank
	['970432', 3, ['P', '199099999']], // VPBank
	['970423', 3, ['P', '09909999901']], // TPBank
	['970449', 2, ['P', '099099999999']], // LPBank
	['970437', 2, ['099099999999999']], // HDBank
	['970443', 1, ['1990999999']], // SHB
];

// Places with a story of their own, by stall code.
const SAME_MERCHANT_AS = { A02: 'A01', K12: 'K11' }; // two stalls, one person, one account
const VIRTUAL = { B05: 'VQRQ0099MALAMB05', D10: 'VQRQ0099MALAMD10', K03: 'VQRQ0099MALAMK03' }; // MB
const CLOSED = {
	A17: '2025-04-30', D29: '2025-12-31', E21: '2026-02-15', J08: '2026-03-31', M19: '2026-06-15', S33: '2026-05-31',
};
const RECENT = {
	A40: '2025-11-10', A41: '2026-01-05', A42: '2026-06-01', C16: '2026-04-15', K27: '2026-05-04', K28: '2026-06-20',
	P08: '2026-07-01', S39: '2026-03-02', S40: '2026-07-06',
};

let state = SEED;

// mulberry32: small, and the same on every machine.
function random() {
	state = (state + 0x6d2b79f5) | 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];

function pickWeighted(list) {
	let left = below(list.reduce((sum, [, weight]) => sum + weight, 0));
	return list.find(([, weight]) => (left -= weight) < 0);
}

// As banks write a holder's name: đ has no decomposition.
const unaccented = (text) =>
	text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D');

const digits = (shape) => shape.replace(/9/g, (nine, at) => (shape.slice(0, at).includes('990') ? String(below(10)) : nine));

// `make` again until it gives what was not given before.
function fresh(seen, make) {
	for (;;) {
		const made = make();
		if (!seen.has(made)) {
			seen.add(made);
			return made;
		}
	}
}

const banks = readFileSync(new URL('../../merchants/data/banks.csv', import.meta.url), 'utf8');
const namesGiven = new Set();
const phonesGiven = new Set();
const accountsGiven = new Set();

function inventMerchant(stallCode) {
	let sex;
	const name = fresh(namesGiven, () => {
		sex = random() < 0.74 ? WOMEN : MEN;
		return `${pickWeighted(FAMILIES)[0]} ${pick(sex.middle)} ${pick(sex.given)}`.normalize('NFC');
	});
	const phone = fresh(phonesGiven, () => `0990${String(below(1000000)).padStart(6, '0')}`);
	let [bin, , shapes] = pickWeighted(BANKS);
	let account;
	if (VIRTUAL[stallCode]) {
		[bin, account] = ['970422', VIRTUAL[stallCode]];
	} else {
		account = fresh(accountsGiven, () => {
			const shape = pick(shapes);
			return shape === 'P' ? phone : digits(shape);
		});
	}
	if (!new RegExp(`^${bin},.*,1,[01],[^,]*$`, 'm').test(banks)) throw new Error(`${bin} takes no VietQR transfer`);
	return { name, phone, bin, account, called: `${pick(sex.called)} ${name.split(' ').pop()}` };
}

function openDate(stallCode) {
	const day = new Date(Date.UTC(2016, 0, 4 + below(3200))); // up to autumn 2024
	return RECENT[stallCode] ?? day.toISOString().slice(0, 10);
}

const merchants = new Map();

function row(stallCode, kind, goods, board) {
	const twin = merchants.get(SAME_MERCHANT_AS[stallCode]);
	const who = twin ?? inventMerchant(stallCode);
	merchants.set(stallCode, who);
	const fields = [
		'MALAM', 'Chợ Ma Lâm', '23059', stallCode, `${board} ${who.called}`, kind, goods, who.name, who.phone, who.bin,
		who.account, unaccented(who.name).toUpperCase(), openDate(stallCode), CLOSED[stallCode] ?? '',
	];
	return fields.map((field) => (/[",\n]/.test(field) ? `"${field.replace(/"/g, '""')}"` : field)).join(',').normalize('NFC');
}

const place = (letter, number) => letter + String(number).padStart(2, '0');
const lines = [HEADER];
for (const [letter, count, goods, boards] of ROWS) {
	for (let i = 1; i <= count; i++) lines.push(row(place(letter, i), 'stall', goods, pick(boards)));
}
for (let i = 1; i <= SHOP_COUNT; i++) {
	const [goods, board] = SHOPS[(i - 1) % SHOPS.length];
	lines.push(row(place('S', i), 'street_shop', goods, board));
}
process.stdout.write(lines.join('\n') + '\n');
