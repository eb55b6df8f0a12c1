// SPDX-License-Identifier: MIT
// Conversions of colors to bytes of red, green and blue.

#ifndef GEED_COLORS_H
#define GEED_COLORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Converts CIE L*a*b* of the white D50 to sRGB, as LittleCMS does between its built-in profiles: to within
   a level. `lab` holds 255 / 100 times L, and a and b as signed bytes. */
void geed_lab_to_rgb(const uint8_t lab[3], uint8_t rgb[3]);

/* The planes of an image of brightness and two differences of colors, which have half as many columns,
   and half as many rows if `halves_rows`. */
typedef struct geed_ycbcr {
  const uint8_t *planes[3];
  int strides[3];
  int width, height;
  bool halves_rows;
  /* The code of the matrix in ITU-T H.273. */
  int matrix;
  /* Whether black is 0 and white 255, and not 16 and 235. */
  bool is_full_range;
} geed_ycbcr;

/* Whether the matrix is one that `geed_ycbcr_to_rgb` applies. */
bool geed_knows_matrix(int matrix);

/* Converts to adjacent red, green and blue; colors are interpolated linearly, with 3/4 of the nearest
   sample, as libyuv does for libavif and so for Pillow. */
void geed_ycbcr_to_rgb(const geed_ycbcr *image, uint8_t *rgb);

/* Whether a file is an AVIF file of 8 bits with halved colors; sets whether rows are halved too. */
bool geed_avif_halves_colors(const uint8_t *bytes, size_t count, bool *halves_rows);

#endif
