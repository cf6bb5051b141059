/* Planted: each line marked BAD must be found by the check of async bodies, and no other line of it. */
#include <fm/async.h>

#define AWAIT_TWICE(future)                                                                        \
	do {                                                                                       \
		FM_AWAIT(future);                                                                  \
		FM_AWAIT(future);                                                                  \
	} while (0)

FM_ASYNC(bad)
{
	int count = 0; /* BAD: the body's own block awaits */
	struct fm_future *child; /* BAD */
	FM_BEGIN;
	for (size_t i = 0; i < 3; i++) /* BAD: i is read after the await */
		FM_AWAIT(self->child);
	while (self->more) {
		const char *line = self->line; /* BAD */

		if (line) {
			fm_ns before = 1; /* fine: no await in this block */

			self->at = before;
		}
		switch (self->state) {
		case 1:
			FM_AWAIT(self->child);
			break;
		default:
			break;
		}
	}
	if (self->late) {
		FM_AWAIT(self->child);
		size_t late = 1; /* BAD: after the last await, but a loop may come back */

		self->size = late;
	}
	FM_RETURN(FM_OK);
	FM_END;
}

FM_ASYNC_EXTERN(bad_macro)
{
	FM_BEGIN;
	EACH(node, &self->list) {
		mytype *item = node; /* BAD: through a macro that awaits */

		AWAIT_TWICE(item->future);
	}
	FM_END;
}
