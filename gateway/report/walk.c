/* One description of a struct, walked to write it as JSON and to read it back. */
#include "walk.h"

#include "chopay/clock.h"

static void
put(const struct walk *walk, const char *name, json_t *value)
{
	if (json_is_array(walk->value))
		json_array_append_new(walk->value, value);
	else
		json_object_set_new_nocheck(walk->value, name, value);
}

static const json_t *
get(const struct walk *walk, const char *name)
{
	const json_t *value = json_object_get(walk->value, name);

	*walk->bad = *walk->bad || value == NULL;
	return value;
}

/* Reading goes on with what stands there. */
static void
refuse_unless(const struct walk *walk, bool holds)
{
	*walk->bad = *walk->bad || !holds;
}

/* ---- members -------------------------------------------------------------------------------- */

void
walk_int(const struct walk *walk, const char *name, int64_t *value, int64_t least, int64_t most)
{
	const json_t *member;

	if (!walk->reading) {
		put(walk, name, json_integer(*value));
		return;
	}
	member = get(walk, name);
	refuse_unless(walk, json_is_integer(member) && json_integer_value(member) >= least &&
				    json_integer_value(member) <= most);
	if (!*walk->bad)
		*value = json_integer_value(member);
}

void
walk_count(const struct walk *walk, const char *name, int64_t *count)
{
	walk_int(walk, name, count, 0, WALK_COUNT_MAX);
}

void
walk_size(const struct walk *walk, const char *name, size_t *size)
{
	int64_t count = (int64_t)*size;

	walk_count(walk, name, &count);
	*size = (size_t)count;
}

void
walk_flag(const struct walk *walk, const char *name, bool *flag)
{
	const json_t *member;

	if (!walk->reading) {
		put(walk, name, json_boolean(*flag));
		return;
	}
	member = get(walk, name);
	refuse_unless(walk, json_is_boolean(member));
	*flag = json_is_true(member);
}

/* Without control characters: no form of a report could show one. */
static bool
printable(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] < ' ')
			return false;
	}
	return true;
}

void
walk_text(const struct walk *walk, const char *name, struct str *text)
{
	struct str read = {0};

	if (!walk->reading) {
		walk_said_text(walk, name, *text);
		return;
	}
	refuse_unless(walk, json_member_str(walk->value, name, &read).code == ERR_OK);
	refuse_unless(walk, printable(read));
	*text = *walk->bad ? STR("") : arena_copy(walk->arena, read);
}

void
walk_id(const struct walk *walk, const char *name, int64_t *id)
{
	struct str text = {0};
	int64_t read;

	if (!walk->reading) {
		json_set_id(walk->value, name, *id);
		return;
	}
	refuse_unless(walk, json_member_str(walk->value, name, &text).code == ERR_OK);
	refuse_unless(walk, str_to_i64(text, &read).code == ERR_OK && read >= 0);
	if (!*walk->bad)
		*id = read;
}

void
walk_day(const struct walk *walk, const char *name, int32_t *day)
{
	struct buf written CLEANUP(buf_fini) = {0};
	struct str text = {0};

	if (!walk->reading) {
		day_format(&written, *day);
		text = buf_str(&written);
	}
	walk_text(walk, name, &text);
	if (walk->reading)
		refuse_unless(walk, day_parse(text, day).code == ERR_OK);
}

void
walk_money(const struct walk *walk, const char *name, struct vnd *amount, bool withheld)
{
	if (!withheld)
		walk_int(walk, name, &amount->dong, -WALK_MONEY_MAX, WALK_MONEY_MAX);
	else if (walk->reading)
		refuse_unless(walk, json_is_null(get(walk, name)));
	else
		walk_said_null(walk, name);
}

void
walk_word(
	const struct walk *walk, const char *name, const char *const *words, int count, int *choice)
{
	struct str text = walk->reading ? STR("") : str_from(words[*choice]);
	int at = 0;

	walk_text(walk, name, &text);
	while (at < count && !str_eq(text, str_from(words[at])))
		at++;
	refuse_unless(walk, at < count);
	*choice = at < count ? at : 0;
}

/* ---- objects and arrays --------------------------------------------------------------------- */

static struct walk
inside(const struct walk *walk, const char *name, json_t *made)
{
	struct walk child = *walk;

	if (walk->reading) {
		child.value = json_object_get(walk->value, name);
		refuse_unless(walk, child.value != NULL);
	} else {
		child.value = made;
		put(walk, name, made);
	}
	return child;
}

struct walk
walk_object(const struct walk *walk, const char *name)
{
	return inside(walk, name, walk->reading ? NULL : json_object());
}

struct walk
walk_array(const struct walk *walk, const char *name)
{
	return inside(walk, name, walk->reading ? NULL : json_array());
}

bool
walk_present(const struct walk *walk, const char *name, bool *present)
{
	if (walk->reading)
		*present = !json_is_null(get(walk, name));
	else if (!*present)
		walk_said_null(walk, name);
	return *present;
}

bool
walk_present_later(const struct walk *walk, const char *name, bool *present)
{
	if (walk->reading && json_object_get(walk->value, name) == NULL)
		return *present = false;
	return walk_present(walk, name, present);
}

size_t
walk_length(const struct walk *array)
{
	refuse_unless(array, json_is_array(array->value));
	return json_array_size(array->value);
}

struct walk
walk_item(const struct walk *array, size_t at)
{
	struct walk item = *array;

	if (!array->reading)
		json_array_append_new(array->value, json_object());
	item.value = json_array_get(array->value, at);
	return item;
}

/* ---- what follows --------------------------------------------------------------------------- */

void
walk_said_int(const struct walk *walk, const char *name, int64_t value)
{
	if (!walk->reading)
		put(walk, name, json_integer(value));
}

void
walk_said_text(const struct walk *walk, const char *name, struct str text)
{
	if (!walk->reading)
		put(walk, name, json_from_str(text));
}

void
walk_said_null(const struct walk *walk, const char *name)
{
	if (!walk->reading)
		put(walk, name, json_null());
}
