/* What programs share: the record of what they said, a pair of connected sockets, actions later on, patterns. */
#include "conformance.h"

#include <stdarg.h>
#include <stdio.h>

void stage_init(struct stage *s)
{
	memset(s, 0, sizeof(*s));
	fm_tcp_listener_init(&s->listener);
	fm_tcp_listener_init(&s->listener2);
	fm_tcp_init(&s->left);
	fm_tcp_init(&s->right);
	for (int i = 0; i < EXTRAS; i++)
		fm_tcp_init(&s->extra[i]);
	for (size_t i = 0; i < BIG_BYTES; i++)
		s->big[i] = (unsigned char)(i % 251);
}

void stage_close(struct stage *s)
{
	fm_tcp_close(&s->left);
	fm_tcp_close(&s->right);
	for (int i = 0; i < EXTRAS; i++)
		fm_tcp_close(&s->extra[i]);
	fm_tcp_listener_close(&s->listener);
	fm_tcp_listener_close(&s->listener2);
	fm_signal_close(&s->watch);
	fm_signal_close(&s->watch2);
	for (size_t i = 0; i < FM_COUNT_OF(s->tasks); i++) {
		fm_task_detach(s->tasks[i]);
		s->tasks[i] = NULL;
	}
}

void say(struct stage *s, const char *format, ...)
{
	const size_t room = sizeof(s->text) - s->text_bytes;
	va_list args;
	int bytes;

	va_start(args, format);
	bytes = vsnprintf(s->text + s->text_bytes, room, format, args);
	va_end(args);
	if (bytes < 0 || (size_t)bytes + 2 > room)
		fm_panic("a program says too much");
	s->text_bytes += (size_t)bytes;
	s->text[s->text_bytes++] = '\n';
	s->text[s->text_bytes] = '\0';
}

void say_status(struct stage *s, const char *what, int status)
{
	say(s, "%s: %s", what, fm_status_name(status));
}

void say_bytes(struct stage *s, const char *what, int status, const unsigned char *bytes, size_t count)
{
	say(s, "%s %s %zu '%.*s'", what, fm_status_name(status), count, (int)count, (const char *)bytes);
}

FM_ASYNC(stage_pairing)
{
	FM_BEGIN;
	S->addr = fm_addr_loopback(0);
	if (fm_tcp_listen(&S->listener, &S->addr, 8) != FM_OK)
		fm_panic("no listener");
	fm_tcp_listener_address(&S->listener, &S->addr);
	FM_AWAIT(FM_JOIN(&self->join, self->futures, fm_tcp_connect_init(&self->connect, &S->left, &S->addr),
			 fm_tcp_accept_init(&self->accept, &S->listener, &S->right)));
	say(S, "pair: %s %s", fm_status_name(self->connect.fut.status),
	    fm_status_name(self->accept.fut.status));
	FM_END;
}

struct fm_future *stage_pair_init(struct stage *s)
{
	s->pairing.s = s;
	return FM_ASYNC_INIT(&s->pairing, stage_pairing);
}

FM_ASYNC(stage_later)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, S->settle_ns));
	self->action(S);
	FM_END;
}

struct fm_future *stage_later_init(struct stage *s, stage_action *action)
{
	s->later.s = s;
	s->later.action = action;
	return FM_ASYNC_INIT(&s->later, stage_later);
}

void stage_spawn(struct stage *s, int n, const struct fm_future_ops *ops)
{
	struct child_frame *child = fm_task_alloc(sizeof(*child), NULL);

	if (!child)
		fm_panic("no memory for a task");
	fm_async_init(&child->async, ops);
	child->s = s;
	child->n = n;
	s->tasks[n] = fm_task_spawn(child);
}

const unsigned char *stage_pattern(const struct stage *s)
{
	return s->big + s->total % 251;
}

void stage_check_pattern(struct stage *s, size_t count)
{
	for (size_t i = 0; i < count; i++)
		s->bad += s->big_into[i] != (s->got + i) % 251;
	s->got += count;
}
