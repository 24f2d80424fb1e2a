/* The sheet a stallholder signs. */
#include "chopay/signup.h"
#include "chopay/arena.h"
#include "sheet.h"

static const struct sheet_style title = {.size = 15, .bold = true, .align = ALIGN_CENTRE},
				centre = {.size = 12, .align = ALIGN_CENTRE},
				head = {.size = 12, .bold = true}, plain = {.size = 11.5},
				small = {.size = 10.5, .italic = true};

/* What the program does, said to whom it concerns: a promise changes here and in its test. */
static const struct {
	const char *head;
	const char *lines[5];
} parts[] = {
	{"2. Hệ thống ghi những gì",
		{"- Mỗi khoản tiền vào tài khoản trên mà ngân hàng báo: số tiền, giờ, nội dung chuyển"
		 " khoản. Tiền đi thẳng từ khách vào tài khoản của chủ sạp; hệ thống không giữ tiền.",
			"- Thông báo của ngân hàng được giữ nguyên văn để đối chiếu khi có khiếu nại."
			" Trong số liệu, người trả tiền chỉ là một mã một chiều, khóa đổi mỗi năm."}},
	{"3. Cán bộ thấy gì và không thấy gì",
		{"- Cán bộ xã, tỉnh chỉ thấy sạp có mã QR hay chưa, có hoạt động hay không, và số"
		 " cộng của cả chợ, cả xã.",
			"- Không bao giờ thấy doanh thu của một sạp. Không bao giờ thấy ai đã trả tiền"
			" cho sạp.",
			"- Số tiền của nhóm dưới 5 sạp không hiện ra, và không tính ra được bằng phép"
			" trừ.",
			"- Chỉ người vận hành và ban quản lý chợ thấy chi tiết hơn, để đối soát; không"
			" được đưa ra ngoài.",
			"- Mỗi lần xem và mỗi lần xuất số liệu đều được ghi vào nhật ký."}},
	{"4. Sổ của riêng sạp",
		{"- Chỉ chủ sạp xem và tải được sổ doanh thu (mẫu S1a-HKD) và danh sách tài khoản"
		 " (mẫu 01/BK-STK) của mình, trên trang của sạp.",
			"- Người vận hành chỉ xuất sổ thay khi chủ sạp yêu cầu, và phải ghi tên mình vào"
			" nhật ký."}},
	{"5. Muốn thôi thì làm thế nào",
		{"- Việc tham gia là tự nguyện. Muốn thôi, chủ sạp báo ban quản lý chợ hoặc người vận"
		 " hành: sạp được đóng trong danh sách từ ngày đó và không còn vào số liệu của chợ.",
			"- Tài khoản ngân hàng và tiền trong đó vẫn là của chủ sạp. Số liệu đã ghi được"
			" giữ để đối chiếu; chủ sạp vẫn được tải sổ của mình."}},
};

static struct str
or_blank(struct str text)
{
	return text.len > 0 ? text : STR("................................");
}

static void
put_stall(struct sheet *sheet, const struct stall *stall, struct arena *arena)
{
	sheet_text(sheet, head, STR("1. Sạp và tài khoản nhận tiền"));
	sheet_text(sheet, plain,
		arena_printf(arena, "Sạp: %.*s, %.*s. Mặt hàng: %.*s", STR_FMT(stall->code),
			STR_FMT(stall->name), STR_FMT(or_blank(stall->goods))));
	sheet_text(sheet, plain,
		arena_printf(arena, "Chủ sạp: %.*s. Điện thoại: %.*s",
			STR_FMT(stall->merchant_name), STR_FMT(or_blank(stall->phone))));
	sheet_text(sheet, plain,
		arena_printf(arena, "Tài khoản: %.*s, số %.*s, chủ tài khoản %.*s",
			STR_FMT(or_blank(stall->bank_name)), STR_FMT(or_blank(stall->account_no)),
			STR_FMT(or_blank(stall->account_holder))));
	sheet_text(sheet, plain,
		arena_printf(arena, "Mã của sạp trong hệ thống: %.*s", STR_FMT(stall->reference)));
}

static void
put_signatures(struct sheet *sheet)
{
	static const struct sheet_column halves[] = {{235, ALIGN_CENTRE}, {235, ALIGN_CENTRE}};

	sheet_space(sheet, 10);
	sheet_text(sheet, plain,
		STR("Chủ sạp đã đọc, hoặc đã được nghe đọc, và đồng ý với phiếu này."));
	sheet_space(sheet, 10);
	sheet_beside(sheet, small, halves,
		(struct str[]){STR(""), STR("Ngày ...... tháng ...... năm ............")}, 2);
	sheet_beside(sheet, head, halves,
		(struct str[]){STR("NGƯỜI HƯỚNG DẪN ĐĂNG KÝ"), STR("CHỦ SẠP")}, 2);
	sheet_beside(sheet, small, halves,
		(struct str[]){STR("(Ký, ghi rõ họ tên)"), STR("(Ký, ghi rõ họ tên)")}, 2);
}

struct err
signup_pdf(const struct stall *stall, struct str unit_name, int32_t day, struct buf *out)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str name = STR("PHIẾU ĐĂNG KÝ THANH TOÁN KHÔNG DÙNG TIỀN MẶT");
	struct sheet *sheet CLEANUP(sheet_cleanup) = NULL;

	TRY(sheet_new(name, day, &sheet));
	sheet_text(sheet, title, name);
	sheet_text(sheet, centre,
		arena_printf(arena, "%.*s%s%.*s", STR_FMT(stall->market_name),
			unit_name.len > 0 ? ", " : "", STR_FMT(unit_name)));
	sheet_space(sheet, 10);
	put_stall(sheet, stall, arena);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		sheet_space(sheet, 8);
		sheet_text(sheet, head, str_from(parts[i].head));
		for (size_t n = 0; n < 5 && parts[i].lines[n] != NULL; n++)
			sheet_text(sheet, plain, str_from(parts[i].lines[n]));
	}
	put_signatures(sheet);
	return sheet_finish(sheet, out);
}
