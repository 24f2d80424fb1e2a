/* HTML pages: a template from gateway/web/ filled with data. */
#include "chopay/asset.h"
#include "chopay/words.h"

#include "page.h"

#define WEB_FOLDER "gateway/web/"

enum tag_kind {
	TAG_VALUE,
	TAG_SECTION,
	TAG_INVERTED,
	TAG_CLOSE,
	TAG_PARTIAL,
	TAG_COMMENT,
	TAG_WORD,
	TAG_WORDS,
};

struct tag {
	enum tag_kind kind;
	struct str name;
};

/* A section's value, and the sections around it. */
struct frame {
	const json_t *value;
	const struct frame *outer;
};

struct place {
	struct buf *out; /* NULL: walk over the text, write nothing */
	const struct frame *frame;
	int depth;
};

/* ---- tags --------------------------------------------------------------------------------- */

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* "name", "a.b.c" or "." */
static bool
is_name(struct str text)
{
	bool part = false; /* a character since the last dot */

	if (str_eq(text, STR(".")))
		return true;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '.' && !part)
			return false;
		if (text.ptr[i] != '.' && !is_name_char(text.ptr[i]))
			return false;
		part = text.ptr[i] != '.';
	}
	return part;
}

static bool
is_path(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!is_name_char(c) && c != '/' && c != '-' && c != '.')
			return false;
	}
	return text.len > 0;
}

/* What stands between the braces. */
static struct err
tag_parse(struct str inside, struct tag *tag)
{
	static const char sigils[] = {
		[TAG_SECTION] = '#',
		[TAG_INVERTED] = '^',
		[TAG_CLOSE] = '/',
		[TAG_PARTIAL] = '>',
		[TAG_COMMENT] = '!',
		[TAG_WORD] = '@',
	};

	tag->kind = TAG_VALUE;
	for (size_t i = TAG_SECTION; i < sizeof(sigils); i++) {
		if (inside.len > 0 && inside.ptr[0] == sigils[i])
			tag->kind = (enum tag_kind)i;
	}
	tag->name = str_trim(str_cut(inside, tag->kind == TAG_VALUE ? 0 : 1, inside.len));
	if (tag->kind == TAG_WORD && str_starts(tag->name, STR("*"))) {
		tag->kind = TAG_WORDS;
		tag->name = str_cut(tag->name, 1, tag->name.len);
		return OK;
	}
	if (tag->kind == TAG_COMMENT)
		return OK;
	/* "{{{" and "{{&", mustache's ways to write unescaped, end here: they are not names. */
	if (tag->kind == TAG_PARTIAL ? !is_path(tag->name) : !is_name(tag->name))
		return FAIL(ERR_BROKEN, "template: malformed tag");
	return OK;
}

/* Take the next tag off `rest`, and the text before it.  Without one, `before` is all. */
static struct err
tag_next(struct str *rest, struct str *before, struct tag *tag, bool *found)
{
	ptrdiff_t open = str_find(*rest, STR("{{"));
	ptrdiff_t close;

	*found = open >= 0;
	if (!*found) {
		*before = *rest;
		*rest = (struct str){NULL, 0};
		return OK;
	}
	*before = str_cut(*rest, 0, (size_t)open);
	*rest = str_cut(*rest, (size_t)open + 2, rest->len);
	close = str_find(*rest, STR("}}"));
	if (close < 0)
		return FAIL(ERR_BROKEN, "template: tag without an end");
	TRY(tag_parse(str_cut(*rest, 0, (size_t)close), tag));
	*rest = str_cut(*rest, (size_t)close + 2, rest->len);
	return OK;
}

/* ---- values ------------------------------------------------------------------------------- */

static const json_t *
lookup(const struct frame *frame, struct str name)
{
	const json_t *value = NULL;
	struct str part;

	if (str_eq(name, STR(".")))
		return frame->value;
	str_split(&name, '.', &part);
	for (; frame != NULL && value == NULL; frame = frame->outer)
		value = json_object_getn(frame->value, part.ptr, part.len);
	while (value != NULL && name.len > 0) {
		str_split(&name, '.', &part);
		value = json_object_getn(value, part.ptr, part.len);
	}
	return value;
}

static bool
is_shown(const json_t *value)
{
	if (value == NULL || json_is_null(value) || json_is_false(value))
		return false;
	if (json_is_string(value))
		return json_string_length(value) > 0;
	return !json_is_array(value) || json_array_size(value) > 0;
}

static void
escape(struct buf *out, struct str text)
{
	size_t done = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char *instead;

		switch (text.ptr[i]) {
		case '&':
			instead = "&amp;";
			break;
		case '<':
			instead = "&lt;";
			break;
		case '>':
			instead = "&gt;";
			break;
		case '"':
			instead = "&quot;";
			break;
		case '\'':
			instead = "&#39;";
			break;
		case '\0':
			/* HTML cannot hold it, not even as a reference: U+FFFD stands for it. */
			instead = "\xef\xbf\xbd";
			break;
		default:
			continue;
		}
		buf_add(out, str_cut(text, done, i));
		buf_adds(out, instead);
		done = i + 1;
	}
	buf_add(out, str_cut(text, done, text.len));
}

