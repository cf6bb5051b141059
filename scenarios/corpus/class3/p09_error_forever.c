/*
 * A stream of frames that cannot go on after an error: it must say so once, and then end.
 *
 * Corpus P09 (tokio-util #4166). The byte that cannot be decoded stays in the buffer, each poll finds it
 * again, and a consumer that ignores errors turns for ever.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define FRAMES 6

struct frames {
	bool broken;
	bool failed;
	bool ended;
	unsigned buffered; /* frames that were received and not taken */
	unsigned bad;      /* how many more good ones there are before the bad one */
	struct fm_waitq readers;
};

/* READY with FM_OK: a frame; FM_ERR_INVALID: one that cannot be decoded; FM_ERR_EOF: the end. */
struct next {
	struct fm_future fut;
	struct frames *frames;
	struct fm_waiter waiter;
};

static int decode(struct frames *frames)
{
	if (frames->failed || !frames->buffered)
		return FM_ERR_EOF;
	if (frames->bad == 0) {
		frames->failed = !frames->broken; /* P09: the next poll tries the same bytes again */
		return FM_ERR_INVALID;
	}
	frames->bad--;
	frames->buffered--;
	return FM_OK;
}

static enum fm_poll next_poll(struct fm_future *future, struct fm_context *cx)
{
	struct next *self = FM_CONTAINER_OF(future, struct next, fut);
	struct frames *frames = self->frames;

	if (!frames->buffered && !frames->ended && !frames->failed) {
		twin_wait(&frames->readers, &self->waiter, "frame", frames, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, decode(frames));
}

static void next_drop(struct fm_future *future)
{
	struct next *self = FM_CONTAINER_OF(future, struct next, fut);

	twin_leave(&self->waiter, self->frames, future);
}

static const struct fm_future_ops next_ops = { .name = "next", .poll = next_poll, .drop = next_drop };

static struct fm_future *next_init(struct next *self, struct frames *frames)
{
	fm_future_init(&self->fut, &next_ops);
	fm_waiter_init(&self->waiter);
	self->frames = frames;
	return &self->fut;
}

struct world {
	bool broken;
	struct frames frames;
};

struct consumer {
	struct fm_async async;
	struct world *world;
	struct next next;
};

FM_ASYNC(consumer)
{
	FM_BEGIN;
	do {
		/* BUG: the same error, for ever */
		FM_AWAIT(next_init(&self->next, &self->world->frames));
	} while (self->next.fut.status != FM_ERR_EOF);
	FM_END;
}

struct peer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep think;
	unsigned sent;
};

FM_ASYNC(peer)
{
	FM_BEGIN;
	self->world->frames.bad = (unsigned)fm_random(2 * FRAMES);
	for (; self->sent < FRAMES; self->sent++) {
		FM_AWAIT(fm_sleep_init(&self->think, fm_random(3) * FM_MS));
		self->world->frames.buffered++;
		fm_waitq_wake_all(&self->world->frames.readers);
	}
	self->world->frames.ended = true;
	fm_waitq_wake_all(&self->world->frames.readers);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->frames.broken = world->broken;
	world->frames.bad = FRAMES;
	fm_waitq_init(&world->frames.readers);
	fm_sim_start(TWIN_TASK(host, consumer, world));
	fm_sim_start(TWIN_TASK(host, peer, world));
}

CORPUS(error_forever, "p09-error-forever", .claim = "a stream ends after its first error",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
