/*
 * Forty sleepers in one task, each with a waker of its own, so that the order of the wakes is seen: at its very deadline, by
 * deadline, and by the order of arming where deadlines are equal. Meanwhile some are moved, some given up. Deadlines are drawn from
 * few, so that many are equal.
 */
#include "primitive.h"

#define SLEEPERS 40

struct world {
	bool ended;
};

struct sleeper {
	struct fm_wakeable wakeable; /* the waker of its sleep */
	struct fm_sleep sleep;
	struct fm_waker task;        /* who is woken then */
	struct sleepers *of;
	fm_ns deadline_ns;
	uint64_t armed; /* ordinal of the arming */
	bool fresh; /* not armed yet: its first poll does it */
	bool woken;
	bool ended;
};

struct sleepers {
	struct fm_future fut;
	struct world *world;
	struct sleeper sleepers[SLEEPERS];
	uint64_t armed;
	fm_ns last_ns;      /* of the last wake, and its ordinal */
	uint64_t last;
	unsigned changes;
	unsigned postponed;
	bool begun;
};

static struct fm_waker wakeable_clone(struct fm_wakeable *wakeable)
{
	return fm_waker_of(wakeable);
}

/* One that is due at the same time and was not woken yet is not woken now. */
static void postpone_another(struct sleepers *self)
{
	struct sleeper *one = &self->sleepers[fm_random(SLEEPERS)];

	if (self->postponed > 20 || one->ended || one->fresh || one->woken || one->deadline_ns != fm_now())
		return;
	self->postponed++;
	if (self->postponed % 2) {
		one->deadline_ns = fm_now() + FM_MS;
		one->armed = ++self->armed;
		fm_sleep_reset(&one->sleep, one->deadline_ns);
	} else {
		fm_drop(&one->sleep.fut);
		fm_waker_drop(&one->task);
		one->ended = true;
	}
}

static void wakeable_wake(struct fm_wakeable *wakeable)
{
	struct sleeper *self = FM_CONTAINER_OF(wakeable, struct sleeper, wakeable);
	struct sleepers *of = self->of;

	HOLDS(!self->ended && self->deadline_ns != FM_NS_MAX, "one that ended, or never comes, is woken");
	if (fm_now() >= self->deadline_ns) {
		HOLDS(fm_now() == self->deadline_ns, "woken %llu ns late", (unsigned long long)(fm_now() - self->deadline_ns));
		HOLDS(self->woken || fm_sim_swept(fm_sim_current()) || of->last_ns < self->deadline_ns || of->last < self->armed,
		      "armed as number %llu, woken after number %llu of the same time", (unsigned long long)self->armed,
		      (unsigned long long)of->last);
		of->last_ns = self->deadline_ns;
		of->last = self->armed;
	}
	self->woken = true;
	fm_waker_wake_by_ref(self->task);
	postpone_another(of);
}

static void wakeable_drop(struct fm_wakeable *wakeable)
{
	(void)wakeable;
}

static bool wakeable_will_wake(const struct fm_wakeable *wakeable, struct fm_waker other)
{
	return fm_waker_wakeable(other) == wakeable;
}

static const struct fm_waker_ops wakeable_ops = { wakeable_clone, wakeable_wake, wakeable_drop, wakeable_will_wake };

/* Never, for some: but while the first waits it will wake, so that a change alone never makes an end of all. */
static fm_ns some_deadline(const struct sleepers *self, const struct sleeper *of)
{
	const bool may_be_never = of != &self->sleepers[0] && !self->sleepers[0].ended;

	return SOMETIMES_IN(12) && may_be_never ? FM_NS_MAX : fm_now() + (1 + fm_random(6)) * FM_MS;
}

static void make(struct sleeper *self, fm_ns deadline_ns)
{
	self->deadline_ns = deadline_ns;
	self->fresh = true;
	self->woken = false;
	fm_sleep_until_init(&self->sleep, deadline_ns);
}

static void move(struct sleeper *self, fm_ns deadline_ns)
{
	if (!self->fresh && deadline_ns != self->deadline_ns)
		self->armed = ++self->of->armed;
	self->deadline_ns = deadline_ns;
	self->woken = false;
	fm_sleep_reset(&self->sleep, deadline_ns);
}

static void begin(struct sleepers *self)
{
	self->begun = true;
	for (unsigned i = 0; i < SLEEPERS; i++) {
		struct sleeper *one = &self->sleepers[i];

		one->wakeable.ops = &wakeable_ops;
		one->of = self;
		make(one, fm_now() + (1 + (fm_random(6) + i / 3) % 6) * FM_MS);
	}
}

/* A few are moved, and a few given up and begun anew. */
static void change_some(struct sleepers *self)
{
	for (unsigned i = 0; i < 4 && self->changes < 60; i++, self->changes++) {
		struct sleeper *one = &self->sleepers[(self->changes * 7 + fm_random(SLEEPERS)) % SLEEPERS];
		const fm_ns deadline_ns = some_deadline(self, one);

		if (one->ended || fm_now() >= one->deadline_ns)
			continue;
		if (i % 2) {
			move(one, deadline_ns);
		} else {
			fm_drop(&one->sleep.fut);
			make(one, deadline_ns);
		}
	}
}

static bool poll_one(struct sleeper *self, struct fm_context *cx)
{
	struct fm_context own = *cx;

	if (self->ended)
		return true;
	fm_waker_store(&self->task, cx);
	own.waker = fm_waker_of(&self->wakeable);
	if (fm_poll(&self->sleep.fut, &own) == FM_PENDING) {
		if (self->fresh)
			self->armed = ++self->of->armed;
		self->fresh = false;
		return self->deadline_ns == FM_NS_MAX;
	}
	HOLDS(fm_now() == self->deadline_ns, "%llu ns late", (unsigned long long)(fm_now() - self->deadline_ns));
	self->ended = true;
	fm_waker_drop(&self->task);
	return true;
}

static void drop_all(struct fm_future *future)
{
	struct sleepers *self = FM_CONTAINER_OF(future, struct sleepers, fut);

	for (unsigned i = 0; self->begun && i < SLEEPERS; i++) {
		fm_drop_if_live(&self->sleepers[i].sleep.fut);
		fm_waker_drop(&self->sleepers[i].task);
	}
}

static enum fm_poll sleepers_poll(struct fm_future *future, struct fm_context *cx)
{
	struct sleepers *self = FM_CONTAINER_OF(future, struct sleepers, fut);
	bool all = true;

	if (!self->begun)
		begin(self);
	else
		change_some(self);
	for (unsigned i = 0; i < SLEEPERS; i++)
		all = poll_one(&self->sleepers[i], cx) && all;
	if (!all)
		return FM_PENDING;
	drop_all(future); /* those that never come */
	self->world->ended = true;
	return fm_ready(future, FM_OK);
}

static const struct fm_future_ops sleepers_ops = { .name = "sleepers", .poll = sleepers_poll, .drop = drop_all };

static void setup(struct fm_sim *sim, void *state)
{
	struct sleepers *sleepers = fm_sim_alloc(fm_sim_host(sim, "host"), sizeof(*sleepers), "sleepers");

	fm_future_init(&sleepers->fut, &sleepers_ops);
	sleepers->world = state;
	fm_sim_start(sleepers);
}

static void end(struct fm_sim *sim, void *state)
{
	FM_SIM_CHECK(sim, ((struct world *)state)->ended, "they never ended");
}

FM_SCENARIO(primitive_sleeps) = {
	.name = "primitive/sleeps",
	.claim = "each sleep is woken at its very deadline, and those of one time in the order in which they were armed",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_CLOCK,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
