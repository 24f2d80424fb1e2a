/* Which route a path names, and what forms and query strings say: both pure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/http/router.h"
#include "chopay/http.h"

static void
nobody(struct request *req)
{
	(void)req;
}

/* In no helpful order: the most specific pattern decides, not the first. */
static const struct route routes[] = {
	{"GET", "/v1/stalls/{stall}", 0, nobody, BUDGET_PAGES, false},
	{"GET", "/v1/stalls/new", 0, nobody, BUDGET_PAGES, false},
	{"POST", "/v1/stalls/{stall}", 0, nobody, BUDGET_PAGES, false},
	{"DELETE", "/v1/stalls/{id}", 0, nobody, BUDGET_PAGES, false},
	{"GET", "/v1/{kind}/list", 0, nobody, BUDGET_PAGES, false},
	{"GET", "/", 0, nobody, BUDGET_PAGES, false},
	{"GET", "/q/{reference}", 0, nobody, BUDGET_PAGES, false},
	{"GET", "/q/{reference}.png", 0, nobody, BUDGET_PAGES, false},
	{"GET", "/q/{reference}.svg", 0, nobody, BUDGET_PAGES, false},
	{"GET", "/v1/stalls/{stall}/days/{day}", 0, nobody, BUDGET_PAGES, false},
	{"PUT", "/control/stop", 0, nobody, BUDGET_PAGES, true},
	{"GET", "/control/{what}", 0, nobody, BUDGET_PAGES, false},
};

static void
finds_the_most_specific(void **state)
{
	static const struct {
		enum http_method method;
		const char *path;
		bool local;
		const char *route; /* or NULL */
		const char *says;  /* the last parameter, or Allow */
	} cases[] = {
		{METHOD_GET, "/", false, "/", ""},
		{METHOD_HEAD, "/", false, "/", ""},
		{METHOD_POST, "/", false, NULL, "GET, HEAD"},
		{METHOD_GET, "//", false, NULL, ""},
		{METHOD_GET, "/v1", false, NULL, ""},
		{METHOD_GET, "/v1/stalls/7", false, "/v1/stalls/{stall}", "7"},
		{METHOD_POST, "/v1/stalls/7", false, "/v1/stalls/{stall}", "7"},
		{METHOD_DELETE, "/v1/stalls/7", false, "/v1/stalls/{id}", "7"},
		{METHOD_PUT, "/v1/stalls/7", false, NULL, "GET, HEAD, POST, DELETE"},
		{METHOD_GET, "/v1/stalls/new", false, "/v1/stalls/new", ""},
		{METHOD_POST, "/v1/stalls/new", false, NULL, "GET, HEAD"},
		{METHOD_GET, "/v1/stalls/list", false, "/v1/stalls/{stall}", "list"},
		{METHOD_GET, "/v1/markets/list", false, "/v1/{kind}/list", "markets"},
		{METHOD_GET, "/v1/stalls/", false, NULL, ""},
		{METHOD_GET, "/v1/stalls/7/", false, NULL, ""},
		{METHOD_GET, "/v1/stalls/7/days/2026-06-30", false, "/v1/stalls/{stall}/days/{day}",
			"2026-06-30"},
		{METHOD_GET, "/q/A.png", false, "/q/{reference}.png", "A"},
		{METHOD_GET, "/q/A.svg", false, "/q/{reference}.svg", "A"},
		{METHOD_GET, "/q/A.gif", false, "/q/{reference}", "A.gif"},
		{METHOD_GET, "/q/.png", false, "/q/{reference}", ".png"},
		{METHOD_GET, "/Q/A", false, NULL, ""},
		{METHOD_PUT, "/control/stop", true, "/control/stop", ""},
		{METHOD_PUT, "/control/stop", false, NULL, "GET, HEAD"},
		{METHOD_GET, "/control/stop", true, NULL, "PUT"},
		{METHOD_GET, "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p", false, NULL, ""},
	};
	struct router *router = router_new(routes, sizeof(routes) / sizeof(routes[0]));

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf allow CLEANUP(buf_fini) = {0};
		struct route_match match = {0};
		struct str path = str_from(cases[i].path);

		router_find(router, cases[i].method, path, cases[i].local, &match, &allow);
		if (cases[i].route == NULL) {
			assert_null(match.route);
			/* The order of methods is nobody's business, which there are is. */
			if (allow.len != strlen(cases[i].says))
				fail_msg("%s: Allow \"%s\", not \"%s\"", cases[i].path,
					allow.len == 0 ? "" : allow.ptr, cases[i].says);
			continue;
		}
		assert_non_null(match.route);
		assert_string_equal(match.route->path, cases[i].route);
		if (cases[i].says[0] != '\0') {
			size_t last = strstr(cases[i].route, "/days/") != NULL ? 1 : 0;

			assert_true(str_eq(match.params[last], str_from(cases[i].says)));
		}
	}
	assert_int_equal(router_param_index(&routes[9], "stall"), 0);
	assert_int_equal(router_param_index(&routes[9], "day"), 1);
	assert_int_equal(router_param_index(&routes[9], "month"), -1);
	assert_int_equal(router_param_index(&routes[7], "reference"), 0);
	router_free(router);
}

static void
reads_forms(void **state)
{
	static const struct {
		const char *form, *name;
		const char *want; /* NULL: not there */
	} cases[] = {
		{"a=1&b=2", "a", "1"},
		{"a=1&b=2", "b", "2"},
		{"a=1&b=2", "c", NULL},
		{"a=1&a=2", "a", "1"},
		{"a", "a", ""},
		{"a=", "a", ""},
		{"a=b=c", "a", "b=c"},
		{"&&a=1", "a", "1"},
		{"=1", "", NULL},
		{"", "a", NULL},
		{"ab=1", "a", NULL},
		{"a=1", "ab", NULL},
		{"%61=1", "a", "1"},
		{"a=%41%2b%26", "a", "A+&"},
		{"a=b+c", "a", "b c"},
		{"a=ch%E1%BB%a3", "a", "ch\xe1\xbb\xa3"},
		{"a=%", "a", "%"},
		{"a=%4", "a", "%4"},
		{"a=%zz", "a", "%zz"},
		{"a=%4g1", "a", "%4g1"},
		{"a=%2541", "a", "%41"},
		{"a=100%", "a", "100%"},
	};
	struct arena *arena = arena_new();
	struct str value;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool there = form_value(arena, str_from(cases[i].form), cases[i].name, &value);

		if (there != (cases[i].want != NULL) ||
			(there && !str_eq(value, str_from(cases[i].want))))
			fail_msg("\"%s\" of \"%s\"", cases[i].name, cases[i].form);
	}
	/* A NUL stays a byte of the value. */
	assert_true(form_value(arena, STR("a=x%00y"), "a", &value));
	assert_int_equal(value.len, 3);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_most_specific),
		cmocka_unit_test(reads_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
