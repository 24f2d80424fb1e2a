/* What the market board of the sample market entered, so that its report has all its parts. */
#include "demo_registers.h"

#include "chopay/asset.h"
#include "chopay/clock.h"
#include "chopay/csv.h"
#include "cli.h"

#define DECLARE_OF 3  /* of so many stalls all but one declare their turnover */
#define CASHLESS_OF 4 /* of so many fees one is paid without cash */
#define MARKET_CODE 0
#define STALL_CODE 3

#define BOARD "?person=Ban%20Qu%E1%BA%A3n%20l%C3%BD%20ch%E1%BB%A3%20(m%E1%BA%ABu)"
/* Tet holidays of years that are over. */
#define APPROVED \
	BOARD "&why=L%E1%BB%8Bch%20ngh%E1%BB%89%20T%E1%BA%BFt&approver=UBND%20x%C3%A3%20(m%E1%BA%ABu)"

static int
enter(struct control *control, const char *path, const char *what, struct str csv)
{
	struct control_answer answer CLEANUP(control_answer_fini) = {0};
	int status = control_send(control, "POST", path, "text/csv", csv, &answer);

	if (status == 0 && answer.status != 200)
		status = control_complain(control, what, &answer);
	return status;
}

/* Is there more than a header? */
static int
has_calendar(struct control *control, bool *has)
{
	struct control_answer answer CLEANUP(control_answer_fini) = {0};
	int status = control_send(control, "GET", "/control/registry?register=calendar", NULL,
		(struct str){NULL, 0}, &answer);
	struct str rows = buf_str(&answer.body), header;

	if (status == 0 && answer.status != 200)
		return control_complain(control, "the sample registers", &answer);
	*has = str_split(&rows, '\n', &header) && rows.len > 0;
	return status;
}

/* Made of a stall's place in the file: the same in each demo. */
static void
declare(struct buf *turnover, struct buf *fees, const struct str *fields, int n, struct str today)
{
	struct str month = str_cut(today, 0, 7);

	if (n % DECLARE_OF != 0)
		buf_addf(turnover, "%.*s,%.*s,%.*s,%d,tờ khai mẫu\n", STR_FMT(fields[MARKET_CODE]),
			STR_FMT(fields[STALL_CODE]), STR_FMT(month),
			5000000 + n * 37 % 60 * 250000);
	buf_addf(fees, "%.*s,%.*s,%.*s,rent,%d,%d\n", STR_FMT(fields[MARKET_CODE]),
		STR_FMT(fields[STALL_CODE]), STR_FMT(today), 150000 + n * 13 % 10 * 20000,
		n % CASHLESS_OF == 0);
}

static void
make_declared(struct buf *turnover, struct buf *fees)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf today CLEANUP(buf_fini) = {0};
	struct str fields[CSV_FIELDS_MAX];
	struct csv csv;
	size_t count;

	day_format(&today, day_of(clock_now_ms(&(struct clock){0}), 0));
	buf_adds(turnover, "market_code,stall_code,month,amount,source\n");
	buf_adds(fees, "market_code,stall_code,day,kind,amount,cashless\n");
	csv_init(&csv, asset_find("merchants/data/ma-lam-market.csv"));
	for (int n = 0; csv_next(&csv, arena, fields, &count).code == ERR_OK; n++) {
		if (n > 0 && count > STALL_CODE)
			declare(turnover, fees, fields, n, buf_str(&today));
	}
}

int
demo_registers(struct control *control)
{
	struct buf turnover CLEANUP(buf_fini) = {0}, fees CLEANUP(buf_fini) = {0};
	bool has = false;
	int status = has_calendar(control, &has);

	if (status != 0 || has)
		return status;
	make_declared(&turnover, &fees);
	status = enter(control, "/control/registry" APPROVED, "the sample calendar",
		asset_find("merchants/data/ma-lam-calendar.csv"));
	if (status == 0)
		status = enter(control, "/control/registry" BOARD, "the sample targets",
			asset_find("merchants/data/ma-lam-targets.csv"));
	if (status == 0)
		status = enter(control, "/control/registry" BOARD, "the sample turnover",
			buf_str(&turnover));
	if (status == 0)
		status = enter(
			control, "/control/registry" BOARD, "the sample fees", buf_str(&fees));
	return status;
}
