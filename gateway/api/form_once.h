/*
 * form_once.h - a form that comes again does its work once: a double tap, an answer that was lost.
 *
 * Each page that is written carries a random key in its forms.  What was done under it is kept as
 * under an Idempotency-Key of /v1, for as long.
 */
#ifndef CHOPAY_API_FORM_ONCE_H
#define CHOPAY_API_FORM_ONCE_H

#include "api.h"

/* "form_key" of a page's data, for a hidden field "key" of its forms. */
void form_once_put(json_t *data);
/* Under which it is kept.  `said`: what the form asks for; the same page saying something else asks
 * for something else.  Empty: the form has no such field (a page of an older release). */
struct str form_once_key(struct request *req, struct str said);

#endif
