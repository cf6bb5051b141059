/*
 * The timers of an executor: a pairing heap threaded through the timers themselves, so that arming allocates
 * nothing.
 *
 * Arming is O(1), firing and disarming O(log n) amortised. Timers armed one right after the other for the same time
 * are a train: only the first is in the heap, and each of the others costs O(1). Real clocks hardly ever make one; in
 * virtual time, where the clock stands still while tasks run, nearly all timers are in trains.
 *
 * What is due is first moved to a list of its own: a timer armed while others fire waits for the next round, even
 * when it is due at once. A timer still on that list can be disarmed as well. (Fredman, Sedgewick, Sleator,
 * Tarjan: The pairing heap, 1986.)
 */
#include "../task/internal.h"

/* What `child` points to in those that hang in a train. */
static struct fm_timer in_train;

static bool before(const struct fm_timer *a, const struct fm_timer *b)
{
	if (a->deadline_ns != b->deadline_ns)
		return a->deadline_ns < b->deadline_ns;
	return (int64_t)(a->order - b->order) < 0; /* the counter may wrap between the two */
}

/* Two roots become one. */
static struct fm_timer *meld(struct fm_timer *a, struct fm_timer *b)
{
	if (!a)
		return b;
	if (!b)
		return a;
	if (before(b, a)) {
		struct fm_timer *swap = a;

		a = b;
		b = swap;
	}
	b->prev = a;
	b->next = a->child;
	if (a->child)
		a->child->prev = b;
	a->child = b;
	return a;
}

/* The children of a removed root, melded in pairs, then from the last pair back. */
static struct fm_timer *meld_siblings(struct fm_timer *first)
{
	struct fm_timer *pairs = NULL;
	struct fm_timer *root = NULL;

