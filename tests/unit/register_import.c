/* The registers of the index as CSV: what is refused, with line and column, and what a row becomes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/adoption_rows.h"
#include "chopay/registers.h"

#include "../../gateway/store/db.h"
#include "../support/market.h"

/* 2026-07-15 12:00 in Vietnam. */
#define NOW INT64_C(1784091600000)

#define MARKETS "market_code,market_name,unit_code,day_cut\n"
#define CALENDAR "market_code,from,to,days\n"
#define LEAVE "market_code,stall_code,from,to,on_leave\n"
#define CODES "market_code,stall_code,from,to,live\n"
#define MOVES "market_code,stall_code,to_market_code,from\n"
#define MOVES_BACK "market_code,stall_code,to_market_code,from,to\n"
#define MOVES_CODE "market_code,stall_code,to_market_code,from,to,to_stall_code\n"
#define TURNOVER "market_code,stall_code,month,amount,source\n"
#define FEES "market_code,stall_code,day,kind,amount,cashless\n"
#define TARGETS "unit_code,year,indicator,value,legal_basis,owner,due\n"
#define OWN "market_code,stall_code,bank_bin,account_no,relation,from,to\n"
#define UNITS "market_code,unit_code,from,to\n"
#define LINEAGE "from_code,to_code,day,extent\n"
#define DOSSIERS "unit_code,month,procedures,procedures_online,dossiers\n"
#define PAYOUTS "unit_code,month,recipients,by_account,value,value_by_account\n"
#define SCORES "unit_code,year,group,max,target,actual\n"
#define RANKED "unit_code,year,group,max,target,actual,rank,units\n"

