/*
 * Cancellation tokens against a model of their tree: parents, handles, who is cancelled. Futures that wait have a handle of their
 * own. What runs under a token is a future of the subject's own, which waits for a gate and says how it ended.
 */
#include <fm/cancel.h>
#include <fm_sim/subject.h>

#define TOKENS_MAX 8

struct token {
	struct fm_cancel *token; /* NULL: it is gone, or was never made */
	int parent;              /* -1: none */
	unsigned handles;
	bool held;               /* one of them is the program's */
	bool cancelled;
};

struct thing {
	struct token tokens[TOKENS_MAX]; /* in the order of their making */
	unsigned count;
	struct fm_waitq gate;
	bool open;
};

struct inner {
	struct fm_future fut;
	struct fm_subject_at *at;
	struct fm_waiter waiter;
};

struct run {
	struct fm_cancel_run run;
	struct inner inner;
};

enum { NOW = 4 };                  /* of run's argument, beside the token: it does not wait for the gate */
enum { UNDER_WAY, PASSED, DROPPED }; /* memo[0]: what is run */

static struct token *token_of(const struct fm_subject_at *at)
{
	return &((struct thing *)at->thing)->tokens[at->argument & 3];
}

static bool add(struct thing *thing, struct fm_cancel *made, int parent)
{
	if (made)
		thing->tokens[thing->count++] = (struct token){
			.token = made,
			.parent = parent,
			.handles = 1,
			.held = true,
			.cancelled = parent >= 0 && thing->tokens[parent].cancelled,
		};
	return made;
}

static int make(void *arg)
{
	struct thing *thing = arg;

	fm_waitq_init(&thing->gate);
	if (!add(thing, fm_cancel_new(), -1))
		return FM_ERR_NOMEM;
	for (uint64_t i = fm_random(3); i > 0; i--) /* one below the other */
		add(thing, fm_cancel_child(thing->tokens[thing->count - 1].token), (int)thing->count - 1);
	return FM_OK;
}

/* The model's part: the last handle's token leaves its children to its parent. */
static struct fm_cancel *let_go(struct thing *thing, struct token *token)
{
	struct fm_cancel *handle = token->token;

	if (--token->handles > 0)
		return handle;
	token->token = NULL;
	for (unsigned i = 0; i < thing->count; i++)
		if (thing->tokens[i].parent == token - thing->tokens)
			thing->tokens[i].parent = token->parent;
	return handle;
}

static void end(void *arg)
{
	struct thing *thing = arg;

	for (unsigned i = 0; i < thing->count; i++)
		if (thing->tokens[i].held)
			fm_cancel_unref(let_go(thing, &thing->tokens[i]));
}

static struct fm_cancel *own_handle(struct token *token)
{
	token->handles++;
	return fm_cancel_ref(token->token);
}

static struct fm_future *wait(struct fm_subject_at *at)
{
	struct token *token = token_of(at);

	return token->token ? fm_cancel_wait_init(at->future, own_handle(token)) : NULL;
}

static bool wait_possible(struct fm_subject_at *at)
{
	return token_of(at)->cancelled;
}

static void wait_polled(struct fm_subject_at *at, bool ready)
{
	FM_SUBJECT_CHECK(at, !ready || wait_possible(at), "its token is not cancelled");
	FM_SUBJECT_CHECK(at, !ready || at->fut->status == FM_OK, "%s", fm_status_name(at->fut->status));
}

static void wait_ended(struct fm_subject_at *at)
{
	fm_cancel_unref(let_go(at->thing, token_of(at)));
}

static bool could_pass(const struct fm_subject_at *at)
{
	return (at->argument & NOW) || ((struct thing *)at->thing)->open;
}

static enum fm_poll inner_poll(struct fm_future *future, struct fm_context *cx)
{
	struct inner *self = FM_CONTAINER_OF(future, struct inner, fut);

