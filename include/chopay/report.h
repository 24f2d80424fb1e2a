/*
 * report.h - the adoption report: one question to the cells, one struct, many forms.
 *
 * report_build reads cells and registers (on a reader) and fills a struct report; report_write_json
 * writes all of it and report_read_json reads it back, so a snapshot is that JSON and every file is
 * made from it: the same struct gives the same bytes, years later.  Money that would tell of fewer
 * than 5 stalls, by itself or by subtraction, is taken out of the struct (`withheld`) before any
 * form is made.  Threads: any; memory: the arena given.
 *
 * What is left: a report that is not frozen tells what there is now.  Who asks before and after one
 * payment of a period that runs, or one that comes late, learns its amount, its hour, its kind of
 * code and whether a rule took it: of one stall among the five or more of the row, never of which
 * one, nor who paid.  To hide it, an official would see no money, or another sum than the books
 * have, until the period ends.  So it stays, each look is a line of the audit log, and what is
 * published is frozen: there a sum is shown again only when nobody or at least five stalls of each
 * market were paid since (report_revise).
 * Source: ADOPTION sections 1 to 8.
 */
#ifndef CHOPAY_REPORT_H
#define CHOPAY_REPORT_H

#include "chopay/cai.h"
#include "chopay/figure.h"
#include "chopay/registers.h"
#include "chopay/tally.h"

enum report_scope { SCOPE_UNIT, SCOPE_MARKET, SCOPE_FORMER }; /* FORMER: "vùng huyện ... (cũ)" */
enum report_boundary {
	BOUNDARY_TODAY, /* hien_hanh: all history on today's units */
	BOUNDARY_THEN,	/* tai_thoi_diem: each stall-day to the unit in force that day */
};
enum report_audience { AUDIENCE_OFFICIAL, AUDIENCE_BOARD }; /* the market board sees small cells */
enum report_status { STATUS_PROVISIONAL, STATUS_OFFICIAL, STATUS_UNMATCHED };
const char *report_boundary_name(enum report_boundary boundary); /* "hien_hanh", "tai_thoi_diem" */
const char *report_scope_name(enum report_scope scope);		 /* "unit", "market", "former" */
const char *report_audience_name(enum report_audience audience); /* "official", "board" */
const char *report_status_name(
	enum report_status status); /* "tạm tính", "chính thức", "chưa khớp" */

struct report_request {
	enum report_scope scope;
	struct str code; /* of the unit, the market; FORMER: of the unit that ended */
	struct period period;
	enum report_boundary boundary;
	enum report_audience audience;
	int64_t now_ms; /* the cut-off: days after it are not yet there */
};

/* A share as it is printed; den 0: no figure. */
struct share {
	int64_t num, den;
};

/* What a unit, a market or all of the scope came to in a period. */
struct report_figures {
	struct cai_sums sums;
	struct cai cai;
	int64_t market_days, stalls; /* stalls with a stall-day in the period */
	int64_t payments;	     /* V1 */
	bool withheld;	  /* no money is shown: what is struct vnd or in dong below is 0 */
	struct vnd value; /* V2 */
	bool median_known;
	struct vnd median;		       /* V3m; V3 = round_half_up(value, payments) */
	bool turnover_withheld, fees_withheld; /* these two shares are 0/0 */
	struct share
		turnover; /* T: valid payments' value / declared, in dong; prints if K >= 50% */
	struct share declared;	   /* K: stalls with a turnover record / operating stalls */
	int64_t above_declared;	   /* stalls left out of T */
	struct share fees;	   /* F, in dong */
	int64_t kinds[CODE_KINDS]; /* G: of V1 */
	int64_t dropped;	   /* X: sums.base - sums.kept */
	struct tally_removed removed[ADOPTION_RULES];
	bool removed_withheld[ADOPTION_RULES]; /* of too few stalls: its value is 0 */
	int64_t flags[10];		       /* of R1..R9, by their number; [0] unused */
	int64_t removed_days;		       /* R9: stall-days taken out of O after the day */
	int64_t unplaced;		       /* valid payments on days a stall was not open */
	int64_t hours[HOURS];		       /* V1 by hour */
	struct report_service {		       /* S1..S4 */
		bool known;
		int64_t p50_s, p95_s;
		struct share within_10_s;
		int64_t unmatched; /* credits in suspense */
		struct vnd unmatched_value, difference;
		int64_t reconciled_days, account_days; /* of settled accounts */
	} service;
	enum report_status status;
};

