/*
 * One operation of a program, as a future: a call, or a future of the subject's that is polled and dropped as its fate says.
 *
 * It knows why it is polled: a wake came, its own task wanted to go on, or for no reason. Only in the first two does it do more than poll.
 * A future that is READY although no wake has come since it last said PENDING, and nobody else has been woken in its place, was
 * forgotten: whatever made it ready should have woken somebody. That is a missed wake, found where it happens and not only at rest.
 */
#include "subject.h"

static void missed(struct subject_op *op) __attribute__((noreturn, cold));

static void missed(struct subject_op *op)
{
	struct fm_sim *sim = op->world->sim;
	struct fm_task *task = fm_task_current();
	struct sim_text text = sim__failure_text(sim);

	sim__fail(sim,
		  &(struct sim_blame){ .oracle = "missed wake",
				       .file = op->operation->site.file,
				       .line = op->operation->site.line,
				       .task = task ? sim__task(sim, task) : NULL },
		  &text, "%s of task %u was PENDING, no wake came, and polled %s it is READY: nobody had woken it",
		  op->operation->name, op->at.task, op->probed ? "once more at rest" : "for no reason");
}

static void give_back(struct subject_op *op)
{
	if (op->at.fut && op->operation->ended)
		op->operation->ended(&op->at);
	fm_free(op->at.future, op->operation->future_bytes);
	op->at.future = NULL;
	op->at.fut = NULL;
}

static void ended(struct subject_op *op, enum subject_end end)
{
	op->state = OPERATION_ENDED;
	op->end = end;
	op->world->acts++;
	subject_every_way(op->world);
	if (op->at.future)
		give_back(op);
	fm_sim_note(op->world->sim, "task %u: %s ended", op->at.task, op->operation->name);
}

bool subject_drop(struct subject_op *op, enum subject_end end)
{
	if (op->polling || (op->state != OPERATION_MADE && op->state != OPERATION_WAITS))
		return false;
	op->state = OPERATION_DROPPING;
	if (op->operation->dropping)
		op->operation->dropping(&op->at);
	fm_drop(op->at.fut);
	ended(op, end);
	if (op->task && op->task != fm_task_current())
		fm_task_wake(op->task);
	return true;
}

static bool make(struct subject_op *op)
{
	op->at.thing = op->world->thing;
	op->at.future = fm_alloc(op->operation->future_bytes);
	op->at.fut = op->at.future ? op->operation->make(&op->at) : NULL;
	if (!op->at.fut) {
		ended(op, END_NOT_MADE);
		return false;
	}
	op->state = OPERATION_MADE;
	return true;
}

static enum fm_poll pause(struct subject_op *op, struct fm_context *cx)
{
	op->paused = true;
	fm_waker_wake_by_ref(cx->waker);
	return FM_PENDING;
}

/* Somebody has been woken and not polled since: who is polled before may be quicker, and take what the wake was for. */
static bool others_are_due(const struct subject_op *op)
{
	const struct subject_op *first = &op->world->ops[0][0];

	for (unsigned i = 0; i < SUBJECT_TASKS_MAX * SUBJECT_TURNS_MAX; i++)
		if (&first[i] != op && first[i].state == OPERATION_WAITS && first[i].woken)
			return true;
	return false;
}

static enum fm_poll poll_it(struct subject_op *op, struct fm_context *cx)
{
	/* Where polls take time, something may have been done between the look and this poll: it was no rest. */
	const bool at_rest = op->probed && op->world->acts == op->world->acts_at_rest;
	const bool due = op->woken || op->at.polls == 0 || (op->world->subject->ripens && !at_rest);
	const bool others_were_due = !due && others_are_due(op);
	struct fm_context inner = *cx;
	enum fm_poll result;

	inner.waker = subject_waker(op);
	op->woken = false;
	op->at.polls++;
	if (op->operation->polling)
		op->operation->polling(&op->at);
	op->polling = true;
	op->world->polls_deep++;
	result = fm_poll(op->at.fut, &inner);
	op->world->polls_deep--;
	op->polling = false;
	if (result == FM_READY && !due && !others_were_due)
		missed(op);
	op->probed = false;
	op->state = result == FM_READY ? OPERATION_ENDED : OPERATION_WAITS; /* before `polled`, which may wake who drops others */
	if (op->operation->polled)
		op->operation->polled(&op->at, result == FM_READY);
	if (result == FM_READY) {
		ended(op, END_READY);
		return FM_READY;
	}
	if (op->state == OPERATION_ENDED)
		return FM_READY; /* dropped meanwhile */
	if (op->fate == FM_SUBJECT_DROP_AT_ONCE) {
		subject_drop(op, END_DROPPED);
		return FM_READY;
	}
	if (op->turns_left && (op->fate == FM_SUBJECT_DROP_WAITING || op->fate == FM_SUBJECT_POLL_AGAIN))
		return pause(op, cx);
	return FM_PENDING;
}

