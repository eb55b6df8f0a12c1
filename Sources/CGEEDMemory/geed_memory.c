// SPDX-License-Identifier: MIT

#include "geed_memory.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

void geed_keep_freed_memory(void) {
#ifdef __GLIBC__
  /* No allocation has pages of its own, which the system would take back, and clear for the next. */
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 0x7fffffff);
  /* The threshold is that of the main arena alone, so there is no other. */
  mallopt(M_ARENA_MAX, 1);
#endif
}
