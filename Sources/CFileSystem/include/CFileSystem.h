#ifndef VALISE_FILE_SYSTEM_H
#define VALISE_FILE_SYSTEM_H

// What Glibc's Swift overlay hides: renameat2, syncfs and statx need _GNU_SOURCE; inotify is not in it.

/// Swaps two paths in one step (RENAME_EXCHANGE). 0, or -1 with errno.
int valise_rename_exchange(int oneDirectory, const char *one, int otherDirectory, const char *other);

/// Renames, failing with EEXIST when the target exists (RENAME_NOREPLACE). 0, or -1 with errno.
int valise_rename_new(int fromDirectory, const char *from, int toDirectory, const char *to);

/// Flushes the file system that holds `descriptor`. 0, or -1 with errno.
int valise_sync_file_system(int descriptor);

/// When a file was made, in nanoseconds since 1970; 0 where the file system does not tell.
long long valise_birth(const char *path);

/// Events of inotify: what each says, in bits.
enum {
  VALISE_WATCH_WRITE = 0x00000002,
  VALISE_WATCH_ARRIVAL = 0x00000100 | 0x00000080,
  VALISE_WATCH_END = 0x00008000,
  VALISE_WATCH_OVERFLOW = 0x00004000,
  VALISE_WATCH_FOLDER = 0x40000000,
};

/// A descriptor that events are read from without waiting. -1 with errno.
int valise_watch_open(void);

/// Has everything told that happens in a folder, not following a link. The watch's number, or -1 with errno.
int valise_watch_add(int descriptor, const char *path);

/// The same of files alone, and only when one is closed by who may have written it.
int valise_watch_add_closing(int descriptor, const char *path);

#endif
