/*
 * The mutex against a model: locked or not, a queue, and the future that it was handed to and that has not been polled since. A
 * lock that is READY is kept or given back at once, as its argument says; who unlocks a kept one is the program's matter.
 */
#include <fm/mutex.h>
#include <fm_sim/subject.h>

struct thing {
	struct fm_mutex mutex;
	struct fm_list queue; /* of fm_subject_at */
	struct fm_subject_at *handed;
	bool locked;
};

enum { KEEP, UNLOCK }; /* a lock's argument */

static int make(void *arg)
{
	struct thing *thing = arg;

	fm_mutex_init(&thing->mutex);
	fm_list_init(&thing->queue);
	return FM_OK;
}

static void end(void *arg)
{
	struct thing *thing = arg;

	if (thing->locked)
		fm_mutex_unlock(&thing->mutex);
	fm_mutex_drop(&thing->mutex);
}

/* To the oldest, or to nobody. */
static void let_go(struct thing *thing)
{
	thing->handed = NULL;
	thing->locked = !fm_list_empty(&thing->queue);
	if (!thing->locked)
		return;
	thing->handed = FM_CONTAINER_OF(thing->queue.next, struct fm_subject_at, link);
	fm_list_unlink(&thing->handed->link);
}

static struct fm_future *lock(struct fm_subject_at *at)
{
	return fm_mutex_lock_init(at->future, &((struct thing *)at->thing)->mutex);
}

static void unlock(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (!thing->locked || thing->handed)
		return;
	let_go(thing);
	fm_mutex_unlock(&thing->mutex);
}

static void polled(struct fm_subject_at *at, bool ready)
{
	struct thing *thing = at->thing;

	if (!ready) {
		if (thing->locked && thing->handed != at && fm_list_empty(&at->link))
			fm_list_push_back(&thing->queue, &at->link);
		return;
	}
	FM_SUBJECT_CHECK(at, thing->handed == at || !thing->locked, "another has the lock");
	FM_SUBJECT_CHECK(at, at->fut->status == FM_OK, "%s", fm_status_name(at->fut->status));
	thing->handed = NULL;
	thing->locked = true;
	if (at->argument == UNLOCK)
		unlock(at);
}

static void dropping(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (thing->handed == at)
		let_go(thing);
	else
		fm_list_unlink(&at->link);
}

static bool possible(struct fm_subject_at *at)
{
	const struct thing *thing = at->thing;

	return thing->handed == at || !thing->locked;
}

static void try_lock(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const int due = thing->locked ? FM_ERR_BUSY : FM_OK;
	int status;

	thing->locked = true;
	status = fm_mutex_try_lock(&thing->mutex);
	FM_SUBJECT_CHECK(at, status == due, "%s, not %s", fm_status_name(status), fm_status_name(due));
}

static void check(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;

	FM_SIM_CHECK(sim, fm_mutex_locked(&thing->mutex) == thing->locked, "locked, or not");
	FM_SIM_CHECK(sim, (thing->mutex.unclaimed != NULL) == (thing->handed != NULL), "handed to somebody, or not");
}

FM_SUBJECT(mutex, "subject/mutex", "one has the lock, and it goes to who has waited longest") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.end = end,
	.check = check,
	.operations = {
		FM_SUBJECT_FUTURE(lock, struct fm_mutex_lock, .polled = polled, .dropping = dropping, .possible = possible,
				  FM_SUBJECT_ARGUMENTS(KEEP, UNLOCK)),
		FM_SUBJECT_CALL(unlock, .in_wakers = true),
		FM_SUBJECT_CALL(try_lock, .in_wakers = true),
	},
};