/* The same unit in another period; `known` false: it has no cells there. */
struct report_other {
	bool known;
	struct str title; /* "tháng 6 năm 2025" */
	int32_t from_day, to_day;
	struct report_figures figures;
	size_t rank, of; /* 0: not ranked */
};

/* A row of the ranking: a child unit, or a market. */
struct report_row {
	struct str code, name;
	struct report_figures figures;
	size_t rank; /* 0: not ranked */
	size_t previous_rank;
	struct str unranked; /* why not, Vietnamese; empty: it is */
};

struct report_month {
	month_key month;
	bool known, year_before_known;
	int64_t cai_x100, year_before_x100;
};

struct report_target {
	struct str indicator, unit_code, unit_name, legal_basis, owner;
	int64_t value; /* registers.h */
	int32_t due_day;
	bool known, met, year_before_known; /* known: `actual` is */
	int64_t actual, year_before;
};

enum work_reason { WORK_NO_CODE, WORK_INACTIVE, WORK_DROPPED, WORK_SILENT_HOURS, WORK_FLAGGED };
#define WORK_REASONS 5
/* What a reason is made of, as numbers: a form says it in its language. */
struct work_facts {
	bool known;				/* false: of a report made before there were any */
	int64_t open_days, active_days, payers; /* of the month looked at */
	int64_t hours;				/* bits: the market's busiest, without a payment */
	int64_t flags[10];			/* of R1..R9, by their number; [0] unused */
	bool above_declared;			/* paid more than it declared; the board's alone */
};
/* A stall the community digital team should visit: never its money, never a payer. */
struct work_item {
	struct str market_code, market_name, stall_code, stall_name, goods;
	enum work_reason reason;
	struct work_facts facts;
	struct str detail; /* what they come to, in Vietnamese */
};

/* Tet: D-28..D+7 around it, this year's and last year's. */
struct report_tet {
	bool known;
	int32_t day, from_day, to_day, prior_day, prior_from_day, prior_to_day;
	int64_t payments, prior_payments, active_days, prior_active_days, open_days,
		prior_open_days;
	bool withheld;
	struct vnd value, prior_value;
};

/* Beside the markets, never in the index. */
struct report_public_service { /* Decision 766, online payment */
	bool known;
	struct share procedures, paid_procedures, dossiers; /* 3.5, 3.5b, 3.6 */
	int64_t points_x100[3], max_x100[3];
};
struct report_payouts {
	bool known;
	struct share recipients;
	bool withheld;
	struct share value;
};
struct report_score { /* a group of Decision 766, typed in: hundredths of a point */
	int group_no;
	int64_t max, target, actual;
};

struct report {
	/* the header */
	enum report_scope scope;
	struct str code, name, level, parent_code,
		parent_name; /* level: province commune district market */
	struct period period;
	enum report_boundary boundary;
	enum report_audience audience;
	struct str parameter_set;
	int64_t cut_at_ms, position;
	/* of a snapshot; snapshot_id 0: it is not one, revision and hash say nothing */
	int64_t snapshot_id, revision;
	struct str sha256; /* hex, of the JSON without these three */
	/* the figures */
	struct report_figures figures;
	struct str unranked; /* why the scope has no rank; empty: it has */
	size_t rank, of;
	struct report_other year_before, before;
	struct report_month months[13];
	struct report_row *rows; /* child units, or markets; of a market: none */
	size_t row_count;
	bool rows_are_markets;
	struct report_target *targets;
	size_t target_count;
	struct work_item *work;
	size_t work_count;
	struct report_tet tet;
	struct report_public_service public_service;
	struct report_payouts payouts;
	struct report_score *scores; /* group 1..6 and 0, the stated total */
	size_t score_count;
};

/* Progress of long work, and a way to stop it; NULL: nobody asks. */
struct report_watch {
	bool (*go_on)(void *arg, int64_t done, int64_t total); /* false: stop, ERR_BUSY */
	void *arg;
};

