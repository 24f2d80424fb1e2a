/* revenue_form.h - the words of the forms of a stall's own book: the same in xlsx and pdf. */
#ifndef CHOPAY_REPORT_REVENUE_FORM_H
#define CHOPAY_REPORT_REVENUE_FORM_H

#include "chopay/arena.h"
#include "chopay/revenue.h"
#include "chopay/revenue_rows.h"

#define FORM_BOOK "Mẫu số S1a-HKD"
#define FORM_BOOK_BASIS "(Kèm theo Thông tư số 152/2025/TT-BTC ngày 31/12/2025 của Bộ Tài chính)"
#define FORM_BOOK_TITLE "SỔ DOANH THU BÁN HÀNG HÓA, DỊCH VỤ"
#define FORM_UNIT "Đơn vị tính: đồng"
#define FORM_TOTAL "Tổng cộng"
#define FORM_NOTHING "Không có khoản chuyển khoản nào trong kỳ"
#define FORM_DATE "Ngày ...... tháng ...... năm ............"
#define FORM_SIGNER "NGƯỜI ĐẠI DIỆN\nHỘ KINH DOANH/\nCÁ NHÂN KINH DOANH"
#define FORM_SIGNER_LINE "NGƯỜI ĐẠI DIỆN HỘ KINH DOANH/CÁ NHÂN KINH DOANH"
#define FORM_SIGN_HINT "(Ký, họ tên, đóng dấu nếu có)"
#define FORM_NOTE                                                                                                        \
	"Sổ này chỉ gồm tiền chuyển khoản đã được ngân hàng xác nhận. Tiền mặt do hộ tự" \
	" ghi thêm. Khoản hoàn trả ghi số âm, vào ngày tiền đi."
#define FORM_ACCOUNTS "DANH SÁCH TÀI KHOẢN NHẬN TIỀN"
#define FORM_ACCOUNTS_FOR \
	"(Để lập mẫu 01/BK-STK, Thông báo số tài khoản/số hiệu ví điện tử, Thông tư 18/2026/TT-BTC)"
#define FORM_ACCOUNTS_SHEET "Tài khoản"
#define FORM_YEAR_SHEET "Lũy kế năm"
#define FORM_YEAR "DOANH THU CHUYỂN KHOẢN LŨY KẾ TRONG NĂM"

#define BOOK_COLUMNS 3
extern const char *const book_heads[BOOK_COLUMNS];
#define ACCOUNT_COLUMNS 6
extern const char *const account_heads[ACCOUNT_COLUMNS];

/* "HỘ, CÁ NHÂN KINH DOANH: ...", "Địa chỉ: ...", "Mã số thuế: ...", "Địa điểm kinh doanh: ...",
 * "Kỳ kê khai: ..." */
enum { HEAD_NAME, HEAD_ADDRESS, HEAD_TAX_CODE, HEAD_PLACE, HEAD_PERIOD, HEADS };
void book_head(const struct revenue_book *book, struct str lines[HEADS], struct arena *arena);
/* "Bán hàng, 1.204 giao dịch chuyển khoản" */
struct str book_line_text(struct arena *arena, const struct revenue_day *day);
/* The last column of an account: "đang dùng", "đã ngừng". */
struct str account_state(const struct revenue_account *account);
void account_day(struct buf *out, int32_t day); /* nothing for "always was" and "never ends" */

/* Of the year: what is said, and the figure. */
enum { YEAR_TOTAL, YEAR_THRESHOLD, YEAR_LEFT, YEAR_ROWS };
struct year_row {
	struct str text;
	struct vnd amount;
};
/* How many of YEAR_ROWS; without a threshold only the total. */
size_t year_rows(
	const struct revenue_book *book, struct year_row rows[YEAR_ROWS], struct arena *arena);
struct str year_note(const struct revenue_book *book, struct arena *arena);

#endif
