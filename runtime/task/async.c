/* Async frames: return, drop, defers, and where they stand. The body's jumps are macros of fm/async.h. */
#include "internal.h"

#include <fm/async.h>

static void run_defers(struct fm_async *self)
{
	while (self->defers) {
		struct fm_defer *defer = self->defers;

		self->defers = defer->next;
		defer->run(defer);
	}
}

enum fm_poll fm__async_return(struct fm_async *self, int status)
{
	if (self->defers) {
		const struct fm__uncontained was = fm__uncontain();

		run_defers(self);
		fm__recontain(was);
	}
	return fm_ready(&self->fut, status);
}

void fm__async_drop(struct fm_future *future)
{
	struct fm_async *self = FM_CONTAINER_OF(future, struct fm_async, fut);
	struct fm_future *child = self->child;

	self->child = NULL;
	if (child)
		fm_drop(child);
	run_defers(self);
}

void fm_undefer(struct fm_async *self, struct fm_defer *defer)
{
	if (self->defers != defer)
		fm_contract_broken(&self->fut, "fm_undefer of a defer that is not the newest");
	self->defers = defer->next;
}

const struct fm_await_site *fm__async_inspect(const struct fm_future *future, unsigned index,
					      struct fm_future **child)
{
	const struct fm_async *self = FM_CONTAINER_OF(future, const struct fm_async, fut);

	*child = index == 0 ? self->child : NULL;
	return self->at;
}

bool fm__interrupted(struct fm_context *cx, const struct fm_await_site *site)
{
	return FM_UNLIKELY(cx->observer != NULL) && cx->observer->ops->interrupt(cx->observer, site);
}
