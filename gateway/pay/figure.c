/* Numbers as an official reads them. */
#include "chopay/figure.h"

#include "chopay/cai.h"

#define MILLION INT64_C(1000000)

static const struct {
	char thousands, decimal;
	const char *dong, *million, *up, *down, *same;
	const char *points_of_percent, *points, *one_rank, *ranks; /* with the blank before them */
} words[] = {
	[VIETNAMESE] = {'.', ',', " đồng", " triệu đồng", "tăng ", "giảm ", "không đổi",
		" điểm phần trăm", " điểm", " bậc", " bậc"},
	[ENGLISH] = {',', '.', " VND", " million VND", "up ", "down ", "unchanged",
		" percentage points", " points", " place", " places"},
};

static uint64_t
size_of(int64_t number)
{
	return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

void
figure_count(struct buf *out, enum language language, int64_t count)
{
	grouped_format(out, count, words[language].thousands);
}

void
figure_hundredths(struct buf *out, enum language language, int64_t x100)
{
	uint64_t size = size_of(x100);

	if (x100 < 0)
		buf_addc(out, '-');
	figure_count(out, language, (int64_t)(size / 100));
	buf_addf(out, "%c%02u", words[language].decimal, (unsigned)(size % 100));
}

void
figure_rate(struct buf *out, enum language language, int64_t rate_bp)
{
	figure_hundredths(out, language, rate_bp);
	buf_addc(out, '%');
}

void
figure_part(struct buf *out, enum language language, int64_t num, int64_t den)
{
	figure_count(out, language, num);
	buf_addc(out, '/');
	figure_count(out, language, den);
	buf_adds(out, " (");
	if (den > 0)
		figure_rate(out, language, round_half_up_of(10000, num, den));
	else
		buf_adds(out, NO_FIGURE);
	buf_addc(out, ')');
}

void
figure_money(struct buf *out, enum language language, struct vnd amount)
{
	figure_count(out, language, amount.dong);
	buf_adds(out, words[language].dong);
}

void
figure_millions(struct buf *out, enum language language, struct vnd amount)
{
	int64_t x100 = round_half_up((int64_t)(size_of(amount.dong) & INT64_MAX), MILLION / 100);

	figure_hundredths(out, language, amount.dong < 0 ? -x100 : x100);
	buf_adds(out, words[language].million);
}

/* ---- comparison ------------------------------------------------------------------------------ */

bool
figure_growth(int64_t now, int64_t prior, int64_t *growth_bp)
{
	int64_t change = now - prior;

	if (prior <= 0)
		return false;
	*growth_bp = change < 0 ? -round_half_up_of(10000, -change, prior)
				: round_half_up_of(10000, change, prior);
	return true;
}

/* "tăng 12,28" and what it is counted in. */
static void
put_change(struct buf *out, enum language language, int64_t change_x100, const char *unit)
{
	if (change_x100 == 0) {
		buf_adds(out, words[language].same);
		return;
	}
	buf_adds(out, change_x100 > 0 ? words[language].up : words[language].down);
	figure_hundredths(out, language, change_x100 < 0 ? -change_x100 : change_x100);
	buf_adds(out, unit);
}

void
figure_put_growth(struct buf *out, enum language language, int64_t now, int64_t prior)
{
	int64_t growth_bp;

	if (figure_growth(now, prior, &growth_bp))
		put_change(out, language, growth_bp, "%");
	else
		buf_adds(out, NO_FIGURE);
}

void
figure_put_rate_change(struct buf *out, enum language language, int64_t now_bp, int64_t prior_bp)
{
	put_change(out, language, now_bp - prior_bp, words[language].points_of_percent);
}

void
figure_put_point_change(
	struct buf *out, enum language language, int64_t now_x100, int64_t prior_x100)
{
	put_change(out, language, now_x100 - prior_x100, words[language].points);
}

void
figure_put_rank_change(struct buf *out, enum language language, int64_t now, int64_t prior)
{
	int64_t places = now < prior ? prior - now : now - prior;

	if (places == 0) {
		buf_adds(out, words[language].same);
		return;
	}
	buf_adds(out, now < prior ? words[language].up : words[language].down);
	figure_count(out, language, places);
	buf_adds(out, places == 1 ? words[language].one_rank : words[language].ranks);
}
