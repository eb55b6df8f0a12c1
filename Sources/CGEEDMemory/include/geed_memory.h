// SPDX-License-Identifier: MIT

#ifndef GEED_MEMORY_H
#define GEED_MEMORY_H

#include <stddef.h>
#include <string.h>

/* Prefetches the memory at `place` into the cache. Any address is allowed. */
static inline void geed_prefetch(const void *place) { __builtin_prefetch(place); }

/* Lets the process keep the memory that it frees, for its next arrays of the same sizes: by default
 * the C library of Linux returns large arrays to the system, which has to clear every page of the
 * next one. Does nothing on other systems. */
void geed_keep_freed_memory(void);

/* Eight partial sums; the compiler divides them among the registers of the processor. */
typedef float geed_floats __attribute__((vector_size(32)));
typedef double geed_doubles __attribute__((vector_size(64)));

/* Writes eight partial sums each of a[i] b[i], a[i]^2 and b[i]^2, in double precision. The partial
 * sum with number l is that of the positions l, l + 8, l + 16, ... */
static inline void geed_product_lanes(const float *a, const float *b, size_t count, double *sums) {
#pragma clang fp contract(off)
  geed_doubles dot = {0}, aa = {0}, bb = {0};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    geed_floats x, y;
    memcpy(&x, a + i, sizeof x);
    memcpy(&y, b + i, sizeof y);
    const geed_doubles p = __builtin_convertvector(x, geed_doubles);
    const geed_doubles q = __builtin_convertvector(y, geed_doubles);
    dot += p * q;
    aa += p * p;
    bb += q * q;
  }
  if (i < count) {
    geed_doubles p = {0}, q = {0};
    for (size_t lane = 0; i + lane < count; ++lane) {
      p[lane] = a[i + lane];
      q[lane] = b[i + lane];
    }
    dot += p * q;
    aa += p * p;
    bb += q * q;
  }
  memcpy(sums, &dot, sizeof dot);
  memcpy(sums + 8, &aa, sizeof aa);
  memcpy(sums + 16, &bb, sizeof bb);
}

#endif
