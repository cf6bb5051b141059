/*
 * The barrier against a model: who has arrived in this round. The last to arrive completes it in his poll, in which wakers may drop
 * who was let go: so the model is told before the poll that the round may be complete, and that it is where something was dropped in it.
 */
#include <fm/barrier.h>
#include <fm_sim/subject.h>

struct thing {
	struct fm_barrier barrier;
	struct fm_list arrived; /* of fm_subject_at */
	unsigned count;
	struct fm_subject_at *completing; /* is being polled, and would be the last */
	uint64_t parties;
};

enum { NEW, ARRIVED, RELEASED }; /* memo[0]; memo[1]: its poll could complete the round */

static int make(void *arg)
{
	static const uint32_t parties[] = { 2, 3, 1, UINT32_MAX };
	struct thing *thing = arg;

	thing->parties = parties[fm_random(FM_COUNT_OF(parties))];
	fm_list_init(&thing->arrived);
	FM_SIM_CHECK(fm_sim_current(), fm_barrier_init(&thing->barrier, 0) == FM_ERR_INVALID, "rounds of nobody");
	return fm_barrier_init(&thing->barrier, (uint32_t)thing->parties);
}

static void end(void *arg)
{
	fm_barrier_drop(&((struct thing *)arg)->barrier);
}

static void complete(struct thing *thing)
{
	if (!thing->completing)
		return;
	thing->completing = NULL;
	thing->count = 0;
	while (!fm_list_empty(&thing->arrived)) {
		FM_CONTAINER_OF(thing->arrived.next, struct fm_subject_at, link)->memo[0] = RELEASED;
		fm_list_unlink(thing->arrived.next);
	}
}

static struct fm_future *wait(struct fm_subject_at *at)
{
	return fm_barrier_wait_init(at->future, &((struct thing *)at->thing)->barrier);
}

static void polling(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	at->memo[1] = at->memo[0] == NEW && thing->count + 1 == thing->parties;
	if (at->memo[1])
		thing->completing = at;
}

static void polled(struct fm_subject_at *at, bool ready)
{
	struct thing *thing = at->thing;
	const struct fm_barrier_wait *wait = at->future;

	if (!ready) {
		if (at->memo[0] == NEW && !thing->completing) {
			at->memo[0] = ARRIVED;
			thing->count++;
			fm_list_push_back(&thing->arrived, &at->link);
		}
		thing->completing = NULL; /* it gave way */
		return;
	}
	FM_SUBJECT_CHECK(at, at->memo[0] != ARRIVED, "its round is not complete");
	FM_SUBJECT_CHECK(at, at->memo[0] == RELEASED || at->memo[1], "it is not the last to come, and went");
	FM_SUBJECT_CHECK(at, wait->leader == (at->memo[0] == NEW), "the last to come leads, and no other");
	FM_SUBJECT_CHECK(at, at->fut->status == FM_OK, "%s", fm_status_name(at->fut->status));
	complete(thing);
}

static void dropping(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	complete(thing);
	if (at->memo[0] == ARRIVED)
		thing->count--;
	fm_list_unlink(&at->link);
}

static bool possible(struct fm_subject_at *at)
{
	return at->memo[0] == RELEASED;
}

static void check(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;

	FM_SIM_CHECK(sim, thing->barrier.arrived == thing->count, "%u have arrived, not %u", thing->barrier.arrived, thing->count);
}

FM_SUBJECT(barrier, "subject/barrier", "as many as make a round go on together, and one of them leads") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.end = end,
	.check = check,
	.operations = {
		FM_SUBJECT_FUTURE(wait, struct fm_barrier_wait, .polling = polling, .polled = polled, .dropping = dropping,
				  .possible = possible),
	},
};
