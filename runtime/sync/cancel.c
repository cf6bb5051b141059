/*
 * The tree of cancellation tokens.
 *
 * Only tokens that are not cancelled have parents and children: cancelling takes the whole subtree apart, so
 * nothing has to be walked twice and nothing of a cancelled token is reached through another. A token whose
 * last handle is given back puts its children in its own place, so that a chain of forgotten parents doesn't
 * grow. Both are loops: the depth of the tree costs no stack.
 */
#include <fm/cancel.h>
#include <fm/env.h>
#include <fm/observe.h>
#include <fm/panic.h>

struct fm_cancel {
	struct fm_env *env;      /* whose memory it is */
	struct fm_list children; /* oldest first */
	struct fm_list sibling;  /* in the children of the parent or of the token being cancelled; or alone */
	struct fm_waitq waiters;
	uint64_t refs;
	bool cancelled;
};

static const char kind[] = "cancel";

static struct fm_cancel *token_of(struct fm_list *sibling)
{
	return FM_CONTAINER_OF(sibling, struct fm_cancel, sibling);
}

static struct fm_cancel *new_token(struct fm_env *env)
{
	struct fm_cancel *self = env->ops->alloc(env, sizeof(*self));

	if (!self)
		return NULL;
	self->env = env;
	fm_list_init(&self->children);
	fm_list_init(&self->sibling);
	fm_waitq_init(&self->waiters);
	self->refs = 1;
	self->cancelled = false;
	return self;
}

struct fm_cancel *fm_cancel_new(void)
{
	struct fm_env *env = fm_env_current();

	return env ? new_token(env) : NULL;
}

struct fm_cancel *fm_cancel_child(struct fm_cancel *parent)
{
	struct fm_cancel *self = new_token(parent->env);

	if (!self)
		return NULL;
	fm_observe_touch(parent);
	if (parent->cancelled) {
		self->cancelled = true;
		return self;
	}
	fm_list_push_back(&parent->children, &self->sibling);
	return self;
}

struct fm_cancel *fm_cancel_ref(struct fm_cancel *self)
{
	self->refs++;
	return self;
}

/* The children take the token's own place among its siblings, or become roots. */
static void leave_tree(struct fm_cancel *self)
{
	if (!fm_list_empty(&self->sibling))
		fm_list_splice_back(&self->sibling, &self->children);
	while (!fm_list_empty(&self->children))
		fm_list_unlink(self->children.next);
	fm_list_unlink(&self->sibling);
}

void fm_cancel_unref(struct fm_cancel *self)
{
	if (!self || --self->refs > 0)
		return;
	fm_observe_touch(self);
	if (!fm_list_empty(&self->waiters.waiters))
		fm_contract_broken(
			NULL,
			"the last handle of a cancellation token was given back while a future waits for it");
	leave_tree(self);
	self->env->ops->free(self->env, self, sizeof(*self));
}

static void mark(struct fm_cancel *self, struct fm_waitq *due)
{
	fm_observe_touch(self);
	fm_list_unlink(&self->sibling);
	self->cancelled = true;
	fm_list_splice_back(&due->waiters, &self->waiters.waiters);
}

/* Nothing of any token is touched after the first wake. */
void fm_cancel_cancel(struct fm_cancel *self)
{
	struct fm_waitq due;

	fm_observe_touch(self);
	if (self->cancelled)
		return;
	fm_waitq_init(&due);
	mark(self, &due);
	while (!fm_list_empty(&self->children)) {
		struct fm_cancel *token = token_of(self->children.next);

		mark(token, &due);
		/* Its children to the front of those left: descendants come before the next sibling. */
		fm_list_splice_back(&token->children, &self->children);
		fm_list_splice_back(&self->children, &token->children);
	}
	fm_waitq_wake_all(&due);
}

bool fm_cancel_cancelled(const struct fm_cancel *self)
{
	fm_observe_touch(self);
	return self->cancelled;
}

static enum fm_poll wait_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_cancel_wait *self = FM_CONTAINER_OF(future, struct fm_cancel_wait, fut);

	if (self->token->cancelled)
		return fm_coop_on(cx, self->token) ? fm_ready(future, FM_OK) : FM_PENDING;
	if (!self->waiting) {
		self->waiting = true;
		fm_observe_wait(kind, self->token, future);
	}
	fm_waitq_wait(&self->token->waiters, &self->waiter, cx);
	return FM_PENDING;
}

static void wait_drop(struct fm_future *future)
{
	struct fm_cancel_wait *self = FM_CONTAINER_OF(future, struct fm_cancel_wait, fut);

	if (!self->waiting)
		return;
	fm_observe_unwait(self->token, future);
	fm_waiter_leave(&self->waiter);
}

static void wait_renew(struct fm_future *future)
{
	struct fm_cancel_wait *self = FM_CONTAINER_OF(future, struct fm_cancel_wait, fut);

	fm_cancel_wait_init(self, self->token);
}

static const struct fm_future_ops wait_ops = {
	.name = "fm_cancel_wait",
	.poll = wait_poll,
	.drop = wait_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = wait_renew,
};

struct fm_future *fm_cancel_wait_init(struct fm_cancel_wait *self, struct fm_cancel *token)
{
	fm_future_init(&self->fut, &wait_ops);
	self->token = token;
	fm_waiter_init(&self->waiter);
	self->waiting = false;
	return &self->fut;
}
