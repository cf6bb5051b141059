/* The other source that has the shared probe. */
#include "shared.h"

void come_by_elsewhere(void)
{
	come_by_header();
}
