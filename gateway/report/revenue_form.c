/* The words of the forms of a stall's own book. */
#include "revenue_form.h"
#include "chopay/clock.h"
#include "chopay/period.h"
#include "chopay/words.h"

#define BLANK "................................"

const char *const book_heads[BOOK_COLUMNS] = {"Ngày tháng", "Diễn giải", "Số tiền"};
const char *const account_heads[ACCOUNT_COLUMNS] = {"Ngân hàng", "Số tài khoản", "Chủ tài khoản",
	"Nhận tiền từ ngày", "Đến ngày", "Tình trạng"};

static void
put_period(struct buf *out, int32_t from_day, int32_t to_day)
{
	buf_adds(out, "từ ");
	day_format_vi(out, from_day);
	buf_adds(out, " đến ");
	day_format_vi(out, to_day);
}

void
book_head(const struct revenue_book *book, struct str lines[HEADS], struct arena *arena)
{
	struct buf period CLEANUP(buf_fini) = {0};
	const char *comma = book->unit_name.len > 0 ? ", " : "";

	put_period(&period, book->from_day, book->to_day);
	lines[HEAD_NAME] = arena_printf(
		arena, "HỘ, CÁ NHÂN KINH DOANH: %.*s", STR_FMT(book->merchant_name));
	lines[HEAD_ADDRESS] = arena_printf(arena, "Địa chỉ: %.*s%s%.*s", STR_FMT(book->market_name),
		comma, STR_FMT(book->unit_name));
	lines[HEAD_TAX_CODE] = STR("Mã số thuế: " BLANK); /* the register does not know it */
	lines[HEAD_PLACE] = arena_printf(arena, "Địa điểm kinh doanh: sạp %.*s, %.*s, %.*s",
		STR_FMT(book->stall_code), STR_FMT(book->stall_name), STR_FMT(book->market_name));
	lines[HEAD_PERIOD] = arena_printf(arena, "Kỳ kê khai: %.*s", STR_FMT(buf_str(&period)));
}

struct str
book_line_text(struct arena *arena, const struct revenue_day *day)
{
	static const char *const texts[] = {
		[REVENUE_SALES] = "Bán hàng, %1 giao dịch chuyển khoản",
		[REVENUE_REFUNDS] = "Hoàn tiền cho khách, %1 giao dịch",
		[REVENUE_REVERSALS] = "Ngân hàng thu hồi, %1 giao dịch",
	};
	struct buf count CLEANUP(buf_fini) = {0}, text CLEANUP(buf_fini) = {0};

	grouped_format(&count, day->count, '.');
	words_fill(&text, str_from(texts[day->kind]), (struct str[]){buf_str(&count)}, 1);
	return arena_copy(arena, buf_str(&text));
}

struct str
account_state(const struct revenue_account *account)
{
	return account->to_day == DAY_LAST ? STR("đang dùng") : STR("đã ngừng");
}

void
account_day(struct buf *out, int32_t day)
{
	if (day != DAY_FIRST && day != DAY_LAST)
		day_format_vi(out, day);
}

size_t
year_rows(const struct revenue_book *book, struct year_row rows[YEAR_ROWS], struct arena *arena)
{
	struct buf day CLEANUP(buf_fini) = {0};

	day_format_vi(&day, book->to_day);
	rows[YEAR_TOTAL] = (struct year_row){
		arena_printf(arena, "Các sạp của hộ, từ 01/01/%d đến %s", book->year, day.ptr),
		book->year_total};
	if (book->threshold.dong == 0)
		return 1;
	rows[YEAR_THRESHOLD] = (struct year_row){
		arena_printf(arena, "Mức doanh thu năm không phải nộp thuế (%.*s)",
			STR_FMT(book->threshold_basis)),
		book->threshold};
	rows[YEAR_LEFT] = (struct year_row){STR("Còn lại đến mức này (số âm: đã vượt)"),
		{book->threshold.dong - book->year_total.dong}};
	return YEAR_ROWS;
}

struct str
year_note(const struct revenue_book *book, struct arena *arena)
{
	if (book->threshold.dong == 0 || book->year_total.dong <= book->threshold.dong)
		return STR("Chỉ tính tiền chuyển khoản; doanh thu của hộ còn gồm cả tiền mặt.");
	return arena_printf(arena,
		"Doanh thu chuyển khoản năm %d đã vượt mức trên: hộ cần hỏi cơ quan thuế về kê"
		" khai và mẫu sổ phải dùng.",
		book->year);
}
