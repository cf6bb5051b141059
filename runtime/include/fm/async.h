/*
 * fm/async.h -- async functions: a frame struct and a body that reads like the synchronous code.
 *
 *     struct greet {
 *             struct fm_async async;          // first
 *             struct fm_sleep sleep;
 *             int times;
 *     };
 *
 *     FM_ASYNC(greet)
 *     {
 *             FM_BEGIN;
 *             while (self->times-- > 0) {
 *                     FM_AWAIT(fm_sleep_init(&self->sleep, FM_SEC));
 *                     puts("hello");
 *             }
 *             FM_RETURN(FM_OK);
 *             FM_END;
 *     }
 *
 *     void greet_init(struct greet *self, int times)
 *     {
 *             FM_ASYNC_INIT(self, greet);
 *             self->times = times;
 *     }
 *
 * The body is resumed at a label, so a C local does not survive an await: what must survive is a field of
 * the frame, and locals are declared only in blocks that have no await in them (tests/tidy checks it).
 * An await may stand inside a loop or a switch. The frame forgets its child before the body goes on.
 * Cost of an await: three stores and an indirect jump; no allocation.
 */
#ifndef FM_ASYNC_H
#define FM_ASYNC_H

#include <fm/future.h>

/*
 * Where an await stands. One static record an await, gathered by the linker, so that those never reached
 * are known too. Identity is file, line and ordinal on the line; order is only the compiler's.
 */
struct fm_await_site {
	const char *file;
	const char *what; /* the awaited expression, as written */
	void *resume;     /* the label the body goes on from */
	uint32_t line;
	uint32_t order; /* tells awaits on one line apart: smaller comes first */
};

struct fm_defer {
	struct fm_defer *next;
	void (*run)(struct fm_defer *self);
};

struct fm_async {
	struct fm_future fut;
	const struct fm_await_site *at; /* where the body stands; NULL before the first await */
	struct fm_future *child;        /* what it awaits there; NULL while it runs */
	struct fm_defer *defers;        /* last in, first out */
};

/* All sites linked into the program, in no order that means anything. */
extern const struct fm_await_site *const __start_fm_await_sites[] __attribute__((weak));
extern const struct fm_await_site *const __stop_fm_await_sites[] __attribute__((weak));

const struct fm_await_site *fm__async_inspect(const struct fm_future *self, unsigned index,
					      struct fm_future **child);
void fm__async_drop(struct fm_future *self);
enum fm_poll fm__async_return(struct fm_async *self, int status);

/*
 * fm_async_init -- what FM_ASYNC_INIT calls; the frame's other fields are the caller's to set.
 */
static inline struct fm_future *fm_async_init(struct fm_async *self, const struct fm_future_ops *ops)
{
	fm_future_init(&self->fut, ops);
	self->at = NULL;
	self->child = NULL;
	self->defers = NULL;
	return &self->fut;
}

/*
 * fm_defer -- run `run` when the body returns or the frame is dropped, the awaited child being dropped
 * first. May be called by the initialiser: a frame dropped before its first poll still gives back what it
 * was handed. `defer` is a field of the frame; deferring it twice is the caller's bug.
 */
static inline void fm_defer(struct fm_async *self, struct fm_defer *defer,
			    void (*run)(struct fm_defer *self))
{
	defer->run = run;
	defer->next = self->defers;
	self->defers = defer;
}

/* fm_undefer -- take the newest defer back unrun, when the body has given the thing away itself. */
void fm_undefer(struct fm_async *self, struct fm_defer *defer);

/*
 * Declares and opens the body of the async function `name`: `self` is the frame, `cx` the context.
 * The frame's struct must be called `name` and begin with `struct fm_async async`.
 */
#define FM_ASYNC(function) FM__ASYNC(function, static)
#define FM_ASYNC_EXTERN(function) FM__ASYNC(function, )
#define FM_ASYNC_DECLARE(function) extern const struct fm_future_ops function##_ops

