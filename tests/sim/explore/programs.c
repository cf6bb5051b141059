/*
 * Programs whose schedules can be counted. A task of s steps has s - 1 awaits that are ready at once; t of them that touch
 * nothing else have (t s)! / (s!)^t schedules.
 */
#include <fm/async.h>
#include <fm/mpsc.h>
#include <fm/mutex.h>
#include <fm/notify.h>
#include <fm/ready.h>
#include <fm/select.h>
#include <fm_sim/scenario.h>

struct world {
	unsigned value;
	struct fm_mutex lock;
	struct fm_mutex locks[2];
	struct fm_notify notify;
	bool flag;
	unsigned received;
};

static void *make(struct fm_sim_host *host, size_t bytes)
{
	return fm_sim_alloc(host, bytes, "task");
}

/* ---- steps and nothing else */

struct stepper {
	struct fm_async async;
	struct fm_ready point;
	unsigned awaits;
};

FM_ASYNC(stepper)
{
	FM_BEGIN;
	for (; self->awaits > 0; self->awaits--)
		FM_AWAIT(fm_ready_init(&self->point, FM_OK));
	FM_END;
}

static void steppers(struct fm_sim *sim, unsigned tasks, unsigned steps)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	for (unsigned i = 0; i < tasks; i++) {
		struct stepper *stepper = make(host, sizeof(*stepper));

		FM_ASYNC_INIT(stepper, stepper);
		stepper->awaits = steps - 1;
		fm_sim_start(stepper);
	}
}

#define STEPPERS(tasks, steps)                                                                           \
	static void steps_##tasks##_##steps##_setup(struct fm_sim *sim, void *state)                      \
	{                                                                                                \
		(void)state;                                                                             \
		steppers(sim, tasks, steps);                                                             \
	}                                                                                                \
	FM_SCENARIO(steps_##tasks##_##steps) = {                                                         \
		.name = "steps/" #tasks "-tasks-of-" #steps, .claim = "they end", .deadline_ns = FM_SEC, \
		.setup = steps_##tasks##_##steps##_setup,                                                 \
	}
STEPPERS(1, 3);
STEPPERS(2, 1);
STEPPERS(2, 2);
STEPPERS(2, 3);
STEPPERS(2, 4);
STEPPERS(3, 1);
STEPPERS(3, 2);
STEPPERS(4, 1);

/* ---- a value read, a point, and the value written: of the 20 schedules of the steps those fail in which both read before either wrote */

struct adder {
	struct fm_async async;
	struct world *world;
	struct fm_ready point;
	unsigned seen;
};

FM_ASYNC(adder)
{
	FM_BEGIN;
	FM_AWAIT(fm_ready_init(&self->point, FM_OK));
	self->seen = self->world->value;
	FM_AWAIT(fm_ready_init(&self->point, FM_OK));
	self->world->value = self->seen + 1;
	FM_END;
}

static void lost_update_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	for (unsigned i = 0; i < 2; i++) {
		struct adder *adder = make(host, sizeof(*adder));

		FM_ASYNC_INIT(adder, adder);
		adder->world = state;
		fm_sim_start(adder);
	}
}

static void lost_update_end(struct fm_sim *sim, void *state)
{
	FM_SIM_CHECK(sim, ((struct world *)state)->value == 2, "an update is lost");
}

FM_SCENARIO(lost_update) = {
	.name = "update/broken", .claim = "both count", .state_bytes = sizeof(struct world), .deadline_ns = FM_SEC,
	.setup = lost_update_setup, .end = lost_update_end,
};

/* ---- two locks */

struct taker {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	unsigned first;
};

FM_ASYNC(taker)
{
	FM_BEGIN;
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->locks[self->first]));
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->locks[1 - self->first]));
	fm_mutex_unlock(&self->world->locks[0]);
	fm_mutex_unlock(&self->world->locks[1]);
	FM_END;
}

static void takers(struct fm_sim *sim, struct world *world, bool broken)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	for (unsigned i = 0; i < 2; i++)
		fm_mutex_init(&world->locks[i]);
	for (unsigned i = 0; i < 2; i++) {
		struct taker *taker = make(host, sizeof(*taker));

		FM_ASYNC_INIT(taker, taker);
		taker->world = world;
		taker->first = broken ? i : 0;
		fm_sim_start(taker);
	}
}