/* clang-format off */
static const struct {
	const char *name, *csv;
	size_t line; /* of the first fault; 0 with a column "": none */
	const char *column, *reason; /* part of it */
} rows[] = {
	{"closed for Tet", CALENDAR "MALAM,2027-02-05,2027-02-10,none\n", 0, "", NULL},
	{"BOM, CRLF, quotes", "\xef\xbb\xbf" "market_code,from,to,days\r\n\"MALAM\",2027-02-05,,\"week:1,3,7\"\r\n", 0, "", NULL},
	{"open on lunar days for ever", CALENDAR "MALAM,2026-07-15,,\"lunar:2,7,12,17,22,27\"\n", 0, "", NULL},
	{"no such market", CALENDAR "M9,2027-02-05,2027-02-10,none\n", 2, "market_code", "no market"},
	{"no such day", CALENDAR "MALAM,2027-02-29,2027-03-10,none\n", 2, "from", "no day of the calendar"},
	{"a leap day", CALENDAR "MALAM,2028-02-29,2028-03-10,none\n", 0, "", NULL},
	{"no date", CALENDAR "MALAM,29/02/2028,2028-03-10,none\n", 2, "from", "not a date"},
	{"a night market", MARKETS "DEM,Chợ đêm,23059,360\n", 0, "", NULL},
	{"a cut after noon", MARKETS "DEM,Chợ đêm,23059,721\n", 2, "day_cut", "0 to 720"},
	{"no cut", MARKETS "DEM,Chợ đêm,23059,\n", 2, "day_cut", "0 to 720"},
	{"a unit of the past", MARKETS "DEM,Chợ đêm,23083,0\n", 2, "unit_code", "in force today"},
	{"a market that is known", MARKETS "MALAM,Chợ Ma Lâm,23059,0\n", 0, "", NULL},
	{"... by another name", MARKETS "MALAM,Chợ Mới,23059,0\n", 2, "market_name", "differs"},
	{"... in another unit", MARKETS "MALAM,Chợ Ma Lâm,23089,0\n", 2, "unit_code", "market_units"},
	{"... that cuts its days", MARKETS "MALAM,Chợ Ma Lâm,23059,300\n", 0, "", NULL},
	{"one market twice", MARKETS "DEM,Chợ đêm,23059,1\nDEM,Chợ đêm,23059,2\n", 3, "market_code", "line 2"},
	{"a blank in a market's code", MARKETS "D M,Chợ đêm,23059,1\n", 2, "market_code", "not a code"},
	{"no first day", CALENDAR "MALAM,,2028-03-10,none\n", 2, "from", "is empty"},
	{"too far", CALENDAR "MALAM,2101-01-01,,all\n", 2, "from", "2000 to 2100"},
	{"ends before it begins", CALENDAR "MALAM,2027-02-05,2027-02-04,none\n", 2, "to", "before the first day"},
	{"no pattern", CALENDAR "MALAM,2027-02-05,2027-02-10,closed\n", 2, "days", "not a pattern"},
	{"closed for 60 days", CALENDAR "MALAM,2027-01-01,2027-03-01,none\n", 0, "", NULL},
	{"closed for 61 days", CALENDAR "MALAM,2027-01-01,2027-03-02,none\n", 2, "days", "more than 60 days"},
	{"closed every day", CALENDAR "MALAM,2027-01-01,,none\n", 2, "days", "more than 60 days"},
	{"closed for 61 days by two rows", CALENDAR "MALAM,2027-01-01,2027-02-01,none\nMALAM,2027-02-02,2027-03-02,none\n", 2, "days", "more than 60 days"},
	{"closed for 60 days by two rows", CALENDAR "MALAM,2027-01-01,2027-02-01,none\nMALAM,2027-02-02,2027-03-01,none\n", 0, "", NULL},
	{"two days of the week between", CALENDAR "MALAM,2027-01-01,2027-02-01,none\nMALAM,2027-02-02,2027-02-09,week:1\nMALAM,2027-02-10,2027-03-20,none\n", 0, "", NULL},
	{"a field too many", CALENDAR "MALAM,2027-01-01,2027-01-02,none,x\n", 2, "", "5 fields"},
	{"header and no rows", CALENDAR, 2, "", "no rows"},
	{"a header of nobody", "market_code,from,until,days\nMALAM,2027-01-01,2027-01-02,none\n", 1, "to", "calendar"},
	{"a quote never closed", CALENDAR "MALAM,2027-01-01,2027-01-02,\"none\n", 2, "days", NULL},
	{"a NUL", NULL, 2, "days", NULL}, /* see nul_csv */

	{"leave", LEAVE "MALAM,A01,2026-08-03,2026-08-09,1\n", 0, "", NULL},
	{"an export comes back", "market_code,stall_code,from,to,on_leave,entered_at,person,why,approver\nMALAM,A01,2026-08-03,2026-08-09,1,2026-01-01T00:00:00+07:00,An,,\n", 0, "", NULL},
	{"no such stall", LEAVE "MALAM,A99,2026-08-03,2026-08-09,1\n", 2, "stall_code", "no stall of that market"},
	{"no flag", LEAVE "MALAM,A01,2026-08-03,2026-08-09,maybe\n", 2, "on_leave", "neither"},
	{"twice", LEAVE "MALAM,A01,2026-08-03,2026-08-09,1\nMALAM,A01,2026-08-03,,0\n", 3, "from", "line 2"},
	{"two faults of a row", LEAVE "MALAM,A99,2026-08-03,2026-08-09,x\n", 2, "stall_code", NULL},
	{"a code that hung", CODES "MALAM,A01,2026-06-19,,1\n", 0, "", NULL},

	{"a move into the market it is in", MOVES "MALAM,A01,MALAM,2026-07-01\n", 2, "to_market_code", "in which the stall stands"},
	{"a move to nowhere", MOVES "MALAM,A01,M9,2026-07-01\n", 2, "to_market_code", "no market"},

	{"turnover", TURNOVER "MALAM,A01,2026-06,92000000,tờ khai\n", 0, "", NULL},
	{"turnover of this month", TURNOVER "MALAM,A01,2026-07,92000000,tờ khai\n", 0, "", NULL},
	{"turnover of the next", TURNOVER "MALAM,A01,2026-08,92000000,tờ khai\n", 2, "month", "in the future"},
	{"no month", TURNOVER "MALAM,A01,2026-13,92000000,tờ khai\n", 2, "month", "not a month"},
	{"a quarter", TURNOVER "MALAM,A01,2026-Q1,92000000,tờ khai\n", 2, "month", "not a month"},
	{"negative money", TURNOVER "MALAM,A01,2026-06,-1,tờ khai\n", 2, "amount", "negative"},
	{"points in money", TURNOVER "MALAM,A01,2026-06,92.000.000,tờ khai\n", 2, "amount", "digits alone"},
	{"too much money", TURNOVER "MALAM,A01,2026-06,1000000000000000,tờ khai\n", 2, "amount", "at most 15"},
	{"no source", TURNOVER "MALAM,A01,2026-06,1,\n", 2, "source", "is empty"},

	{"fee", FEES "MALAM,A01,2026-07-15,rent,350000,1\n", 0, "", NULL},
	{"fee of tomorrow", FEES "MALAM,A01,2026-07-16,rent,350000,1\n", 2, "day", "in the future"},
	{"kind of fee", FEES "MALAM,A01,2026-07-15,water,350000,1\n", 2, "kind", "none of rent"},
	{"negative fee", FEES "MALAM,A01,2026-07-15,rent,-350000,1\n", 2, "amount", "negative"},

	{"target", TARGETS "23059,2026,CAI,\"75,5\",KH 12,Phòng KT,2026-12-31\n", 0, "", NULL},
	{"a target of a count", TARGETS "23059,2027,V1,500000,KH 12,Phòng KT,2027-12-31\n", 0, "", NULL},
	{"a full target", TARGETS "23059,2026,H,100.00,KH 12,Phòng KT,2026-12-31\n", 0, "", NULL},
	{"more than all", TARGETS "23059,2026,H,100.01,KH 12,Phòng KT,2026-12-31\n", 2, "value", "more than the most"},
	{"three decimals", TARGETS "23059,2026,H,1.001,KH 12,Phòng KT,2026-12-31\n", 2, "value", "two decimals"},
	{"negative target", TARGETS "23059,2026,H,-1,KH 12,Phòng KT,2026-12-31\n", 2, "value", "negative"},
	{"no indicator", TARGETS "23059,2026,G,1,KH 12,Phòng KT,2026-12-31\n", 2, "indicator", "no indicator"},
	{"a unit nobody knows", TARGETS "99999,2026,H,1,KH 12,Phòng KT,2026-12-31\n", 2, "unit_code", "no administrative unit"},
	{"a district after its end", TARGETS "597,2026,H,1,KH 12,Phòng KT,2026-12-31\n", 2, "unit_code", "in force in that year"},
	{"due before its year", TARGETS "23059,2026,H,1,KH 12,Phòng KT,2025-12-31\n", 2, "due", "before the year"},
	{"a district in its last year", TARGETS "597,2025,H,1,KH 12,Phòng KT,2025-12-31\n", 0, "", NULL},
	{"no year", TARGETS "23059,26,H,1,KH 12,Phòng KT,2026-12-31\n", 2, "year", "not a year"},

	{"own account", OWN "MALAM,A01,970436,0071,household,2024-01-01,\n", 0, "", NULL},
	{"relation", OWN "MALAM,A01,970436,0071,friend,,\n", 2, "relation", "none of owner"},
	{"bank", OWN "MALAM,A01,970999,0071,owner,,\n", 2, "bank_bin", "not the BIN"},
	{"account", OWN "MALAM,A01,970436,00 71,owner,,\n", 2, "account_no", "not an account number"},

	{"one code through the reform", UNITS "MALAM,23059,,\n", 0, "", NULL},
	{"overlap", UNITS "MALAM,23083,,2025-06-30\nMALAM,23059,2025-06-30,\n", 3, "from", "overlap"},
	{"a code after its end", UNITS "MALAM,23083,,2025-07-01\nMALAM,23059,2025-07-02,\n", 2, "unit_code", "not in force"},
	{"a code before its beginning", UNITS "MALAM,30673,,\n", 2, "unit_code", "not in force"},
	{"another unit in the past", UNITS "MALAM,23083,,2025-06-30\nMALAM,23059,2025-07-01,\n", 2, "from", "days that are over"},
	{"another unit since yesterday", UNITS "MALAM,23089,2026-07-14,\n", 2, "from", "days that are over"},
	{"another unit from today", UNITS "MALAM,23089,2026-07-15,\n", 0, "", NULL},
	{"a move to come", UNITS "MALAM,23059,,2026-12-31\nMALAM,23089,2027-01-01,\n", 0, "", NULL},

	{"lineage", LINEAGE "23101,22933,2025-07-01,part\n", 0, "", NULL},
	{"a unit that was not", LINEAGE "30673,22933,2025-07-01,part\n", 2, "from_code", "day before"},
	{"a unit that is no more", LINEAGE "23101,23101,2025-07-01,part\n", 2, "to_code", "on that day"},
	{"whole into another, too", LINEAGE "23083,23089,2025-07-01,whole\n", 2, "to_code", "23083 goes whole into 23059"},
	{"a part of what went whole", LINEAGE "23083,23089,2025-07-01,part\n", 2, "to_code", "goes whole into 23059"},
	{"whole after a part", LINEAGE "23101,22933,2025-07-01,part\n23101,23059,2025-07-01,whole\n", 3, "to_code", "23101 goes in part into 22933"},
	{"whole into two", LINEAGE "23101,22933,2025-07-01,whole\n23101,23059,2025-07-01,whole\n", 3, "to_code", "does not go into two"},
	{"in parts", LINEAGE "23101,22933,2025-07-01,part\n23101,23059,2025-07-01,part\n", 0, "", NULL},
	{"the same again", LINEAGE "23083,23059,2025-07-01,whole\n", 0, "", NULL},
	{"another extent", LINEAGE "23083,23059,2025-07-01,part\n", 2, "extent", "differs"},

	{"dossiers", DOSSIERS "23059,2026-06,120,96,1649\n", 0, "", NULL},
	{"more online than there are", DOSSIERS "23059,2026-06,120,121,1649\n", 2, "procedures_online", "tử số lớn hơn mẫu số"},
	{"payouts", PAYOUTS "23059,2026-06,812,640,406000000,332000000\n", 0, "", NULL},
	{"more by account than all", PAYOUTS "23059,2026-06,812,813,406000000,332000000\n", 2, "by_account", "tử số lớn hơn mẫu số"},
	{"more money by account", PAYOUTS "23059,2026-06,812,640,406000000,406000001\n", 2, "value_by_account", "tử số lớn hơn mẫu số"},
	{"money for nobody", PAYOUTS "23059,2026-06,0,0,406000000,0\n", 2, "value", "to nobody"},
	{"money to no account", PAYOUTS "23059,2026-06,812,0,406000000,1\n", 2, "value_by_account", "nobody's account"},
	{"a month without payouts", PAYOUTS "23059,2026-06,0,0,0,0\n", 0, "", NULL},
	{"payouts of a past unit", PAYOUTS "23083,2025-07,812,640,406000000,332000000\n", 2, "unit_code", "in force"},
	{"payouts of its last month", PAYOUTS "23083,2025-06,812,640,406000000,332000000\n", 0, "", NULL},
	{"payouts to come", PAYOUTS "23059,2026-08,812,640,406000000,332000000\n", 2, "month", "in the future"},

	{"scores", SCORES "23059,2026,0,100,90,\"55,3\"\n23059,2026,1,18,18,\"12,3\"\n23059,2026,2,20,20,18.5\n23059,2026,3,18,18,18\n23059,2026,4,12,10,6.5\n", 0, "", NULL},
	{"the sum of parts", SCORES "23059,2026,0,100,90,\"46,63\"\n23059,2026,1,18,18,\"12,3\"\n23059,2026,2,20,20,18.5\n23059,2026,3,18,18,18\n23059,2026,4,12,10,6.5\n", 2, "actual", "the groups make 55,30, the stated total is 46,63"},
	{"a part above its most", SCORES "23059,2026,1,18,18,18.01\n", 2, "actual", "lớn hơn điểm tối đa"},
	{"a target above its most", SCORES "23059,2026,1,18,18.5,1\n", 2, "target", "lớn hơn điểm tối đa"},
	{"a group without points", SCORES "23059,2026,1,0,0,0\n", 2, "max", "most of a group"},
	{"a group above all", SCORES "23059,2026,1,100.01,18,1\n", 2, "max", "most of a group"},
	{"group 7", SCORES "23059,2026,7,18,18,1\n", 2, "group", "1 to 6"},
	{"next year's score", SCORES "23059,2027,1,18,18,1\n", 2, "year", "in the future"},
	{"rank", RANKED "23059,2026,0,100,90,82.02,124,124\n", 0, "", NULL},
	{"a rank behind the last", RANKED "23059,2026,0,100,90,82.02,125,124\n", 2, "rank", "hạng lớn hơn số đơn vị"},
	{"a rank of a group", RANKED "23059,2026,1,18,18,1,1,124\n", 2, "rank", "group 0"},
};
/* clang-format on */

