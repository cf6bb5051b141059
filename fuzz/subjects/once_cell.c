/*
 * The once cell against a model: set or not, the one who makes, a queue of who would. What makes the value is a future of the
 * subject's own, which says what it does and so tells the model in time: it ends at once or waits for a gate, and succeeds or fails.
 */
#include <fm/once_cell.h>
#include <fm_sim/subject.h>

struct thing {
	struct fm_once_cell cell;
	struct fm_list queue; /* of fm_subject_at */
	struct fm_subject_at *maker;
	struct fm_waitq gate; /* makers that wait for it */
	bool open;
	bool set;
	unsigned value;
};

struct make_value {
	struct fm_future fut;
	struct fm_subject_at *at;
	struct fm_waiter waiter;
};

struct get {
	struct fm_once_get get;
	struct make_value make;
};

enum { FAILS = 1, WAITS = 2 };            /* of the argument */
enum { UNDER_WAY, MADE, FAILED, DROPPED }; /* memo[0]: the make */

static int make(void *arg)
{
	struct thing *thing = arg;

	fm_once_cell_init(&thing->cell, &thing->value);
	fm_list_init(&thing->queue);
	fm_waitq_init(&thing->gate);
	return FM_OK;
}

static void end(void *arg)
{
	fm_once_cell_drop(&((struct thing *)arg)->cell);
}

static void hand_over(struct thing *thing)
{
	thing->maker = NULL;
	if (fm_list_empty(&thing->queue))
		return;
	thing->maker = FM_CONTAINER_OF(thing->queue.next, struct fm_subject_at, link);
	fm_list_unlink(&thing->maker->link);
}

static bool make_could_end(const struct fm_subject_at *at)
{
	return !(at->argument & WAITS) || ((struct thing *)at->thing)->open;
}

static enum fm_poll make_poll(struct fm_future *future, struct fm_context *cx)
{
	struct make_value *self = FM_CONTAINER_OF(future, struct make_value, fut);
	struct fm_subject_at *at = self->at;
	struct thing *thing = at->thing;

	FM_SUBJECT_CHECK(at, !thing->set, "made again");
	FM_SUBJECT_CHECK(at, thing->maker == at || !thing->maker, "two make at a time");
	thing->maker = at;
	if (!make_could_end(at)) {
		fm_waitq_wait(&thing->gate, &self->waiter, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	if (at->argument & FAILS) {
		at->memo[0] = FAILED;
		hand_over(thing);
		return fm_ready(future, FM_ERR_BUSY);
	}
	at->memo[0] = MADE;
	thing->maker = NULL;
	thing->set = true;
	while (!fm_list_empty(&thing->queue))
		fm_list_unlink(thing->queue.next);
	return fm_ready(future, FM_OK);
}

static void make_drop(struct fm_future *future)
{
	struct make_value *self = FM_CONTAINER_OF(future, struct make_value, fut);

	self->at->memo[0] = DROPPED;
	fm_waiter_leave(&self->waiter);
}

static const struct fm_future_ops make_ops = { .name = "make", .poll = make_poll, .drop = make_drop };

static struct fm_future *get(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct get *self = at->future;

	fm_future_init(&self->make.fut, &make_ops);
	self->make.at = at;
	fm_waiter_init(&self->make.waiter);
	return fm_once_get_init(&self->get, &thing->cell, &self->make.fut);
}

static void polled(struct fm_subject_at *at, bool ready)
{
	struct thing *thing = at->thing;

	if (!ready) {
		if (thing->set || thing->maker == at)
			return;
		FM_SUBJECT_CHECK(at, thing->maker, "it waits, and nobody makes the value");
		if (fm_list_empty(&at->link))
			fm_list_push_back(&thing->queue, &at->link);
		return;
	}
	if (at->fut->status == FM_OK)
		FM_SUBJECT_CHECK(at, thing->set, "READY without a value");
	else
		FM_SUBJECT_CHECK(at, at->fut->status == FM_ERR_BUSY && at->memo[0] == FAILED, "%s, and its make did not fail",
				 fm_status_name(at->fut->status));
	FM_SUBJECT_CHECK(at, at->memo[0] != UNDER_WAY, "its make is left over");
}

static void dropping(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (thing->maker == at)
		hand_over(thing);
	else
		fm_list_unlink(&at->link);
}

static void ended(struct fm_subject_at *at)
{
	FM_SUBJECT_CHECK(at, at->memo[0] != UNDER_WAY, "its make is left over");
}

static bool possible(struct fm_subject_at *at)
{
	const struct thing *thing = at->thing;

	return thing->set || !thing->maker || (thing->maker == at && make_could_end(at));
}

static void open(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	thing->open = true;
	fm_waitq_wake_all(&thing->gate);
}

static void shut(struct fm_subject_at *at)
{
	((struct thing *)at->thing)->open = false;
}

static void check(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;

	FM_SIM_CHECK(sim, fm_once_cell_value(&thing->cell) == (thing->set ? &thing->value : NULL), "there is a value, or not");
	FM_SIM_CHECK(sim, (thing->cell.maker != NULL) == (thing->maker != NULL), "somebody makes the value, or not");
}

FM_SUBJECT(once_cell, "subject/once-cell", "one at a time makes the value, until one has") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.end = end,
	.check = check,
	.operations = {
		FM_SUBJECT_FUTURE(get, struct get, .polled = polled, .dropping = dropping, .ended = ended, .possible = possible,
				  FM_SUBJECT_ARGUMENTS(0, WAITS, FAILS, WAITS | FAILS)),
		FM_SUBJECT_CALL(open, .in_wakers = true),
		FM_SUBJECT_CALL(shut, .in_wakers = true),
	},
};
