/* The bytes of a file, into -o FILE or to standard output. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "chopay/log.h"
#include "output.h"

static int
write_stdout(const char *command, struct str bytes)
{
	if (fwrite(bytes.ptr, 1, bytes.len, stdout) == bytes.len && fflush(stdout) == 0)
		return EX_OK;
	complain("%s: cannot write the output: %s", command, strerror(errno));
	return EX_IOERR;
}

int
output_write(const char *command, const char *file, struct str bytes)
{
	struct buf beside CLEANUP(buf_fini) = {0};
	FILE *out;
	bool written;

	if (file == NULL || strcmp(file, "-") == 0)
		return write_stdout(command, bytes);
	buf_addf(&beside, "%s.%ld.part", file, (long)getpid());
	out = fopen(beside.ptr, "wb");
	if (out == NULL) {
		complain("%s: cannot write %s: %s", command, file, strerror(errno));
		return EX_IOERR;
	}
	written = fwrite(bytes.ptr, 1, bytes.len, out) == bytes.len;
	if (fclose(out) == 0 && written && rename(beside.ptr, file) == 0)
		return EX_OK;
	complain("%s: cannot write %s: %s", command, file, strerror(errno));
	unlink(beside.ptr);
	return EX_IOERR;
}
