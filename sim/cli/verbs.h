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
/* Whether these words are understood, and nothing else: what fuzzers of the command line call. Errors: false, with one line. */
struct cli_error;
_Bool sweep_parses(char **argv, struct cli_error *error);
_Bool explore_parses(char **argv, struct cli_error *error);
_Bool fuzz_parses(char **argv, struct cli_error *error);

#endif
