/* Who took a stall's own book: a line of the audit log, before it is made. */
#include "books.h"
#include "chopay/report_commands.h"
#include "chopay/snapshots.h"

struct err
book_look_apply(struct tx *tx, struct command *self)
{
	struct book_look_command *look = (struct book_look_command *)self;
	struct audit_line line = {
		.id = tx_next_id(tx),
		.at_ms = tx->now_ms,
		.who = look->who,
		.what = STR("book"),
		.subject = look->subject,
		.detail = look->detail,
	};

	if (look->for_holder) {
		TRY(words_check(&look->person, &line.detail));
		line.who = arena_printf(self->arena, "person:%.*s", STR_FMT(look->person));
	}
	return audit_put(tx->db, &line);
}
