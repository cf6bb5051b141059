/* The events of a run, and how a failure is told. A part of sim/core/internal.h, which includes it once a run is known. */
#ifndef SIM_TRACE_TRACE_H
#define SIM_TRACE_TRACE_H

/* trace.c: what happens, into the hash; and to options->log and ->tell where somebody listens */
enum sim_trace_kind {
	SIM_TRACE_RUN,
	SIM_TRACE_DRAW,
	SIM_TRACE_SPAWN,
	SIM_TRACE_END,
	SIM_TRACE_POLL,
	SIM_TRACE_WAKE,
	SIM_TRACE_CLOCK,
	SIM_TRACE_NET,
	SIM_TRACE_SIGNAL,
	SIM_TRACE_FAULT,
	SIM_TRACE_FAIL,
	SIM_TRACE_NOTE, /* of the program: told, and not in the hash, as the two below */
	SIM_TRACE_SEND,
	SIM_TRACE_RECEIVE,
};
/* To options->tell. */
void sim__tell(struct fm_sim *sim, enum sim_trace_kind kind, const char *what, uint64_t a, uint64_t b);
void sim__trace_log(struct fm_sim *sim, enum sim_trace_kind kind, const char *what, uint64_t a, uint64_t b)
	__attribute__((cold));

static inline void sim__trace(struct fm_sim *sim, enum sim_trace_kind kind, const char *what, uint64_t a,
			      uint64_t b)
{
	/* The hash before can be had back from the one after and the event: no event is without effect. */
	const uint64_t event = a + ((uint64_t)kind << 56) + b * 0xbf58476d1ce4e5b9u;
	const uint64_t hash = (sim->hash ^ event) * 0x9e3779b97f4a7c15u;

	sim->hash = hash ^ (hash >> 32);
	if (kind == SIM_TRACE_CLOCK || kind == SIM_TRACE_NET || kind == SIM_TRACE_SIGNAL)
		sim->movements++;
	if (FM_UNLIKELY(sim->heard))
		sim__trace_log(sim, kind, what, a, b);
}

/* backtrace.c */
struct sim_text {
	char *at;
	char *end;
};
void sim__text(struct sim_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim__backtrace(struct sim_text *text, const struct fm_future *root, unsigned indent);
/* "by task #3, behind FILE:LINE"; of what runs now. */
void sim__tell_origin(struct sim_text *text, const struct sim_origin *origin);
struct sim_origin sim__origin(struct fm_sim *sim);
/* The await site that the innermost waiting future of a task stands in; NULL: it was never polled. */
const struct fm_await_site *sim__innermost(const struct fm_future *root, const struct fm_future **leaf);

/* lost.c: a future is dropped; items will be received by nobody; bytes of a connection were not read */
void sim__lost_halfway(struct fm_sim *sim, const struct fm_future *future) __attribute__((cold));
void sim__lost_items(struct fm_sim *sim, const char *kind, uint64_t count) __attribute__((cold));
void sim__lost_unread(struct fm_sim *sim, size_t bytes) __attribute__((cold));
/* Of those of the library's own that lose what they have done, and have done something: how much, of how much. */
bool sim__bytes_done(const struct fm_future *future, uint64_t *done, uint64_t *of);
void sim__tell_losses(const struct fm_sim *sim, struct sim_text *text);

/* failure.c: ends the run */
struct sim_blame {
	const char *oracle;
	const char *file;
	unsigned line;
	const struct sim_task *task; /* whose backtrace comes first; NULL: none */

};
void sim__fail(struct fm_sim *sim, const struct sim_blame *blame, const struct sim_text *text,
	       const char *format, ...) __attribute__((format(printf, 4, 5), noreturn, cold));
struct sim_text sim__failure_text(struct fm_sim *sim);
/* With no_claims a broken claim ends the run as passed. Returns where claims are heard. */
void sim__claim_unheard(struct fm_sim *sim);

#endif
