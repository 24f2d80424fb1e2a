/* Templates: what they write, what they refuse, and that no data can break out of a page.
 *
 * With CHOPAY_PREVIEW=DIR it also writes each sample of tests/support/preview as DIR/NAME.html. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "chopay/asset.h"

#include "../../gateway/api/page.h"

#define SAMPLES "tests/support/preview"
#define SAMPLES_MAX 128

/* ---- small helpers ------------------------------------------------------------------------ */

static void
read_file(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "rb");
	char chunk[4096];
	size_t got;

	if (file == NULL)
		fail_msg("%s: cannot be read", path);
	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(out, (struct str){chunk, got});
	fclose(file);
}

static json_t *
parse(struct str text)
{
	json_t *value = NULL;
	struct err e = json_parse_strict(text, &value, NULL);

	if (e.code != ERR_OK)
		fail_msg("%s: %.*s", e.what, STR_FMT(text));
	return value;
}

/* ---- the rules, a row each ------------------------------------------------------------------ */

static const struct {
	const char *name;
	const char *text;
	const char *data;
	const char *want; /* NULL: ERR_BROKEN */
} cases[] = {
	{"plain text", "a }} b { c", "{}", "a }} b { c"},
	{"empty", "", "{}", ""},
	{"value", "<b>{{x}}</b>", "{\"x\":\"y\"}", "<b>y</b>"},
	{"blanks in a tag", "{{ x }}|{{# x }}1{{/ x }}", "{\"x\":\"y\"}", "y|1"},
	{"word", "{{@charge.paid}}", "{}", "Đã trả đủ"},
	{"word in English", "{{#a}}{{@charge.paid}}{{/a}}", "{\"lang\":\"en\",\"a\":1}", "Paid"},
	{"word of no text is seen", "{{@charge.none}}", "{}", "charge.none"},
	{"words of a prefix", "{{@*charge.paid}}", "{\"lang\":\"en\"}",
		"<i data-k=\"\">Paid</i><i data-k=\"_late\">Paid late</i>"},
	{"words of no prefix", "{{@*zzz.}}", "{}", ""},
	{"unknown", "[{{x}}{{a.b}}]", "{\"a\":1}", "[]"},
	{"escaped", "{{x}}", "{\"x\":\"<a href='b\\\"'>&amp;\"}",
		"&lt;a href=&#39;b&quot;&#39;&gt;&amp;amp;"},
	{"NUL", "{{x}}", "{\"x\":\"a\\u0000b\"}",
		"a\xef\xbf\xbd"
		"b"},
	{"data is no template", "{{x}}", "{\"x\":\"{{y}}{{>shared/head.html}}\",\"y\":\"no\"}",
		"{{y}}{{&gt;shared/head.html}}"},
	{"dotted", "{{a.b.c}}", "{\"a\":{\"b\":{\"c\":\"d\"}}}", "d"},
	{"numbers and booleans", "{{a}} {{b}} {{c}}",
		"{\"a\":-9223372036854775808,\"b\":true,\"c\":false}",
		"-9223372036854775808 true false"},
	{"no text for null, object, array, fraction", "[{{a}}{{b}}{{c}}{{d}}]",
		"{\"a\":null,\"b\":{\"x\":1},\"c\":[1],\"d\":1.5}", "[]"},
	{"true, number, zero, text, {} are shown",
		"{{#a}}1{{/a}}{{#b}}2{{/b}}{{#z}}3{{/z}}{{#t}}4{{/t}}{{#o}}5{{/o}}",
		"{\"a\":true,\"b\":7,\"z\":0,\"t\":\"0\",\"o\":{}}", "12345"},
	{"absent, null, false, \"\", [] are not",
		"{{#a}}1{{/a}}{{#n}}2{{/n}}{{#f}}3{{/f}}{{#e}}4{{/e}}{{#l}}5{{/l}}.",
		"{\"n\":null,\"f\":false,\"e\":\"\",\"l\":[]}", "."},
	{"inverted",
		"{{^a}}1{{/a}}{{^n}}2{{/n}}{{^f}}3{{/f}}{{^e}}4{{/e}}{{^l}}5{{/l}}{{^t}}6{{/t}}",
		"{\"n\":null,\"f\":false,\"e\":\"\",\"l\":[],\"t\":true}", "12345"},
	{"an array repeats", "{{#l}}{{n}},{{/l}}", "{\"l\":[{\"n\":1},{\"n\":2}]}", "1,2,"},
	{"the item itself", "{{#l}}<{{.}}>{{/l}}", "{\"l\":[\"a\",\"&\"]}", "<a><&amp;>"},
	{"names are looked for outwards", "{{#l}}{{n}}{{m}} {{/l}}",
		"{\"m\":\"M\",\"l\":[{\"n\":1},{\"n\":2,\"m\":\"x\"}]}", "1M 2x "},
	{"an inner null hides an outer value", "{{#o}}[{{m}}]{{/o}}",
		"{\"m\":\"M\",\"o\":{\"m\":null}}", "[]"},
	{"the inside of a found name is not looked for outside", "{{#o}}[{{a.x}}]{{/o}}",
		"{\"a\":{\"x\":1},\"o\":{\"a\":{}}}", "[]"},
	{"sections nest", "{{#a}}({{#b}}{{c}}{{/b}}{{^b}}none{{/b}}){{/a}}",
		"{\"a\":[{\"b\":{\"c\":1}},{}]}", "(1)(none)"},
	{"same name nested", "{{#a}}<{{#a}}{{a}}{{/a}}>{{/a}}", "{\"a\":\"x\"}", "<x>"},
	{"a hidden section hides all inside", "{{#no}}{{#a}}{{a}}{{/a}}{{^b}}b{{/b}}{{/no}}.",
		"{\"a\":1}", "."},
	{"comment", "a{{! {{ <b> }}c", "{}", "ac"},
	{"partial", "{{>stall/payment.html}}",
		"{\"id\":\"7\",\"amount_text\":\"1.000\",\"via_text\":\"<\",\"time_text\":\"9\"}",
		"<li class=\"payment\" data-id=\"7\"><a href=\"/stall/payments/7\"><span class=\"what\"><strong><span data-slot=\"amount\">1.000</span>&nbsp;đ"
		"</strong><span class=\"via\" data-slot=\"via\">&lt;</span></span><time data-slot=\"time\">9</time></a></li>\n"},

	{"no unescaped braces", "{{{x}}}", "{\"x\":1}", NULL},
	{"no ampersand tag", "{{&x}}", "{\"x\":1}", NULL},
	{"no delimiter change", "{{=<% %>=}}", "{}", NULL},
	{"empty tag", "{{}}", "{}", NULL},
	{"empty section name", "{{#}}{{/}}", "{}", NULL},
	{"dots at the ends", "{{.a}}", "{}", NULL},
	{"dot at the end", "{{a.}}", "{}", NULL},
	{"two dots", "{{a..b}}", "{}", NULL},
	{"two names", "{{a b}}", "{}", NULL},
	{"tag without an end", "a{{b", "{}", NULL},
	{"tag with half an end", "a{{b}", "{}", NULL},
	{"section not closed", "{{#a}}b", "{\"a\":1}", NULL},
	{"hidden section not closed", "{{#a}}b", "{}", NULL},
	{"section closed twice", "{{#a}}b{{/a}}{{/a}}", "{\"a\":1}", NULL},
	{"sections crossed", "{{#a}}{{#b}}{{/a}}{{/b}}", "{\"a\":1,\"b\":1}", NULL},
	{"malformed inside a hidden section", "{{#a}}{{{b}}}{{/a}}", "{}", NULL},
	{"no such partial", "{{>shared/none.html}}", "{}", NULL},
	{"partial outside the folder", "{{>../../certs/dev/ca.pem}}", "{}", NULL},
	{"partial by a path with blanks", "{{>a b}}", "{}", NULL},
};

