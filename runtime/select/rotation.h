/*
 * Where a poll of select or race starts: drawn, so that no branch is always first; 0, the plainest, is the
 * first.
 */
#ifndef FM_SELECT_ROTATION_H
#define FM_SELECT_ROTATION_H

#include <fm/executor.h>

uint32_t fm__rotation(const struct fm_context *cx, uint32_t count);

#endif
