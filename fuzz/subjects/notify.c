/*
 * Notify against a model: one remembered notification, a queue, and a generation that notify_all ends. A future remembers the
 * generation it was made in; one that is enabled is in the queue, or has been reached, without a poll.
 */
#include <fm/notify.h>
#include <fm_sim/subject.h>

struct thing {
	struct fm_notify notify;
	struct fm_list queue; /* of fm_subject_at */
	uint64_t generation;
	bool permit;
};

enum { NEW, QUEUED, BY_ONE, BY_ALL }; /* memo[0]; memo[1] is the generation */

static int make(void *arg)
{
	struct thing *thing = arg;

	fm_notify_init(&thing->notify);
	fm_list_init(&thing->queue);
	return FM_OK;
}

static void end(void *arg)
{
	fm_notify_drop(&((struct thing *)arg)->notify);
}

static struct fm_future *wait(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	at->memo[1] = thing->generation;
	return fm_notified_init(at->future, &thing->notify);
}

static struct fm_future *wait_enabled(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct fm_future *future = wait(at);
	const bool due = thing->permit;

	FM_SUBJECT_CHECK(at, fm_notified_enable(at->future) == due, "enabled: it was notified, or not");
	at->memo[0] = due ? BY_ONE : QUEUED;
	thing->permit = false;
	if (!due)
		fm_list_push_back(&thing->queue, &at->link);
	return future;
}

static bool could_go_on(const struct fm_subject_at *at)
{
	const struct thing *thing = at->thing;

	if (at->memo[0] == NEW)
		return at->memo[1] != thing->generation || thing->permit;
	return at->memo[0] != QUEUED;
}

static void polled(struct fm_subject_at *at, bool ready)
{
	struct thing *thing = at->thing;

	if (ready) {
		FM_SUBJECT_CHECK(at, could_go_on(at), "nobody has notified it");
		FM_SUBJECT_CHECK(at, at->fut->status == FM_OK, "%s", fm_status_name(at->fut->status));
		if (at->memo[0] == NEW && at->memo[1] == thing->generation)
			thing->permit = false;
	} else if (!could_go_on(at) && at->memo[0] == NEW) {
		at->memo[0] = QUEUED;
		fm_list_push_back(&thing->queue, &at->link);
	}
}

static void reach_one(struct thing *thing)
{
	struct fm_subject_at *first = FM_CONTAINER_OF(thing->queue.next, struct fm_subject_at, link);

	if (fm_list_empty(&thing->queue)) {
		thing->permit = true;
		return;
	}
	fm_list_unlink(&first->link);
	first->memo[0] = BY_ONE;
}

static void dropping(struct fm_subject_at *at)
{
	if (at->memo[0] == BY_ONE)
		reach_one(at->thing);
	else
		fm_list_unlink(&at->link);
}

static bool possible(struct fm_subject_at *at)
{
	return could_go_on(at);
}

static void notify_one(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	reach_one(thing);
	fm_notify_one(&thing->notify);
}

static void notify_all(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	thing->generation++;
	while (!fm_list_empty(&thing->queue)) {
		FM_CONTAINER_OF(thing->queue.next, struct fm_subject_at, link)->memo[0] = BY_ALL;
		fm_list_unlink(thing->queue.next);
	}
	fm_notify_all(&thing->notify);
}

static void check(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;

	FM_SIM_CHECK(sim, thing->notify.permit == thing->permit, "a notification is remembered, or not");
}

FM_SUBJECT(notify, "subject/notify", "a notification reaches the oldest waiter, or is remembered once") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.end = end,
	.check = check,
	.operations = {
		FM_SUBJECT_FUTURE(wait, struct fm_notified, .polled = polled, .dropping = dropping, .possible = possible),
		FM_SUBJECT_CALL(notify_one, .in_wakers = true),
		FM_SUBJECT_FUTURE(wait_enabled, struct fm_notified, .polled = polled, .dropping = dropping,
				  .possible = possible),
		FM_SUBJECT_CALL(notify_all, .in_wakers = true),
	},
};
