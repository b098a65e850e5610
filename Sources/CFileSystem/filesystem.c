#define _GNU_SOURCE
#include "CFileSystem.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

int valise_rename_exchange(int oneDirectory, const char *one, int otherDirectory, const char *other) {
  return renameat2(oneDirectory, one, otherDirectory, other, RENAME_EXCHANGE);
}

int valise_rename_new(int fromDirectory, const char *from, int toDirectory, const char *to) {
  return renameat2(fromDirectory, from, toDirectory, to, RENAME_NOREPLACE);
}

int valise_sync_file_system(int descriptor) { return syncfs(descriptor); }

long long valise_birth(const char *path) {
  struct statx status;
  if (statx(AT_FDCWD, path, 0, STATX_BTIME, &status) != 0 || !(status.stx_mask & STATX_BTIME)) return 0;
  return status.stx_btime.tv_sec * 1000000000LL + status.stx_btime.tv_nsec;
}

int valise_watch_open(void) { return inotify_init1(IN_NONBLOCK | IN_CLOEXEC); }

int valise_watch_add(int descriptor, const char *path) {
  return inotify_add_watch(descriptor, path,
                           IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                               IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK);
}

int valise_watch_add_closing(int descriptor, const char *path) {
  return inotify_add_watch(descriptor, path, IN_CLOSE_WRITE | IN_ONLYDIR | IN_DONT_FOLLOW);
}
