/*
 * fm/fill.h -- how FM_SELECT, FM_JOIN and their like fill an array of the frame from their arguments.
 *
 * One assignment after the other, since C leaves the order inside an initialiser list open, and the order in
 * which futures are initialised may be seen (clock, draws). At most 16 arguments. Nothing here is for
 * programs.
 */
#ifndef FM_FILL_H
#define FM_FILL_H

#include <fm/base.h>

#define FM__COUNT(...) FM__COUNT_(__VA_ARGS__, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define FM__COUNT_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, count, ...) count

#define FM__CAT(a, b) FM__CAT_(a, b)
#define FM__CAT_(a, b) a##b

/* put(array, 0, first), put(array, 1, second), ... */
#define FM__FILL(put, array, ...) FM__CAT(FM__FILL_, FM__COUNT(__VA_ARGS__))(put, array, 0, __VA_ARGS__)
#define FM__FILL_1(put, array, i, x) put(array, i, x)
#define FM__FILL_2(put, array, i, x, ...) put(array, i, x), FM__FILL_1(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_3(put, array, i, x, ...) put(array, i, x), FM__FILL_2(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_4(put, array, i, x, ...) put(array, i, x), FM__FILL_3(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_5(put, array, i, x, ...) put(array, i, x), FM__FILL_4(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_6(put, array, i, x, ...) put(array, i, x), FM__FILL_5(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_7(put, array, i, x, ...) put(array, i, x), FM__FILL_6(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_8(put, array, i, x, ...) put(array, i, x), FM__FILL_7(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_9(put, array, i, x, ...) put(array, i, x), FM__FILL_8(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_10(put, array, i, x, ...) put(array, i, x), FM__FILL_9(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_11(put, array, i, x, ...) put(array, i, x), FM__FILL_10(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_12(put, array, i, x, ...) put(array, i, x), FM__FILL_11(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_13(put, array, i, x, ...) put(array, i, x), FM__FILL_12(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_14(put, array, i, x, ...) put(array, i, x), FM__FILL_13(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_15(put, array, i, x, ...) put(array, i, x), FM__FILL_14(put, array, (i) + 1, __VA_ARGS__)
#define FM__FILL_16(put, array, i, x, ...) put(array, i, x), FM__FILL_15(put, array, (i) + 1, __VA_ARGS__)

/* How many arguments there are; does not compile where the array is too short for them. */
#define FM__FIT(array, ...)                                                                        \
	((uint32_t)(sizeof(char[FM_COUNT_OF(array) >= FM__COUNT(__VA_ARGS__) ? 1 : -1]) *          \
		    FM__COUNT(__VA_ARGS__)))

#define FM__PUT_FUTURE(array, i, x) ((array)[i] = (x))

#endif
