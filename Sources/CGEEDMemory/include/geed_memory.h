// SPDX-License-Identifier: MIT

#ifndef GEED_MEMORY_H
#define GEED_MEMORY_H

/* Prefetches the memory at `place` into the cache. Any address is allowed. */
static inline void geed_prefetch(const void *place) { __builtin_prefetch(place); }

#endif
