/*
 * The semaphore against a model: a number of free permits, a queue of requests, first come, first served. A request is in the
 * queue from the poll that found too few; a release hands over to the oldest, polled or not.
 */
#include <fm/semaphore.h>
#include <fm_sim/subject.h>

struct thing {
	struct fm_semaphore semaphore;
	struct fm_list queue; /* of fm_subject_at */
	uint64_t free;
	uint64_t unclaimed; /* granted, and not polled since */
	bool closed;
};

enum { NEW, QUEUED, GRANTED }; /* memo[0] */

static int make(void *arg)
{
	struct thing *thing = arg;

	thing->free = fm_random(3);
	fm_semaphore_init(&thing->semaphore, thing->free);
	fm_list_init(&thing->queue);
	return FM_OK;
}

static void end(void *arg)
{
	fm_semaphore_drop(&((struct thing *)arg)->semaphore);
}

static bool could_have(const struct thing *thing, uint64_t permits)
{
	return permits <= thing->free && fm_list_empty(&thing->queue);
}

static void serve(struct thing *thing)
{
	while (!fm_list_empty(&thing->queue)) {
		struct fm_subject_at *first = FM_CONTAINER_OF(thing->queue.next, struct fm_subject_at, link);

		if (first->argument > thing->free)
			return;
		fm_list_unlink(&first->link);
		first->memo[0] = GRANTED;
		thing->free -= first->argument;
		thing->unclaimed += first->argument;
	}
}

static struct fm_future *acquire(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	return fm_semaphore_acquire_init(at->future, &thing->semaphore, at->argument);
}

static void acquire_polled(struct fm_subject_at *at, bool ready)
{
	struct thing *thing = at->thing;

	if (!ready) {
		if (at->memo[0] != NEW || thing->closed || could_have(thing, at->argument))
			return; /* it waits already; or it gave way, and nothing has changed */
		at->memo[0] = QUEUED;
		fm_list_push_back(&thing->queue, &at->link);
		return;
	}
	if (at->memo[0] == GRANTED) {
		FM_SUBJECT_CHECK(at, at->fut->status == FM_OK, "granted, and %s", fm_status_name(at->fut->status));
		thing->unclaimed -= at->argument;
	} else if (thing->closed) {
		FM_SUBJECT_CHECK(at, at->fut->status == FM_ERR_CLOSED, "closed, and %s", fm_status_name(at->fut->status));
	} else {
		FM_SUBJECT_CHECK(at, at->memo[0] == NEW && could_have(thing, at->argument), "got what nobody gave it");
		FM_SUBJECT_CHECK(at, at->fut->status == FM_OK, "free, and %s", fm_status_name(at->fut->status));
		thing->free -= at->argument;
	}
}

static void acquire_dropping(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (at->memo[0] == GRANTED) {
		thing->unclaimed -= at->argument;
		thing->free += at->argument;
	}
	if (at->memo[0] == NEW)
		return;
	fm_list_unlink(&at->link);
	serve(thing);
}

static bool acquire_possible(struct fm_subject_at *at)
{
	const struct thing *thing = at->thing;

	return at->memo[0] == GRANTED || thing->closed;
}

static void try_acquire(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const int due = thing->closed ? FM_ERR_CLOSED : could_have(thing, at->argument) ? FM_OK : FM_ERR_BUSY;
	int status;

	if (due == FM_OK)
		thing->free -= at->argument;
	status = fm_semaphore_try_acquire(&thing->semaphore, at->argument);
	FM_SUBJECT_CHECK(at, status == due, "%s, not %s", fm_status_name(status), fm_status_name(due));
}

static void release(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const bool fits = at->argument <= UINT64_MAX - thing->unclaimed - thing->free;
	int status;

	if (fits) {
		thing->free += at->argument;
		serve(thing);
	}
	status = fm_semaphore_release(&thing->semaphore, at->argument);
	FM_SUBJECT_CHECK(at, status == (fits ? FM_OK : FM_ERR_OVERFLOW), "%s", fm_status_name(status));
}

static void forget(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const uint64_t due = at->argument < thing->free ? at->argument : thing->free;

	thing->free -= due;
	FM_SUBJECT_CHECK(at, fm_semaphore_forget(&thing->semaphore, at->argument) == due, "not %llu were forgotten",
			 (unsigned long long)due);
}

static void close_it(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	thing->closed = true;
	while (!fm_list_empty(&thing->queue))
		fm_list_unlink(thing->queue.next);
	fm_semaphore_close(&thing->semaphore);
}

static void check(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;

	FM_SIM_CHECK(sim, fm_semaphore_available(&thing->semaphore) == thing->free, "%llu are free, not %llu",
		     (unsigned long long)fm_semaphore_available(&thing->semaphore), (unsigned long long)thing->free);
	FM_SIM_CHECK(sim, fm_semaphore_closed(&thing->semaphore) == thing->closed, "closed or not");
}

FM_SUBJECT(semaphore, "subject/semaphore", "first come, first served, and no permit is lost or made") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.end = end,
	.check = check,
	.operations = {
		FM_SUBJECT_FUTURE(acquire, struct fm_semaphore_acquire, .polled = acquire_polled,
				  .dropping = acquire_dropping, .possible = acquire_possible,
				  FM_SUBJECT_ARGUMENTS(1, 2, 0, 3, UINT64_MAX)),
		FM_SUBJECT_CALL(release, .in_wakers = true, FM_SUBJECT_ARGUMENTS(1, 2, 0, 3, UINT64_MAX)),
		FM_SUBJECT_CALL(try_acquire, .in_wakers = true, FM_SUBJECT_ARGUMENTS(1, 0, 2, UINT64_MAX)),
		FM_SUBJECT_CALL(forget, .in_wakers = true, FM_SUBJECT_ARGUMENTS(1, 0, UINT64_MAX)),
		FM_SUBJECT_CALL(close_it, .in_wakers = true),
	},
};
