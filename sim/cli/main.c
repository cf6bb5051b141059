/* The main of every test program made of scenarios: link it with yours. */
#include <fm_sim/scenario.h>

int main(int argc, char **argv)
{
	return fm_sim_main(argc, argv);
}
