/* Programs small enough that somebody can count their schedules. */
#include "programs.h"

#include <fm/async.h>
#include <fm/mutex.h>
#include <fm/notify.h>
#include <fm/ready.h>

struct world {
	unsigned ran;
	unsigned order;
	unsigned a;
	unsigned seen[2];
	struct fm_mutex locks[2];
	unsigned pads;
};

/* One poll: which of three am I, and who came before me? */
struct single {
	struct fm_async async;
	struct world *world;
	unsigned number;
};

unsigned order_seen[6];

FM_ASYNC(single)
{
	FM_BEGIN;
	self->world->order = self->world->order * 3 + self->number;
	if (++self->world->ran == 2) /* the third is known by the first two */
		order_seen[(unsigned[]){ 0, 0, 1, 2, 0, 3, 4, 5, 0 }[self->world->order]]++;
	FM_END;
}

static void *make(struct fm_sim_host *host, size_t bytes)
{
	return fm_sim_alloc(host, bytes, "task");
}

static void order_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	for (unsigned i = 0; i < 3; i++) {
		struct single *single = make(host, sizeof(*single));

		FM_ASYNC_INIT(single, single);
		single->world = state;
		single->number = i;
		fm_sim_start(single);
	}
}

const struct fm_sim_scenario order_program = {
	.name = "order", .claim = "three run", .state_bytes = sizeof(struct world), .setup = order_setup,
	.deadline_ns = FM_SEC,
};

/* Points and nothing else between its steps: three points each. */
struct writer {
	struct fm_async async;
	struct world *world;
	struct fm_ready point;
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	FM_AWAIT(fm_ready_init(&self->point, FM_OK));
	self->world->a = 1;
	FM_AWAIT(fm_ready_init(&self->point, FM_OK));
	self->world->a = 2;
	FM_AWAIT(fm_ready_init(&self->point, FM_OK));
	FM_END;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct fm_ready point;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	FM_AWAIT(fm_ready_init(&self->point, FM_OK));
	self->world->seen[0] = self->world->a;
	FM_AWAIT(fm_ready_init(&self->point, FM_OK));
	self->world->seen[1] = self->world->a;
	FM_AWAIT(fm_ready_init(&self->point, FM_OK));
	FM_END;
}

static void depth_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct writer *writer = make(host, sizeof(*writer));
	struct reader *reader = make(host, sizeof(*reader));

	FM_ASYNC_INIT(writer, writer);
	FM_ASYNC_INIT(reader, reader);
	writer->world = reader->world = state;
	fm_sim_start(writer);
	fm_sim_start(reader);
}

static void both_seen(struct fm_sim *sim, const struct world *world, unsigned first, unsigned second)
{
	FM_SIM_CHECK(sim, world->seen[0] != first || world->seen[1] != second, "seen: %u, %u", first, second);
}

/* Both reads before the writer: the order of the two, once. */
static void depth1_end(struct fm_sim *sim, void *state)
{
	both_seen(sim, state, 0, 0);
}

/* Both reads between the writes: the writer is left once. */
static void depth2_end(struct fm_sim *sim, void *state)
{
	both_seen(sim, state, 1, 1);
}

/* One read after each write: the writer is left, and the reader is. */
static void depth3_end(struct fm_sim *sim, void *state)
{
	both_seen(sim, state, 1, 2);
}

#define DEPTH(d)                                                                                       \
	const struct fm_sim_scenario depth##d##_program = {                                            \
		.name = "depth", .claim = "not seen", .state_bytes = sizeof(struct world),             \
		.setup = depth_setup, .end = depth##d##_end, .deadline_ns = FM_SEC,                    \
	}
DEPTH(1);
DEPTH(2);
DEPTH(3);

struct taker {
	struct fm_async async;
	struct world *world;
	struct fm_mutex own;
	struct fm_mutex_lock lock;
	unsigned first;
	unsigned pads;
};

FM_ASYNC(taker)
{
	FM_BEGIN;
	for (fm_mutex_init(&self->own); self->pads > 0; self->pads--) {
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->own));
		fm_mutex_unlock(&self->own);
	}
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->locks[self->first]));
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->locks[1 - self->first]));
	fm_mutex_unlock(&self->world->locks[0]);
	fm_mutex_unlock(&self->world->locks[1]);
	FM_END;
}

static void takers(struct fm_sim *sim, struct world *world, unsigned pads)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	for (unsigned i = 0; i < 2; i++)
		fm_mutex_init(&world->locks[i]);
	for (unsigned i = 0; i < 2; i++) {
		struct taker *taker = make(host, sizeof(*taker));

		FM_ASYNC_INIT(taker, taker);
		taker->world = world;
		taker->first = i;
		taker->pads = pads;
		fm_sim_start(taker);
	}
}

static void abba_setup(struct fm_sim *sim, void *state)
{
	takers(sim, state, 0);
}

static void padded_setup(struct fm_sim *sim, void *state)
{
	takers(sim, state, 100);
}

const struct fm_sim_scenario abba_program = {
	.name = "abba", .claim = "both have had both", .state_bytes = sizeof(struct world), .setup = abba_setup,
	.deadline_ns = FM_SEC,
};
const struct fm_sim_scenario padded_program = {
	.name = "padded", .claim = "both have had both", .state_bytes = sizeof(struct world), .setup = padded_setup,
	.deadline_ns = FM_SEC,
};

/* One of a pair: waits to be told, tells the other. Of each pair one is ready at any time. */
struct player {
	struct fm_async async;
	struct fm_notified notified;
	struct fm_notify *mine;
	struct fm_notify *other;
	unsigned pair;
};

struct court {
	struct fm_notify notifies[2][2];
};

unsigned fair_polls[2];

static void count_poll(unsigned pair)
{
	const uint64_t step = fm_sim_steps(fm_sim_current());

	if (step >= FAIR_FROM && step < FAIR_TO)
		fair_polls[pair]++;
}

FM_ASYNC(player)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_notified_init(&self->notified, self->mine));
		count_poll(self->pair);
		fm_notify_one(self->other);
	}
	FM_END;
}

static void rally_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct court *court = state;

	for (unsigned i = 0; i < 4; i++) {
		struct player *player = make(host, sizeof(*player));

		fm_notify_init(&court->notifies[i / 2][i % 2]);
		FM_ASYNC_INIT(player, player);
		player->mine = &court->notifies[i / 2][i % 2];
		player->other = &court->notifies[i / 2][1 - i % 2];
		player->pair = i / 2;
		fm_sim_start(player);
	}
	for (unsigned pair = 0; pair < 2; pair++)
		fm_notify_one(&court->notifies[pair][0]);
}

const struct fm_sim_scenario rally_program = {
	.name = "rally", .claim = "it goes on", .state_bytes = sizeof(struct court), .setup = rally_setup,
	.deadline_ns = FM_SEC, .steps_max = 2 * FAIR_FROM,
};
