/* The pad: interleavings that make no difference, and that a search has to get past. */
#include "search.h"

FM_ASYNC_EXTERN(pad)
{
	FM_BEGIN;
	for (; self->left > 0; self->left--) {
		fm_mutex_init(&self->mutex);
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->mutex));
		fm_mutex_unlock(&self->mutex);
		fm_mutex_drop(&self->mutex);
	}
	FM_END;
}
