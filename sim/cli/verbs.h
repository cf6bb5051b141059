/* The verbs: each gives the exit status. argv is what follows the verb, ended by NULL. */
#ifndef SIM_CLI_VERBS_H
#define SIM_CLI_VERBS_H

int verb_list(const char *program, char **argv);
int verb_run(const char *program, char **argv);
int verb_replay(const char *program, char **argv);
int verb_shrink(const char *program, char **argv);
int verb_sweep(const char *program, char **argv);
int verb_explore(const char *program, char **argv);
int verb_fuzz(const char *program, char **argv);
int verb_coverage(const char *program, char **argv);
int verb_report(const char *program, char **argv);

#endif
