/*
 * router.h - which route a path names.  Pure.
 */
#ifndef CHOPAY_HTTP_ROUTER_H
#define CHOPAY_HTTP_ROUTER_H

#include "chopay/arena.h"
#include "grammar.h"

#define ROUTE_PARAMS_MAX 6

struct route;
struct router;

struct route_match {
	const struct route *route;	     /* NULL: see `allow` */
	struct str params[ROUTE_PARAMS_MAX]; /* as sent, views of the path */
};

/* `routes` must outlive the router.  A pattern that cannot be meant ends the process. */
struct router *router_new(const struct route *routes, size_t count);
void router_free(struct router *router);

/*
 * The route of `method` and `path`.  The most specific pattern decides: a literal segment before
 * "{name}.tail" before "{name}".  When none has the method, `allow` lists those there are
 * ("GET, HEAD, POST"); it stays empty when the path itself is unknown.
 */
void router_find(const struct router *router, enum http_method method, struct str path, bool local,
	struct route_match *match, struct buf *allow);

/* The n-th parameter of a route is called `name`; -1 when none is. */
int router_param_index(const struct route *route, const char *name);

#endif
