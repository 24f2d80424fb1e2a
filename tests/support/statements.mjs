/* Statement files in the shape of banks' exports: CSV, XLSX, MT940, camt.053. */
import { deflateRawSync } from "node:zlib";

import { bankTime } from "./sepay.mjs";

/* "28/07/2026 14:30:45" of an instant, Vietnam time. */
export function statementTime(ms) {
	const [date, clock] = bankTime(ms).split(" ");
	return `${date.split("-").reverse().join("/")} ${clock}`;
}

const thousands = (dong) => String(dong).replace(/\B(?=(\d{3})+$)/g, ",");
const field = (text) => (/[",;\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const VCB_MAP =
	"date=Ngày giao dịch,credit=Số tiền ghi có,debit=Số tiền ghi nợ,ref=Số tham chiếu,note=Mô tả";
const VCB_HEADER = ["Ngày giao dịch", "Số tham chiếu", "Số tiền ghi nợ", "Số tiền ghi có", "Mô tả"];

/* Rows as Vietcombank lays them out; `lines`: {atMs, ref, amount, out, note}. */
export function vcbRows(account, lines, { total = true } = {}) {
	const sum = (out) =>
		lines.filter((line) => Boolean(line.out) === out).reduce((all, one) => all + one.amount, 0);
	return [
		["NGÂN HÀNG TMCP NGOẠI THƯƠNG VIỆT NAM"],
		["SAO KÊ TÀI KHOẢN"],
		["Số tài khoản:", account],
		["Loại tiền:", "VND"],
		[],
		VCB_HEADER,
		...lines.map(({ atMs, ref, amount, out, note }) => [
			statementTime(atMs),
			ref,
			out ? thousands(amount) : "",
			out ? "" : thousands(amount),
			note,
		]),
		...(total ? [["Tổng cộng", "", thousands(sum(true)), thousands(sum(false)), ""]] : []),
	];
}

export function csv(rows, { separator = ",", end = "\r\n", mark = "\ufeff" } = {}) {
	return mark + rows.map((row) => row.map(field).join(separator) + end).join("");
}

/* ---- XLSX: texts as shared strings; {number} and {serial} typed, a serial shown as a date ---- */

const escapeXml = (text) =>
	text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const letters = (n) => (n >= 26 ? letters(Math.floor(n / 26) - 1) : "") + String.fromCharCode(65 + (n % 26));

/* The day count of a spreadsheet. */
export const serial = (ms) => (ms + 7 * 3600 * 1000) / 86_400_000 + 25_569;

export function xlsx(rows, { sheet = "Sao ke" } = {}) {
	const strings = [];
	const place = new Map();
	const shared = (text) => {
		if (!place.has(text)) place.set(text, strings.push(text) - 1);
		return place.get(text);
	};
	const cell = (value, row, column) => {
		const at = `r="${letters(column)}${row + 1}"`;
		if (value === "" || value === undefined) return "";
		if (value.number !== undefined) return `<c ${at} s="2"><v>${value.number}</v></c>`;
		if (value.serial !== undefined) return `<c ${at} s="1"><v>${value.serial}</v></c>`;
		return `<c ${at} t="s"><v>${shared(value)}</v></c>`;
	};
	const body = rows
		.map((row, n) => `<row r="${n + 1}">${row.map((one, i) => cell(one, n, i)).join("")}</row>`)
		.join("");
	const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
	const packages = "http://schemas.openxmlformats.org/package/2006";
	return zip({
		"[Content_Types].xml": `<Types xmlns="${packages}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
		"xl/workbook.xml": `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="${sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": `<worksheet xmlns="${main}"><sheetData>${body}</sheetData></worksheet>`,
		"xl/styles.xml": `<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy hh:mm:ss"/></numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="3"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml": `<sst xmlns="${main}">${strings.map((text) => `<si><t xml:space="preserve">${escapeXml(text)}</t></si>`).join("")}</sst>`,
	});
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
	let c = n;
	for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
	return c;
});

function crc32(bytes) {
	let c = 0xffffffff;
	for (const byte of bytes) c = crcTable[(c ^ byte) & 0xff] ^ (c >>> 8);
	return (c ^ 0xffffffff) >>> 0;
}

/* The same parts give the same bytes: no clock goes in. */
export function zip(parts) {
	const locals = [];
	const centrals = [];
	let offset = 0;
	for (const [path, text] of Object.entries(parts)) {
		const name = Buffer.from(path);
		const bytes = Buffer.from(text);
		const packed = deflateRawSync(bytes);
		const common = Buffer.alloc(26);
		common.writeUInt16LE(20, 0);
		common.writeUInt16LE(8, 4); /* deflate */
		common.writeUInt16LE(0x21, 8); /* 1980-01-01 */
		common.writeUInt32LE(crc32(bytes), 10);
		common.writeUInt32LE(packed.length, 14);
		common.writeUInt32LE(bytes.length, 18);
		common.writeUInt16LE(name.length, 22);
		const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, packed]);
		const tail = Buffer.alloc(14);
		tail.writeUInt32LE(offset, 10);
		centrals.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), common, tail, name]));
		locals.push(local);
		offset += local.length;
	}
	const directory = Buffer.concat(centrals);
	const end = Buffer.alloc(18);
	end.writeUInt16LE(centrals.length, 4);
	end.writeUInt16LE(centrals.length, 6);
	end.writeUInt32LE(directory.length, 8);
	end.writeUInt32LE(offset, 12);
	return Buffer.concat([...locals, directory, Buffer.from("PK\x05\x06"), end]);
}

/* ---- SWIFT and ISO 20022: days only, as banks send them ---- */

const day = (ms) => bankTime(ms).slice(0, 10);
const short = (ms) => day(ms).slice(2).replaceAll("-", "");

export function mt940(account, lines, { opening = 0 } = {}) {
	const first = short(lines[0].atMs);
	const last = short(lines.at(-1).atMs);
	const closing = lines.reduce((sum, line) => sum + (line.out ? -line.amount : line.amount), opening);
	const balance = (dong) => `${dong < 0 ? "D" : "C"}%VND${Math.abs(dong)},`;
	return [
		":20:SAOKE",
		`:25:${account}`,
		":28C:1/1",
		`:60F:${balance(opening).replace("%", first)}`,
		...lines.flatMap(({ atMs, ref, amount, out, note }) => [
			`:61:${short(atMs)}${out ? "D" : "C"}${amount},NTRFNONREF//${ref}`,
			`:86:${note}`,
		]),
		`:62F:${balance(closing).replace("%", last)}`,
		"-",
		"",
	].join("\r\n");
}

export function camt053(account, lines, { opening = 0, version = "02" } = {}) {
	const closing = lines.reduce((sum, line) => sum + (line.out ? -line.amount : line.amount), opening);
	const mark = (dong) => (dong < 0 ? "DBIT" : "CRDT");
	const balance = (kind, dong) =>
		`<Bal><Tp><CdOrPrtry><Cd>${kind}</Cd></CdOrPrtry></Tp><Amt Ccy="VND">${Math.abs(dong)}.00</Amt><CdtDbtInd>${mark(dong)}</CdtDbtInd><Dt><Dt>${day(lines[0].atMs)}</Dt></Dt></Bal>`;
	const entry = ({ atMs, ref, amount, out, note }) =>
		`<Ntry><Amt Ccy="VND">${amount}.00</Amt><CdtDbtInd>${out ? "DBIT" : "CRDT"}</CdtDbtInd><Sts>${version === "02" ? "BOOK" : "<Cd>BOOK</Cd>"}</Sts><BookgDt><Dt>${day(atMs)}</Dt></BookgDt><AcctSvcrRef>${ref}</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>${escapeXml(note)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;
	return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt><GrpHdr><MsgId>SAOKE</MsgId></GrpHdr><Stmt><Id>1</Id><Acct><Id><Othr><Id>${account}</Id></Othr></Id><Ccy>VND</Ccy></Acct>
${balance("OPBD", opening)}${balance("CLBD", closing)}
${lines.map(entry).join("\n")}
</Stmt></BkToCstmrStmt></Document>
`;
}
