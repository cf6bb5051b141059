/*
 * fm/base.h -- the words every other header uses: attributes, time, lists.
 *
 * Nothing here knows of futures. It costs nothing to include.
 */
#ifndef FM_BASE_H
#define FM_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FM_LIKELY(x) __builtin_expect(!!(x), 1)
#define FM_UNLIKELY(x) __builtin_expect(!!(x), 0)

#define FM_CONTAINER_OF(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#define FM_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/*
 * What every wake and clone asks of its thread. Read in place and not by a call, which position independent code would make, and
 * save registers for; a shared library that is loaded late takes the few bytes from what the C library keeps for such.
 */
#define FM__THREAD_LOCAL _Thread_local __attribute__((tls_model("initial-exec")))

/* Nanoseconds of the monotonic clock, as a point or as a length. */
typedef uint64_t fm_ns;

#define FM_NS_MAX UINT64_MAX /* the far future: a deadline that never comes */
#define FM_US ((fm_ns)1000)
#define FM_MS ((fm_ns)1000 * FM_US)
#define FM_SEC ((fm_ns)1000 * FM_MS)
#define FM_MIN ((fm_ns)60 * FM_SEC)
#define FM_HOUR ((fm_ns)60 * FM_MIN)

/* Adds a length to a point in time; the far future saturates and never wraps. */
static inline fm_ns fm_ns_add(fm_ns at_ns, fm_ns length_ns)
{
	fm_ns sum_ns;

	return __builtin_add_overflow(at_ns, length_ns, &sum_ns) ? FM_NS_MAX : sum_ns;
}

static inline fm_ns fm_ns_mul(fm_ns length_ns, uint64_t times)
{
	fm_ns product_ns;

	return __builtin_mul_overflow(length_ns, times, &product_ns) ? FM_NS_MAX : product_ns;
}

/*
 * A circular doubly linked list; the head is a node of its own. A node that is
 * in no list points at itself, so that unlinking it twice does no harm.
 */
struct fm_list {
	struct fm_list *next;
	struct fm_list *prev;
};

#define FM_LIST_INIT(head) { &(head), &(head) }

static inline void fm_list_init(struct fm_list *node)
{
	node->next = node;
	node->prev = node;
}

static inline bool fm_list_empty(const struct fm_list *head)
{
	return head->next == head;
}

static inline void fm_list_insert_before(struct fm_list *place, struct fm_list *node)
{
	node->prev = place->prev;
	node->next = place;
	place->prev->next = node;
	place->prev = node;
}

static inline void fm_list_push_back(struct fm_list *head, struct fm_list *node)
{
	fm_list_insert_before(head, node);
}

static inline void fm_list_push_front(struct fm_list *head, struct fm_list *node)
{
	fm_list_insert_before(head->next, node);
}

static inline void fm_list_unlink(struct fm_list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	fm_list_init(node);
}

/* Moves all nodes of `from` behind those of `to`, in order; `from` is empty then. */
static inline void fm_list_splice_back(struct fm_list *to, struct fm_list *from)
{
	if (fm_list_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	fm_list_init(from);
}

#define FM_LIST_FOR_EACH(node, head) \
	for (struct fm_list *node = (head)->next; node != (head); node = node->next)

#endif
