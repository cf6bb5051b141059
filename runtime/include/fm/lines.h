/*
 * fm/lines.h -- read a stream line by line, through a buffer of the caller's.
 *
 * What has been read stays in the reader, never in a future: so waiting for a line may be one branch of a
 * select, and is given up and taken up again without losing a byte.
 */
#ifndef FM_LINES_H
#define FM_LINES_H

#include <fm/stream.h>

struct fm_lines {
	struct fm_stream *stream;
	char *buffer;
	size_t capacity; /* of which the last byte is kept for a final 0 */
	size_t start;    /* buffer[start] to buffer[end] is read and not yet given out */
	size_t scanned;  /* up to here there is no '\n' */
	size_t end;
	bool skipping; /* the rest of a line that was too long is thrown away */
	bool ended;    /* the stream has ended or failed: it is not read again */
};

/*
 * fm_lines_init -- a line with its ending must fit into buffer_bytes - 1, which is at least 1.
 * Ownership: borrows stream and buffer.
 */
void fm_lines_init(struct fm_lines *lines, struct fm_stream *stream, void *buffer, size_t buffer_bytes);

/*
 * fm_next_line_init -- the next line, without its '\n' or "\r\n".
 *
 * Errors:    at READY, fut.status is
 *              FM_OK                 self->line, self->length bytes and a final 0. A last line without an
 *                                    ending is given like any other, a '\r' at its end included
 *              FM_ERR_CLOSED         no more lines
 *              FM_ERR_LINE_TOO_LONG  once a line; its rest is skipped, and the next call goes on behind it
 *              FM_ERR_INVALID        a buffer of fewer than 2 bytes
 *              others of a read      once; the lines end there, an unended one is not given
 * Ownership: the line is the reader's, until the next fm_next_line on it is polled.
 * Cancel:    SAFE: what was read of a line stays in the reader.
 * Cost:      each byte is looked at once, and moved at most once for each time that the buffer runs full.
 */
struct fm_next_line {
	struct fm_future fut;
	struct fm_lines *lines;
	struct fm_stream_op op;
	char *line; /* at FM_OK; a 0 byte in it is the stream's own */
	size_t length;
};

struct fm_future *fm_next_line_init(struct fm_next_line *self, struct fm_lines *lines);

#endif
