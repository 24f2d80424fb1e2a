/* Texts with numbers in them, each number linked to what it was made of. */
#include "sentence.h"

#include <string.h>

#include "chopay/clock.h"

#define LINKS_AT_FIRST 8

struct part
part_text(struct str text)
{
	return (struct part){.text = text};
}

struct part
part_number(enum link_kind as, const char *code, int64_t num, int64_t den)
{
	return (struct part){.linked = true, .as = as, .of = {num, den}, .code = code};
}

static void
put_number(struct buf *out, enum language language, const struct part *part)
{
	int64_t num = part->of.num, den = part->of.den;

	switch (part->as) {
	case LINK_COUNT:
		figure_count(out, language, num);
		break;
	case LINK_PART:
		figure_count(out, language, num);
		buf_addc(out, '/');
		figure_count(out, language, den);
		break;
	case LINK_RATE:
		figure_rate(out, language, round_half_up_of(10000, num, den));
		break;
	case LINK_POINTS:
		figure_hundredths(out, language, num);
		break;
	case LINK_MONEY:
		figure_money(out, language, (struct vnd){num});
		break;
	case LINK_MEAN:
		figure_money(out, language, (struct vnd){round_half_up(num, den)});
		break;
	case LINK_RATIO:
		figure_hundredths(out, language, round_half_up_of(100, num, den));
		break;
	case LINK_GROWTH:
		figure_put_growth(out, language, num, den);
		break;
	case LINK_RATE_CHANGE:
		figure_put_rate_change(out, language, num, den);
		break;
	case LINK_POINT_CHANGE:
		figure_put_point_change(out, language, num, den);
		break;
	case LINK_RANK_CHANGE:
		figure_put_rank_change(out, language, num, den);
		break;
	case LINK_DAY:
		day_format_vi(out, (int32_t)num);
		break;
	}
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct narrative_link *
new_link(struct writing *writing)
{
	if (writing->link_count == writing->link_room) {
		size_t room = writing->link_room > 0 ? 2 * writing->link_room : LINKS_AT_FIRST;
		struct narrative_link *links = arena_alloc(writing->arena, room * sizeof(*links));

		if (writing->link_count > 0)
			memcpy(links, writing->links, writing->link_count * sizeof(*links));
		writing->links = links;
		writing->link_room = room;
	}
	return &writing->links[writing->link_count++];
}

/* The digits of what was written since `from`; "không đổi" has none. */
static void
link_number(struct writing *writing, size_t from, const struct part *part)
{
	const char *text = writing->text.ptr;
	size_t first = from, end = writing->text.len;

	while (first < end && !is_digit(text[first]))
		first++;
	while (end > first && !is_digit(text[end - 1]))
		end--;
	if (first == end)
		return;
	if (end < writing->text.len && text[end] == '%')
		end++;
	*new_link(writing) = (struct narrative_link){
		.start = first,
		.len = end - first,
		.as = part->as,
		.of = part->of,
		.code = part->code,
	};
}

static void
write_part(struct writing *writing, const struct part *part)
{
	size_t from = writing->text.len;

	if (!part->linked) {
		buf_add(&writing->text, part->text);
		return;
	}
	put_number(&writing->text, writing->language, part);
	link_number(writing, from, part);
}

void
write_sentence(struct writing *writing, enum word which, const struct part *parts)
{
	const char *text = word(which, writing->language);

	for (; *text != '\0'; text++) {
		if (text[0] == '%' && text[1] >= '1' && text[1] <= '9')
			write_part(writing, &parts[*++text - '1']);
		else
			buf_addc(&writing->text, *text);
	}
}

void
writing_fini(struct writing *writing)
{
	buf_fini(&writing->text);
}

void
put_words(struct buf *out, enum language language, enum word which, const struct str *parts)
{
	const char *text = word(which, language);

	for (; *text != '\0'; text++) {
		if (text[0] == '%' && text[1] >= '1' && text[1] <= '9')
			buf_add(out, parts[*++text - '1']);
		else
			buf_addc(out, *text);
	}
}
