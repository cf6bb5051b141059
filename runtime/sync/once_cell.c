/*
 * A once cell: the right to make the value is handed over like a lock until somebody has made it.
 *
 * A maker that fails, or is dropped with its future half done, makes the oldest waiter the maker before it
 * wakes it. That costs the makers' work again, but never leaves a queue in front of an empty cell that
 * nobody fills.
 */
#include <fm/observe.h>
#include <fm/once_cell.h>
#include <fm/panic.h>

static const char kind[] = "once cell";

/* The maker has let go without a value. */
static void hand_over(struct fm_once_cell *cell)
{
	struct fm_waiter *first = fm_waitq_first(&cell->waiters);

	fm_observe_release(cell);
	cell->maker = NULL;
	if (!first)
		return;
	cell->maker = FM_CONTAINER_OF(first, struct fm_once_get, waiter);
	fm_observe_grant(kind, cell, &cell->maker->fut);
	fm_waiter_wake(first);
}

static void fill(struct fm_once_cell *cell)
{
	fm_observe_release(cell);
	cell->maker = NULL;
	cell->set = true;
	fm_waitq_wake_all(&cell->waiters);
}

static enum fm_poll get_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_once_get *self = FM_CONTAINER_OF(future, struct fm_once_get, fut);
	struct fm_once_cell *cell = self->cell;

	if (cell->set) {
		if (!fm_coop_on(cx, cell))
			return FM_PENDING;
		fm_drop(self->make);
		return fm_ready(future, FM_OK);
	}
	if (!cell->maker) {
		cell->maker = self;
		fm_observe_grant(kind, cell, NULL);
	}
	if (cell->maker != self) {
		if (!self->waiting) {
			self->waiting = true;
			fm_observe_wait(kind, cell, future);
		}
		fm_waitq_wait(&cell->waiters, &self->waiter, cx);
		return FM_PENDING;
	}
	if (fm_poll(self->make, cx) == FM_PENDING)
		return FM_PENDING;
	if (self->make->status == FM_OK)
		fill(cell);
	else
		hand_over(cell);
	return fm_ready(future, self->make->status);
}

static void get_drop(struct fm_future *future)
{
	struct fm_once_get *self = FM_CONTAINER_OF(future, struct fm_once_get, fut);
	struct fm_once_cell *cell = self->cell;
	const bool maker = cell->maker == self;

	if (!maker && self->waiting) {
		fm_observe_unwait(cell, future);
		fm_waiter_leave(&self->waiter);
	}
	fm_drop(self->make);
	if (maker)
		hand_over(cell);
}

static const struct fm_await_site *get_inspect(const struct fm_future *future, unsigned index,
					       struct fm_future **child)
{
	const struct fm_once_get *self = FM_CONTAINER_OF(future, const struct fm_once_get, fut);

	*child = index == 0 && self->cell->maker == self ? self->make : NULL;
	return NULL;
}

static const struct fm_future_ops get_ops = {
	.name = "fm_once_get",
	.poll = get_poll,
	.drop = get_drop,
	.inspect = get_inspect,
	.cancel = FM_CANCEL_RESTARTS,
};

struct fm_future *fm_once_get_init(struct fm_once_get *self, struct fm_once_cell *cell,
				   struct fm_future *make)
{
	fm_future_init(&self->fut, &get_ops);
	self->cell = cell;
	self->make = make;
	fm_waiter_init(&self->waiter);
	self->waiting = false;
	return &self->fut;
}

void fm_once_cell_init(struct fm_once_cell *self, void *value)
{
	fm_waitq_init(&self->waiters);
	self->maker = NULL;
	self->value = value;
	self->set = false;
}

void fm_once_cell_drop(struct fm_once_cell *self)
{
	if (self->maker)
		fm_contract_broken(&self->maker->fut, "its once cell was dropped while it makes the value");
}
