/*
 * Select: poll the enabled branches, round from a drawn start, until one is READY; then drop the owned
 * losers.
 *
 * It keeps nothing about its branches but the caller's array: which are enabled is seen anew each poll. That
 * costs a pass over the array a poll, and lets a fused branch end between polls.
 */
#include "rotation.h"

#include <fm/select.h>

static const struct fm_draw_site select_site = { "select", FM_DRAW_SELECT };

uint32_t fm__rotation(const struct fm_context *cx, uint32_t count)
{
	struct fm_env *env = fm_executor_env(cx->executor);

	return count > 1 ? (uint32_t)env->ops->draw(env, &select_site, count) : 0;
}

static bool enabled(const struct fm_branch *branch)
{
	if (!branch->future)
		return false;
	return !(branch->flags & FM_BRANCH_FUSED) || fm_future_live(branch->future);
}

static bool owned(const struct fm_branch *branch)
{
	return branch->future && !(branch->flags & FM_BRANCH_KEEP);
}

static uint32_t count_enabled(const struct fm_select *self)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < self->count; i++)
		count += enabled(&self->branches[i]);
	return count;
}

static void drop_losers(struct fm_select *self)
{
	for (uint32_t i = 0; i < self->count; i++) {
		if (i != self->winner && owned(&self->branches[i]))
			fm_drop(self->branches[i].future);
	}
}

static enum fm_poll won(struct fm_select *self, uint32_t winner, int status)
{
	self->winner = winner;
	drop_losers(self);
	return fm_ready(&self->fut, status);
}

/* Polls the enabled branches in [from, to). True: one is READY, and it is self->winner. */
static bool poll_range(struct fm_select *self, uint32_t from, uint32_t to, struct fm_context *cx)
{
	for (uint32_t i = from; i < to; i++) {
		if (enabled(&self->branches[i]) && fm_poll(self->branches[i].future, cx) == FM_READY) {
			self->winner = i;
			return true;
		}
	}
	return false;
}

/* The index of the nth enabled branch. */
static uint32_t nth_enabled(const struct fm_select *self, uint32_t nth)
{
	uint32_t i = 0;

	for (;; i++) {
		if (enabled(&self->branches[i]) && nth-- == 0)
			return i;
	}
}

static enum fm_poll select_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_select *self = FM_CONTAINER_OF(future, struct fm_select, fut);
	const uint32_t count = count_enabled(self);

	if (count > 0) {
		const uint32_t nth = self->biased ? 0 : fm__rotation(cx, count);
		const uint32_t start = nth_enabled(self, nth);

		if (poll_range(self, start, self->count, cx) || poll_range(self, 0, start, cx))
			return won(self, self->winner, self->branches[self->winner].future->status);
	}
	if (self->defaults)
		return won(self, FM_SELECT_DEFAULT, FM_OK);
	return count == 0 ? won(self, FM_SELECT_NONE, FM_ERR_EMPTY) : FM_PENDING;
}

static void select_drop(struct fm_future *future)
{
	struct fm_select *self = FM_CONTAINER_OF(future, struct fm_select, fut);

	self->winner = FM_SELECT_NONE;
	drop_losers(self);
}

static const struct fm_await_site *select_inspect(const struct fm_future *future, unsigned index,
						  struct fm_future **child)
{
	const struct fm_select *self = FM_CONTAINER_OF(future, const struct fm_select, fut);

	*child = NULL;
	for (uint32_t i = 0; i < self->count; i++) {
		if (enabled(&self->branches[i]) && index-- == 0) {
			*child = self->branches[i].future;
			break;
		}
	}
	return NULL;
}

static const struct fm_future_ops select_ops = {
	.name = "fm_select",
	.poll = select_poll,
	.drop = select_drop,
	.inspect = select_inspect,
	.cancel = FM_CANCEL_CHILDREN,
};

struct fm_future *fm_select_init(struct fm_select *self, struct fm_branch *branches, uint32_t count)
{
	fm_future_init(&self->fut, &select_ops);
	self->branches = branches;
	self->count = count;
	self->winner = FM_SELECT_NONE;
	self->biased = false;
	self->defaults = false;
	return &self->fut;
}

struct fm_future *fm_select_biased_init(struct fm_select *self, struct fm_branch *branches, uint32_t count)
{
	fm_select_init(self, branches, count);
	self->biased = true;
	return &self->fut;
}

struct fm_future *fm_select_default_init(struct fm_select *self, struct fm_branch *branches, uint32_t count)
{
	fm_select_init(self, branches, count);
	self->defaults = true;
	return &self->fut;
}
