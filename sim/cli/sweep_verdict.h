/* Verdicts of a sweep: of one cancel, of an await, of a kind of future. */
#ifndef SIM_CLI_SWEEP_VERDICT_H
#define SIM_CLI_SWEEP_VERDICT_H

#include "sweep.h"

enum verdict {
	VERDICT_NEVER,    /* no cancel there */
	VERDICT_SAFE,
	VERDICT_LOSES,    /* a claim that does not allow for this cancel; or a LOSSY future did as it says */
	VERDICT_CLAIM,    /* a claim that does allow for it */
	VERDICT_HANGS,
	VERDICT_LEAKS,
	VERDICT_CONTRACT, /* another oracle, or a crash */
	VERDICTS,
};

const char *verdict_name(enum verdict verdict);

/* verdict_of -- of one cancel. *bad: it must not be so. */
enum verdict verdict_of(const struct sweep_point *point, bool *bad);

/* "SAFE", "LOSSY", "RESTARTS"; NULL: nothing that can be checked. */
const char *verdict_promise(const struct fm_future_ops *leaf);

/* All cancels at one place. */
struct verdict_row {
	unsigned hows[FM_SIM_CANCEL_HOWS]; /* cancels, each way */
	unsigned verdicts[VERDICTS];
	enum verdict worst;
	bool bad;
	const char *scenario;      /* where the worst was seen */
	struct sweep_point example;
};

struct verdict_leaf {
	const struct fm_future_ops *ops;
	struct verdict_row row;
};

struct verdicts {
	const struct fm_sim_site *sites;
	struct verdict_row *rows; /* one a site */
	size_t sites_count;
	struct verdict_leaf *leaves; /* sorted by name */
	size_t leaves_count;
	struct verdict_row nowhere; /* of what stands at no await: a task before its first poll */
	unsigned runs;
	bool bad;
};

/* Errors: false: no memory. */
bool verdicts_open(struct verdicts *verdicts);
void verdicts_close(struct verdicts *verdicts);

/* What a sweep that was tried came to. Gives how many of its points are bad. */
unsigned verdicts_take(struct verdicts *verdicts, const struct sweep *sweep);

unsigned verdict_cancels(const struct verdict_row *row);

/* A file counts when any of its awaits was cancelled at: the others of it might have been. */
bool verdicts_tell_file(const struct verdicts *verdicts, const char *file);

#endif
