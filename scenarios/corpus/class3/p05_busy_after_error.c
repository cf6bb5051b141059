/*
 * A file whose operations run somewhere else: one that has failed is over, and the file is idle again.
 *
 * Corpus P05 (futures-rs #2600, #2686; tokio #8291). On an error the finished operation stays in the file as
 * the one under way, and the next read, seek or flush polls it.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define OPERATIONS 4

struct file {
	bool broken;
	bool busy; /* `work` is under way */
	struct fm_sleep work;
};

struct file_op {
	struct fm_future fut;
	struct file *file;
};

static enum fm_poll file_op_poll(struct fm_future *future, struct fm_context *cx)
{
	struct file *file = FM_CONTAINER_OF(future, struct file_op, fut)->file;
	bool failed;

	if (!file->busy) {
		fm_sleep_init(&file->work, FM_MS);
		file->busy = true;
	}
	if (fm_poll(&file->work.fut, cx) == FM_PENDING)
		return FM_PENDING;
	failed = fm_random(4) == 3;
	if (!failed || !file->broken) /* P05: after an error the file is busy for ever */
		file->busy = false;
	return fm_ready(future, failed ? FM_ERR_IO : FM_OK);
}

static void file_op_drop(struct fm_future *future)
{
	struct file *file = FM_CONTAINER_OF(future, struct file_op, fut)->file;

	if (file->busy)
		fm_drop_if_live(&file->work.fut);
	file->busy = false;
}

static const struct fm_future_ops file_op_ops = {
	.name = "file_op",
	.poll = file_op_poll,
	.drop = file_op_drop,
};

static struct fm_future *file_op_init(struct file_op *self, struct file *file)
{
	fm_future_init(&self->fut, &file_op_ops);
	self->file = file;
	return &self->fut;
}

struct world {
	bool broken;
	struct file file;
};

struct reader {
	struct fm_async async;
	struct world *world;
	struct file_op op;
	unsigned done;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	for (; self->done < OPERATIONS; self->done++) {
		/* BUG: the operation before has failed, and is polled again */
		FM_AWAIT(file_op_init(&self->op, &self->world->file));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->file.broken = world->broken;
	fm_sim_start(TWIN_TASK(host, reader, world));
}

CORPUS(busy_after_error, "p05-busy-after-error", .claim = "after an error a file can be used again",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
