/*
 * fm_sim/planted.h -- where the sources of a program's broken scenarios have their bugs, so that `run` can say whether a verdict
 * names one. A program that plants bugs defines the table (scenarios/planted.sh makes the stock binary's of its BUG comments); one
 * that has none leaves it away.
 */
#ifndef FM_SIM_PLANTED_H
#define FM_SIM_PLANTED_H

struct fm_sim_planted {
	const char *file; /* as __FILE__ has it; NULL: the end of the table */
	unsigned line;    /* of the comment; the bug is there, or in one of the two lines below it */
};

extern const struct fm_sim_planted fm_sim_planted[] __attribute__((weak));

#endif
