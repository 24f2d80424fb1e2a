/*
 * string.h - the four functions that gateway/pay and gateway/vietqr need of a libc, for
 * WebAssembly, where there is none.
 */
#ifndef CODEC_STRING_H
#define CODEC_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memset(void *to, int byte, size_t count);
int memcmp(const void *a, const void *b, size_t count);
char *strchr(const char *text, int c);

#endif
