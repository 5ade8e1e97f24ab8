#pragma once
// glibc hides this behind _GNU_SOURCE, which Swift's Glibc module does not define.
extern int renameat2(int old_folder, const char *old_path, int new_folder, const char *new_path, unsigned int flags);