static void
put_value(struct buf *out, const json_t *value)
{
	if (json_is_string(value))
		escape(out, json_str(value));
	else if (json_is_integer(value))
		buf_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		buf_adds(out, json_is_true(value) ? "true" : "false");
}

/* ---- the catalogue ------------------------------------------------------------------------ */

static enum language
language_of(const struct place *place)
{
	const json_t *lang = lookup(place->frame, STR("lang"));

	return json_is_string(lang) && str_eq(json_str(lang), STR("en")) ? ENGLISH : VIETNAMESE;
}

static void
put_words(const struct place *place, struct str prefix)
{
	struct str key, text;

	for (size_t n = 0; words_list(language_of(place), prefix, n, &key, &text); n++) {
		buf_adds(place->out, "<i data-k=\"");
		escape(place->out, key);
		buf_adds(place->out, "\">");
		escape(place->out, text);
		buf_adds(place->out, "</i>");
	}
}

/* ---- templates ---------------------------------------------------------------------------- */

static struct err render(const struct place *place, struct str *rest, struct str closing);

static struct err
render_section(const struct place *place, const struct tag *tag, struct str *rest)
{
	const json_t *value = place->out == NULL ? NULL : lookup(place->frame, tag->name);
	const struct str body = *rest;
	struct frame frame = {value, place->frame};
	struct place inside = {place->out, &frame, place->depth + 1};

	if (is_shown(value) == (tag->kind == TAG_INVERTED))
		inside.out = NULL;
	if (tag->kind == TAG_INVERTED)
		inside.frame = place->frame;
	if (tag->kind == TAG_INVERTED || inside.out == NULL || !json_is_array(value))
		return render(&inside, rest, tag->name);
	for (size_t i = 0; i < json_array_size(value); i++) {
		frame.value = json_array_get(value, i);
		*rest = body;
		TRY(render(&inside, rest, tag->name));
	}
	return OK;
}

static struct err
render_partial(const struct place *place, struct str name)
{
	struct buf path CLEANUP(buf_fini) = {0};
	struct place inside = {place->out, place->frame, place->depth + 1};
	struct str text;

	buf_adds(&path, WEB_FOLDER);
	buf_add(&path, name);
	text = asset_find(path.ptr);
	if (text.ptr == NULL)
		return FAIL(ERR_BROKEN, "template: no such partial");
	return render(&inside, &text, (struct str){NULL, 0});
}

/* Write `rest` up to the tag that closes `closing`, or to its end when `closing` is empty. */
static struct err
render(const struct place *place, struct str *rest, struct str closing)
{
	if (place->depth > PAGE_DEPTH_MAX)
		return FAIL(ERR_BROKEN, "template: nested too deep");
	for (;;) {
		struct str before;
		struct tag tag;
		bool found;

		TRY(tag_next(rest, &before, &tag, &found));
		if (place->out != NULL)
			buf_add(place->out, before);
		if (!found && closing.len > 0)
			return FAIL(ERR_BROKEN, "template: section not closed");
		if (!found)
			return OK;
		switch (tag.kind) {
		case TAG_VALUE:
			if (place->out != NULL)
				put_value(place->out, lookup(place->frame, tag.name));
			break;
		case TAG_SECTION:
		case TAG_INVERTED:
			TRY(render_section(place, &tag, rest));
			break;
		case TAG_CLOSE:
			if (!str_eq(tag.name, closing))
				return FAIL(ERR_BROKEN, "template: closes what is not open");
			return OK;
		case TAG_PARTIAL:
			/* Not entered when nothing is written: a partial may include itself. */
			if (place->out != NULL)
				TRY(render_partial(place, tag.name));
			break;
		case TAG_WORD:
			if (place->out != NULL)
				escape(place->out, words_find(language_of(place), tag.name));
			break;
		case TAG_WORDS:
			if (place->out != NULL)
				put_words(place, tag.name);
			break;
		case TAG_COMMENT:
			break;
		}
	}
}

struct err
page_render_text(struct buf *out, struct str text, const json_t *data)
{
	const struct frame frame = {data, NULL};
	const struct place place = {out, &frame, 0};
	size_t before = out->len;
	struct err e = render(&place, &text, (struct str){NULL, 0});

	if (e.code != ERR_OK && out->ptr != NULL) {
		out->len = before;
		out->ptr[before] = '\0';
	}
	return e;
}

struct err
page_render(struct buf *out, const char *template_path, const json_t *data)
{
	struct str text = asset_find(template_path);

	if (text.ptr == NULL)
		return FAIL(ERR_BROKEN, "no such page");
	return page_render_text(out, text, data);
}
