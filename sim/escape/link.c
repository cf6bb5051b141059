/* Asked for by main: with it, every file of this folder is linked in. */
#include "seam.h"

#define ESCAPE_LINK(file) sim__link_##file();

void sim__link_calls(void)
{
	ESCAPE_FILES(ESCAPE_LINK)
}
