/*
 * Partitions as faults: two hosts are cut apart for a drawn time, both ways or one way only. What was sent is held meanwhile,
 * and goes on after it (core/net/partition.c).
 */
#include "fault.h"

static const struct fm_draw_site outage_site = { "partition", FM_DRAW_NET };
static const struct fm_draw_site one_way_site = { "partition one way", FM_DRAW_NET };
static const struct fm_draw_site length_site = { "partition length", FM_DRAW_NET };

static const fm_ns lengths_ns[] = { 10 * FM_MS, 100 * FM_MS, FM_SEC, 10 * FM_SEC, 30 * FM_SEC };

const struct sim_fault sim__fault_partition = {
	.name = "partition",
	.group = "net",
	.about = "two hosts cannot reach each other for a while",
	.allowed_by = FM_SIM_FAULT_PARTITION,
	.rates = { 0, 64, 256 },
	.rates_count = 3,
};

const struct sim_fault sim__fault_partition_one_way = {
	.name = "one-way",
	.group = "net",
	.about = "a host cannot reach another for a while, which can reach it",
	.allowed_by = FM_SIM_FAULT_PARTITION,
	.rates = { 0, 64, 256 },
	.rates_count = 3,
};

static fm_ns length_ns(struct sim_host *from)
{
	return lengths_ns[sim__draw(from->sim, &from->actor, &length_site, FM_COUNT_OF(lengths_ns))];
}

void sim__fault_partitions(struct sim_host *from, struct sim_host *to)
{
	struct fm_sim *sim = from->sim;

	if (from == to || sim__net_outage(from, to))
		return;
	if (sim__fault_strikes(sim, &from->actor, &outage_site, SIM_FAULT_PARTITION))
		sim__net_outage_begin(from, to, length_ns(from), true);
	else if (sim__fault_strikes(sim, &from->actor, &one_way_site, SIM_FAULT_PARTITION_ONE_WAY))
		sim__net_outage_begin(from, to, length_ns(from), false);
}
