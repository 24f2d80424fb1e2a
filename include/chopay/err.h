/*
 * err.h - how a function says that it failed, and what the caller should do next.
 *
 * Threads: any.  Memory: none; `what` is static text.
 */
#ifndef CHOPAY_ERR_H
#define CHOPAY_ERR_H

enum err_code {
	ERR_OK = 0,
	ERR_INVALID,   /* refuse: the input breaks a rule; the same call fails again */
	ERR_DENIED,    /* refuse: the caller may not do this, or did not prove who it is */
	ERR_NOT_FOUND, /* refuse: no such charge, stall, ... */
	ERR_CONFLICT,  /* refuse: same key, different content, or a state that forbids it */
	ERR_SETUP,     /* stop: a setting does not fit what is there; an administrator must look */
	ERR_BUSY,      /* retry: lock, timeout, full queue, serialization failure */
	ERR_BROKEN,    /* stop: disk full, corrupt database, our own bug */
};

struct err {
	enum err_code code;
	const char *what; /* static text for the log and for error documents; names no person */
};

#define OK ((struct err){ERR_OK, 0})
#define FAIL(code_, what_) ((struct err){(code_), (what_)})
#define MUST_CHECK __attribute__((warn_unused_result))
#define CLEANUP(fn) __attribute__((cleanup(fn)))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define UNUSED __attribute__((unused))

/* Return the error to our caller.  The only macro that hides a `return`: owners use CLEANUP. */
#define TRY(call)                             \
	do {                                  \
		struct err try_err_ = (call); \
		if (try_err_.code != ERR_OK)  \
			return try_err_;      \
	} while (0)

/* The word of a code, for logs: "invalid", "busy", ... */
const char *err_code_name(enum err_code code);

/* The sysexits number a command ends with: 65 bad data, 69 unavailable, 74 I/O, 77 refused, ... */
int err_exit_status(enum err_code code);

#endif
