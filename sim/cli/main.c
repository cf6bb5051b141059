/*
 * The main of every test program made of scenarios: link it with yours.
 *
 * With it come the functions that stand between the program and the C library; an archive's members are linked only where
 * somebody asks for them, so main does.
 */
#include "../check/blocking.h"

#include <fm_sim/scenario.h>

int main(int argc, char **argv)
{
	sim__link_calls();
	sim__link_interpose();
	return fm_sim_main(argc, argv);
}