static const char nul_csv[] = CALENDAR "MALAM,2027-01-01,2027-01-02,al\0l\n";

struct import_command {
	struct command command;
	struct str csv, person, why, approver;
	struct registry_import import;
	struct market_fixture *market;
	bool undo; /* what was imported is not kept */
};

static struct err
import_apply(struct tx *tx, struct command *self)
{
	struct import_command *asked = (struct import_command *)self;

	asked->import = market_import(tx, self->arena, asked->market->banks, asked->csv);
	asked->import.person = asked->person;
	asked->import.why = asked->why;
	asked->import.approver = asked->approver;
	asked->import.now_ms = NOW;
	TRY(registry_import(tx->db, &asked->import));
	return asked->undo ? FAIL(ERR_CONFLICT, "undone") : OK;
}

static struct registry_import
submit(struct market_fixture *market, struct import_command *asked)
{
	struct err err;

	asked->command = (struct command){.apply = import_apply, .arena = market->arena};
	asked->market = market;
	err = books_submit_wait(market->books, &asked->command);
	assert_true(err.code == (asked->undo ? ERR_CONFLICT : ERR_OK) || err.code == ERR_INVALID);
	assert_int_equal(err.code != ERR_INVALID, asked->import.problem_count == 0);
	return asked->import;
}

