/* What happens at a virtual time: a binary heap, equal times in the order they were scheduled. */
#include "internal.h"

static bool before(const struct sim_event *a, const struct sim_event *b)
{
	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns;
	return a->order < b->order;
}

void sim__event_at(struct fm_sim *sim, fm_ns at_ns, void (*call)(struct fm_sim *, void *), void *arg)
{
	struct sim_event event = { at_ns, sim->events_made++, call, arg };
	size_t at = sim->events_count++;

	if (sim->events_count > sim->events_cap)
		sim->events = sim__own_grow(sim->events, &sim->events_cap, sizeof(event), sim->events_count);
	while (at > 0 && before(&event, &sim->events[(at - 1) / 2])) {
		sim->events[at] = sim->events[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	sim->events[at] = event;
	sim->next_event_ns = sim->events[0].at_ns;
}

bool sim__event_due(struct fm_sim *sim, struct sim_event *due)
{
	struct sim_event last;
	size_t at = 0;

	if (sim->events_count == 0 || sim->next_event_ns > sim->now_ns)
		return false;
	*due = sim->events[0];
	last = sim->events[--sim->events_count];
	for (;;) {
		size_t child = at * 2 + 1;

		if (child >= sim->events_count)
			break;
		if (child + 1 < sim->events_count && before(&sim->events[child + 1], &sim->events[child]))
			child++;
		if (!before(&sim->events[child], &last))
			break;
		sim->events[at] = sim->events[child];
		at = child;
	}
	sim->events[at] = last;
	sim->next_event_ns = sim->events_count ? sim->events[0].at_ns : FM_NS_MAX;
	return true;
}
