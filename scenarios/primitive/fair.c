#include "fair.h"

static struct fair_request *request_of(struct fm_list *link)
{
	return FM_CONTAINER_OF(link, struct fair_request, link);
}

void fair_init(struct fair *self, uint64_t total)
{
	self->total = self->free = total;
	fm_list_init(&self->queue);
}

bool fair_can(const struct fair *self, uint64_t units)
{
	return fm_list_empty(&self->queue) && units <= self->free;
}

void fair_take(struct fair *self, uint64_t units)
{
	FAIR_HOLDS(fair_can(self, units), "%llu units were had of %llu free, or somebody was overtaken",
	      (unsigned long long)units, (unsigned long long)self->free);
	self->free -= units;
}

static void serve(struct fair *self)
{
	while (!fm_list_empty(&self->queue) && request_of(self->queue.next)->units <= self->free) {
		struct fair_request *first = request_of(self->queue.next);

		self->free -= first->units;
		first->state = FAIR_GRANTED;
		fm_list_unlink(&first->link);
	}
}

void fair_release(struct fair *self, uint64_t units)
{
	self->free += units;
	serve(self);
}

void fair_forget(struct fair *self, uint64_t units)
{
	self->free -= units;
	self->total -= units;
}

static void give_up(struct fair_request *self)
{
	if (self->state == FAIR_GRANTED)
		self->fair->free += self->units;
	fm_list_unlink(&self->link);
	self->state = FAIR_ENDED;
	serve(self->fair);
}

static enum fm_poll pending(struct fair_request *self, bool gave_way)
{
	if (gave_way || self->state == FAIR_WAITS)
		return FM_PENDING;
	FAIR_HOLDS(self->state != FAIR_GRANTED, "%s was its turn, and it waits", self->inner->ops->name);
	FAIR_HOLDS(!fair_can(self->fair, self->units), "%s waits for what is free", self->inner->ops->name);
	self->state = FAIR_WAITS;
	fm_list_push_back(&self->fair->queue, &self->link);
	return FM_PENDING;
}

static enum fm_poll request_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fair_request *self = FM_CONTAINER_OF(future, struct fair_request, fut);
	const bool before = fm_task_scheduled(fm_task_current());
	const enum fm_poll result = fm_poll(self->inner, cx);
	const bool woken = !before && fm_task_scheduled(fm_task_current());

	if (result == FM_PENDING)
		return pending(self, before || woken);
	FAIR_HOLDS(!woken || !gave_way(), "%s gave way and was ready all the same", self->inner->ops->name);
	if (self->inner->status != FM_OK) {
		give_up(self);
	} else if (self->state == FAIR_NEW) {
		fair_take(self->fair, self->units);
	} else {
		FAIR_HOLDS(self->state == FAIR_GRANTED, "%s did not wait for its turn", self->inner->ops->name);
		if (self->state == FAIR_WAITS)
			self->fair->free -= self->units;
		fm_list_unlink(&self->link);
	}
	self->state = FAIR_ENDED;
	return fm_ready(future, self->inner->status);
}

static void request_drop(struct fm_future *future)
{
	struct fair_request *self = FM_CONTAINER_OF(future, struct fair_request, fut);

	fm_drop(self->inner);
	give_up(self);
}

static const struct fm_await_site *request_inspect(const struct fm_future *future, unsigned index,
						   struct fm_future **child)
{
	*child = index == 0 ? FM_CONTAINER_OF(future, const struct fair_request, fut)->inner : NULL;
	return NULL;
}

static void request_renew(struct fm_future *future)
{
	struct fair_request *self = FM_CONTAINER_OF(future, struct fair_request, fut);

	self->inner->ops->renew(self->inner);
	fair_request(self, self->fair, self->units, self->inner);
}

static const struct fm_future_ops request_ops = {
	.name = "fair_request",
	.poll = request_poll,
	.drop = request_drop,
	.inspect = request_inspect,
	.cancel = FM_CANCEL_CHILDREN,
	.renew = request_renew,
};

struct fm_future *fair_request(struct fair_request *self, struct fair *fair, uint64_t units,
			       struct fm_future *inner)
{
	fm_future_init(&self->fut, &request_ops);
	self->inner = inner;
	self->fair = fair;
	self->units = units;
	self->state = FAIR_NEW;
	fm_list_init(&self->link);
	return &self->fut;
}
