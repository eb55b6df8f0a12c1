// SPDX-License-Identifier: MIT

#ifndef GEED_MEMORY_H
#define GEED_MEMORY_H

/* Asks for the memory at `place` to be brought into the cache. Any address will do. */
static inline void geed_prefetch(const void *place) { __builtin_prefetch(place); }

#endif
