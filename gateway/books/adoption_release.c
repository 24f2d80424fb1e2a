/* A flag released: two persons say that a rule took a payment wrongly, and it counts again. */
#include "books.h"
#include "chopay/adoption_commands.h"
#include "chopay/person.h"
#include "chopay/snapshots.h"

static struct err
find_flag(struct tx *tx, struct flag_release_command *command, struct adoption_flag *flag)
{
	struct arena *arena = command->command.arena;
	struct stall stall;

	if (command->stall_id == 0) {
		TRY(stalls_find(tx->db, arena, command->stall, &stall));
		command->stall_id = stall.id;
	}
	TRY(flags_get(tx->db, arena, command->stall_id, command->rule, command->subject, flag));
	if (str_eq(command->rule, str_from(adoption_rule_code(RULE_REFUNDED))))
		return FAIL(ERR_INVALID, "a payment that was given back cannot be released");
	return flag->released ? FAIL(ERR_CONFLICT, "two persons released that flag already") : OK;
}

static struct err
write_down(struct tx *tx, const struct flag_release_command *command, const char *what)
{
	const struct flag_release *release = &command->release;
	struct buf subject CLEANUP(buf_fini) = {0}, detail CLEANUP(buf_fini) = {0};

	buf_addf(&subject, "stall:%lld %.*s %lld", (long long)release->stall_id,
		STR_FMT(release->rule), (long long)release->subject);
	buf_addf(&detail, "%s: %.*s", what, STR_FMT(command->why));
	return audit_put(tx->db, &(struct audit_line){
					 .id = tx_next_id(tx),
					 .at_ms = tx->now_ms,
					 .who = command->person,
					 .what = STR("release"),
					 .subject = buf_str(&subject),
					 .detail = buf_str(&detail),
				 });
}

static struct err
propose(struct tx *tx, struct flag_release_command *command)
{
	command->proposed = true;
	command->release = (struct flag_release){
		.stall_id = command->stall_id,
		.subject = command->subject,
		.rule = command->rule,
		.person = command->person,
		.why = command->why,
		.proposed_at_ms = tx->now_ms,
	};
	TRY(releases_put(tx->db, &command->release));
	return write_down(tx, command, "proposed");
}

/* The stall's day is to be judged anew, without that rule. */
static struct err
confirm(struct tx *tx, struct flag_release_command *command, const struct adoption_flag *flag)
{
	struct flag_release *release = &command->release;

	if (person_same(release->person, command->person))
		return FAIL(
			ERR_CONFLICT, "you proposed this already; another person must confirm it");
	release->second_person = command->person;
	release->confirmed_at_ms = tx->now_ms;
	TRY(releases_confirm(tx->db, release));
	TRY(due_put(tx->db, flag->stall_id, flag->day));
	return write_down(tx, command, "confirmed");
}

struct err
flag_release_apply(struct tx *tx, struct command *self)
{
	struct flag_release_command *command = (struct flag_release_command *)self;
	struct adoption_flag flag;
	struct err err;

	command->proposed = false;
	TRY(words_check(&command->person, &command->why));
	TRY(find_flag(tx, command, &flag));
	err = releases_get(tx->db, self->arena, command->stall_id, command->rule, command->subject,
		&command->release);
	if (err.code == ERR_NOT_FOUND)
		return propose(tx, command);
	TRY(err);
	if (command->release.confirmed_at_ms != 0)
		return FAIL(ERR_CONFLICT, "two persons released that flag already");
	return confirm(tx, command, &flag);
}
