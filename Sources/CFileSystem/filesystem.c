#define _GNU_SOURCE
#include "CFileSystem.h"

#include <stdio.h>
#include <unistd.h>

int valise_rename_exchange(int oneDirectory, const char *one, int otherDirectory, const char *other) {
  return renameat2(oneDirectory, one, otherDirectory, other, RENAME_EXCHANGE);
}

int valise_rename_new(int fromDirectory, const char *from, int toDirectory, const char *to) {
  return renameat2(fromDirectory, from, toDirectory, to, RENAME_NOREPLACE);
}

int valise_sync_file_system(int descriptor) { return syncfs(descriptor); }