static void abba_broken(struct fm_sim *sim, void *state)
{
	takers(sim, state, true);
}

static void abba_fixed(struct fm_sim *sim, void *state)
{
	takers(sim, state, false);
}

/* ---- a flag that is set between its reader's look and its wait */

struct waiter {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	struct fm_notified notified;
	struct fm_ready hop;
	bool looks_again;
	bool unset;
};

FM_ASYNC(waiter)
{
	FM_BEGIN;
	for (;;) {
		if (self->looks_again) /* the generation is taken before the look */
			fm_notified_init(&self->notified, &self->world->notify);
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
		self->unset = !self->world->flag;
		fm_mutex_unlock(&self->world->lock);
		if (!self->unset)
			break;
		FM_AWAIT(fm_ready_init(&self->hop, FM_OK));
		FM_AWAIT(self->looks_again ? &self->notified.fut : fm_notified_init(&self->notified, &self->world->notify));
	}
	if (self->looks_again)
		fm_drop_if_live(&self->notified.fut);
	FM_END;
}

struct setter {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
};

FM_ASYNC(setter)
{
	FM_BEGIN;
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
	self->world->flag = true;
	fm_mutex_unlock(&self->world->lock);
	fm_notify_all(&self->world->notify);
	FM_END;
}

static void wake_up(struct fm_sim *sim, struct world *world, bool broken)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct waiter *waiter = make(host, sizeof(*waiter));
	struct setter *setter = make(host, sizeof(*setter));

	fm_mutex_init(&world->lock);
	fm_notify_init(&world->notify);
	FM_ASYNC_INIT(waiter, waiter);
	FM_ASYNC_INIT(setter, setter);
	waiter->world = setter->world = world;
	waiter->looks_again = !broken;
	fm_sim_start(waiter);
	fm_sim_start(setter);
}

static void wake_broken(struct fm_sim *sim, void *state)
{
	wake_up(sim, state, true);
}

static void wake_fixed(struct fm_sim *sim, void *state)
{
	wake_up(sim, state, false);
}

/* ---- a channel, two senders, one receiver */

enum { SENT = 2 };

struct sender {
	struct fm_async async;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_send send;
	unsigned left;
	unsigned item;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	for (; self->left > 0; self->left--)
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->tx, &self->item));
	fm_mpsc_tx_drop(self->tx);
	FM_END;
}

struct receiver {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_rx *rx;
	struct fm_mpsc_recv recv;
	unsigned item;
};

FM_ASYNC(receiver)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->rx, &self->item));
		if (self->recv.fut.status != FM_OK)
			break;
		self->world->received++;
	}
	fm_mpsc_rx_drop(self->rx);
	FM_END;
}

static void channel(struct fm_sim *sim, void *state, unsigned items, size_t capacity)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct receiver *receiver = make(host, sizeof(*receiver));
	struct fm_mpsc_tx *tx;

	FM_ASYNC_INIT(receiver, receiver);
	receiver->world = state;
	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), capacity, NULL, &tx, &receiver->rx) == FM_OK, "no channel");
	for (unsigned i = 0; i < 2; i++) {
		struct sender *sender = make(host, sizeof(*sender));

		FM_ASYNC_INIT(sender, sender);
		sender->tx = i ? tx : fm_mpsc_tx_clone(tx);
		sender->left = items;
		fm_sim_start(sender);
	}
	fm_sim_start(receiver);
}

static void channel_1_1(struct fm_sim *sim, void *state)
{
	channel(sim, state, 1, 1);
}

static void channel_2_1(struct fm_sim *sim, void *state)
{
	channel(sim, state, 2, 1);
}

static void received_2(struct fm_sim *sim, void *state)
{
	FM_SIM_CHECK(sim, ((struct world *)state)->received == 2, "%u of 2 came", ((struct world *)state)->received);
}

static void received_4(struct fm_sim *sim, void *state)
{
	FM_SIM_CHECK(sim, ((struct world *)state)->received == 4, "%u of 4 came", ((struct world *)state)->received);
}

/* The same by hand, and wrong: who sends looks whether the receiver may be waiting, and lets others come before it sends. */
struct careless {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	bool was_empty;
};

