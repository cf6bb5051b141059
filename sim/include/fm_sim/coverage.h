/*
 * fm_sim/coverage.h -- await coverage: what happened at each await of the program.
 *
 * The sites are all that the linker gathered, also those that no run comes to: they are the denominator. A site is
 * a file, a line, and an ordinal among the different awaits of that line; an await of a header that several
 * sources include is one site.
 */
#ifndef FM_SIM_COVERAGE_H
#define FM_SIM_COVERAGE_H

#include <fm/async.h>

enum fm_sim_cover {
	FM_SIM_COVER_READY,     /* ready at its first poll */
	FM_SIM_COVER_WAITED,    /* pending, and ready later */
	FM_SIM_COVER_CANCELLED, /* dropped there: the frame was, or the await was interrupted and started anew */
	FM_SIM_COVER_SPURIOUS, /* polled again for no reason of its own: nothing below it moved, and it did not give way */
	FM_SIM_COVER_TIMEOUT, /* ready with FM_ERR_TIMEOUT */
	FM_SIM_COVER_LAGGED,  /* ready with FM_ERR_LAGGED */
	FM_SIM_COVER_ERROR,   /* ready with another negative status */
	FM_SIM_COVERS,
};

/* One word a kind: "ready", "waited", "cancelled", "spurious", "timeout", "lagged", "error". NULL: no such number. */
const char *fm_sim_cover_name(unsigned kind);

struct fm_sim_site {
	const char *file;
	const char *what; /* the awaited expression, as written */
	uint32_t line;
	uint32_t ordinal; /* on the line, from 0 */
};

/*
 * fm_sim_sites -- all sites linked in, sorted by file, line, ordinal. Gives how many; *sites belongs to the library.
 * The first call is not for two threads at once.
 */
size_t fm_sim_sites(const struct fm_sim_site **sites);

/* The number of a linked await's site in that order. */
size_t fm_sim_site_number(const struct fm_await_site *await);

/*
 * What was counted at one site. fm_sim_options.coverage is an array of these, one a site; it is added to with relaxed
 * atomic operations, so that threads and processes may share it.
 */
struct fm_sim_coverage {
	uint64_t counts[FM_SIM_COVERS];
};

/* Whether any await of this file was come to. */
bool fm_sim_file_reached(const struct fm_sim_coverage *coverage, const char *file);

#endif
