/* Where in a market's list an inspector is, as its addresses carry it. */
#include "inspect_place.h"

#include "chopay/fold.h"

#define ASKED_BYTES_MAX 120 /* of what is searched for */
#define CODE_BYTES_MAX 64
#define STALL_TEXT_MAX 512 /* of what it is searched in */

const struct inspect_place inspect_nowhere = {{NULL, 0}, {NULL, 0}, {NULL, 0}};

/* One line of text, its first so many bytes, whole letters alone. */
static struct str
line_of(struct str text, size_t max)
{
	size_t len = text.len < max ? text.len : max;

	while (len < text.len && len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len--;
	text = str_trim(str_cut(text, 0, len));
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] < ' ')
			return STR("");
	}
	return str_is_utf8(text) ? text : STR("");
}

struct inspect_place *
inspect_place_of(struct request *req)
{
	struct arena *arena = request_arena(req);
	struct inspect_place *place = arena_alloc(arena, sizeof(*place));
	struct buf words CLEANUP(buf_fini) = {0};
	struct str text;

	if (request_query(req, "q", &text))
		place->asked = line_of(text, ASKED_BYTES_MAX);
	if (request_query(req, "after", &text))
		place->after = line_of(text, CODE_BYTES_MAX);
	if (fold_search(&words, place->asked, ASKED_BYTES_MAX).code == ERR_OK)
		place->words = arena_copy(arena, buf_str(&words));
	return place;
}

bool
inspect_place_finds(
	struct arena *arena, const struct inspect_place *place, const struct inspected_stall *stall)
{
	struct buf text CLEANUP(buf_fini) = {0};
	struct str all;

	if (place->asked.len == 0)
		return true;
	all = arena_printf(arena, "%.*s %.*s %.*s %.*s", STR_FMT(stall->code), STR_FMT(stall->name),
		STR_FMT(stall->goods), STR_FMT(stall->reference));
	return place->words.len > 0 && fold_search(&text, all, STALL_TEXT_MAX).code == ERR_OK &&
	       fold_finds(buf_str(&text), place->words);
}

static void
put_query(struct buf *out, const struct inspect_place *place)
{
	const struct str values[] = {place->asked, place->after};
	static const char *const names[] = {"q", "after"};
	const char *mark = "?";

	for (size_t i = 0; i < 2; i++) {
		if (values[i].len == 0)
			continue;
		buf_addf(out, "%s%s=", mark, names[i]);
		percent_put(out, values[i]);
		mark = "&";
	}
}

struct str
inspect_href(
	struct arena *arena, struct str market, struct str stall, const struct inspect_place *place)
{
	struct buf out CLEANUP(buf_fini) = {0};
	const struct str parts[] = {market, stall};

	buf_adds(&out, "/inspect");
	for (size_t i = 0; i < 2 && parts[i].len > 0; i++) {
		buf_addc(&out, '/');
		percent_put(&out, parts[i]);
	}
	put_query(&out, place);
	return arena_copy(arena, buf_str(&out));
}
