/*
 * memo.c - the frames banks put around a memo, and what they do to its letters.
 *
 * Source: FEEDS.md section 7.  Names and numbers are invented.
 */
#include "memo.h"

#include <string.h>

#include "chopay/clock.h"
#include "chopay/reference.h"

#define WRAP 35	    /* columns of MB's statement text */
#define TRIES_MAX 8 /* combinations that break a reference are drawn again */

/*
 * In a frame: {m} the memo, {a} the payer's account, {t} the receiving account, {n} the payer's
 * name, {o} another name, {p} a phone, {y} yyyymmdd, {k} the same 11 digits wherever they stand,
 * {B} the receiving BIN, {1}..{9} so many digits, {T} twelve digits, {x} a letter or digit,
 * {h} a hexadecimal digit.
 */
struct frame {
	const char *bin; /* the receiving bank; "" any */
	const char *text;
};

static const struct frame frames[] = {
	{"", "{m}"},
	{"", "{m} thanh toan ban {2}"},
	{"", "CHUYEN TIEN {m}"},
	{"", "{n} chuyen tien {m}"},
	{"", "MBVCB.{9}{1}.{6}.{m}.CT tu {a} {n} toi {t} {o}"},
	{"", "{T}-{m}-CHUYEN TIEN-OQCH{8}-MOMO{T}MOMO"},
	{"", "{k}-{m}-CHUYEN TIEN-OQCH{8}-MOMO{k}MOMO"},
	{"", "{k}-{m}-CHUYEN TIEN-OQCH000{2}L{x}Q-MOMO"},
	{"970436", "MBVCB.{9}{1}.{6}.{m}.CT tu {a} {n} toi {t} {o} tai VCB"},
	{"970436", "{4}IBT1c{x}{x}{x}{x}{x}{x}{x}.{m}.{y}.{6}.{a}.{n}.970422"},
	{"970436", "MBVCB.{7}.{m}.CT tu {a} {n} toi {t} C N O VIETC1"},
	{"970422", "{m}- Ma GD ACSP/ {x}{x}{6}"},
	{"970422", "{m}   Ma giao dich  Trace{6} Trace {6}"},
	{"970422", "{m} - Ma giao dich/ Trace {6}"},
	{"970422", "CUSTOMER {m} Trace {6}"},
	{"970422", "NG CHUYEN:CUSTOMER {p} {m}"},
	{"970422", "MB {m}. TU: {n}"},
	{"970422", "MBVCB.{9}{2}.{6}.{m}.CT tu {a} {n} toi {t} {o} tai MB- Ma GD ACSP/ {x}{x}{6}"},
	{"970422", "Qafm{x}{x}{4}  SEPAY{4} 1  {m}- Ma GD ACSP/ {x}{x}{6}"},
	{"970422", "Qafm{x}{x}{4}  SEPAY{4} 1  {k}-{m}-CHUYEN TIEN-OQCH{8}-MOMO{k}MOMO"},
	{"970422", "chuyen tien {m} FT{9}{5}   Ma giao dich  Trace{6} Trace {6}"},
	{"970416", "MoMoT{p}T{k}T970416T{m} GD {6}-{6} 14:30:45"},
	{"970416", "{m} GD {6}-{6} 16:05:58"},
	{"970416", "{m} FT{9}{5} GD {6}-{6} 16:05:58"},
	{"970416", "ACB;{t};{m}"},
	{"970416", "IB {n} {m}"},
	{"970416", "TCB-GD {6}-{B}-/CTR/{m}/MAC/{h}{h}{h}{h}{h}{h}{h}{h}{h}{h}{h}{h}{h}{h}{h}{h}"},
	{"970415", "CT DEN:{T} {m}; tai Napas"},
	{"970415", "CT DEN:{T} SEVQR{m}"},
	{"970415", "CT DEN:{T} ICB;{t};{m}; tai Napas"},
	{"970415", "ND:CT DEN:{T} MBVCB.{9}{1}.{6}.{m}.CT tu {a} {n} toi {t} {o}; tai Napas"},
	{"970418", "MB-TKThe :{a}, tai MB. ND {m} -CTLNHIDI{9}{6}-1/1-CRE-002"},
	{"970418", "HBK-TKThe :{a}, tai NCB. ND {m} -CTLNHIDO{9}{6}-1/1-PMT-002"},
	{"970432", "NHAN TU {a} TRACE {6} ND {m}"},
	{"970403", "{m} CKN {6} D2K5{4} - {n}"},
	{"970407", "Napas VietQR TT {m} Tu: {n}"},
	{"970407", "{m} FT{9}{5}\\BNK"},
	{"970423", "{m} (by TPBank ChatPay)"},
};

