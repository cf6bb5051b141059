/*
 * A set of futures: one that is removed leaves the set before it is dropped, for its destructor may come
 * back into the set.
 *
 * Corpus L01 (futures-rs #2863). The child is dropped first and unlinked after. Its destructor clears the
 * set, which finds the child there still and drops it again.
 */
#include "../corpus.h"

#include <fm/select.h>
#include <fm/sleep.h>

#define CHILDREN 3

struct set {
	bool broken;
	struct fm_list members;
};

struct child {
	struct fm_future fut;
	struct fm_list link;
	struct set *set;
	struct fm_waker waker;
	bool clears; /* its destructor takes the others with it */
};

static void set_remove(struct child *child)
{
	if (child->set->broken) { /* L01: dropped while it stands in the set */
		fm_drop(&child->fut);
		fm_list_unlink(&child->link);
	} else {
		fm_list_unlink(&child->link);
		fm_drop(&child->fut);
	}
}

static void set_clear(struct set *set)
{
	while (!fm_list_empty(&set->members))
		set_remove(FM_CONTAINER_OF(set->members.next, struct child, link));
}

static enum fm_poll child_poll(struct fm_future *future, struct fm_context *cx)
{
	fm_waker_store(&FM_CONTAINER_OF(future, struct child, fut)->waker, cx);
	return FM_PENDING;
}

static void child_drop(struct fm_future *future)
{
	struct child *self = FM_CONTAINER_OF(future, struct child, fut);

	fm_waker_drop(&self->waker);
	if (self->clears)
		set_clear(self->set);
}

static const struct fm_future_ops child_ops = { .name = "child", .poll = child_poll, .drop = child_drop };

struct world {
	bool broken;
	struct set set;
	struct child children[CHILDREN];
};

/* Polls all members; READY when there are none. */
struct poll_set {
	struct fm_future fut;
	struct set *set;
};

static enum fm_poll poll_set_poll(struct fm_future *future, struct fm_context *cx)
{
	struct poll_set *self = FM_CONTAINER_OF(future, struct poll_set, fut);

	if (fm_list_empty(&self->set->members))
		return fm_ready(future, FM_OK);
	FM_LIST_FOR_EACH(link, &self->set->members)
	{
		(void)fm_poll(&FM_CONTAINER_OF(link, struct child, link)->fut, cx);
	}
	return FM_PENDING;
}

static void poll_set_drop(struct fm_future *future)
{
	set_clear(FM_CONTAINER_OF(future, struct poll_set, fut)->set);
}

static const struct fm_future_ops poll_set_ops = {
	.name = "poll_set",
	.poll = poll_set_poll,
	.drop = poll_set_drop,
};

struct owner {
	struct fm_async async;
	struct world *world;
	struct poll_set all;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_sleep limit;
};

static struct fm_future *all_or_limit(struct owner *self)
{
	fm_future_init(&self->all.fut, &poll_set_ops);
	self->all.set = &self->world->set;
	return FM_SELECT(&self->select, self->branch, &self->all.fut, fm_sleep_init(&self->limit, FM_MS));
}

FM_ASYNC(owner)
{
	FM_BEGIN;
	FM_AWAIT(all_or_limit(self)); /* BUG: a child is dropped twice as the set goes */
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	static const struct fm_draw_site clears_site = { "clears", FM_DRAW_USER };
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->set.broken = world->broken;
	fm_list_init(&world->set.members);
	for (unsigned i = 0; i < CHILDREN; i++) {
		struct child *child = &world->children[i];

		fm_future_init(&child->fut, &child_ops);
		child->set = &world->set;
		child->clears = fm_sim_draw(sim, &clears_site, 4) == 3;
		fm_list_push_back(&world->set.members, &child->link);
	}
	fm_sim_start(TWIN_TASK(host, owner, world));
}

CORPUS(reentrant_destructor, "l01-reentrant-destructor",
       .claim = "a set can be cleared from a child's destructor", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
