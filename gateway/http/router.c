/* Which route a path names: patterns compiled once, the most specific first. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "chopay/http.h"
#include "chopay/log.h"
#include "router.h"

#define SEGMENTS_MAX 12

struct segment {
	struct str text; /* the literal, or the tail behind "{name}" */
	bool param;
};

struct compiled {
	const struct route *route;
	enum http_method method;
	struct segment segments[SEGMENTS_MAX];
	size_t segment_count;
};

struct router {
	size_t count;
	struct compiled routes[];
};

static enum http_method
method_of(const char *name)
{
	static const char *const names[] = {
		[METHOD_GET] = "GET",
		[METHOD_HEAD] = "HEAD",
		[METHOD_POST] = "POST",
		[METHOD_PUT] = "PUT",
		[METHOD_PATCH] = "PATCH",
		[METHOD_DELETE] = "DELETE",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return (enum http_method)i;
	}
	log_error("route_invalid", "method=%s", name);
	abort();
}

static struct segment
segment_compile(struct str text)
{
	ptrdiff_t close;

	if (!str_starts(text, STR("{")))
		return (struct segment){text, false};
	close = str_find(text, STR("}"));
	assert(close > 1 && "a parameter has a name");
	return (struct segment){str_cut(text, (size_t)close + 1, text.len), true};
}

static void
route_compile(const struct route *route, struct compiled *out)
{
	struct str rest = str_from(route->path), text;
	size_t params = 0;
	bool more = true;

	assert(str_starts(rest, STR("/")));
	rest = str_cut(rest, 1, rest.len);
	out->route = route;
	out->method = method_of(route->method);
	while (more) {
		more = str_split(&rest, '/', &text);
		assert(out->segment_count < SEGMENTS_MAX);
		out->segments[out->segment_count] = segment_compile(text);
		if (out->segments[out->segment_count++].param)
			params++;
	}
	assert(params <= ROUTE_PARAMS_MAX);
	(void)params;
}

/* Before 0: `a` is the more specific.  0: they match the same paths. */
static int
specificity(const struct compiled *a, const struct compiled *b)
{
	if (a->segment_count != b->segment_count)
		return a->segment_count < b->segment_count ? -1 : 1;
	for (size_t i = 0; i < a->segment_count; i++) {
		const struct segment *x = &a->segments[i], *y = &b->segments[i];
		size_t shorter = x->text.len < y->text.len ? x->text.len : y->text.len;
		int order;

		if (x->param != y->param)
			return x->param ? 1 : -1;
		if (x->param && x->text.len != y->text.len)
			return x->text.len > y->text.len ? -1 : 1;
		order = shorter == 0 ? 0 : memcmp(x->text.ptr, y->text.ptr, shorter);
		if (order != 0)
			return order;
		if (x->text.len != y->text.len)
			return x->text.len < y->text.len ? -1 : 1;
	}
	return 0;
}

static int
by_specificity(const void *a, const void *b)
{
	return specificity(a, b);
}

struct router *
router_new(const struct route *routes, size_t count)
{
	struct router *router = mem_alloc_zero(
		1, sizeof(*router) + count * sizeof(router->routes[0]));

	router->count = count;
	for (size_t i = 0; i < count; i++)
		route_compile(&routes[i], &router->routes[i]);
	qsort(router->routes, count, sizeof(router->routes[0]), by_specificity);
	return router;
}

void
router_free(struct router *router)
{
	free(router);
}

/* Cut into segments; more than SEGMENTS_MAX match nothing. */
static size_t
path_split(struct str path, struct str segments[SEGMENTS_MAX])
{
	size_t count = 0;
	bool more = true;

	path = str_cut(path, 1, path.len);
	while (more) {
		if (count == SEGMENTS_MAX)
			return 0;
		more = str_split(&path, '/', &segments[count++]);
	}
	return count;
}

static bool
matches(const struct compiled *route, const struct str *segments, size_t count,
	struct str params[ROUTE_PARAMS_MAX])
{
	size_t n = 0;

	if (route->segment_count != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct segment *want = &route->segments[i];

		if (!want->param) {
			if (!str_eq(segments[i], want->text))
				return false;
			continue;
		}
		/* A parameter is never empty. */
		if (segments[i].len <= want->text.len || !str_ends(segments[i], want->text))
			return false;
		params[n++] = str_cut(segments[i], 0, segments[i].len - want->text.len);
	}
	return true;
}

static void
allow_add(struct buf *allow, const struct compiled *route)
{
	if (allow->len > 0)
		buf_adds(allow, ", ");
	buf_adds(allow, route->route->method);
	if (route->method == METHOD_GET)
		buf_adds(allow, ", HEAD");
}

void
router_find(const struct router *router, enum http_method method, struct str path, bool local,
	struct route_match *match, struct buf *allow)
{
	struct str segments[SEGMENTS_MAX];
	size_t count = path_split(path, segments);
	const struct compiled *decides = NULL;

	match->route = NULL;
	for (size_t i = 0; i < router->count; i++) {
		const struct compiled *route = &router->routes[i];

		if (route->route->local && !local)
			continue;
		if (decides != NULL && specificity(decides, route) != 0)
			break;
		if (!matches(route, segments, count, match->params))
			continue;
		decides = route;
		if (route->method == method ||
			(route->method == METHOD_GET && method == METHOD_HEAD)) {
			match->route = route->route;
			return;
		}
		allow_add(allow, route);
	}
}

int
router_param_index(const struct route *route, const char *name)
{
	struct str rest = str_from(route->path), text, want = str_from(name);
	int index = 0;
	bool more = true;

	while (more) {
		more = str_split(&rest, '/', &text);
		if (!str_starts(text, STR("{")))
			continue;
		if (str_eq(str_cut(text, 1, (size_t)str_find(text, STR("}"))), want))
			return index;
		index++;
	}
	return -1;
}
