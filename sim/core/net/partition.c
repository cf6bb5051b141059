/*
 * Partitions: hosts that cannot reach each other for a while.
 *
 * What was sent is held, as TCP would send it again and again, and goes on in order after healing; only a
 * SYN is lost, and is sent again by its own timetable (connect.c). A reset is held too, which is kinder
 * than a network is. The scenario cuts one way at a time; a fault cuts two hosts apart both ways, for a
 * drawn time.
 */
#include "net.h"

struct sim_outage {
	struct fm_list link; /* in net->outages */
	struct sim_host *a;
	struct sim_host *b;
	bool both_ways; /* else only from a to b */
};

static void cut(struct sim_cuts *cuts, const struct sim_host *from, const struct sim_host *to)
{
	cuts->from[from->number - 1] |= (uint64_t)1 << (to->number - 1);
}

static void mend(struct sim_cuts *cuts, const struct sim_host *from, const struct sim_host *to)
{
	cuts->from[from->number - 1] &= ~((uint64_t)1 << (to->number - 1));
}

static bool is_cut(const struct sim_cuts *cuts, const struct sim_host *from, const struct sim_host *to)
{
	return (cuts->from[from->number - 1] >> (to->number - 1)) & 1;
}

bool sim__net_reaches(const struct sim_host *from, const struct sim_host *to)
{
	const struct sim_net *net = from->sim->net;

	if (net->unpowered >> (from->number - 1) & 1 || net->unpowered >> (to->number - 1) & 1)
		return false;
	return !is_cut(&net->cut, from, to) && !is_cut(&net->outage, from, to);
}

/* Every end whose segments were held; one that is still cut off is held anew. */
void sim__net_release_all(struct sim_net *net)
{
	FM_LIST_FOR_EACH(link, &net->connections)
	{
		struct sim_connection *connection = FM_CONTAINER_OF(link, struct sim_connection, link);

		sim__net_release(&connection->ends[0]);
		sim__net_release(&connection->ends[1]);
	}
}

static void outage_ends(struct fm_sim *sim, void *arg)
{
	struct sim_outage *outage = arg;

	sim__trace(sim, SIM_TRACE_FAULT, "partition ends", outage->a->number, outage->b->number);
	mend(&sim->net->outage, outage->a, outage->b);
	if (outage->both_ways)
		mend(&sim->net->outage, outage->b, outage->a);
	fm_list_unlink(&outage->link);
	sim__own_free(outage);
	sim__net_release_all(sim->net);
}

bool sim__net_outage(const struct sim_host *from, const struct sim_host *to)
{
	return is_cut(&from->sim->net->outage, from, to);
}

void sim__net_outage_begin(struct sim_host *from, struct sim_host *to, fm_ns length_ns,
			   bool both_ways)
{
	struct fm_sim *sim = from->sim;
	struct sim_outage *outage;

	sim__trace(sim, SIM_TRACE_FAULT, both_ways ? "partition" : "partition one way", from->number, to->number);
	outage = sim__own_alloc(sizeof(*outage));
	outage->a = from;
	outage->b = to;
	outage->both_ways = both_ways && !is_cut(&sim->net->outage, to, from);
	fm_list_push_back(&sim->net->outages, &outage->link);
	cut(&sim->net->outage, from, to);
	if (outage->both_ways)
		cut(&sim->net->outage, to, from);
	sim__event_at(sim, fm_ns_add(sim->now_ns, length_ns), outage_ends, outage);
}

void sim__net_forget_outages(struct sim_net *net)
{
	while (!fm_list_empty(&net->outages)) {
		struct sim_outage *outage = FM_CONTAINER_OF(net->outages.next, struct sim_outage, link);

		fm_list_unlink(&outage->link);
		sim__own_free(outage);
	}
}

void fm_sim_partition(struct fm_sim *sim, struct fm_sim_host *from, struct fm_sim_host *to)
{
	const struct sim_host *a = (const struct sim_host *)from;
	const struct sim_host *b = (const struct sim_host *)to;

	sim__trace(sim, SIM_TRACE_FAULT, "cut", a->number, b->number);
	cut(&sim->net->cut, a, b);
}

void sim__net_heal(struct fm_sim *sim)
{
	if (!sim->net)
		return;
	sim->net->cut = (struct sim_cuts){ { 0 } };
	sim->net->outage = (struct sim_cuts){ { 0 } };
	sim__net_release_all(sim->net);
}

void fm_sim_heal(struct fm_sim *sim)
{
	sim__trace(sim, SIM_TRACE_FAULT, "heal", 0, 0);
	sim__net_heal(sim);
}