static const char *const lost[] = {
	"NODATA",
	"",
	"{n} chuyen tien",
	"chuyen tien {n}",
	"CHUYEN TIEN NHANH QUA QR - Ma giaodich/ Trace {6}",
	"{k}-{n} chuyen tien qua MoMo-CHUYEN TIEN-OQCH{8}-MOMO{k}MOMO",
	"MBVCB.{9}{1}.{6}.{n} chuyen tien.CT tu {a} {n} toi {t} {o}",
	"tien rau - Ma GD ACSP/ {x}{x}{6}",
	"NHAN TU {a} TRACE {6} ND mua ca",
};

/* ---- frames -------------------------------------------------------------------------------- */

static void
put_digits(struct buf *out, struct prng *prng, int count)
{
	for (int i = 0; i < count; i++)
		buf_addc(out, (char)('0' + prng_below(prng, 10)));
}

static void
put_name(struct buf *out, struct prng *prng)
{
	static const char *const family[] = {"NGUYEN", "TRAN", "LE", "PHAM", "HUYNH", "VO", "DO"};
	static const char *const middle[] = {"VAN", "THI", "NGOC", "MINH"};
	static const char *const given[] = {"MAU", "THU", "NAM", "DUC", "MAI", "TAM", "HAI"};

	buf_addf(out, "%s %s %s", family[prng_below(prng, 7)], middle[prng_below(prng, 4)],
		given[prng_below(prng, 7)]);
}

static void
put_day(struct buf *out, int64_t ms)
{
	struct buf day CLEANUP(buf_fini) = {0};

	day_format(&day, day_of(ms, 0));
	for (size_t i = 0; i < day.len; i++) {
		if (day.ptr[i] != '-')
			buf_addc(out, day.ptr[i]);
	}
}

struct framing {
	const struct memo *memo;
	struct str text; /* what stands for {m} */
	struct prng *prng;
	char token[12]; /* {k} */
};

static void
put_mark(struct buf *out, char mark, const struct framing *framing)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz";
	struct prng *prng = framing->prng;

	switch (mark) {
	case 'm':
		buf_add(out, framing->text);
		break;
	case 'a':
		buf_adds(out, "0990");
		put_digits(out, prng, 9);
		break;
	case 't':
		buf_add(out, framing->memo->account_no);
		break;
	case 'n':
	case 'o':
		put_name(out, prng);
		break;
	case 'p':
		buf_adds(out, "0990");
		put_digits(out, prng, 6);
		break;
	case 'y':
		put_day(out, framing->memo->booked_at_ms);
		break;
	case 'k':
		buf_adds(out, framing->token);
		break;
	case 'B':
		buf_add(out, framing->memo->bank_bin);
		break;
	case 'x':
		buf_addc(out, letters[prng_below(prng, sizeof(letters) - 1)]);
		break;
	case 'h':
		buf_addc(out, "0123456789ABCDEF"[prng_below(prng, 16)]);
		break;
	case 'T':
		put_digits(out, prng, 12);
		break;
	default: /* '1'..'9' */
		put_digits(out, prng, mark - '0');
		break;
	}
}

static void
put_frame(struct buf *out, const char *frame, const struct memo *memo, struct str text,
	struct prng *prng)
{
	struct framing framing = {.memo = memo, .text = text, .prng = prng};

	for (size_t i = 0; i < sizeof(framing.token) - 1; i++)
		framing.token[i] = (char)('0' + prng_below(prng, 10));
	for (const char *at = frame; *at != '\0'; at++) {
		if (at[0] == '{' && at[1] != '\0' && at[2] == '}') {
			put_mark(out, at[1], &framing);
			at += 2;
		} else {
			buf_addc(out, *at);
		}
	}
}

/* Half of the notes look as the receiving bank's own do, where we know them. */
static const char *
pick_frame(struct str bank_bin, struct prng *prng)
{
	const char *fitting[sizeof(frames) / sizeof(frames[0])];
	bool own = prng_chance(prng, 5000);
	size_t count = 0;

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		const char *bin = frames[i].bin;

		if (own ? str_eq(bank_bin, str_from(bin)) : bin[0] == '\0')
			fitting[count++] = frames[i].text;
	}
	if (count == 0)
		return "{m}";
	return fitting[prng_below(prng, count)];
}

/* ---- letters ------------------------------------------------------------------------------- */

static void
raise_letters(struct buf *text)
{
	for (size_t i = 0; i < text->len; i++) {
		if (text->ptr[i] >= 'a' && text->ptr[i] <= 'z')
			text->ptr[i] = (char)(text->ptr[i] - 'a' + 'A');
	}
}