static void
test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out CLEANUP(buf_fini) = {0};
		json_t *data CLEANUP(json_cleanup) = parse(str_from(cases[i].data));
		struct err e;

		buf_adds(&out, "before|");
		e = page_render_text(&out, str_from(cases[i].text), data);
		if ((e.code == ERR_OK) != (cases[i].want != NULL))
			fail_msg("%s: %s", cases[i].name, e.code == ERR_OK ? "accepted" : e.what);
		if (e.code != ERR_OK)
			assert_int_equal(e.code, ERR_BROKEN);
		/* A failed page leaves nothing of itself behind. */
		if (strncmp(out.ptr, "before|", 7) != 0 ||
			strcmp(out.ptr + 7, cases[i].want == NULL ? "" : cases[i].want) != 0)
			fail_msg("%s: wrote %s", cases[i].name, out.ptr);
	}
}

static void
test_depth(void **state)
{
	(void)state;
	for (int depth = PAGE_DEPTH_MAX; depth <= PAGE_DEPTH_MAX + 1; depth++) {
		struct buf text CLEANUP(buf_fini) = {0};
		struct buf out CLEANUP(buf_fini) = {0};
		json_t *data CLEANUP(json_cleanup) = parse(STR("{\"a\":true}"));
		struct err e;

		for (int i = 0; i < depth; i++)
			buf_adds(&text, "{{#a}}");
		buf_adds(&text, "x");
		for (int i = 0; i < depth; i++)
			buf_adds(&text, "{{/a}}");
		e = page_render_text(&out, buf_str(&text), data);
		assert_int_equal(e.code, depth > PAGE_DEPTH_MAX ? ERR_BROKEN : ERR_OK);
	}
}

