/*
 * What goes through the two directions of a connection, and the operations on streams that subjects of streams share. The byte at
 * each place of a direction is known beforehand, so that a model counts, and every byte read is compared with what it
 * must be. What is written is put into place before each poll, since only the poll takes it; all share one buffer each way.
 *
 * End e writes direction e and reads direction 1 - e.
 */
#ifndef FUZZ_SUBJECTS_PIPES_H
#define FUZZ_SUBJECTS_PIPES_H

#include <fm/stream.h>
#include <fm_sim/subject.h>

#define PIPES_BYTES_MAX 300000 /* more than a connection of the simulated network holds */

struct pipes {
	uint64_t capacity;  /* of a direction; 0: not known, and bytes take their time to arrive */
	uint64_t sent[2];
	uint64_t received[2];
	bool ended[2];      /* its end writes no more */
	bool closed[2];     /* this end */
	bool broken;        /* reset, or about to be: bytes may be lost */
};

/* A future on a stream; memo[0] is how many bytes it has moved so far, memo[1] whose end it is on. */
struct piping {
	union {
		struct fm_read read;
		struct fm_write write;
		struct fm_read_exact read_exact;
		struct fm_write_all write_all;
		struct fm_shutdown shutdown;
	};
	struct pipes *pipes;
};

struct fm_future *piping_read(struct fm_subject_at *at, struct pipes *pipes, unsigned end, struct fm_stream *stream);
struct fm_future *piping_write(struct fm_subject_at *at, struct pipes *pipes, unsigned end, struct fm_stream *stream);
struct fm_future *piping_read_exact(struct fm_subject_at *at, struct pipes *pipes, unsigned end, struct fm_stream *stream);
struct fm_future *piping_write_all(struct fm_subject_at *at, struct pipes *pipes, unsigned end, struct fm_stream *stream);
struct fm_future *piping_shutdown(struct fm_subject_at *at, struct pipes *pipes, unsigned end, struct fm_stream *stream);

void piping_write_polling(struct fm_subject_at *at);
void piping_write_all_polling(struct fm_subject_at *at);

void piping_read_polled(struct fm_subject_at *at, bool ready);
void piping_write_polled(struct fm_subject_at *at, bool ready);
void piping_read_exact_polled(struct fm_subject_at *at, bool ready);
void piping_write_all_polled(struct fm_subject_at *at, bool ready);
void piping_shutdown_polled(struct fm_subject_at *at, bool ready);

bool piping_read_possible(struct fm_subject_at *at);
bool piping_write_possible(struct fm_subject_at *at);
bool piping_shutdown_possible(struct fm_subject_at *at);

#define PIPING_READ .polled = piping_read_polled, .possible = piping_read_possible
#define PIPING_WRITE .polling = piping_write_polling, .polled = piping_write_polled, .possible = piping_write_possible
#define PIPING_READ_EXACT .polled = piping_read_exact_polled, .possible = piping_read_possible
#define PIPING_WRITE_ALL                                                                           \
	.polling = piping_write_all_polling, .polled = piping_write_all_polled, .possible = piping_write_possible
#define PIPING_SHUTDOWN .polled = piping_shutdown_polled, .possible = piping_shutdown_possible

/* The end has been closed, or ends writing. */
void pipes_closed(struct pipes *pipes, unsigned end);
void pipes_ended(struct pipes *pipes, unsigned end);
/* Likewise by a reset, or since bytes came that nobody will read. */
void pipes_broken(struct pipes *pipes);

#endif
