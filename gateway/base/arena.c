/* Memory that is freed all at once: a list of blocks, each twice the one before. */
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chopay/arena.h"

#define BLOCK_FIRST 2048
#define BLOCK_LARGEST (64 * 1024)

struct block {
	struct block *next;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *blocks;
	char *free;
	size_t left;
	size_t block_size; /* of the next block */
};

struct arena *
arena_new(void)
{
	struct arena *arena = mem_alloc_zero(1, sizeof(*arena));

	arena->block_size = BLOCK_FIRST;
	return arena;
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	while (arena->blocks != NULL) {
		struct block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
	free(arena);
}

void
arena_cleanup(struct arena **arena)
{
	arena_free(*arena);
}

static void
arena_grow(struct arena *arena, size_t size)
{
	size_t room = size > arena->block_size ? size : arena->block_size;
	struct block *block = mem_alloc(sizeof(*block) + room);

	block->next = arena->blocks;
	arena->blocks = block;
	arena->free = block->bytes;
	arena->left = room;
	if (arena->block_size < BLOCK_LARGEST)
		arena->block_size *= 2;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	void *ptr;

	size = (size + align - 1) / align * align;
	if (size > arena->left)
		arena_grow(arena, size);
	ptr = arena->free;
	arena->free += size;
	arena->left -= size;
	memset(ptr, 0, size);
	return ptr;
}

char *
arena_cstr(struct arena *arena, struct str text)
{
	char *copy = arena_alloc(arena, text.len + 1);

	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	return copy;
}

struct str
arena_copy(struct arena *arena, struct str text)
{
	return (struct str){arena_cstr(arena, text), text.len};
}

struct str
arena_join(struct arena *arena, const struct str *parts, size_t count)
{
	struct str all = {NULL, 0};
	char *at;

	for (size_t i = 0; i < count; i++)
		all.len += parts[i].len;
	all.ptr = at = arena_alloc(arena, all.len + 1);
	for (size_t i = 0; i < count; i++) {
		if (parts[i].len > 0)
			memcpy(at, parts[i].ptr, parts[i].len);
		at += parts[i].len;
	}
	return all;
}

struct str
arena_printf(struct arena *arena, const char *fmt, ...)
{
	struct buf buf CLEANUP(buf_fini) = {0};
	va_list args;

	va_start(args, fmt);
	buf_vaddf(&buf, fmt, args);
	va_end(args);
	return arena_copy(arena, buf_str(&buf));
}
