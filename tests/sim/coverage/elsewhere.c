/* The other source that has the shared async function. */
#include "shared.h"

void start_shared_elsewhere(struct fm_sim *sim)
{
	start_shared(sim);
}