static void
lower_letters(struct buf *text)
{
	for (size_t i = 0; i < text->len; i++) {
		if (text->ptr[i] >= 'A' && text->ptr[i] <= 'Z')
			text->ptr[i] = (char)(text->ptr[i] - 'A' + 'a');
	}
}

static void
strip_blanks(struct buf *text)
{
	size_t left = 0;

	for (size_t i = 0; i < text->len; i++) {
		if (text->ptr[i] != ' ')
			text->ptr[left++] = text->ptr[i];
	}
	text->len = left;
}

/* Older feeds of Vietcombank: dots and other marks become blanks. */
static void
blank_marks(struct buf *text)
{
	for (size_t i = 0; i < text->len; i++) {
		char c = text->ptr[i];

		if (c == '.' || c == ';' || c == '/' || c == ':')
			text->ptr[i] = ' ';
	}
}

/* Pieces of 35 characters, joined with a blank, or trimmed and joined with nothing. */
static void
put_wrapped(struct buf *out, struct str text, bool join)
{
	for (size_t from = 0; from < text.len; from += WRAP) {
		struct str piece = str_cut(text, from, from + WRAP);

		if (!join && from > 0)
			buf_addc(out, ' ');
		buf_add(out, join ? str_trim(piece) : piece);
	}
}

/* What happens to the memo before a bank frames it: buyers add words, apps break it once. */
static void
put_text(struct buf *out, struct str memo, struct prng *prng)
{
	static const char *const before[] = {"mua rau ", "tt ", "QR "};
	static const char *const after[] = {" cam on", " mua ca", " 1kg ca chua"};
	static const char *const breaks[] = {" ", "\n", " - "};
	struct buf text CLEANUP(buf_fini) = {0};
	size_t at = memo.len;

	if (memo.len > 1 && prng_chance(prng, 1200))
		at = 1 + prng_below(prng, memo.len - 1);
	buf_add(&text, str_cut(memo, 0, at));
	if (at < memo.len)
		buf_adds(&text, breaks[prng_below(prng, 3)]);
	buf_add(&text, str_cut(memo, at, memo.len));
	if (prng_chance(prng, 1000))
		lower_letters(&text);
	if (prng_chance(prng, 1000))
		buf_adds(out, before[prng_below(prng, 3)]);
	buf_add(out, buf_str(&text));
	if (prng_chance(prng, 1000))
		buf_adds(out, after[prng_below(prng, 3)]);
}

static void
mangle_once(struct buf *note, const struct memo *memo, struct prng *prng)
{
	bool mb = str_eq(memo->bank_bin, STR("970422"));
	struct buf text CLEANUP(buf_fini) = {0}, framed CLEANUP(buf_fini) = {0};

	put_text(&text, memo->text, prng);
	put_frame(&framed, pick_frame(memo->bank_bin, prng), memo, buf_str(&text), prng);
	if (prng_chance(prng, 1000))
		blank_marks(&framed);
	if (prng_chance(prng, 600))
		strip_blanks(&framed);
	if (prng_chance(prng, 3000))
		raise_letters(&framed);
	if (prng_chance(prng, mb ? 6000 : 500))
		put_wrapped(note, buf_str(&framed), prng_chance(prng, 4000));
	else
		buf_add(note, buf_str(&framed));
}

/* ---- what came of it ----------------------------------------------------------------------- */

static struct references
find(struct str reference, struct str note)
{
	struct references found;

	reference_find(str_cut(reference, 0, 2), note, &found);
	return found;
}

void
memo_mangle(struct buf *note, const struct memo *memo, struct prng *prng)
{
	size_t start = note->len;

	for (int i = 0; i < TRIES_MAX; i++) {
		struct references found;

		mangle_once(note, memo, prng);
		found = find(memo->reference, str_cut(buf_str(note), start, note->len));
		if (found.count == 1 && str_eq(str_from(found.items[0].text), memo->reference))
			return;
		note->len = start;
	}
	buf_add(note, memo->text);
}

void
memo_lose(struct buf *note, const struct memo *memo, struct prng *prng)
{
	size_t start = note->len;

	for (int i = 0; i < TRIES_MAX; i++) {
		const char *frame = lost[prng_below(prng, sizeof(lost) / sizeof(lost[0]))];

		put_frame(note, frame, memo, STR(""), prng);
		if (find(memo->reference, str_cut(buf_str(note), start, note->len)).count == 0)
			return;
		note->len = start;
	}
	buf_adds(note, "NODATA");
}