	FM_SUBJECT_CHECK(self->at, !token_of(self->at)->cancelled, "it goes on under a cancelled token");
	if (!could_pass(self->at)) {
		fm_waitq_wait(&((struct thing *)self->at->thing)->gate, &self->waiter, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	self->at->memo[0] = PASSED;
	return fm_ready(future, FM_ERR_BUSY);
}

static void inner_drop(struct fm_future *future)
{
	struct inner *self = FM_CONTAINER_OF(future, struct inner, fut);

	self->at->memo[0] = DROPPED;
	fm_waiter_leave(&self->waiter);
}

static const struct fm_future_ops inner_ops = { .name = "inner", .poll = inner_poll, .drop = inner_drop };

static struct fm_future *run(struct fm_subject_at *at)
{
	struct token *token = token_of(at);
	struct run *self = at->future;

	if (!token->token)
		return NULL;
	fm_future_init(&self->inner.fut, &inner_ops);
	self->inner.at = at;
	fm_waiter_init(&self->inner.waiter);
	return fm_cancel_run_init(&self->run, own_handle(token), &self->inner.fut);
}

static bool run_possible(struct fm_subject_at *at)
{
	return token_of(at)->cancelled || could_pass(at);
}

static void run_polled(struct fm_subject_at *at, bool ready)
{
	if (!ready)
		return;
	if (token_of(at)->cancelled)
		FM_SUBJECT_CHECK(at, at->fut->status == FM_ERR_CANCELLED && at->memo[0] == DROPPED, "cancelled, and %s",
				 fm_status_name(at->fut->status));
	else
		FM_SUBJECT_CHECK(at, at->fut->status == FM_ERR_BUSY && at->memo[0] == PASSED, "it passed, and %s",
				 fm_status_name(at->fut->status));
}

static void run_ended(struct fm_subject_at *at)
{
	FM_SUBJECT_CHECK(at, at->memo[0] != UNDER_WAY, "what it ran is left over");
	wait_ended(at);
}

static void cancel(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct token *token = token_of(at);

	if (!token->token)
		return;
	token->cancelled = true;
	for (unsigned i = 0; i < thing->count; i++) /* parents were made before their children */
		if (thing->tokens[i].parent >= 0 && thing->tokens[thing->tokens[i].parent].cancelled)
			thing->tokens[i].cancelled = true;
	fm_cancel_cancel(token->token);
}

static void child(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct token *token = token_of(at);

	if (token->token && thing->count < TOKENS_MAX)
		add(thing, fm_cancel_child(token->token), (int)(token - thing->tokens));
}

static void unref(struct fm_subject_at *at)
{
	struct token *token = token_of(at);

	if (!token->held)
		return;
	token->held = false;
	fm_cancel_unref(let_go(at->thing, token));
}

static void open(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	thing->open = true;
	fm_waitq_wake_all(&thing->gate);
}

static void check(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;

	for (unsigned i = 0; i < thing->count; i++)
		if (thing->tokens[i].token)
			FM_SIM_CHECK(sim, fm_cancel_cancelled(thing->tokens[i].token) == thing->tokens[i].cancelled,
				     "token %u is cancelled, or not", i);
}

FM_SUBJECT(cancel_token, "subject/cancel", "who waits for a token hears of it, and of those above it, and of no other") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.end = end,
	.check = check,
	.operations = {
		FM_SUBJECT_FUTURE(wait, struct fm_cancel_wait, .polled = wait_polled, .ended = wait_ended,
				  .possible = wait_possible, FM_SUBJECT_ARGUMENTS(0, 1, 2, 3)),
		FM_SUBJECT_CALL(cancel, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1, 2, 3)),
		FM_SUBJECT_CALL(child, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1, 2)),
		FM_SUBJECT_CALL(unref, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1, 2, 3)),
		FM_SUBJECT_FUTURE(run, struct run, .polled = run_polled, .ended = run_ended, .possible = run_possible,
				  FM_SUBJECT_ARGUMENTS(0, 1, 0 | NOW, 2)),
		FM_SUBJECT_CALL(open, .in_wakers = true),
	},
};
