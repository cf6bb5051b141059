/* Async backtraces: every await that a parked future stands in, from the root down, all branches of a combinator. */
#include "../core/internal.h"

#include <stdio.h>

#define DEPTH_MAX 32
#define CHILDREN_MAX 16

void sim__text(struct sim_text *text, const char *format, ...)
{
	const size_t room = (size_t)(text->end - text->at);
	va_list args;
	int wrote;

	va_start(args, format);
	wrote = vsnprintf(text->at, room, format, args);
	va_end(args);
	if (wrote > 0)
		text->at += (size_t)wrote < room ? (size_t)wrote : room - 1;
}

static void tell(struct sim_text *text, const struct fm_future *future, unsigned indent, unsigned depth)
{
	uint64_t done;
	uint64_t of;

	if (depth > DEPTH_MAX)
		return;
	if (!fm_future_live(future) || !future->ops->inspect) {
		sim__text(text, "%*s%s", (int)indent, "", future->ops->name);
		if (fm_future_live(future) && sim__bytes_done(future, &done, &of))
			sim__text(text, ": %llu of %llu bytes", (unsigned long long)done, (unsigned long long)of);
		sim__text(text, "\n");
		return;
	}
	for (unsigned i = 0; i < CHILDREN_MAX; i++) {
		struct fm_future *child = NULL;
		const struct fm_await_site *site = future->ops->inspect(future, i, &child);

		if (i == 0 && site)
			sim__text(text, "%*s%s at %s:%u: %s\n", (int)indent, "", future->ops->name,
				  site->file, site->line, site->what);
		else if (i == 0)
			sim__text(text, "%*s%s%s\n", (int)indent, "", future->ops->name,
				  future->self == FM__FUTURE_FRESH ? " (never polled)" : "");
		if (!child)
			return;
		tell(text, child, indent + 2, depth + 1);
	}
}

void sim__backtrace(struct sim_text *text, const struct fm_future *root, unsigned indent)
{
	tell(text, root, indent, 0);
}

const struct fm_await_site *sim__innermost(const struct fm_future *future, const struct fm_future **leaf)
{
	const struct fm_await_site *innermost = NULL;

	for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
		struct fm_future *child = NULL;
		const struct fm_await_site *site;

		*leaf = future;
		if (!fm_future_live(future) || !future->ops->inspect)
			break;
		site = future->ops->inspect(future, 0, &child);
		if (site)
			innermost = site;
		if (!child)
			break;
		future = child;
	}
	return innermost;
}

struct sim_origin sim__origin(struct fm_sim *sim)
{
	const struct fm_task *task = fm_task_current();
	const struct sim_task *record = task ? sim__live(sim, task) : NULL;

	return (struct sim_origin){
		.site = sim->scope ? sim__scope_site(sim->scope) : NULL,
		.serial = record ? record->serial : 0,
	};
}

void sim__tell_origin(struct sim_text *text, const struct sim_origin *origin)
{
	if (!origin->serial)
		sim__text(text, "by the world");
	else if (origin->site)
		sim__text(text, "by task #%u, behind %s:%u", origin->serial, origin->site->file, origin->site->line);
	else
		sim__text(text, "by task #%u, before its first await", origin->serial);
}
