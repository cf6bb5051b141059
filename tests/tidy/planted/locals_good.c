/* Planted: the twin of locals_bad.c. The check must find nothing here. */
#include <fm/async.h>

FM_ASYNC(good)
{
	static const char greeting[] = "hello"; /* survives */

	FM_BEGIN;
	for (self->i = 0; self->i < 3; self->i++)
		FM_AWAIT(self->child);
	while (self->more) {
		{
			const char *line = self->line;

			self->at = line ? 1 : 0; /* "int x; FM_AWAIT()" in a comment or string is neither */
		}
		for (int i = 0; i < 3; i++)
			self->sum += i * self->factor;
		switch (self->state) {
		case 1:
			FM_AWAIT(self->child);
			break;
		default:
			self->text = "int x; FM_AWAIT(y)";
			goto out;
		}
	}
	if (self->late) {
		size_t late = sizeof(greeting);

		self->size = late;
	} else
		FM_AWAIT(self->child);
out:
	FM_RETURN(FM_OK);
	FM_END;
}

/* Not an async body: its locals are nobody's business. */
static int plain(int x)
{
	int y = x;

	return y;
}
