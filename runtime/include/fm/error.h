/*
 * fm/error.h -- every status the library gives, its name and its sentence.
 *
 * FM_OK is 0, errors are negative. The list below is the only place where one is
 * added; its numbers are part of the interface and never change meaning.
 */
#ifndef FM_ERROR_H
#define FM_ERROR_H

#define FM_STATUS_MAP(X)                                                                           \
	X(FM_OK, 0, "ok")                                                                          \
	X(FM_ERR_CANCELLED, -1, "the task or operation was cancelled")                             \
	X(FM_ERR_PANICKED, -2, "the task panicked and was contained")                              \
	X(FM_ERR_NOMEM, -3, "no memory")                                                           \
	X(FM_ERR_INVALID, -4, "invalid argument")                                                  \
	X(FM_ERR_CLOSED, -5, "the other side is closed")                                           \
	X(FM_ERR_FULL, -6, "full")                                                                 \
	X(FM_ERR_EMPTY, -7, "empty")                                                               \
	X(FM_ERR_LAGGED, -8, "the receiver lagged behind and missed messages")                     \
	X(FM_ERR_TIMEOUT, -9, "the deadline has elapsed")                                          \
	X(FM_ERR_SHUTDOWN, -10, "the executor is shutting down")                                   \
	X(FM_ERR_BUSY, -11, "held by somebody else")                                               \
	X(FM_ERR_OVERFLOW, -12, "a counter would overflow")                                        \
	X(FM_ERR_UNSUPPORTED, -13, "not supported by this environment")                            \
	X(FM_ERR_AGAIN, -14, "not ready, try again when woken")                                    \
	X(FM_ERR_EOF, -15, "end of stream before all was read")                                    \
	X(FM_ERR_LINE_TOO_LONG, -16, "a line is longer than the buffer")                           \
	X(FM_ERR_WRITE_ZERO, -17, "the stream accepts no more bytes")                              \
	X(FM_ERR_REFUSED, -18, "connection refused")                                               \
	X(FM_ERR_RESET, -19, "connection reset by peer")                                           \
	X(FM_ERR_BROKEN_PIPE, -20, "written to a closed connection")                               \
	X(FM_ERR_TIMED_OUT, -21, "connection timed out")                                           \
	X(FM_ERR_UNREACHABLE, -22, "host or network unreachable")                                  \
	X(FM_ERR_ADDR_IN_USE, -23, "address in use")                                               \
	X(FM_ERR_ADDR_INVALID, -24, "not an address of this host, or not an address at all")       \
	X(FM_ERR_NOT_CONNECTED, -25, "not connected")                                              \
	X(FM_ERR_TOO_MANY_FILES, -26, "too many open files")                                       \
	X(FM_ERR_ACCESS, -27, "permission denied")                                                 \
	X(FM_ERR_INTERRUPTED, -28, "interrupted")                                                  \
	X(FM_ERR_ABORTED, -29, "connection aborted")                                               \
	X(FM_ERR_IO, -30, "input or output error")

enum fm_status {
#define FM_STATUS_ENUM(name, number, text) name = number,
	FM_STATUS_MAP(FM_STATUS_ENUM)
#undef FM_STATUS_ENUM
};

/* The status' name as it is written in C ("FM_ERR_CLOSED"); "FM_ERR_?" for a number that is none. */
const char *fm_status_name(int status);

/* One sentence for people. Never NULL. */
const char *fm_status_text(int status);

#endif