static struct registry_import
import_as(struct market_fixture *market, struct str csv, const char *person, const char *why,
	const char *approver)
{
	struct import_command asked = {
		.csv = csv,
		.person = str_from(person),
		.why = str_from(why),
		.approver = str_from(approver),
	};

	return submit(market, &asked);
}

/* As Lan alone, and nothing is kept. */
static struct registry_import
try_import(struct market_fixture *market, struct str csv)
{
	struct import_command asked = {.csv = csv, .person = STR("Lan"), .undo = true};

	return submit(market, &asked);
}

static bool
holds(struct str text, const char *part)
{
	return part == NULL || str_find(text, str_from(part)) >= 0;
}

static void
each_fault_is_named(void **state)
{
	struct market_fixture *market = market_open();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str csv = rows[i].csv != NULL ? str_from(rows[i].csv)
						     : (struct str){nul_csv, sizeof(nul_csv) - 1};
		struct registry_import got = try_import(market, csv);
		const struct registry_problem *first = got.problems;

		if ((got.problem_count == 0) != (rows[i].line == 0))
			fail_msg("%s: %s", rows[i].name,
				got.problem_count == 0 ? "imported" : first->reason.ptr);
		if (got.problem_count > 0 && (first->line != rows[i].line ||
						     strcmp(first->column, rows[i].column) != 0 ||
						     !holds(first->reason, rows[i].reason)))
			fail_msg("%s: line %zu, column %s: %.*s", rows[i].name, first->line,
				first->column, STR_FMT(first->reason));
		/* Who has the binary alone has no file of ours to look at. */
		assert_true(got.problem_count == 0 || !holds(first->reason, ".csv"));
	}
	market_free(market);
}

