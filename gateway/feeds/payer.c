/* Who paid: only distinct payers are ever counted (ADOPTION section 1), so nothing depends on it
 * that money depends on. */
#include "payer.h"

static struct str
token_or_empty(struct arena *arena, const struct fields *fields, const char *name)
{
	struct str token = {NULL, 0};

	if (name == NULL || fields_token(arena, fields, name, &token).code != ERR_OK)
		return (struct str){NULL, 0};
	return token;
}

void
payer_read(struct arena *arena, const struct fields *fields, const char *account, const char *bank,
	struct feed_event *event)
{
	event->payer_account = token_or_empty(arena, fields, account);
	if (event->payer_account.len > 0)
		event->payer_bank = token_or_empty(arena, fields, bank);
}
