/*
 * arena.h - memory that is freed all at once: one per request, one per command.
 *
 * Threads: one arena belongs to one thread at a time.  Memory: freed by arena_free.
 */
#ifndef CHOPAY_ARENA_H
#define CHOPAY_ARENA_H

#include "chopay/str.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
void arena_cleanup(struct arena **arena); /* for CLEANUP */

void *arena_alloc(struct arena *arena, size_t size);	     /* zeroed, aligned for any type */
struct str arena_copy(struct arena *arena, struct str text); /* and a NUL behind it */
char *arena_cstr(struct arena *arena, struct str text);
struct str arena_join(struct arena *arena, const struct str *parts, size_t count);
struct str arena_printf(struct arena *arena, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
