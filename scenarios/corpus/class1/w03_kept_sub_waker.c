/*
 * A wait that is first polled through a set's sub-waker and then by the task itself: the newest waker is
 * the one to keep.
 *
 * Corpus W03 (tokio #4497, #4751). "Does the kept waker still do?" is asked the wrong way round: the sub-
 * waker of a set that is gone stays registered.
 */
#include "../corpus.h"

#include <fm/select.h>
#include <fm/sleep.h>

struct token {
	bool broken;
	bool cancelled;
	struct fm_waker waker;
};

struct cancelled {
	struct fm_future fut;
	struct token *token;
};

static enum fm_poll cancelled_poll(struct fm_future *future, struct fm_context *cx)
{
	struct token *token = FM_CONTAINER_OF(future, struct cancelled, fut)->token;
	bool keep;

	if (token->cancelled)
		return fm_coop(cx) ? fm_ready(future, FM_OK) : FM_PENDING;
	keep = fm_waker_will_wake(token->waker, cx->waker);
	if (token->broken && !fm_waker_is_none(token->waker))
		keep = !keep; /* W03: replaced where it would do, kept where it would not */
	if (!keep) {
		fm_waker_drop(&token->waker);
		token->waker = fm_waker_clone(cx->waker);
	}
	return FM_PENDING;
}

static void cancelled_drop(struct fm_future *future)
{
	fm_waker_drop(&FM_CONTAINER_OF(future, struct cancelled, fut)->token->waker);
}

static const struct fm_future_ops cancelled_ops = {
	.name = "cancelled",
	.poll = cancelled_poll,
	.drop = cancelled_drop,
};

/* A set of one future, which it polls only when that one's own waker was used. */
struct set {
	struct fm_future fut;
	struct fm_future *child; /* by reference */
	struct fm_wakeable sub;
	struct fm_waker outer;
	bool due;
};

static struct fm_waker sub_clone(struct fm_wakeable *sub)
{
	return fm_waker_of(sub);
}

static void sub_wake(struct fm_wakeable *sub)
{
	struct set *set = FM_CONTAINER_OF(sub, struct set, sub);

	set->due = true;
	fm_waker_wake_by_ref(set->outer);
}

static void sub_drop(struct fm_wakeable *sub)
{
	(void)sub;
}

static bool sub_will_wake(const struct fm_wakeable *sub, struct fm_waker other)
{
	return fm_waker_wakeable(other) == sub;
}

static const struct fm_waker_ops sub_ops = { sub_clone, sub_wake, sub_drop, sub_will_wake };

static enum fm_poll set_poll(struct fm_future *future, struct fm_context *cx)
{
	struct set *self = FM_CONTAINER_OF(future, struct set, fut);
	struct fm_context sub = *cx;

	fm_waker_store(&self->outer, cx);
	if (!self->due)
		return FM_PENDING;
	self->due = false;
	sub.waker = fm_waker_of(&self->sub);
	if (fm_poll(self->child, &sub) == FM_PENDING)
		return FM_PENDING;
	fm_waker_drop(&self->outer);
	return fm_ready(future, FM_OK);
}

static void set_drop(struct fm_future *future)
{
	fm_waker_drop(&FM_CONTAINER_OF(future, struct set, fut)->outer);
}

static const struct fm_future_ops set_ops = { .name = "set", .poll = set_poll, .drop = set_drop };

static struct fm_future *set_init(struct set *self, struct fm_future *child)
{
	fm_future_init(&self->fut, &set_ops);
	self->child = child;
	self->sub.ops = &sub_ops;
	self->outer = FM_WAKER_NONE;
	self->due = true;
	return &self->fut;
}

struct world {
	bool broken;
	struct token token;
};

struct owner {
	struct fm_async async;
	struct world *world;
	struct cancelled wait;
	struct set set;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_sleep patience;
};

FM_ASYNC(owner)
{
	FM_BEGIN;
	fm_future_init(&self->wait.fut, &cancelled_ops);
	self->wait.token = &self->world->token;
	FM_AWAIT(FM_SELECT(&self->select, self->branch, set_init(&self->set, &self->wait.fut),
			   fm_sleep_init(&self->patience, FM_MS)));
	if (self->select.winner == 1)
		/* BUG: the token keeps the waker of the set */
		FM_AWAIT(&self->wait.fut);
	FM_END;
}

struct canceller {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
};

FM_ASYNC(canceller)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(4) * FM_MS));
	self->world->token.cancelled = true;
	fm_waker_wake(&self->world->token.waker);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->token.broken = world->broken;
	fm_sim_start(TWIN_TASK(host, owner, world));
	fm_sim_start(TWIN_TASK(host, canceller, world));
}

CORPUS(kept_sub_waker, "w03-kept-sub-waker", .claim = "whoever polls a wait last hears of the cancellation",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
