/* demo_people.h - people of the sample market, and links that let a visitor in as one of them. */
#ifndef CHOPAY_CLI_DEMO_PEOPLE_H
#define CHOPAY_CLI_DEMO_PEOPLE_H

#include "control.h"

/* Prints a link for each: it works once.  An exit status, after complaining. */
int demo_people(struct control *control, const char *url);

#endif
