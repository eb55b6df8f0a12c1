// SPDX-License-Identifier: MIT

#include <math.h>
#include <string.h>

#include "geed_colors.h"

static uint8_t byte_of(double value) {
  return value <= 0 ? 0 : value >= 255 ? 255 : (uint8_t)lrint(value);
}

// MARK: CIE L*a*b*

/* The inverse of CIE 1976's function of lightness. */
static double unfolded(double t) {
  return t > 6.0 / 29 ? t * t * t : 3 * (6.0 / 29) * (6.0 / 29) * (t - 4.0 / 29);
}

/* The curve of sRGB (IEC 61966-2-1). */
static double encoded(double linear) {
  if (linear <= 0) return 0;
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
}

void geed_lab_to_rgb(const uint8_t lab[3], uint8_t rgb[3]) {
  /* The white D50 of ICC profiles, and XYZ of D50 to linear sRGB, adapted by Bradford's matrix. */
  static const double white[3] = {0.9642, 1, 0.8249};
  static const double matrix[3][3] = {{3.1338561, -1.6168667, -0.4906146},
                                      {-0.9787684, 1.9161415, 0.0334540},
                                      {0.0719453, -0.2289914, 1.4052427}};
  double y = (lab[0] * 100.0 / 255 + 16) / 116;
  double folded[3] = {y + (int8_t)lab[1] / 500.0, y, y - (int8_t)lab[2] / 200.0};
  double xyz[3];
  for (int i = 0; i < 3; i++) xyz[i] = white[i] * unfolded(folded[i]);
  for (int c = 0; c < 3; c++) {
    double linear = 0;
    for (int i = 0; i < 3; i++) linear += matrix[c][i] * xyz[i];
    rgb[c] = byte_of(255 * encoded(linear));
  }
}

// MARK: Halved colors

/* The shares of red and blue in the brightness, by the code of the matrix; 2, unspecified, is that of
   BT.601. */
static bool shares(int matrix, double *red, double *blue) {
  switch (matrix) {
  case 1:
    *red = 0.2126, *blue = 0.0722;
    return true;
  case 2:
  case 5:
  case 6:
    *red = 0.299, *blue = 0.114;
    return true;
  case 9:
    *red = 0.2627, *blue = 0.0593;
    return true;
  default:
    return false;
  }
}

bool geed_knows_matrix(int matrix) {
  double red, blue;
  return shares(matrix, &red, &blue);
}

/* The nearest sample and the one on the other side of a pixel, on an axis of `count` pixels. The last of
   an odd number of columns has no other one, as in libyuv. */
static void neighbors(int place, int count, bool is_column, int *near, int *far) {
  int last = (count + 1) / 2 - 1;
  *near = place / 2;
  *far = place % 2 ? *near + 1 : *near - 1;
  if (*far < 0 || *far > last || (is_column && place == count - 1)) *far = *near;
}

/* The interpolated sample of a color, from 0 to 255. */
static int color_at(const geed_ycbcr *image, int plane, int x, int y) {
  const uint8_t *samples = image->planes[plane];
  int near, far;
  neighbors(x, image->width, true, &near, &far);
  if (!image->halves_rows) {
    const uint8_t *row = samples + (size_t)y * image->strides[plane];
    return (3 * row[near] + row[far] + 2) >> 2;
  }
  int above, below;
  neighbors(y, image->height, false, &above, &below);
  const uint8_t *first = samples + (size_t)above * image->strides[plane];
  const uint8_t *second = samples + (size_t)below * image->strides[plane];
  return (3 * (3 * first[near] + first[far]) + 3 * second[near] + second[far] + 8) >> 4;
}

void geed_ycbcr_to_rgb(const geed_ycbcr *image, uint8_t *rgb) {
  double red = 0.299, blue = 0.114;
  shares(image->matrix, &red, &blue);
  double green = 1 - red - blue;
  double gain = image->is_full_range ? 1 : 255.0 / 219;
  double black = image->is_full_range ? 0 : 16;
  double color_gain = image->is_full_range ? 1 : 255.0 / 224;
  for (int y = 0; y < image->height; y++) {
    for (int x = 0; x < image->width; x++) {
      double level = gain * (image->planes[0][(size_t)y * image->strides[0] + x] - black);
      double cb = color_gain * (color_at(image, 1, x, y) - 128);
      double cr = color_gain * (color_at(image, 2, x, y) - 128);
      *rgb++ = byte_of(level + 2 * (1 - red) * cr);
      *rgb++ = byte_of(level - (2 * blue * (1 - blue) * cb + 2 * red * (1 - red) * cr) / green);
      *rgb++ = byte_of(level + 2 * (1 - blue) * cb);
    }
  }
}

bool geed_avif_halves_colors(const uint8_t *bytes, size_t count, bool *halves_rows) {
  if (count < 12 || memcmp(bytes + 4, "ftyp", 4) != 0) return false;
  if (memcmp(bytes + 8, "avif", 4) != 0 && memcmp(bytes + 8, "avis", 4) != 0) return false;
  /* The first configuration of AV1 that has colors; that of an alpha plane has none. */
  for (size_t i = 12; i + 8 <= count && i < 65536; i++) {
    if (memcmp(bytes + i, "av1C", 4) != 0 || bytes[i + 4] != 0x81) continue;
    uint8_t flags = bytes[i + 6];
    bool is_deep = flags & 0x40, is_grey = flags & 0x10;
    if (is_grey) continue;
    *halves_rows = flags & 0x04;
    return !is_deep && (flags & 0x08);
  }
  return false;
}
