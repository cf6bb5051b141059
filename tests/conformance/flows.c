/* Bytes on their way: nothing, one, many; a full peer, two readers, both ways at once. */
#include "conformance.h"

PROGRAM(nothing_to_read)
{
	FM_BEGIN;
	PAIR;
	READ(left, 0);
	WRITE(right, "x");
	SETTLE;
	READ(left, 0);
	EXACT(left, 1);
	fm_tcp_close(&S->right);
	SETTLE;
	READ(left, 0);
	READ(left, 1);
	READ(left, 0);
	FM_END;
}

PROGRAM(nothing_to_write)
{
	FM_BEGIN;
	PAIR;
	WRITE(left, "");
	SHUTDOWN(left);
	WRITE(left, "");
	fm_tcp_reset(&S->left);
	SETTLE;
	WRITE(right, "");
	WRITE(left, "");
	READ(left, 0);
	FM_END;
}

PROGRAM(byte_by_byte)
{
	FM_BEGIN;
	PAIR;
	for (S->i = 0; S->i < 40; S->i++) {
		S->into2[0] = (unsigned char)('A' + S->i);
		FM_AWAIT(fm_write_init(&S->write, &S->left.stream, S->into2, 1));
	}
	EXACT(right, 1);
	EXACT(right, 39);
	FM_END;
}

PROGRAM(in_pieces)
{
	FM_BEGIN;
	PAIR;
	WRITE(left, "one");
	WRITE(left, "two");
	SETTLE;
	WRITE(left, "three");
	EXACT(right, 4);
	EXACT(right, 6);
	READ(right, 1);
	FM_END;
}

#define MUCH ((size_t)3 << 20)

CHILD(writes_much)
{
	FM_BEGIN;
	while (S->total < MUCH) {
		FM_AWAIT(fm_write_init(&self->write, &S->left.stream, stage_pattern(S),
				       MUCH - S->total < BIG_BYTES - 251 ? MUCH - S->total : BIG_BYTES - 251));
		if (self->write.fut.status != FM_OK)
			FM_RETURN(self->write.fut.status);
		S->total += self->write.done;
	}
	fm_tcp_close(&S->left);
	FM_END;
}

PROGRAM(much)
{
	FM_BEGIN;
	PAIR;
	SPAWN(0, writes_much);
	DRAIN(right, MUCH);
	JOIN_TASK(0);
	READ(right, 10);
	FM_END;
}

PROGRAM(fill_and_drain)
{
	FM_BEGIN;
	PAIR;
	FILL(left);
	DRAIN(right, S->total);
	FILL(left);
	fm_tcp_close(&S->left);
	DRAIN(right, SIZE_MAX);
	say(S, "all: %d", S->got == S->total);
	FM_END;
}

CHILD(writes_a_byte)
{
	FM_BEGIN;
	FM_AWAIT(fm_write_init(&self->write, &S->left.stream, "!", 1));
	FM_RETURN(self->write.fut.status);
	FM_END;
}

/* A write that waits goes on when the peer has read. */
PROGRAM(room_again)
{
	FM_BEGIN;
	PAIR;
	FILL(left);
	SPAWN(0, writes_a_byte);
	SETTLE;
	say(S, "written: %d", fm_task_done(S->tasks[0]));
	DRAIN(right, S->total);
	JOIN_TASK(0);
	EXACT(right, 1);
	FM_END;
}

CHILD(reads_a_byte)
{
	FM_BEGIN;
	FM_AWAIT(fm_read_init(&self->read, &S->left.stream, &self->byte, 1));
	if (self->read.done)
		S->into[S->i] = self->byte;
	S->i++;
	FM_RETURN(self->read.fut.status);
	FM_END;
}

/* One byte for two who wait: one gets it, the other the next. */
PROGRAM(two_readers)
{
	FM_BEGIN;
	PAIR;
	SPAWN(0, reads_a_byte);
	SPAWN(1, reads_a_byte);
	SETTLE;
	WRITE(right, "a");
	SETTLE;
	say(S, "read: %d", S->i);
	WRITE(right, "b");
	JOIN_TASK(0);
	JOIN_TASK(1);
	say(S, "read: %d, together %d", S->i, S->into[0] + S->into[1]);
	FM_END;
}

PROGRAM(two_readers_at_the_end)
{
	FM_BEGIN;
	PAIR;
	SPAWN(0, reads_a_byte);
	SPAWN(1, reads_a_byte);
	SETTLE;
	fm_tcp_close(&S->right);
	JOIN_TASK(0);
	JOIN_TASK(1);
	say(S, "read: %d", S->i);
	FM_END;
}

PROGRAM(both_ways)
{
	FM_BEGIN;
	PAIR;
	for (S->i = 0; S->i < 20; S->i++) {
		FM_AWAIT(FM_JOIN(&S->join, S->futures, fm_read_init(&S->read, &S->left.stream, S->into, 1),
				 fm_read_init(&S->read2, &S->right.stream, S->into2, 1),
				 fm_write_init(&S->write, &S->left.stream, "l", 1),
				 fm_write_all_init(&S->write_all, &S->right.stream, "r", 1)));
		say(S, "%c %c", S->into[0], S->into2[0]);
	}
	FM_END;
}

PROGRAM(writes_while_the_peer_has_ended)
{
	FM_BEGIN;
	PAIR;
	SHUTDOWN(right);
	READ(left, 10);
	FILL(left);
	fm_tcp_close(&S->left);
	DRAIN(right, SIZE_MAX);
	say(S, "all: %d", S->got == S->total);
	FM_END;
}

const struct program flow_programs[] = {
	{ "flow/nothing-to-read", &nothing_to_read_ops, ANY_ORDER },
	{ "flow/nothing-to-write", &nothing_to_write_ops, ANY_ORDER },
	{ "flow/byte-by-byte", &byte_by_byte_ops, ANY_ORDER },
	{ "flow/in-pieces", &in_pieces_ops, ANY_ORDER },
	{ "flow/much", &much_ops, ANY_ORDER },
	{ "flow/fill-and-drain", &fill_and_drain_ops, ANY_ORDER },
	{ "flow/room-again", &room_again_ops, ANY_ORDER },
	{ "flow/two-readers", &two_readers_ops, ANY_ORDER },
	{ "flow/two-readers-at-the-end", &two_readers_at_the_end_ops, ANY_ORDER },
	{ "flow/both-ways", &both_ways_ops, ANY_ORDER },
	{ "flow/writes-while-the-peer-has-ended", &writes_while_the_peer_has_ended_ops, ANY_ORDER },
	{ NULL, NULL, 0 },
};