/* ---- who enters days that are over ------------------------------------------------------------
 */

/* clang-format off */
static const struct {
	const char *name, *csv, *person, *why, *approver;
	size_t line; /* 0 and good: imported; 0 and not good: about the whole file */
	bool good;
} entries[] = {
	{"nobody", LEAVE "MALAM,A01,2026-07-15,,1\n", "", "", "", 0, false},
	{"a blank", LEAVE "MALAM,A01,2026-07-15,,1\n", "  ", "", "", 0, false},
	{"nobody that can be seen", LEAVE "MALAM,A01,2026-07-15,,1\n", "\xe2\x80\x8b", "", "", 0, false},
	{"today", LEAVE "MALAM,A01,2026-07-15,,1\n", "Lan", "", "", 0, true},
	{"yesterday", LEAVE "MALAM,A01,2026-07-14,,1\n", "Lan", "", "", 2, false},
	{"yesterday, a reason alone", LEAVE "MALAM,A01,2026-07-14,,1\n", "Lan", "ốm", "", 2, false},
	{"yesterday, an approver alone", LEAVE "MALAM,A01,2026-07-14,,1\n", "Lan", "", "Hùng", 2, false},
	{"yesterday, both", LEAVE "MALAM,A01,2026-07-14,,1\n", "Lan", "ốm", "Hùng", 0, true},
	{"approved by herself", LEAVE "MALAM,A01,2026-07-14,,1\n", "Lan", "ốm", " lan ", 0, false},
	{"the market was closed", CALENDAR "MALAM,2026-07-14,2026-07-14,none\n", "Lan", "", "", 2, false},
	{"the market was closed, approved", CALENDAR "MALAM,2026-07-14,2026-07-14,none\n", "Lan", "bão", "Hùng", 0, true},
	{"a code may be told late", CODES "MALAM,A01,2026-01-01,,1\n", "Lan", "", "", 0, true},
	{"a control character", LEAVE "MALAM,A01,2026-07-15,,1\n", "La\tn", "", "", 0, false},
};
/* clang-format on */

static void
days_that_are_over_need_two_persons(void **state)
{
	struct market_fixture *market = market_open();

	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		struct registry_import got = import_as(market, str_from(entries[i].csv),
			entries[i].person, entries[i].why, entries[i].approver);

		if ((got.problem_count == 0) != entries[i].good)
			fail_msg("%s: %s", entries[i].name,
				got.problem_count == 0 ? "imported" : got.problems->reason.ptr);
		if (got.problem_count > 0 && got.problems->line != entries[i].line)
			fail_msg("%s: line %zu: %s", entries[i].name, got.problems->line,
				got.problems->reason.ptr);
	}
	market_free(market);
}

/* ---- what became of it ------------------------------------------------------------------------
 */

struct look {
	struct query query; /* first */
	const char *name;   /* of the register; NULL: of days due */
	struct buf csv;
	int64_t due;
};

static struct err
run_look(struct db *db, struct query *query)
{
	struct look *look = (struct look *)query;
	struct err err;

	buf_clear(&look->csv);
	TRY(store_begin(db));
	if (look->name == NULL)
		err = due_count(db, DAY_FIRST, DAY_LAST, &look->due);
	else
		err = registry_export_of(
			db, query->arena, str_from(look->name), day_of(NOW, 0), &look->csv);
	store_rollback(db);
	return err;
}

