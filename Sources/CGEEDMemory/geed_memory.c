// SPDX-License-Identifier: MIT

#include "geed_memory.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

void geed_keep_freed_memory(void) {
#ifdef __GLIBC__
  const int never = 0;
  mallopt(M_MMAP_MAX, never);
  mallopt(M_TRIM_THRESHOLD, 0x7fffffff);
  /* Only memory of the first arena is kept. */
  mallopt(M_ARENA_MAX, 1);
#endif
}
