/*
 * head.h - what a head means; between the byte machine (grammar.c) and its judge (head.c).
 */
#ifndef CHOPAY_HTTP_HEAD_H
#define CHOPAY_HTTP_HEAD_H

#include "grammar.h"

/* The request ends here with `status`; always false. */
bool http_refuse(struct http_parser *parser, int status, const char *why);

/* The lines are complete: judge them.  False when refused. */
bool http_read_head(struct http_parser *parser);

#endif
