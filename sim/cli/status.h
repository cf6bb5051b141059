/* What the command ends with. The numbers are part of its interface (DESIGN 3). */
#ifndef SIM_CLI_STATUS_H
#define SIM_CLI_STATUS_H

enum cli_status {
	CLI_HELD = 0,          /* all claims held */
	CLI_BROKEN = 1,        /* a claim was broken */
	CLI_USAGE = 2,         /* the command could not be understood, or an output could not be written */
	CLI_UNDETERMINED = 3,  /* two runs of one token differed */
	CLI_NOTHING = 4,       /* nothing ran */
	CLI_INCOMPLETE = 5,    /* interrupted or out of time, with nothing broken */
};

#endif
