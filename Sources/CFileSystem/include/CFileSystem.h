#ifndef VALISE_FILE_SYSTEM_H
#define VALISE_FILE_SYSTEM_H

// What Glibc's Swift overlay hides: renameat2, syncfs and statx need _GNU_SOURCE.

/// Swaps two paths in one step (RENAME_EXCHANGE). 0, or -1 with errno.
int valise_rename_exchange(int oneDirectory, const char *one, int otherDirectory, const char *other);

/// Renames, failing with EEXIST when the target exists (RENAME_NOREPLACE). 0, or -1 with errno.
int valise_rename_new(int fromDirectory, const char *from, int toDirectory, const char *to);

/// Flushes the file system that holds `descriptor`. 0, or -1 with errno.
int valise_sync_file_system(int descriptor);

/// When a file was made, in nanoseconds since 1970; 0 where the file system does not tell.
long long valise_birth(const char *path);

#endif
