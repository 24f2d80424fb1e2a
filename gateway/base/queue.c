/* Bounded queues between threads, and mailboxes that wake an event loop. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "chopay/clock.h"
#include "chopay/queue.h"
#include "chopay/str.h"

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct task *ring;
	size_t capacity, head, length;
	bool closed;
};

struct queue *
queue_new(size_t capacity)
{
	struct queue *queue = mem_alloc_zero(1, sizeof(*queue));
	pthread_condattr_t monotonic;

	pthread_mutex_init(&queue->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->filled, &monotonic);
	pthread_condattr_destroy(&monotonic);
	queue->ring = mem_alloc_zero(capacity, sizeof(*queue->ring));
	queue->capacity = capacity;
	return queue;
}

void
queue_free(struct queue *queue)
{
	if (queue == NULL)
		return;
	pthread_cond_destroy(&queue->filled);
	pthread_mutex_destroy(&queue->lock);
	free(queue->ring);
	free(queue);
}

struct err
queue_push(struct queue *queue, struct task task)
{
	bool full;

	pthread_mutex_lock(&queue->lock);
	full = queue->closed || queue->length == queue->capacity;
	if (!full) {
		queue->ring[(queue->head + queue->length) % queue->capacity] = task;
		if (queue->length++ == 0)
			pthread_cond_signal(&queue->filled);
	}
	pthread_mutex_unlock(&queue->lock);
	return full ? FAIL(ERR_BUSY, "too much is waiting; try again in a moment") : OK;
}

static size_t
take(struct queue *queue, struct task *tasks, size_t max)
{
	size_t count = 0;

	while (count < max && queue->length > 0) {
		tasks[count++] = queue->ring[queue->head];
		queue->head = (queue->head + 1) % queue->capacity;
		queue->length--;
	}
	if (queue->length > 0) /* several takers may be waiting */
		pthread_cond_signal(&queue->filled);
	return count;
}

size_t
queue_take(struct queue *queue, struct task *tasks, size_t max)
{
	size_t count;

	pthread_mutex_lock(&queue->lock);
	while (queue->length == 0 && !queue->closed)
		pthread_cond_wait(&queue->filled, &queue->lock);
	count = take(queue, tasks, max);
	pthread_mutex_unlock(&queue->lock);
	return count;
}

size_t
queue_take_for(struct queue *queue, struct task *tasks, size_t max, int64_t for_ms, bool *closed)
{
	int64_t until_ms = clock_monotonic_ms() + for_ms;
	const struct timespec until = {until_ms / 1000, until_ms % 1000 * 1000000};
	int waited = 0;
	size_t count;

	pthread_mutex_lock(&queue->lock);
	while (queue->length == 0 && !queue->closed && waited == 0)
		waited = pthread_cond_timedwait(&queue->filled, &queue->lock, &until);
	count = take(queue, tasks, max);
	*closed = queue->closed && count == 0;
	pthread_mutex_unlock(&queue->lock);
	return count;
}

void
queue_close(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	pthread_cond_broadcast(&queue->filled);
	pthread_mutex_unlock(&queue->lock);
}

/* ---- mailbox ------------------------------------------------------------------------------ */

struct mailbox {
	pthread_mutex_t lock;
	struct task *tasks, *spare; /* pushed to, and being run */
	size_t length, capacity, spare_capacity;
	int fd;
};

struct mailbox *
mailbox_new(void)
{
	struct mailbox *mailbox = mem_alloc_zero(1, sizeof(*mailbox));

	pthread_mutex_init(&mailbox->lock, NULL);
	mailbox->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (mailbox->fd < 0)
		abort(); /* no descriptor at start: nothing could be served */
	return mailbox;
}

void
mailbox_free(struct mailbox *mailbox)
{
	if (mailbox == NULL)
		return;
	close(mailbox->fd);
	pthread_mutex_destroy(&mailbox->lock);
	free(mailbox->tasks);
	free(mailbox->spare);
	free(mailbox);
}

int
mailbox_fd(const struct mailbox *mailbox)
{
	return mailbox->fd;
}

void
mailbox_push(struct mailbox *mailbox, struct task task)
{
	bool wake;

	pthread_mutex_lock(&mailbox->lock);
	if (mailbox->length == mailbox->capacity) {
		mailbox->capacity = mailbox->capacity == 0 ? 64 : mailbox->capacity * 2;
		mailbox->tasks = mem_resize(
			mailbox->tasks, mailbox->capacity * sizeof(*mailbox->tasks));
	}
	wake = mailbox->length == 0;
	mailbox->tasks[mailbox->length++] = task;
	pthread_mutex_unlock(&mailbox->lock);
	if (wake)
		eventfd_write(mailbox->fd, 1);
}

void
mailbox_run(struct mailbox *mailbox)
{
	struct task *tasks;
	size_t length, capacity;
	eventfd_t ignored;

	eventfd_read(mailbox->fd, &ignored);
	pthread_mutex_lock(&mailbox->lock);
	tasks = mailbox->tasks;
	length = mailbox->length;
	capacity = mailbox->capacity;
	mailbox->tasks = mailbox->spare;
	mailbox->capacity = mailbox->spare_capacity;
	mailbox->length = 0;
	mailbox->spare = NULL;
	mailbox->spare_capacity = 0;
	pthread_mutex_unlock(&mailbox->lock);

	for (size_t i = 0; i < length; i++)
		tasks[i].run(tasks[i].arg);

	pthread_mutex_lock(&mailbox->lock);
	if (mailbox->spare == NULL) {
		mailbox->spare = tasks;
		mailbox->spare_capacity = capacity;
		tasks = NULL;
	}
	pthread_mutex_unlock(&mailbox->lock);
	free(tasks);
}