/* Where its task has done nothing yet, others have come first or not as it was chosen: it need not be asked again. */
static bool may_call(struct subject_op *op, struct fm_context *cx)
{
	bool goes_on;

	if (op->at.turn == 1)
		subject_one_way(op->world, 0);
	goes_on = fm_coop_on(cx, op->world->thing);
	subject_every_way(op->world);
	return goes_on;
}

static enum fm_poll begin(struct subject_op *op, struct fm_context *cx)
{
	if (op->operation->call) {
		if (!may_call(op, cx))
			return FM_PENDING;
		op->at.thing = op->world->thing;
		fm_sim_note(op->world->sim, "task %u: %s(%llu)", op->at.task, op->operation->name,
			    (unsigned long long)op->at.argument);
		ended(op, END_CALLED);
		op->operation->call(&op->at);
		return FM_READY;
	}
	fm_sim_note(op->world->sim, "task %u: %s(%llu) is made", op->at.task, op->operation->name,
		    (unsigned long long)op->at.argument);
	if (!make(op))
		return FM_READY;
	if (op->fate == FM_SUBJECT_DROP_UNPOLLED) {
		subject_drop(op, END_DROPPED);
		return FM_READY;
	}
	if (op->fate == FM_SUBJECT_DROP_UNPOLLED_LATE || op->fate == FM_SUBJECT_POLL_LATE)
		return pause(op, cx);
	return poll_it(op, cx);
}

static enum fm_poll go_on(struct subject_op *op, struct fm_context *cx)
{
	const bool paused = op->paused;

	op->paused = false;
	if (op->state == OPERATION_MADE && op->fate == FM_SUBJECT_DROP_UNPOLLED_LATE) {
		subject_drop(op, END_DROPPED);
		return FM_READY;
	}
	if (paused && op->turns_left)
		op->turns_left--;
	if ((op->fate == FM_SUBJECT_DROP_WOKEN && op->woken) || (paused && op->fate == FM_SUBJECT_DROP_WAITING && !op->turns_left)) {
		subject_drop(op, END_DROPPED);
		return FM_READY;
	}
	if (paused && op->fate == FM_SUBJECT_DROP_WAITING)
		return pause(op, cx);
	return poll_it(op, cx);
}

static enum fm_poll step_poll(struct fm_future *future, struct fm_context *cx)
{
	struct subject_op *op = FM_CONTAINER_OF(future, struct subject_step, fut)->op;
	enum fm_poll result;

	op->task = fm_task_current();
	if (op->state == OPERATION_ENDED)
		result = FM_READY;
	else if (op->state == OPERATION_NEW)
		result = begin(op, cx);
	else
		result = go_on(op, cx);
	if (result == FM_READY)
		return fm_ready(future, FM_OK);
	return FM_PENDING;
}

static void step_drop(struct fm_future *future)
{
	struct subject_op *op = FM_CONTAINER_OF(future, struct subject_step, fut)->op;

	subject_drop(op, END_ABORTED);
	op->state = OPERATION_ENDED;
	op->task = NULL;
}

static const struct fm_await_site *step_inspect(const struct fm_future *self, unsigned index, struct fm_future **child)
{
	struct subject_op *op = FM_CONTAINER_OF(self, struct subject_step, fut)->op;

	*child = index == 0 && (op->state == OPERATION_MADE || op->state == OPERATION_WAITS) ? op->at.fut : NULL;
	return &op->operation->site;
}

static void step_renew(struct fm_future *future)
{
	struct subject_step *self = FM_CONTAINER_OF(future, struct subject_step, fut);
	struct subject_op *op = self->op;

	op->state = OPERATION_NEW;
	op->end = END_NONE;
	op->at.polls = 0;
	op->woken = op->paused = op->probed = false;
	for (unsigned i = 0; i < FM_COUNT_OF(op->at.memo); i++)
		op->at.memo[i] = 0;
	subject_step_init(self, op);
}

static const struct fm_future_ops step_ops = {
	.name = "subject's operation",
	.poll = step_poll,
	.drop = step_drop,
	.inspect = step_inspect,
	.renew = step_renew,
};

struct fm_future *subject_step_init(struct subject_step *self, struct subject_op *op)
{
	fm_future_init(&self->fut, &step_ops);
	self->op = op;
	return &self->fut;
}
