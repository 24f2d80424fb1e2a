/* link.h - a link that is told once: as text, as a code on the terminal, as a picture to print. */
#ifndef CHOPAY_CLI_LINK_H
#define CHOPAY_CLI_LINK_H

#include "chopay/str.h"

struct link_options {
	const char *url;  /* where the gateway is reached: "https://pay.example"; NULL: not told */
	const char *file; /* a picture: .png or .svg; NULL: none */
	bool qr;	  /* draw it on the terminal */
};

/* The rows of a command's option table. */
#define LINK_OPTIONS(link)                                     \
	{"url", &(link).url, NULL}, {"o", &(link).file, NULL}, \
	{                                                      \
		"qr", NULL, &(link).qr                         \
	}
#define LINK_OPTION_COUNT 3

/* What --help says of them. */
extern const char link_help[];

/* Before anything is changed: 64 after complaining about options that do not fit together, or 0. */
int link_check(const char *command, const struct link_options *options);
/* Prints the link to `path` ("/stall/invite/..."), and draws it where that was asked for. */
int link_print(const char *command, const struct link_options *options, struct str path);

#endif