/* An export, without when rows were entered. */
static struct str
exported(struct market_fixture *market, const char *name)
{
	struct look look = {.query = {.run = run_look, .arena = market->arena}, .name = name};
	struct str csv;

	assert_int_equal(books_ask_wait(market->books, &look.query).code, ERR_OK);
	csv = arena_copy(market->arena, buf_str(&look.csv));
	buf_fini(&look.csv);
	return csv;
}

static void
good(struct market_fixture *market, const char *csv)
{
	struct registry_import got = import_as(market, str_from(csv), "Lan", "nhập muộn", "Hùng");

	if (got.problem_count > 0)
		fail_msg("%s: %s", csv, got.problems->reason.ptr);
}

static void
expect_export(struct market_fixture *market, const char *name, const char *part)
{
	struct str csv = exported(market, name);

	if (!holds(csv, part))
		fail_msg("%s: no \"%s\" in\n%s", name, part, csv.ptr);
}

#define AT ",2026-07-15T12:00:00+07:00,Lan"

/* One file after the other; what then holds. */
static const struct {
	const char *rows, *holds;
	size_t added;
} units[] = {
	{"MALAM,23059,,\n", "MALAM,23059,,,,,,\n", 0},
	{"MALAM,23059,2025-07-01,\n", "MALAM,23059,,,,,,\n", 0},
	{"MALAM,23089,2027-01-01,\n",
		"MALAM,23059,,2026-12-31,,Lan,,\nMALAM,23089,2027-01-01," AT ",,\n", 1},
	{"MALAM,23083,2024-01-01,2024-12-31\n",
		"MALAM,23059,,2023-12-31,,Lan,,\nMALAM,23083,2024-01-01,2024-12-31" AT
		",nhập muộn,Hùng\nMALAM,23059,2025-01-01,2026-12-31,,Lan,,\n"
		"MALAM,23089,2027-01-01," AT ",,\n",
		1},
	/* Partly what is said already: over are the days that change. */
	{"MALAM,23059,2026-01-01,2027-06-30\n",
		"MALAM,23059,2025-01-01,2027-06-30" AT ",,\nMALAM,23089,2027-07-01," AT ",,\n", 1},
	{"MALAM,23089,2027-07-01,2027-12-31\nMALAM,23092,,2025-06-30\n",
		"approver\nMALAM,23092,,2025-06-30" AT ",nhập muộn,Hùng\nMALAM,23059,2025-07-01,",
		1},
};

static void
the_unit_that_was_said_last_holds(void **state)
{
	struct market_fixture *market = market_open();

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct str csv = arena_printf(market->arena, UNITS "%s", units[i].rows);
		struct registry_import got = import_as(market, csv, "Lan", "nhập muộn", "Hùng");

		assert_int_equal(got.problem_count, 0);
		assert_int_equal(got.added, units[i].added);
		expect_export(market, "market_units", units[i].holds);
	}
	market_free(market);
}

static void
what_was_entered_is_exported(void **state)
{
	struct market_fixture *market = market_open();

	(void)state;
	good(market, CALENDAR "MALAM,2026-07-01,2026-07-02,none\nMALAM,2027-01-01,,\"week:1,3\"\n");
	expect_export(market, "calendar",
		"market_code,from,to,days,entered_at,person,why,approver\n"
		"MALAM,2026-07-01,2026-07-02,none" AT ",nhập muộn,Hùng\n"
		"MALAM,2027-01-01,,\"week:1,3\"" AT ",,\n");
	good(market, LEAVE "MALAM,A01,2026-07-20,2026-07-22,1\n");
	expect_export(market, "leave", "MALAM,A01,2026-07-20,2026-07-22,1" AT ",,\n");
	good(market, CODES "MALAM,A01,2026-06-19,,1\n");
	expect_export(market, "codes", "MALAM,A01,2026-06-19,,1" AT ",");
	good(market, TURNOVER "MALAM,A01,2026-06,100,=1+1\n");
	good(market, TURNOVER "MALAM,A01,2026-06,200,tờ khai\n");
	expect_export(market, "turnover",
		"source,entered_at,person\nMALAM,A01,2026-06,200,tờ khai" AT "\n");
	good(market, FEES "MALAM,A01,2026-07-05,rent,350000,có\n");
	expect_export(market, "fees", "MALAM,A01,2026-07-05,rent,350000,1" AT "\n");
	good(market, TARGETS "23059,2026,CAI,\"75,5\",KH 12,Phòng KT,2026-12-31\n");
	expect_export(market, "targets", "23059,2026,CAI,75.50,KH 12,Phòng KT,2026-12-31" AT "\n");
	good(market, OWN "MALAM,A01,970436,0071,household,,\n");
	expect_export(market, "own_accounts", "MALAM,A01,970436,0071,household,," AT "\n");
	good(market, OWN "MALAM,A01,970436,0071,none,,\n");
	assert_false(holds(exported(market, "own_accounts"), "0071"));
	good(market, UNITS "MALAM,23083,,2025-06-30\nMALAM,23059,2025-07-01,\n");
	expect_export(market, "market_units",
		"MALAM,23083,,2025-06-30" AT ",nhập muộn,Hùng\nMALAM,23059,2025-07-01,,,Lan,,\n");
	expect_export(market, "lineage", "23107,23065,2025-07-01,whole,,\n");
	good(market, DOSSIERS "23059,2026-06,120,96,1649\n");
	expect_export(market, "dossiers", "23059,2026-06,120,96,1649" AT "\n");
	good(market, PAYOUTS "23059,2026-06,812,640,4060,3320\n");
	expect_export(market, "payouts", "23059,2026-06,812,640,4060,3320" AT "\n");
	good(market, RANKED "23059,2026,0,100,90,82.02,5,124\n");
	expect_export(market, "scores", "23059,2026,0,100.00,90.00,82.02,5,124" AT "\n");
	market_free(market);
}