static void
test_no_such_page(void **state)
{
	struct buf out CLEANUP(buf_fini) = {0};
	struct err e = page_render(&out, "gateway/web/stall/none.html", NULL);

	(void)state;
	assert_int_equal(e.code, ERR_BROKEN);
	assert_int_equal(out.len, 0);
}

/* ---- the samples: the contract between the handlers and the templates -------------------------
 */

struct sample {
	char name[64];	   /* "stall/stall.open" */
	char template[96]; /* "gateway/web/stall/stall.html" */
	json_t *data;
	struct buf text;
};

struct samples {
	struct sample at[SAMPLES_MAX];
	size_t count;
};

static void
load_sample(struct samples *samples, const char *folder, const char *file)
{
	struct sample *sample = &samples->at[samples->count];
	char path[512];

	assert_true(samples->count < SAMPLES_MAX);
	samples->count++;
	snprintf(path, sizeof(path), SAMPLES "/%s/%s", folder, file);
	snprintf(
		sample->name, sizeof(sample->name), "%s/%.*s", folder, (int)strlen(file) - 5, file);
	snprintf(sample->template, sizeof(sample->template), "gateway/web/%s/%.*s.html", folder,
		(int)strcspn(file, "."), file);
	read_file(path, &sample->text);
	sample->data = parse(buf_str(&sample->text));
}

static int
setup_samples(void **state)
{
	static const char *const folders[] = {
		"stall", "buyer", "reports", "shared", "signin", "inspect", "operator"};
	struct samples *samples = mem_alloc_zero(1, sizeof(*samples));

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char path[64];
		DIR *dir;

		snprintf(path, sizeof(path), SAMPLES "/%s", folders[i]);
		dir = opendir(path);
		assert_non_null(dir);
		for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
			if (str_ends(str_from(entry->d_name), STR(".json")))
				load_sample(samples, folders[i], entry->d_name);
		}
		closedir(dir);
	}
	*state = samples;
	return 0;
}

static int
teardown_samples(void **state)
{
	struct samples *samples = *state;

	for (size_t i = 0; i < samples->count; i++) {
		json_decref(samples->at[i].data);
		buf_fini(&samples->at[i].text);
	}
	free(samples);
	return 0;
}

static void
render_sample(const struct sample *sample, const json_t *data, struct buf *out)
{
	struct err e = page_render(out, sample->template, data);

	if (e.code != ERR_OK)
		fail_msg("%s: %s", sample->name, e.what);
}

