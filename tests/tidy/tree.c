/*
 * Walking the tree. Sorted, so that two machines print the same faults in the same order. Build folders, hidden
 * folders and what was planted for the checks themselves are left out.
 */
#include "tree.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void *need(void *pointer)
{
	if (!pointer)
		abort();
	return pointer;
}

bool path_starts(const char *path, const char *folder)
{
	return strncmp(path, folder, strlen(folder)) == 0;
}

bool path_ends(const char *path, const char *ending)
{
	const size_t count = strlen(path);
	const size_t tail = strlen(ending);

	return count >= tail && strcmp(path + count - tail, ending) == 0;
}

char *path_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	return need(strndup(path, slash ? (size_t)(slash - path) : 0));
}

char *path_join(const char *folder, const char *name)
{
	char *joined = need(malloc(strlen(folder) + strlen(name) + 2));
	size_t count = strlen(folder);

	memcpy(joined, folder, count + 1);
	while (count > 0 && joined[count - 1] == '/')
		count--;
	while (*name) {
		const size_t part = strcspn(name, "/");

		if (part == 2 && name[0] == '.' && name[1] == '.') {
			while (count > 0 && joined[--count] != '/')
				;
		} else if (part > 0 && !(part == 1 && name[0] == '.')) {
			if (count > 0)
				joined[count++] = '/';
			memcpy(joined + count, name, part);
			count += part;
		}
		name += part + (name[part] == '/');
	}
	joined[count] = '\0';
	return joined;
}

static bool left_out(const char *path, const char *name)
{
	return name[0] == '.' || path_starts(path, "build") || strcmp(name, "planted") == 0;
}

static void add(struct tree *tree, char *path)
{
	if ((tree->count & (tree->count - 1)) == 0)
		tree->paths = need(realloc(tree->paths, (tree->count ? tree->count * 2 : 1) * sizeof(char *)));
	tree->paths[tree->count++] = path;
}

static char *full_path(const struct tree *tree, const char *path)
{
	char *full = need(malloc(strlen(tree->root) + strlen(path) + 2));

	sprintf(full, "%s/%s", tree->root, path);
	return full;
}

static void walk(struct tree *tree, const char *folder)
{
	char *full = full_path(tree, folder);
	DIR *dir = need(opendir(full));
	struct dirent *entry;

	while ((entry = readdir(dir)) != NULL) {
		char *path = path_join(folder, entry->d_name);
		struct stat status;

		if (left_out(path, entry->d_name) || fstatat(dirfd(dir), entry->d_name, &status, 0) < 0) {
			free(path);
		} else if (S_ISDIR(status.st_mode)) {
			walk(tree, path);
			free(path);
		} else {
			add(tree, path);
		}
	}
	closedir(dir);
	free(full);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void tree_open(struct tree *tree, const char *root)
{
	*tree = (struct tree){ .root = need(strdup(root)) };
	walk(tree, "");
	qsort(tree->paths, tree->count, sizeof(char *), by_name);
}

void tree_close(struct tree *tree)
{
	for (size_t i = 0; i < tree->count; i++)
		free(tree->paths[i]);
	free(tree->paths);
	free(tree->root);
}

bool tree_has(const struct tree *tree, const char *path)
{
	return bsearch(&path, tree->paths, tree->count, sizeof(char *), by_name) != NULL;
}

char *tree_read(const struct tree *tree, const char *path)
{
	char *full = full_path(tree, path);
	FILE *file = fopen(full, "r");
	char *bytes = NULL;
	size_t count = 0;
	size_t room = 0;

	free(full);
	if (!file)
		return NULL;
	do {
		room = room * 2 + 4096;
		bytes = need(realloc(bytes, room));
		count += fread(bytes + count, 1, room - count - 1, file);
	} while (count == room - 1);
	bytes[count] = '\0';
	fclose(file);
	return bytes;
}