#define STALLS                                                                                    \
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone," \
	"bank_bin,account_no,account_holder,open_date,close_date\n"
#define SECOND \
	"M2,Chợ Hai,23059,A01,Rau,stall,rau,Bà Năm,0990000009,970436,123,BA NAM,2024-01-01,\n"

#define A01_CLOSED(day)                                                                                  \
	STALLS "MALAM,Chợ Ma Lâm,23059,A01,Rau cô Ba,stall,rau,Nguyễn Thị Ba,0990000001,970436," \
	       "0071000000001,NGUYEN THI BA,2020-01-01," day "\n"

static void
a_moved_stall_keeps_its_identity(void **state)
{
	struct market_fixture *market = market_open();
	struct stall before = market_stall(market, "A02"), after;
	struct registry_import got;

	(void)state;
	good(market, STALLS SECOND);
	got = import_as(market, STR(MOVES "MALAM,A02,M2,2026-07-16\n"), "Lan", "", "");
	assert_true(holds(got.problems->reason, "in the future"));
	got = import_as(market, STR(MOVES "MALAM,A01,M2,2026-07-01\n"), "Lan", "", "");
	assert_true(holds(got.problems->reason, "another stall"));
	got = import_as(market,
		STR(MOVES_CODE "MALAM,A01,M2,2026-07-01,,B7\nMALAM,A02,M2,2026-07-01,,B7\n"), "Lan",
		"", "");
	assert_int_equal(got.problems->line, 3);
	got = import_as(
		market, STR(MOVES_BACK "MALAM,A02,M2,2026-07-01,2026-07-15\n"), "Lan", "", "");
	assert_string_equal(got.problems->column, "to");
	good(market, MOVES_BACK "MALAM,A02,M2,2026-06-01,2026-06-05\n");
	assert_true(str_eq(market_stall(market, "MALAM.A02").market_code, STR("MALAM")));
	good(market, MOVES "MALAM,A02,M2,2026-07-01\n");
	after = market_stall(market, "M2.A02");
	assert_int_equal(after.id, before.id);
	assert_true(str_eq(after.reference, before.reference));
	expect_export(market, "moves",
		"M2,A02,MALAM,,,A02,,Lan,,\n"
		"M2,A02,M2,2026-06-01,2026-06-05,A02" AT ",nhập muộn,Hùng\n"
		"M2,A02,M2,2026-07-01,,A02" AT ",nhập muộn,Hùng\n");
	good(market, MOVES_CODE "MALAM,A01,M2,2026-07-15,,B12\n");
	assert_true(str_eq(market_stall(market, "M2.B12").name, STR("Rau cô Ba")));
	/* The file of before does not make it a second time; somebody else may be where it stood.
	 */
	got = import_as(market, STR(A01_CLOSED("")), "", "", "");
	assert_true(holds(got.problems->reason, "moved to the market M2, where its code is B12"));
	good(market, STALLS
		"MALAM,Chợ Ma Lâm,23059,A01,Hoa,stall,hoa,Bà Mới,,970436,999,BA MOI,2026-07-15,\n");
	market_free(market);
}

/* ---- openings and closings --------------------------------------------------------------------
 */

struct lives {
	struct query query; /* first */
	int64_t stall_id;
	struct buf seen;
};

static struct err
see_life(void *arg, const struct dated *row)
{
	buf_addf(arg, "%d..%d %.*s;", row->from_day, row->to_day, STR_FMT(row->entry.approver));
	return OK;
}