static void
write_preview(const char *dir, const struct sample *sample, struct str page)
{
	char path[512], name[64];
	FILE *file;

	snprintf(name, sizeof(name), "%s", sample->name);
	*strchr(name, '/') = '-';
	snprintf(path, sizeof(path), "%s/%s.html", dir, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	fwrite(page.ptr, 1, page.len, file);
	assert_int_equal(fclose(file), 0);
}

static void
test_samples_render(void **state)
{
	const struct samples *samples = *state;
	const char *preview = getenv("CHOPAY_PREVIEW");

	assert_true(samples->count > 15);
	for (size_t i = 0; i < samples->count; i++) {
		struct buf out CLEANUP(buf_fini) = {0};

		render_sample(&samples->at[i], samples->at[i].data, &out);
		assert_true(str_starts(buf_str(&out), STR("<!doctype html>\n")));
		assert_true(str_ends(buf_str(&out), STR("</html>\n")));
		assert_int_equal(str_find(buf_str(&out), STR("{{")), -1);
		if (preview != NULL)
			write_preview(preview, &samples->at[i], buf_str(&out));
	}
}

/* ---- hostile data --------------------------------------------------------------------------- */

#define MARKER "Q7marker7Q"

/* What a browser must see for `text`: our own second opinion, by bytes. */
static void
escape_slowly(struct buf *out, struct str text)
{
	static const char special[] = "&<>\"'";
	static const char *const instead[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

	for (size_t i = 0; i < text.len; i++) {
		const char *at = text.ptr[i] == '\0' ? NULL : strchr(special, text.ptr[i]);

		if (text.ptr[i] == '\0')
			buf_adds(out, "\xef\xbf\xbd");
		else if (at != NULL)
			buf_adds(out, instead[at - special]);
		else
			buf_addc(out, text.ptr[i]);
	}
}

/* A copy of `value` with each text that is not empty replaced. */
static json_t *
with_text(const json_t *value, struct str text)
{
	json_t *copy;
	const char *key;
	json_t *member;

	if (json_is_string(value))
		return json_from_str(json_string_length(value) == 0 ? STR("") : text);
	if (json_is_array(value)) {
		copy = json_array();
		for (size_t i = 0; i < json_array_size(value); i++)
			json_array_append_new(copy, with_text(json_array_get(value, i), text));
		return copy;
	}
	if (json_is_object(value)) {
		copy = json_object();
		json_object_foreach((json_t *)value, key, member)
			json_object_set_new_nocheck(copy, key, with_text(member, text));
		return copy;
	}
	return json_deep_copy(value);
}

/* The page with a hostile text everywhere is the page with the marker, the marker replaced by the
 * escaped text: no byte of it changed what stands around it. */
static void
check_hostile(const struct sample *sample, struct str marked, struct str hostile)
{
	struct buf got CLEANUP(buf_fini) = {0};
	struct buf want CLEANUP(buf_fini) = {0};
	struct buf escaped CLEANUP(buf_fini) = {0};
	json_t *data CLEANUP(json_cleanup) = with_text(sample->data, hostile);
	ptrdiff_t at;

	escape_slowly(&escaped, hostile);
	while ((at = str_find(marked, STR(MARKER))) >= 0) {
		buf_add(&want, str_cut(marked, 0, (size_t)at));
		buf_add(&want, buf_str(&escaped));
		marked = str_cut(marked, (size_t)at + sizeof(MARKER) - 1, marked.len);
	}
	buf_add(&want, marked);
	render_sample(sample, data, &got);
	if (!str_eq(buf_str(&got), buf_str(&want)))
		fail_msg("%s: hostile text came through: %.*s", sample->name, STR_FMT(hostile));
}

static void
test_hostile_data(void **state)
{
	const struct samples *samples = *state;
	struct buf file CLEANUP(buf_fini) = {0};
	struct str marked[SAMPLES_MAX];
	struct buf pages[SAMPLES_MAX] = {0};
	struct str rest, line;
	int tried = 0;

	read_file("tests/fixtures/json/naughty.jsonl", &file);
	for (size_t i = 0; i < samples->count; i++) {
		json_t *data CLEANUP(json_cleanup) = with_text(samples->at[i].data, STR(MARKER));

		render_sample(&samples->at[i], data, &pages[i]);
		marked[i] = buf_str(&pages[i]);
	}
	for (rest = buf_str(&file); rest.len > 0;) {
		json_t *row CLEANUP(json_cleanup) = NULL;
		struct str hostile;

		str_split(&rest, '\n', &line);
		if (line.len == 0)
			continue;
		row = parse(line);
		hostile = json_str(json_object_get(row, "s"));
		if (hostile.len == 0)
			continue; /* another page: an empty text hides its section */
		tried++;
		for (size_t i = 0; i < samples->count; i++)
			check_hostile(&samples->at[i], marked[i], hostile);
	}
	assert_true(tried > 500);
	for (size_t i = 0; i < samples->count; i++)
		buf_fini(&pages[i]);
}

/* ---- what every template must keep to ---------------------------------------------------------
 */

/* Names a template writes must be names some sample has: a typo would be empty for ever. */
static void
check_names_known(const struct samples *samples, const char *path, struct str text)
{
	while (text.len > 0) {
		ptrdiff_t open = str_find(text, STR("{{"));
		struct str name, quoted = {NULL, 0};
		struct buf key CLEANUP(buf_fini) = {0};
		bool known = false;

		if (open < 0)
			return;
		text = str_cut(text, (size_t)open + 2, text.len);
		name = str_trim(str_cut(text, 0, (size_t)str_find(text, STR("}}"))));
		if (strchr("!>@", name.ptr[0]) != NULL || str_eq(name, STR(".")))
			continue;
		if (strchr("#^/", name.ptr[0]) != NULL)
			name = str_trim(str_cut(name, 1, name.len));
		for (struct str part; name.len > 0; quoted = part)
			str_split(&name, '.', &part);
		buf_addf(&key, "\"%.*s\":", STR_FMT(quoted));
		for (size_t i = 0; i < samples->count; i++)
			known |= str_find(buf_str(&samples->at[i].text), buf_str(&key)) >= 0;
		if (!known)
			fail_msg("%s: no sample has %s", path, key.ptr);
	}
}

/* Values inside a tag stand in double quotes: elsewhere a blank in them would start an attribute.
 */
static void
check_quoted(const char *path, struct str text)
{
	bool in_tag = false, in_quotes = false;

	for (size_t i = 0; i < text.len; i++) {
		struct str rest = str_cut(text, i, text.len);

		if (str_starts(rest, STR("{{"))) {
			if (in_tag && !in_quotes && strchr("#^/!", rest.ptr[2]) == NULL)
				fail_msg("%s: unquoted: %.20s", path, rest.ptr);
			i += (size_t)str_find(rest, STR("}}")) + 1;
		} else if (in_tag && text.ptr[i] == '"') {
			in_quotes = !in_quotes;
		} else if (!in_quotes && text.ptr[i] == '<') {
			in_tag = true;
		} else if (!in_quotes && text.ptr[i] == '>') {
			in_tag = false;
		} else if (in_tag && !in_quotes && text.ptr[i] == '\'') {
			fail_msg("%s: single quotes at %.20s", path, rest.ptr);
		}
	}
	assert_false(in_tag);
	assert_false(in_quotes);
}

static void
test_templates_are_safe(void **state)
{
	static const char *const banned[] = {" style=", "<style", " onclick", " onload", " onerror",
		" onsubmit", "javascript:", "<script>", "<iframe", "<base", "data:", "<!--"};
	const struct samples *samples = *state;
	const char *path;
	struct str bytes;
	size_t count = 0;

	for (size_t n = 0; asset_list("gateway/web/", n, &path, &bytes); n++) {
		if (!str_ends(str_from(path), STR(".html")))
			continue;
		count++;
		for (size_t i = 0; i < sizeof(banned) / sizeof(banned[0]); i++) {
			if (str_find(bytes, str_from(banned[i])) >= 0)
				fail_msg("%s: has %s", path, banned[i]);
		}
		assert_true(str_is_utf8(bytes));
		check_names_known(samples, path, bytes);
		check_quoted(path, bytes);
	}
	assert_true(count >= 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_no_such_page),
		cmocka_unit_test(test_samples_render),
		cmocka_unit_test(test_hostile_data),
		cmocka_unit_test(test_templates_are_safe),
	};

	return cmocka_run_group_tests(tests, setup_samples, teardown_samples);
}
