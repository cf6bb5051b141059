/*
 * Waiting for a task's end. The joiner hangs in the task's list and borrows the caller's handle, so that dropping it
 * costs nothing but the wait.
 */
#include "internal.h"

static enum fm_poll join_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_task_join *self = FM_CONTAINER_OF(future, struct fm_task_join, fut);
	struct fm_task *task = self->task;

	if (!fm_task_done(task)) {
		if (fm_waker_is_none(self->waker)) {
			self->next = task->joiners;
			task->joiners = self;
			fm_observe_wait("task", task, future);
		}
		fm_waker_store(&self->waker, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	return fm_ready(future, fm_task_status(task));
}

static void join_drop(struct fm_future *future)
{
	struct fm_task_join *self = FM_CONTAINER_OF(future, struct fm_task_join, fut);

	if (fm_waker_is_none(self->waker))
		return;
	for (struct fm_task_join **link = &self->task->joiners; *link; link = &(*link)->next) {
		if (*link == self) {
			*link = self->next;
			break;
		}
	}
	fm_observe_unwait(self->task, future);
	fm_waker_drop(&self->waker);
}

static void join_renew(struct fm_future *future)
{
	struct fm_task_join *self = FM_CONTAINER_OF(future, struct fm_task_join, fut);

	fm_task_join_init(self, self->task);
}

static const struct fm_future_ops join_ops = {
	.name = "fm_task_join",
	.poll = join_poll,
	.drop = join_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = join_renew,
};

struct fm_future *fm_task_join_init(struct fm_task_join *self, struct fm_task *task)
{
	fm_future_init(&self->fut, &join_ops);
	self->task = task;
	self->next = NULL;
	self->waker = FM_WAKER_NONE;
	return &self->fut;
}
