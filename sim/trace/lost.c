/*
 * What got lost on the way: futures dropped halfway, items that nobody will receive, bytes that nobody has read.
 *
 * None of it is an error: a program may have meant it. But where a claim breaks or nothing moves any more, this is where to
 * look first, so a failure tells it. One place is told once, with how often. It costs nothing where nothing is lost, and is in
 * no hash.
 */
#include "../core/internal.h"

#include <fm/copy.h>

#include <string.h>

#define PLACES_MAX 6

enum how { HALFWAY, BYTES, ITEMS, MISSED, UNREAD };

struct sim_lost {
	enum how how;
	const char *what; /* a future's name or a channel's kind: both outlive the run */
	struct sim_origin origin;
	const char *await; /* as written; NULL: not told */
	uint64_t count;
	uint64_t of;
	uint32_t times;
};

struct sim_losses {
	struct sim_lost places[PLACES_MAX];
	unsigned count;
	unsigned others;
};

static void note(struct fm_sim *sim, struct sim_lost lost)
{
	struct sim_losses *losses = sim->losses;

	/* What daemons leave when all is over is nobody's loss. */
	if (!sim->running || sim->in_setup || sim->awaited == 0)
		return;
	if (!losses)
		losses = sim->losses = sim__own_alloc(sizeof(*losses));
	for (unsigned i = 0; i < losses->count; i++) {
		struct sim_lost *place = &losses->places[i];

		if (place->how != lost.how || place->origin.site != lost.origin.site ||
		    strcmp(place->what, lost.what) != 0)
			continue;
		lost.times = place->times + 1;
		*place = lost;
		return;
	}
	lost.times = 1;
	if (losses->count < PLACES_MAX)
		losses->places[losses->count++] = lost;
	else
		losses->others++;
}

void sim__lost_items(struct fm_sim *sim, const char *kind, uint64_t count)
{
	note(sim, (struct sim_lost){
			  .how = strcmp(kind, "broadcast") == 0 ? MISSED : ITEMS,
			  .what = kind,
			  .origin = sim__origin(sim),
			  .count = count,
		  });
}

void sim__lost_unread(struct fm_sim *sim, size_t bytes)
{
	note(sim, (struct sim_lost){ .how = UNREAD, .what = "tcp", .origin = sim__origin(sim), .count = bytes });
}

bool sim__bytes_done(const struct fm_future *future, uint64_t *done, uint64_t *of)
{
	if (strcmp(future->ops->name, "fm_read_exact") == 0) {
		*done = FM_CONTAINER_OF(future, const struct fm_read_exact, fut)->done;
		*of = FM_CONTAINER_OF(future, const struct fm_read_exact, fut)->count;
	} else if (strcmp(future->ops->name, "fm_write_all") == 0) {
		*done = FM_CONTAINER_OF(future, const struct fm_write_all, fut)->done;
		*of = FM_CONTAINER_OF(future, const struct fm_write_all, fut)->count;
	} else if (strcmp(future->ops->name, "fm_copy") == 0) {
		*done = FM_CONTAINER_OF(future, const struct fm_copy, fut)->filled -
			FM_CONTAINER_OF(future, const struct fm_copy, fut)->at;
		*of = *done;
	} else {
		return false;
	}
	return *done > 0;
}

/* An async function that has begun, or a future of the program's own that was polled; not the root of an aborted task. */
void sim__lost_halfway(struct fm_sim *sim, const struct fm_future *future)
{
	const struct fm_task *task = fm_task_current();
	struct sim_lost lost = { .how = HALFWAY, .what = future->ops->name };

	if (future->self == FM__FUTURE_FRESH)
		return;
	if (future->ops->cancel == FM_CANCEL_LOSSY) {
		if (!sim__bytes_done(future, &lost.count, &lost.of))
			return;
		lost.how = BYTES;
	} else if (future->ops->cancel != FM_CANCEL_UNSAID || (task && fm_task_future(task) == future)) {
		return;
	}
	lost.origin = sim__origin(sim);
	if (future->ops->inspect == fm__async_inspect) {
		lost.origin.site = FM_CONTAINER_OF(future, const struct fm_async, fut)->at;
		if (!lost.origin.site)
			return;
		lost.await = lost.origin.site->what;
	} else if (future->mark && sim->pollees[future->mark]->site) {
		lost.origin.site = sim->pollees[future->mark]->site;
	}
	note(sim, lost);
}

static void tell_place(struct sim_text *text, const struct sim_lost *lost)
{
	const unsigned long long count = lost->count;
	const char *some = count == 1 ? "" : "s";

	switch (lost->how) {
	case HALFWAY:
		sim__text(text, "  %s was dropped halfway", lost->what);
		break;
	case BYTES:
		sim__text(text, "  %s was dropped with %llu of %llu bytes done", lost->what, count,
			  (unsigned long long)lost->of);
		break;
	case ITEMS:
		sim__text(text, "  %llu item%s sent through %s %s destroyed, received by nobody", count, some, lost->what,
			  count == 1 ? "was" : "were");
		break;
	case MISSED:
		sim__text(text, "  %llu item%s of a broadcast went by a receiver that lagged", count, some);
		break;
	case UNREAD:
		sim__text(text, "  a connection was closed with %llu byte%s unread", count, some);
		break;
	}
	if (lost->origin.serial)
		sim__text(text, ", task #%u", lost->origin.serial);
	if (lost->origin.site)
		sim__text(text, "%s %s:%u", lost->await ? ", at" : ", behind", lost->origin.site->file,
			  lost->origin.site->line);
	if (lost->await)
		sim__text(text, ": %s", lost->await);
	if (lost->times > 1)
		sim__text(text, " (the last of %u times)", lost->times);
	sim__text(text, "\n");
}

void sim__tell_losses(const struct fm_sim *sim, struct sim_text *text)
{
	const struct sim_losses *losses = sim->losses;

	if (!losses)
		return;
	sim__text(text, "lost on the way:\n");
	for (unsigned i = 0; i < losses->count; i++)
		tell_place(text, &losses->places[i]);
	if (losses->others)
		sim__text(text, "  and %u times elsewhere\n", losses->others);
}
