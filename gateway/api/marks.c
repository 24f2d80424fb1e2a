/* How far a live page has come, by writer. */
#include "marks.h"

#include "chopay/books.h"

int64_t
marks_newest(const struct marks *marks)
{
	int64_t newest = 0;

	for (size_t i = 0; i < marks->count; i++)
		newest = marks->ids[i] > newest ? marks->ids[i] : newest;
	return newest;
}

int64_t
marks_floor(const struct marks *marks)
{
	int64_t newest = marks_newest(marks);

	return newest > MARKS_LATE_MS * ID_PER_MS ? newest - MARKS_LATE_MS * ID_PER_MS : 0;
}

/* Where the writer's mark is, or is to be: the oldest makes room. */
static size_t
place_of(struct marks *marks, int64_t id)
{
	size_t oldest = 0;

	for (size_t i = 0; i < marks->count; i++) {
		if (id_writer(marks->ids[i]) == id_writer(id))
			return i;
		if (marks->ids[i] < marks->ids[oldest])
			oldest = i;
	}
	if (marks->count == MARKS_MAX)
		return oldest;
	marks->ids[marks->count] = 0;
	return marks->count++;
}

bool
marks_take(struct marks *marks, int64_t id)
{
	int64_t *mark = &marks->ids[place_of(marks, id)];

	if (id_writer(*mark) == id_writer(id) && id <= *mark)
		return false;
	*mark = id;
	return true;
}

static void
write_mark(int64_t id, struct buf *text)
{
	buf_addf(text, "%s%lld", text->len > 0 ? "-" : "", (long long)id);
}

/* The newest first; those below the floor say nothing that the floor does not. */
void
marks_write(const struct marks *marks, struct buf *text)
{
	int64_t newest = marks_newest(marks), floor = marks_floor(marks);

	write_mark(newest, text);
	for (size_t i = 0; i < marks->count; i++) {
		if (marks->ids[i] != newest && marks->ids[i] > floor)
			write_mark(marks->ids[i], text);
	}
}

struct err
marks_read(struct str text, struct marks *marks)
{
	struct marks read = {0};
	ptrdiff_t dash;
	int64_t id;

	do {
		dash = str_find(text, STR("-"));
		TRY(str_to_i64(dash < 0 ? text : str_cut(text, 0, (size_t)dash), &id));
		if (id < 0 || read.count == MARKS_MAX)
			return FAIL(ERR_INVALID, "no such event");
		marks_take(&read, id);
		text = str_cut(text, (size_t)dash + 1, text.len);
	} while (dash >= 0);
	*marks = read;
	return OK;
}