static struct err
run_lives(struct db *db, struct query *query)
{
	struct lives *lives = (struct lives *)query;
	struct err err;

	buf_clear(&lives->seen);
	TRY(store_begin(db));
	err = dated_walk(db, DATED_LIFE, lives->stall_id, see_life, &lives->seen);
	store_rollback(db);
	return err;
}

static void
expect_lives(struct market_fixture *market, int64_t stall_id, const char *want)
{
	struct lives lives = {
		.query = {.run = run_lives, .arena = market->arena}, .stall_id = stall_id};

	assert_int_equal(books_ask_wait(market->books, &lives.query).code, ERR_OK);
	assert_string_equal(lives.seen.ptr, want);
	buf_fini(&lives.seen);
}

static void
each_opening_and_closing_is_kept(void **state)
{
	struct market_fixture *market = market_open();
	int64_t id = market_stall(market, "A01").id;
	struct registry_import got;

	(void)state;
	expect_lives(market, id, "18262..1000000 ;");
	got = import_as(market, STR(A01_CLOSED("2026-07-14")), "Lan", "", "");
	assert_int_equal(got.problems->line, 2);
	assert_string_equal(got.problems->column, "close_date");
	expect_lives(market, id, "18262..1000000 ;");
	got = import_as(market, STR(A01_CLOSED("2026-07-15")), "", "", "");
	assert_int_equal(got.problem_count, 0);
	expect_lives(market, id, "18262..1000000 ;18262..20648 ;");
	got = import_as(market, STR(A01_CLOSED("2026-07-15")), "", "", "");
	assert_int_equal(got.stalls_changed, 0);
	expect_lives(market, id, "18262..1000000 ;18262..20648 ;");
	good(market, A01_CLOSED("2026-07-01"));
	expect_lives(market, id, "18262..1000000 ;18262..20648 ;18262..20634 Hùng;");
	market_free(market);
}

/* ---- what was judged is due again -------------------------------------------------------------
 */

static int64_t
due(struct market_fixture *market)
{
	struct look look = {.query = {.run = run_look, .arena = market->arena}};

	assert_int_equal(books_ask_wait(market->books, &look.query).code, ERR_OK);
	buf_fini(&look.csv);
	return look.due;
}

static struct err
clear_due(struct tx *tx, struct command *self)
{
	(void)self;
	return db_exec(tx->db, "DELETE FROM adoption_due");
}

static void
judged_days_are_due_again(void **state)
{
	struct market_fixture *market = market_open();
	struct command clear = {.apply = clear_due, .arena = market->arena};
	static const char *const causes[] = {CALENDAR "MALAM,2026-06-03,2026-06-03,none\n",
		LEAVE "MALAM,A01,2026-06-25,2026-06-25,1\n",
		OWN "MALAM,A01,970436,0071,household,,\n",
		MOVES_CODE "MALAM,A01,M2,2026-06-01,,B1\n",
		STALLS "M2,Chợ Hai,23059,B1,Rau cô Ba,stall,rau,Nguyễn Thị Ba,0990000001,970436,"
		       "0071000000001,NGUYEN THI BA,2020-01-01,2026-06-20\n"};
	static const char *const others[] = {CALENDAR "MALAM,2026-05-01,2026-05-31,none\n",
		CODES "MALAM,A01,2026-06-10,2026-06-10,0\n",
		TURNOVER "MALAM,A01,2026-06,1,tờ khai\n"};
	const struct credit credit = {.id = "1",
		.account = "0071000000001",
		.amount = 50000,
		.booked_at_ms = NOW - 20 * MS_PER_DAY};

	(void)state;
	good(market, STALLS SECOND);
	assert_int_equal(market_credit(market, &credit).payment_id != 0, true);
	assert_int_equal(due(market), 1);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(books_submit_wait(market->books, &clear).code, ERR_OK);
		assert_int_equal(due(market), 0);
		good(market, others[i]);
		if (due(market) != 0)
			fail_msg("%s makes days due", others[i]);
	}
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		assert_int_equal(books_submit_wait(market->books, &clear).code, ERR_OK);
		assert_int_equal(due(market), 0);
		good(market, causes[i]);
		if (due(market) != 1)
			fail_msg("%s makes no day due", causes[i]);
	}
	market_free(market);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_is_named),
		cmocka_unit_test(days_that_are_over_need_two_persons),
		cmocka_unit_test(what_was_entered_is_exported),
		cmocka_unit_test(the_unit_that_was_said_last_holds),
		cmocka_unit_test(a_moved_stall_keeps_its_identity),
		cmocka_unit_test(each_opening_and_closing_is_kept),
		cmocka_unit_test(judged_days_are_due_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
