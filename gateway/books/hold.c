/* Nothing is written while the books move to another store.
 *
 * Whoever copies them holds a lock on a file of the folder as long as it lives, so a copy that is
 * killed never leaves the books held: they go on as if nothing had happened.  Once the note is
 * written that they moved, they never do. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "books.h"

static const char HELD[] = "the books are moving to another store; ask again soon";

static struct err
watch_apply(struct tx *tx, struct command *self)
{
	(void)self;
	return store_watch(tx->db);
}

/* All that was asked before it has been committed, or is with it. */
static struct err
hold_apply(struct tx *tx, struct command *self)
{
	store_watched(tx->db, self->arena, &((struct hold_command *)self)->touched);
	return OK;
}

/* From the note on, even when its commit fails, these books stay held: a restart reads from disk
 * which it was. */
static struct err
move_apply(struct tx *tx, struct command *self)
{
	struct move_command *move = (struct move_command *)self;
	int held = HOLD_WRITES;

	if (!atomic_compare_exchange_strong(&move->books->hold, &held, HOLD_MOVED))
		return FAIL(ERR_CONFLICT, "the books are not held: they went on meanwhile");
	return store_note_put(tx->db, &move->note);
}

static struct err
may_move(const struct books *books)
{
	return books->config.store == NULL
		       ? OK
		       : FAIL(ERR_INVALID,
				 "the nodes of a PostgreSQL store are stopped before it is moved");
}

struct err
books_watch(struct books *books, struct command *begun)
{
	TRY(may_move(books));
	begun->apply = watch_apply;
	return books_submit(books, begun);
}

struct err
books_hold(struct books *books, struct hold_command *drained)
{
	int none = HOLD_NONE;

	TRY(may_move(books));
	atomic_compare_exchange_strong(&books->hold, &none, HOLD_WRITES);
	drained->command.apply = hold_apply;
	return books_push(books, &drained->command);
}

void
books_release(struct books *books)
{
	int held = HOLD_WRITES;

	atomic_compare_exchange_strong(&books->hold, &held, HOLD_NONE);
}

struct err
books_move(struct books *books, struct move_command *move)
{
	move->books = books;
	move->command.apply = move_apply;
	return books_push(books, &move->command);
}

struct err
books_may_write(struct books *books)
{
	return atomic_load(&books->hold) == HOLD_NONE ? OK : FAIL(ERR_BUSY, HELD);
}

bool
hold_refuses(struct books *books, struct command *command)
{
	if (atomic_load(&books->hold) == HOLD_NONE || command->apply == hold_apply ||
		command->apply == move_apply)
		return false;
	command->result = FAIL(ERR_BUSY, HELD);
	return true;
}

static bool
copier_lives(const struct books *books)
{
	struct buf path CLEANUP(buf_fini) = {0};
	bool lives;
	int fd;

	buf_addf(&path, "%s/%s", books->config.folder, BOOKS_COPY_LOCK);
	fd = open(path.ptr, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno != ENOENT;
	lives = flock(fd, LOCK_SH | LOCK_NB) != 0;
	close(fd);
	return lives;
}

bool
books_hold_over(struct books *books)
{
	if (atomic_load(&books->hold) == HOLD_NONE || copier_lives(books))
		return false;
	if (atomic_load(&books->hold) == HOLD_WRITES)
		log_warn("hold", "whoever copied the books is gone; they go on");
	books_release(books);
	return atomic_load(&books->hold) == HOLD_MOVED;
}
