/*
 * The wakers that futures of a program are polled with. They notice that a wake has come, they may do more than wake, as any
 * waker may: call the thing, or drop a future that waits; and then they wake the task. They live as long as the run, so one that is
 * kept and used too late is no harm here; the simulator's own wakers around them tell what was kept.
 */
#include "subject.h"

#define CALLS_DEEP_MAX 3

static struct subject_waker *waker_of(const struct fm_wakeable *wakeable)
{
	return FM_CONTAINER_OF(wakeable, struct subject_waker, wakeable);
}

static struct fm_waker clone(struct fm_wakeable *wakeable)
{
	waker_of(wakeable)->refs++;
	return fm_waker_of(wakeable);
}

static void drop(struct fm_wakeable *wakeable)
{
	waker_of(wakeable)->refs--;
}

static bool will_wake(const struct fm_wakeable *wakeable, struct fm_waker other)
{
	return fm_waker_wakeable(other) == wakeable;
}

static void call(struct subject_op *op)
{
	struct fm_subject_at at = op->at;

	at.future = NULL;
	at.fut = NULL;
	at.argument = op->waker_argument;
	at.in_waker = true;
	at.in_poll = op->world->polls_deep > 0;
	fm_list_init(&at.link);
	for (unsigned i = 0; i < FM_COUNT_OF(at.memo); i++)
		at.memo[i] = 0;
	op->world->acts++;
	op->waker_calls->call(&at);
}

/* The next one behind it in the program that waits. */
static void drop_another(struct subject_op *op)
{
	struct subject_op *first = &op->world->ops[0][0];
	const unsigned count = SUBJECT_TASKS_MAX * SUBJECT_TURNS_MAX;
	const unsigned own = (unsigned)(op - first);

	for (unsigned i = 1; i < count; i++)
		if (subject_drop(&first[(own + i) % count], END_IN_WAKER))
			return;
}

static void wake(struct fm_wakeable *wakeable)
{
	struct subject_op *op = waker_of(wakeable)->op;
	struct subject_world *world = op->world;
	const bool acts = !op->polling && !op->woken && world->wakers_deep < CALLS_DEEP_MAX && world->thing;

	if (op->state != OPERATION_WAITS && !op->polling)
		return;
	op->woken = true;
	if (acts && op->waking >= FM_SUBJECT_WAKER_CALLS && !world->sim->ghost) {
		world->wakers_deep++;
		if (op->waking == FM_SUBJECT_WAKER_CALLS)
			call(op);
		else
			drop_another(op);
		world->wakers_deep--;
	}
	if (op->state == OPERATION_WAITS || op->polling)
		fm_task_wake(op->task);
}

static const struct fm_waker_ops ops = { .clone = clone, .wake = wake, .drop = drop, .will_wake = will_wake };

struct fm_waker subject_waker(struct subject_op *op)
{
	return fm_waker_of(&op->wakers[op->waking == FM_SUBJECT_WAKERS_IN_TURN ? op->at.polls & 1 : 0].wakeable);
}

void subject_wakers_init(struct subject_op *op)
{
	for (unsigned i = 0; i < FM_COUNT_OF(op->wakers); i++) {
		op->wakers[i].wakeable.ops = &ops;
		op->wakers[i].op = op;
	}
}
