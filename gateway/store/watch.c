/* Which rows are written on a connection since a moment: what the last pass of a copy has to bring.
 * (The engine tells of each; nothing is written down, and whoever dies leaves nothing.) */
#include <stdlib.h>
#include <string.h>

#include "watch.h"

#define WATCHED_MAX 100000 /* rows; a copy of so many is better told by a walk along all */
#define TABLES_MAX 256
#define NAME_MAX 64

struct watched_row {
	int table;
	int64_t row;
};

struct watched_table {
	char name[NAME_MAX];
	bool gone; /* rows were removed: their keys are not known */
};

struct watch {
	struct watched_table tables[TABLES_MAX];
	int table_count;
	struct watched_row *rows; /* as they came; one may stand there often */
	size_t count, room;
	bool lost; /* there were too many */
};

void
watch_free(struct watch *watch)
{
	if (watch == NULL)
		return;
	free(watch->rows);
	free(watch);
}

static int
table_at(struct watch *watch, const char *name)
{
	for (int i = 0; i < watch->table_count; i++) {
		if (strcmp(watch->tables[i].name, name) == 0)
			return i;
	}
	if (watch->table_count == TABLES_MAX || strlen(name) >= NAME_MAX)
		return -1;
	memcpy(watch->tables[watch->table_count].name, name, strlen(name) + 1);
	return watch->table_count++;
}

/* What stands there often goes, so that many changes of few rows are few rows. */
static int
order_of_rows(const void *a, const void *b)
{
	const struct watched_row *x = a, *y = b;

	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static void
tidy(struct watch *watch)
{
	size_t kept = 0;

	if (watch->count > 0)
		qsort(watch->rows, watch->count, sizeof(*watch->rows), order_of_rows);
	for (size_t i = 0; i < watch->count; i++) {
		if (i == 0 || order_of_rows(&watch->rows[i], &watch->rows[i - 1]) != 0)
			watch->rows[kept++] = watch->rows[i];
	}
	watch->count = kept;
}

static bool
make_room(struct watch *watch)
{
	if (watch->count < watch->room)
		return true;
	tidy(watch);
	if (watch->count > WATCHED_MAX)
		return false;
	if (watch->count * 2 >= watch->room) {
		watch->room = watch->room == 0 ? 1024 : watch->room * 2;
		watch->rows = mem_resize(watch->rows, watch->room * sizeof(*watch->rows));
	}
	return true;
}

void
watch_row(struct watch *watch, const char *table, int64_t row, bool gone)
{
	int at = watch->lost ? -1 : table_at(watch, table);

	watch->lost = watch->lost || at < 0 || !make_room(watch);
	if (watch->lost)
		return;
	watch->tables[at].gone = watch->tables[at].gone || gone;
	watch->rows[watch->count++] = (struct watched_row){at, row};
}

struct err
store_watch(struct db *db)
{
	if (db->driver->watch == NULL)
		return FAIL(
			ERR_INVALID, "other processes write there too: their rows are not told");
	watch_free(db->watch);
	db->watch = mem_alloc_zero(1, sizeof(*db->watch));
	db->driver->watch(db);
	return OK;
}

static void
take_tables(const struct watch *watch, struct arena *arena, struct touched *touched)
{
	size_t at = 0;

	touched->items = arena_alloc(
		arena, ((size_t)watch->table_count + 1) * sizeof(*touched->items));
	for (int i = 0; i < watch->table_count; i++) {
		struct touched_table *table = &touched->items[touched->count++];
		size_t first = at;
		int64_t *rows;

		while (at < watch->count && watch->rows[at].table == i)
			at++;
		rows = arena_alloc(arena, (at - first + 1) * sizeof(*rows));
		for (size_t n = first; n < at; n++)
			rows[n - first] = watch->rows[n].row;
		*table = (struct touched_table){arena_copy(arena, str_from(watch->tables[i].name)),
			rows, at - first, watch->tables[i].gone};
	}
}

void
store_watched(struct db *db, struct arena *arena, struct touched *touched)
{
	struct watch *watch = db->watch;

	*touched = (struct touched){0};
	if (watch == NULL)
		return;
	touched->known = !watch->lost;
	if (touched->known) {
		tidy(watch);
		take_tables(watch, arena, touched);
	}
	db->watch = NULL;
	db->driver->watch(db);
	watch_free(watch);
}
