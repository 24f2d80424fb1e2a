/* Why a rule of the index took a payment, as a sentence: what is stored is evidence for programs.
 */
#include "chopay/json.h"
#include "operator.h"

#define SENTENCE_VALUES_MAX 2 /* values in a sentence */

/* What stands in the places of the text operator.flag.said.RULE; a rule without values says all in
 * its text.  Stored by gateway/books/adoption_flags.c and adoption_months.c. */
static const struct {
	const char *rule;
	const char *values[SENTENCE_VALUES_MAX];
	bool money;
} sentences[] = {
	{"R1", {NULL}, false},
	{"R2", {"other_payment"}, false},
	{"R3", {NULL}, false},
	{"R4", {"net"}, true},
	{"R5", {"in_last_days", "payments"}, false},
	{"R6", {"of_one_payer", "payments"}, false},
	{"R7", {"stalls"}, false},
	{"refunded", {"given_back"}, true},
};
#define SENTENCES (sizeof(sentences) / sizeof(sentences[0]))

/* A number, an amount, or an id, which is a text. */
static struct str
value_text(struct arena *arena, const json_t *value, bool money)
{
	if (json_is_string(value))
		return json_str(value);
	if (money)
		return arena_printf(arena, "%.*s\xc2\xa0đ",
			STR_FMT(amount_text(arena, json_integer_value(value))));
	return arena_printf(arena, "%lld", (long long)json_integer_value(value));
}

static struct str
filled(const struct ask *ask, size_t which, const json_t *evidence)
{
	struct arena *arena = ask->query.arena;
	struct buf text CLEANUP(buf_fini) = {0};
	struct str values[SENTENCE_VALUES_MAX] = {0};

	for (size_t i = 0; i < SENTENCE_VALUES_MAX && sentences[which].values[i] != NULL; i++)
		values[i] = value_text(arena, json_object_get(evidence, sentences[which].values[i]),
			sentences[which].money);
	words_fill(&text,
		words_find(ask->lang,
			arena_printf(arena, "operator.flag.said.%s", sentences[which].rule)),
		values, SENTENCE_VALUES_MAX);
	return arena_copy(arena, buf_str(&text));
}

struct str
flag_evidence_text(const struct ask *ask, struct str rule, struct str stored)
{
	json_t *evidence CLEANUP(json_cleanup) = NULL;
	size_t offset;

	if (json_parse_strict(stored, &evidence, &offset).code != ERR_OK)
		return stored;
	for (size_t i = 0; i < SENTENCES; i++) {
		if (str_eq(rule, str_from(sentences[i].rule)))
			return filled(ask, i, evidence);
	}
	return stored;
}