#define FM__ASYNC(function, storage)                                                                   \
	static enum fm_poll function##_body(struct function *self, struct fm_context *cx);                 \
	static enum fm_poll function##_poll(struct fm_future *fm__future, struct fm_context *cx)       \
	{                                                                                          \
		_Static_assert(offsetof(struct function, async) == 0, "the frame begins with async");  \
		return function##_body((struct function *)fm__future, cx);                                 \
	}                                                                                          \
	storage const struct fm_future_ops function##_ops = {                                          \
		.name = #function,                                                                     \
		.poll = function##_poll,                                                               \
		.drop = fm__async_drop,                                                            \
		.inspect = fm__async_inspect,                                                      \
	};                                                                                         \
	static enum fm_poll function##_body(struct function *self, struct fm_context *cx)

/* In the initialiser: FM_ASYNC_INIT(self, name). Gives the future, to be awaited or spawned. */
#define FM_ASYNC_INIT(self, name) fm_async_init(&(self)->async, &name##_ops)

#define FM_BEGIN                                                                                   \
	if (self->async.at != NULL)                                                                \
		goto *self->async.at->resume;                                                      \
	(void)cx

/*
 * The label's record is static, so nothing of the compiler's idea of the stack is ever stored in a frame.
 */
#define FM__SITE(record, label, text)                                                              \
	static const struct fm_await_site record = { __FILE__, text, &&label, __LINE__,            \
						     __COUNTER__ };                                \
	static const struct fm_await_site *const fm__site_ref                                      \
		__attribute__((section("fm_await_sites"), used)) = &record

/* Await a future: the value of `...` is a pointer to struct fm_future, as the initialisers return it. */
#define FM_AWAIT(...)                                                                              \
	do {                                                                                       \
		__label__ fm__resume;                                                              \
		FM__SITE(fm__site, fm__resume, #__VA_ARGS__);                                      \
		self->async.child = (__VA_ARGS__);                                                 \
		self->async.at = &fm__site;                                                        \
	fm__resume:                                                                                \
		if (fm_poll(self->async.child, cx) == FM_PENDING)                                  \
			return FM_PENDING;                                                         \
		self->async.child = NULL;                                                          \
	} while (0)

bool fm__interrupted(struct fm_context *cx, const struct fm_await_site *site);

/*
 * Await a future that may be dropped and started anew at any PENDING, as a select in a loop does to its
 * branches. The real runtime awaits it as FM_AWAIT does; the simulator draws whether to drop it and
 * evaluate the expression again. So it says "this await is retried", and has it tested.
 */
#define FM_AWAIT_RETRIED(...)                                                                      \
	do {                                                                                       \
		__label__ fm__resume, fm__again;                                                   \
		FM__SITE(fm__site, fm__resume, #__VA_ARGS__);                                      \
	fm__again:                                                                                 \
		self->async.child = (__VA_ARGS__);                                                 \
		self->async.at = &fm__site;                                                        \
		if (fm_poll(self->async.child, cx) == FM_PENDING)                                  \
			return FM_PENDING;                                                         \
		self->async.child = NULL;                                                          \
		break;                                                                             \
	fm__resume:                                                                                \
		if (fm__interrupted(cx, &fm__site)) {                                              \
			struct fm_future *fm__child = self->async.child;                           \
			self->async.child = NULL;                                                  \
			fm_drop(fm__child);                                                        \
			goto fm__again;                                                            \
		}                                                                                  \
		if (fm_poll(self->async.child, cx) == FM_PENDING)                                  \
			return FM_PENDING;                                                         \
		self->async.child = NULL;                                                          \
	} while (0)

/* Ends the body: the defers run, the future is READY with this status. */
#define FM_RETURN(status_) return fm__async_return(&self->async, (status_))

/* Closes the body. A body that runs off its end returns FM_OK. */
#define FM_END                                                                                     \
	FM_RETURN(FM_OK);                                                                          \
	FM__NEED_A_LABEL

/* A computed goto needs one label in the function whose address is taken; an async body may have no await. */
#define FM__NEED_A_LABEL                                                                           \
	do {                                                                                       \
		__label__ fm__none;                                                                \
		static void *const fm__label __attribute__((unused)) = &&fm__none;                 \
	fm__none:                                                                                  \
		__builtin_unreachable();                                                           \
	} while (0)

#endif