FM_ASYNC(careless)
{
	FM_BEGIN;
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
	self->was_empty = self->world->value == 0;
	fm_mutex_unlock(&self->world->lock);
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
	self->world->value++;
	fm_mutex_unlock(&self->world->lock);
	if (self->was_empty)
		fm_notify_one(&self->world->notify);
	FM_END;
}

struct taking {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	struct fm_notified notified;
	bool none;
};

FM_ASYNC(taking)
{
	FM_BEGIN;
	while (self->world->received < 2) {
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
		self->none = self->world->value == 0;
		if (!self->none) {
			self->world->value--;
			self->world->received++;
		}
		fm_mutex_unlock(&self->world->lock);
		if (self->none)
			FM_AWAIT(fm_notified_init(&self->notified, &self->world->notify));
	}
	FM_END;
}

static void careless_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct taking *taking = make(host, sizeof(*taking));

	fm_mutex_init(&world->lock);
	fm_notify_init(&world->notify);
	for (unsigned i = 0; i < 2; i++) {
		struct careless *careless = make(host, sizeof(*careless));

		FM_ASYNC_INIT(careless, careless);
		careless->world = world;
		fm_sim_start(careless);
	}
	FM_ASYNC_INIT(taking, taking);
	taking->world = world;
	fm_sim_start(taking);
}

/* ---- draws that are not the schedule's: two branches, or a number below 3 */

struct drawer {
	struct fm_async async;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_ready ready[2];
};

FM_ASYNC(drawer)
{
	FM_BEGIN;
	FM_AWAIT(FM_SELECT(&self->select, self->branch, fm_ready_init(&self->ready[0], FM_OK),
			   fm_ready_init(&self->ready[1], FM_OK)));
	if (self->select.winner == 1 && fm_random(3) == 2)
		fm_sim_fail(fm_sim_current(), __FILE__, __LINE__, "the second of two and the third of three");
	FM_END;
}

static void drawer_setup(struct fm_sim *sim, void *state)
{
	struct drawer *drawer = make(fm_sim_host(sim, "host"), sizeof(*drawer));

	(void)state;
	FM_ASYNC_INIT(drawer, drawer);
	fm_sim_start(drawer);
}

/* ---- somebody goes round until another has run: k times, for every k */

struct spinner {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
};

FM_ASYNC(spinner)
{
	FM_BEGIN;
	while (!self->world->flag)
		FM_AWAIT(fm_yield_init(&self->yield));
	FM_END;
}

struct single {
	struct fm_async async;
	struct world *world;
};

FM_ASYNC(single)
{
	FM_BEGIN;
	self->world->flag = true;
	FM_END;
}

static void spinner_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct spinner *spinner = make(host, sizeof(*spinner));
	struct single *single = make(host, sizeof(*single));

	FM_ASYNC_INIT(spinner, spinner);
	FM_ASYNC_INIT(single, single);
	spinner->world = single->world = state;
	fm_sim_start(spinner);
	fm_sim_start(single);
}

/* ---- a crash in one of two orders */

static void crash_end(struct fm_sim *sim, void *state)
{
	(void)sim;
	if (((struct world *)state)->value == 1)
		__builtin_trap();
}

#define PROGRAM(identifier, called, setup_of, ...)                                                       \
	FM_SCENARIO(identifier) = {                                                                      \
		.name = called, .claim = "all goes well", .state_bytes = sizeof(struct world),           \
		.deadline_ns = FM_SEC, .setup = setup_of, __VA_ARGS__                                    \
	}
PROGRAM(abba, "abba/broken", abba_broken, .end = NULL);
PROGRAM(abab, "abba/fixed", abba_fixed, .end = NULL);
PROGRAM(wake, "wake/broken", wake_broken, .end = NULL);
PROGRAM(awake, "wake/fixed", wake_fixed, .end = NULL);
PROGRAM(channel_of_1, "channel/one-each", channel_1_1, .end = received_2);
PROGRAM(channel_of_2, "channel/two-each", channel_2_1, .end = received_4);
PROGRAM(channel_careless, "channel/broken", careless_setup, .end = NULL);
PROGRAM(draws, "draws/broken", drawer_setup, .end = NULL);
PROGRAM(spins, "spins/for-ever", spinner_setup, .end = NULL);
PROGRAM(crash, "crash/broken", lost_update_setup, .end = crash_end);