/* What `why` gets below, for a person: a line in Vietnamese, the same in English, and where it
 * helps a third, with what to ask for instead on a command line. */
struct str report_why(struct str why, enum language language); /* "": it is not of these */
void report_why_put(struct buf *out, struct str why);	       /* as one line, for programs */

/* `why` as above.  ERR_NOT_FOUND: no such unit or market, or not in force in
 * that period; ERR_INVALID: a period in the future. */
MUST_CHECK struct err report_build(struct db *db, struct arena *arena,
	const struct report_request *request, const struct report_watch *watch,
	struct report **report, struct buf *why);
/* Figures of the children of one level under one parent (empty: the country), ranked: what
 * report_build uses for `rows`, alone. */
MUST_CHECK struct err report_ranking(struct db *db, struct arena *arena,
	const struct report_request *request, const char *level, struct report_row **rows,
	size_t *count, struct buf *why);
/* Does the whole area of a former unit lie in the unit `root` today: the units into which it went,
 * and the markets that stood there?  False where nothing is known of it. */
MUST_CHECK struct err report_former_lies_in(struct db *db, struct arena *arena, struct str code,
	int32_t today, struct str root, bool *yes);
/* Takes out what would tell of fewer than 5 stalls (suppress.c); part of report_build. */

/* ---- forms -------------------------------------------------------------------------------------
 */

/* All of it, as one line of JSON with its keys in a fixed order, and what follows from it (rates,
 * points, means) beside.  ERR_INVALID from the reader: what it says does not follow from its
 * counts. Members that this version does not know are passed over. */
void report_write_json(const struct report *report, struct buf *out);
MUST_CHECK struct err report_read_json(
	struct arena *arena, struct str json, struct report **report);

enum report_form { FORM_JSON, FORM_CSV, FORM_XLSX, FORM_DOCX, FORM_PDF, FORM_TXT, FORM_PNG };
#define REPORT_FORMS 7
bool report_form_parse(struct str word, enum report_form *form); /* "json", ... */
const char *report_form_type(enum report_form form);		 /* its media type */
/* The bytes of a file. */
MUST_CHECK struct err report_make(const struct report *report, enum report_form form,
	enum language language, struct buf *out);
/* One for each form but JSON; report_make calls them. */
MUST_CHECK struct err report_csv(
	const struct report *report, enum language language, struct buf *out);
MUST_CHECK struct err report_xlsx(
	const struct report *report, enum language language, struct buf *out);
MUST_CHECK struct err report_docx(
	const struct report *report, enum language language, struct buf *out);
MUST_CHECK struct err report_pdf(
	const struct report *report, enum language language, struct buf *out);
MUST_CHECK struct err report_txt(
	const struct report *report, enum language language, struct buf *out);
MUST_CHECK struct err report_png(
	const struct report *report, enum language language, struct buf *out);

/* What is known of an item: "24 ngày mở bán, 3 ngày có giao dịch, 2 người trả". */
void report_work_detail(struct buf *out, const struct work_item *item, enum language language);

/* The work list to take along, market by market and row by row of a market: a box to tick, room to
 * write (A4, PDF). */
MUST_CHECK struct err report_work_pdf(
	const struct report *report, enum language language, struct buf *out);
/* The work list alone, as the sheet of it that report_xlsx has. */
MUST_CHECK struct err report_work_xlsx(
	const struct report *report, enum language language, struct buf *out);

/* ---- words: the same in every form --------------------------------------------------------------
 */

/* "Xã Hàm Thuận" as in the middle of a sentence: "xã Hàm Thuận"; English: "Hàm Thuận commune".
 * `level` tells the kind of a market whose name does not. */
void report_place_name(struct buf *out, struct str name, struct str level, enum language language);
/* The place of a report: "xã Hàm Thuận", "chợ Ma Lâm", "vùng huyện Hàm Thuận Bắc (cũ)". */
void report_place(struct buf *out, const struct report *report, enum language language);
/* What the report is about, the line below BÁO CÁO: "Kết quả thanh toán không dùng tiền mặt tại chợ
 * trên địa bàn xã Hàm Thuận tháng 6 năm 2026". */
void report_title(struct buf *out, const struct report *report, enum language language);

