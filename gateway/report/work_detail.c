/* What is known of an item of the work list, in words: how it was paid, never how much. */
#include "sentence.h"

#define RULES 10

static void
put_number(struct buf *out, int64_t number)
{
	buf_addf(out, "%lld", (long long)number);
}

static void
put_days(struct buf *out, enum language language, enum word which, const struct work_facts *facts)
{
	struct buf open CLEANUP(buf_fini) = {0}, active CLEANUP(buf_fini) = {0};
	struct buf payers CLEANUP(buf_fini) = {0};

	put_number(&open, facts->open_days);
	put_number(&active, facts->active_days);
	put_number(&payers, facts->payers);
	put_words(out, language, which,
		(struct str[]){buf_str(&open), buf_str(&active), buf_str(&payers)});
}

static void
put_comma(struct buf *out, size_t from)
{
	if (out->len > from)
		buf_adds(out, ", ");
}

static void
put_hours(struct buf *out, enum language language, int64_t hours)
{
	size_t from = out->len;

	for (int hour = 0; hour < HOURS; hour++) {
		struct buf number CLEANUP(buf_fini) = {0};

		if ((hours >> hour & 1) == 0)
			continue;
		put_comma(out, from);
		put_number(&number, hour);
		put_words(out, language, W_DETAIL_HOUR, (struct str[]){buf_str(&number)});
	}
}

static void
put_flags(struct buf *out, enum language language, const struct work_facts *facts)
{
	size_t from = out->len;

	for (int rule = 1; rule < RULES; rule++) {
		struct buf number CLEANUP(buf_fini) = {0}, times CLEANUP(buf_fini) = {0};
		enum word name = (enum word)(W_RULE_R1 + rule - 1);

		if (facts->flags[rule] == 0)
			continue;
		put_comma(out, from);
		put_number(&number, rule);
		put_number(&times, facts->flags[rule]);
		put_words(out, language, W_DETAIL_FLAG,
			(struct str[]){
				buf_str(&number), str_from(word(name, language)), buf_str(&times)});
	}
	if (!facts->above_declared)
		return;
	put_comma(out, from);
	buf_adds(out, word(W_DETAIL_ABOVE, language));
}

void
report_work_detail(struct buf *out, const struct work_item *item, enum language language)
{
	const struct work_facts *facts = &item->facts;

	if (!facts->known) {
		buf_add(out, item->detail);
		return;
	}
	switch (item->reason) {
	case WORK_NO_CODE:
		put_days(out, language, W_DETAIL_NO_CODE, facts);
		break;
	case WORK_INACTIVE:
	case WORK_DROPPED:
		put_days(out, language, W_DETAIL_DAYS, facts);
		break;
	case WORK_SILENT_HOURS:
		put_hours(out, language, facts->hours);
		break;
	case WORK_FLAGGED:
		put_flags(out, language, facts);
		break;
	}
}
