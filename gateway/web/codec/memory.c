/* memory.c - what string.h declares; small before fast. */
#include <string.h>

void *
memcpy(void *restrict to, const void *restrict from, size_t count)
{
	unsigned char *out = to;
	const unsigned char *in = from;

	while (count-- > 0)
		*out++ = *in++;
	return to;
}

void *
memset(void *to, int byte, size_t count)
{
	unsigned char *out = to;

	while (count-- > 0)
		*out++ = (unsigned char)byte;
	return to;
}

int
memcmp(const void *a, const void *b, size_t count)
{
	const unsigned char *x = a, *y = b;

	for (; count > 0; count--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

char *
strchr(const char *text, int c)
{
	while (*text != (char)c)
		if (*text++ == '\0')
			return NULL;
	return (char *)text;
}