	while (first) {
		struct fm_timer *a = first;
		struct fm_timer *b = a->next;

		first = b ? b->next : NULL;
		a->next = a->prev = NULL;
		if (b)
			b->next = b->prev = NULL;
		a = meld(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct fm_timer *next = pairs->next;

		pairs->next = NULL;
		root = meld(root, pairs);
		pairs = next;
	}
	return root;
}

/* The next of the train, or what stands before it in the heap, gets this one's place. */
static void replace(struct fm_executor *executor, struct fm_timer *timer, struct fm_timer *by)
{
	if (timer == executor->timers)
		executor->timers = by;
	else if (timer->prev->child == timer)
		timer->prev->child = by;
	else
		timer->prev->next = by;
	if (timer->next)
		timer->next->prev = by;
}

/*
 * The first of the train takes the place in the heap. Whoever has the same deadline and is not of the train was armed
 * before or after all of it, so the heap's order holds.
 */
static void heap_hand_over(struct fm_executor *executor, struct fm_timer *timer)
{
	struct fm_timer *first = timer->train;

	first->train = first->next;
	replace(executor, timer, first);
	first->child = timer->child;
	first->next = timer->next;
	first->prev = timer->prev;
	if (first->child)
		first->child->prev = first;
	timer->child = timer->next = timer->prev = timer->train = NULL;
}

static void train_remove(struct fm_timer *timer)
{
	if (timer->prev->train == timer)
		timer->prev->train = timer->next;
	else
		timer->prev->next = timer->next;
	if (timer->next)
		timer->next->prev = timer->prev;
	timer->child = timer->next = timer->prev = NULL;
}

static void heap_remove(struct fm_executor *executor, struct fm_timer *timer)
{
	struct fm_timer *rest = meld_siblings(timer->child);

	if (timer == executor->timers) {
		executor->timers = rest;
	} else {
		if (timer->prev->child == timer)
			timer->prev->child = timer->next;
		else
			timer->prev->next = timer->next;
		if (timer->next)
			timer->next->prev = timer->prev;
		executor->timers = meld(executor->timers, rest);
	}
	timer->child = timer->next = timer->prev = NULL;
}

/* The list of those due marks its members by a child that points at themselves. */
static bool on_due_list(const struct fm_timer *timer)
{
	return timer->child == timer;
}

static void due_remove(struct fm_executor *executor, struct fm_timer *timer)
{
	if (timer->prev)
		timer->prev->next = timer->next;
	else
		executor->due = timer->next;
	if (timer->next)
		timer->next->prev = timer->prev;
	timer->child = timer->next = timer->prev = NULL;
}

/* Leaves the heap, its train, or the list of those due; the waker stays. */
static void leave(struct fm_timer *timer)
{
	struct fm_executor *executor = timer->executor;

	if (timer->deadline_ns == FM_NS_MAX)
		return; /* is nowhere, and its executor may be gone */
	if (executor->newest == timer)
		executor->newest = NULL;
	if (on_due_list(timer))
		due_remove(executor, timer);
	else if (timer->child == &in_train)
		train_remove(timer);
	else if (timer->train)
		heap_hand_over(executor, timer);
	else
		heap_remove(executor, timer);
}

/* Behind the newest, which is the last of its train, or a train of its own. */
static void train_append(struct fm_timer *newest, struct fm_timer *timer)
{
	timer->child = &in_train;
	timer->prev = newest;
	if (newest->child == &in_train)
		newest->next = timer;
	else
		newest->train = timer;
}

static void enter(struct fm_timer *timer, struct fm_executor *executor, fm_ns deadline_ns)
{
	timer->executor = executor;
	timer->deadline_ns = deadline_ns;
	timer->order = executor->timers_armed++;
	if (deadline_ns == FM_NS_MAX)
		return;
	if (executor->newest && executor->newest->deadline_ns == deadline_ns)
		train_append(executor->newest, timer);
	else
		executor->timers = meld(executor->timers, timer);
	executor->newest = timer;
}

void fm_timer_arm(struct fm_timer *timer, fm_ns deadline_ns, struct fm_context *cx)
{
	struct fm_executor *executor = cx->executor;

	if (timer->executor != executor || timer->deadline_ns != deadline_ns) {
		if (timer->executor)
			leave(timer);
		enter(timer, executor, deadline_ns);
	}
	fm_waker_store(&timer->waker, cx);
}

void fm_timer_move(struct fm_timer *timer, fm_ns deadline_ns)
{
	struct fm_executor *executor = timer->executor;

	if (!executor || timer->deadline_ns == deadline_ns)
		return;
	leave(timer);
	enter(timer, executor, deadline_ns);
}

void fm_timer_disarm(struct fm_timer *timer)
{
	if (!timer->executor)
		return;
	leave(timer);
	timer->executor = NULL;
	fm_waker_drop(&timer->waker);
}

void fm__timers_forget(struct fm_executor *executor)
{
	while (executor->timers)
		fm_timer_disarm(executor->timers);
}

fm_ns fm_executor_deadline(const struct fm_executor *executor)
{
	return executor->timers ? executor->timers->deadline_ns : FM_NS_MAX;
}

void fm_executor_fire(struct fm_executor *executor, fm_ns now_ns)
{
	struct fm_timer *last = NULL;

	while (executor->timers && executor->timers->deadline_ns <= now_ns) {
		struct fm_timer *timer = executor->timers;
		struct fm_timer *train = timer->train;

		heap_remove(executor, timer);
		timer->train = NULL;
		timer->prev = last;
		if (last)
			last->next = timer;
		else
			executor->due = timer;
		timer->child = timer;
		last = timer;
		timer->next = train; /* its pointers are a list's already */
		for (; train; train = train->next) {
			train->child = train;
			last = train;
		}
		if (executor->newest == last)
			executor->newest = NULL;
	}
	while (executor->due) {
		struct fm_timer *timer = executor->due;

		due_remove(executor, timer);
		timer->executor = NULL;
		fm_waker_wake(&timer->waker);
	}
}
