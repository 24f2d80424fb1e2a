/* Parts by month, made and taken out on a connection of its own: batches go on meanwhile. */
#include "books.h"

static struct err
open_own(const struct books *books, struct db **db)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct err err;

	if (books->config.store == NULL)
		return FAIL(ERR_INVALID, "a SQLite store is one file, without parts by month");
	err = store_open(books->config.store, STORE_LOAD, db, &why);
	if (err.code == ERR_OK)
		store_seal_with(*db, books->config.crypt, &books->sealing_key);
	return err;
}

struct err
books_prepare_months(const struct books *books, const struct months_wish *wish)
{
	struct db *db;
	struct err err;

	TRY(open_own(books, &db));
	err = months_prepare(db, wish);
	store_close(db);
	return err;
}

struct err
books_archive_months(const struct books *books, int32_t before, const struct months_wish *wish)
{
	struct db *db;
	struct err err;

	TRY(open_own(books, &db));
	err = months_archive(db, before, wish);
	store_close(db);
	return err;
}
