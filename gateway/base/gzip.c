/* Texts made smaller for the line, by zlib. */
#define ZLIB_CONST
#include <zlib.h>

#include "chopay/gzip.h"

#define LEVEL 6
#define WINDOW (15 + 16) /* the largest; 16: with gzip's head and sum */
#define MEMORY 8

struct err
gzip_put(struct buf *out, struct str text)
{
	z_stream stream = {0};
	size_t room;
	char *to;
	int done;

	if (deflateInit2(&stream, LEVEL, Z_DEFLATED, WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return FAIL(ERR_BROKEN, "zlib does not start");
	room = deflateBound(&stream, text.len);
	to = mem_alloc(room);
	stream.next_in = (const Bytef *)text.ptr;
	stream.avail_in = (uInt)text.len;
	stream.next_out = (Bytef *)to;
	stream.avail_out = (uInt)room;
	done = deflate(&stream, Z_FINISH);
	if (done == Z_STREAM_END)
		buf_add(out, (struct str){to, room - stream.avail_out});
	deflateEnd(&stream);
	mem_free(&to);
	return done == Z_STREAM_END ? OK : FAIL(ERR_BROKEN, "zlib does not end");
}