/* What stands above every form: unit, period and days, calendar, boundaries, status, version,
 * cut-off, parameter set. */
struct header_line {
	struct str label, value;
};
#define HEADER_LINES 9
size_t report_header(struct arena *arena, const struct report *report, enum language language,
	struct header_line lines[HEADER_LINES]);
/* Has its period not ended at the cut-off?  The header says up to which day it tells. */
bool report_runs(const struct report *report);
/* What stands at the foot of each page: "Bản chốt số 12, lần 0. SHA-256: ...", or "tạm tính, chưa
 * chốt". */
void report_footer(struct buf *out, const struct report *report, enum language language);
/* "Xuất sắc", ...; NO_FIGURE when there is no index. */
const char *report_class(const struct cai *cai, enum language language);
/* "tạm tính", ... */
const char *report_status_word(enum report_status status, enum language language);
/* "Độ phủ mã QR (P)", "Chỉ số phổ cập (CAI)"; of P H N D CAI T F V1 V2. */
struct str report_indicator(struct str code, enum language language);

/* A paragraph of the narrative, and the figures that its numbers are. */
enum narrative_part { PART_RESULTS, PART_SHORTCOMINGS, PART_TASKS };
enum link_kind {	   /* how the number comes from num and den */
	LINK_COUNT,	   /* num itself; den: out of how many, 0: nothing to count it among */
	LINK_PART,	   /* "num/den" */
	LINK_RATE,	   /* num of den in percent */
	LINK_POINTS,	   /* num, in hundredths of a point; den: the most there are, likewise */
	LINK_MONEY,	   /* num, in dong */
	LINK_MEAN,	   /* num dong by den payments */
	LINK_RATIO,	   /* num by den, two decimals */
	LINK_GROWTH,	   /* how much more num is than den, in percent of den */
	LINK_RATE_CHANGE,  /* num less den, rates in hundredths of a percent */
	LINK_POINT_CHANGE, /* num less den, in hundredths of a point */
	LINK_RANK_CHANGE,  /* places from den to num */
	LINK_DAY,	   /* num, a day of clock.h */
};
struct narrative_link {
	size_t start, len; /* of a number in the text: from its first digit to its last, or % */
	enum link_kind as;
	struct share of;  /* what it was made of */
	const char *code; /* "H", "V1", "CAI", ... */
};
struct narrative {
	struct narrative_paragraph {
		struct str text;
		const struct narrative_link *links;
		size_t link_count;
	} * paragraphs;
	size_t count;
};
/* Deterministic; no sentence without data behind it. */
void report_narrative(struct arena *arena, const struct report *report, enum narrative_part part,
	enum language language, struct narrative *narrative);

/* A table of the annex (Biểu số 01..04 and the work list), as typed cells: what xlsx, docx and pdf
 * lay out, so that each shows the same. */
enum cell_type { CELL_TEXT, CELL_COUNT, CELL_MONEY, CELL_RATE_BP, CELL_POINTS_X100, CELL_NONE };
struct table_cell {
	enum cell_type type;
	struct str text; /* CELL_TEXT; otherwise empty */
	int64_t value;	 /* hundredths of a percent, of a point, dong, a count */
};
struct table {
	struct str name, title; /* "Biểu 01", "Biểu số 01. Kết quả theo đơn vị" */
	const struct str *heads;
	const enum cell_type *types; /* of each column, in general */
	const int *widths;	     /* of each column, in characters, for a good look */
	size_t columns, rows;
	size_t totals;	  /* so many of the last rows sum those above */
	struct str empty; /* what is said when there are no rows; "": the table is left out */
	const struct table_cell *cells; /* rows * columns */
};
/* BESIDE: public services and social assistance, never in the index; mostly empty. */
enum report_table {
	TABLE_UNITS,
	TABLE_TARGETS,
	TABLE_RANKING,
	TABLE_QUALITY,
	TABLE_WORK,
	TABLE_BESIDE
};
#define REPORT_TABLES 6
void report_table(struct arena *arena, const struct report *report, enum report_table which,
	enum language language, struct table *table);
/* A cell as text: "1.497", "90,78%", "73,48", "69.505.000", "—". */
void table_cell_text(struct buf *out, enum language language, const struct table_cell *cell);

#endif
