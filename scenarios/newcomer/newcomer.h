/*
 * What the programs of this folder share: scenarios/twins.h under the name newcomer/TITLE, and nothing else.
 * Who writes one pretends not to know how the simulator looks at programs: see README.md.
 */
#ifndef NEWCOMER_H
#define NEWCOMER_H

#include "../twins.h"

#define NEWCOMER(identifier, title, ...)                                                           \
	TWINS(identifier, "newcomer/" title, __VA_ARGS__)

#endif
