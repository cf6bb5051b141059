/* The oracles' names, and which of them a run's options have switched off. */
#include "../core/internal.h"

#include <string.h>

const char *fm_sim_oracle_name(unsigned oracle)
{
	static const char *const names[] = {
#define NAME(identifier, text) text,
		FM_SIM_ORACLES(NAME)
#undef NAME
	};

	return oracle < FM_SIM_ORACLES_COUNT ? names[oracle] : NULL;
}

bool sim__is_silent(const struct fm_sim *sim, const char *oracle)
{
	if (!sim->options->oracles_off)
		return false;
	for (unsigned i = 0; i < FM_SIM_ORACLES_COUNT; i++)
		if (strcmp(fm_sim_oracle_name(i), oracle) == 0)
			return sim__is_off(sim, (enum fm_sim_oracle)i);
	return false;
}
