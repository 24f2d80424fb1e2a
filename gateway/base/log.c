/* One line per event on stderr; a line is one write(), so threads do not mix their words. */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "chopay/clock.h"
#include "chopay/log.h"
#include "chopay/str.h"

static atomic_bool quiet; /* see log_quiet */

static const char *const levels[] = {"debug", "info", "warn", "error"};

/* Control characters would let one event pose as two lines. */
static void
write_line(struct buf *line)
{
	ssize_t ignored UNUSED;

	for (size_t i = 0; i < line->len; i++) {
		if ((unsigned char)line->ptr[i] < 0x20)
			line->ptr[i] = ' ';
	}
	buf_addc(line, '\n');
	ignored = write(STDERR_FILENO, line->ptr, line->len);
}

void
log_line(enum log_level level, const char *event, const char *fmt, ...)
{
	struct buf line CLEANUP(buf_fini) = {0};
	struct timespec now;
	struct tm utc;
	va_list args;

	if (atomic_load(&quiet))
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	buf_addf(&line, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %s %s ", utc.tm_year + 1900,
		utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
		now.tv_nsec / 1000000, levels[level], event);
	va_start(args, fmt);
	buf_vaddf(&line, fmt, args);
	va_end(args);
	write_line(&line);
}

bool
log_allows(struct log_limit *limit, const char *event, int per_second)
{
	int64_t now_ms = clock_monotonic_ms();

	if (now_ms >= limit->second_ms + MS_PER_SECOND) {
		if (limit->dropped > 0)
			log_warn(event, "left_out=%d lines of the second before", limit->dropped);
		*limit = (struct log_limit){.second_ms = now_ms};
	}
	if (limit->logged == per_second) {
		limit->dropped++;
		return false;
	}
	limit->logged++;
	return true;
}

void
log_quiet(void)
{
	atomic_store(&quiet, true);
}

void
complain(const char *fmt, ...)
{
	struct buf line CLEANUP(buf_fini) = {0};
	va_list args;

	buf_adds(&line, "chopay: ");
	va_start(args, fmt);
	buf_vaddf(&line, fmt, args);
	va_end(args);
	write_line(&line);
}
