// SPDX-License-Identifier: MIT

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

#include "geed_colors.h"
#include "geed_image_internal.h"

/* The maximum size of a single buffer that a file requires. */
#define GEED_MAX_BUFFER ((tmsize_t)1 << 31)

typedef struct decoder {
  TIFF *tiff;
  const uint8_t *bytes;
  size_t count;
  size_t position;
  geed_picture picture;
  uint8_t *block;
  uint32_t *raster;
  bool has_message;
  char *message;
} decoder;

/* The layout of the samples of one page. */
typedef struct layout {
  uint32_t width, height;
  uint16_t bits, samples, photometric, planar, format, orientation;
  uint16_t *palette[3];
} layout;

// MARK: Bytes and messages

static tmsize_t read_bytes(thandle_t handle, void *target, tmsize_t count) {
  decoder *self = (decoder *)handle;
  size_t available = self->position < self->count ? self->count - self->position : 0;
  size_t length = (size_t)count < available ? (size_t)count : available;
  memcpy(target, self->bytes + (length ? self->position : 0), length);
  self->position += length;
  return (tmsize_t)length;
}

static tmsize_t write_nothing(thandle_t handle, void *source, tmsize_t count) {
  (void)handle, (void)source, (void)count;
  return 0;
}

static toff_t seek_to(thandle_t handle, toff_t offset, int origin) {
  decoder *self = (decoder *)handle;
  size_t base = origin == SEEK_CUR ? self->position : origin == SEEK_END ? self->count : 0;
  self->position = base + offset;
  return self->position;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size_of_file(thandle_t handle) { return ((decoder *)handle)->count; }

/* Keeps the first error only, because later ones are its consequences. */
static int keep_error(TIFF *tiff, void *data, const char *module, const char *format,
                      va_list arguments) {
  (void)tiff, (void)module;
  decoder *self = data;
  if (!self->has_message) vsnprintf(self->message, GEED_MESSAGE_SIZE, format, arguments);
  self->has_message = true;
  return 1;
}

static int ignore_warning(TIFF *tiff, void *data, const char *module, const char *format,
                          va_list arguments) {
  (void)tiff, (void)data, (void)module, (void)format, (void)arguments;
  return 1;
}

static geed_status refuse(decoder *self, const char *reason) {
  if (!self->has_message) geed_say(self->message, reason);
  self->has_message = true;
  return GEED_FAILED;
}

// MARK: Strips and tiles of 8 or 16 bits, or of floating-point numbers

static bool is_float(const layout *page) {
  return page->format == SAMPLEFORMAT_IEEEFP && (page->bits == 32 || page->bits == 64);
}

static bool is_lab(const layout *page) {
  return page->photometric == PHOTOMETRIC_CIELAB || page->photometric == PHOTOMETRIC_ICCLAB;
}

static bool is_plain(const layout *page) {
  if (is_lab(page)) return page->bits == 8;
  if (page->bits != 8 && page->bits != 16 && !is_float(page)) return false;
  switch (page->photometric) {
  case PHOTOMETRIC_MINISBLACK:
  case PHOTOMETRIC_MINISWHITE:
  case PHOTOMETRIC_RGB:
    return true;
  case PHOTOMETRIC_PALETTE:
    return page->bits == 8 && page->palette[2];
  default:
    return false;
  }
}

/* Copies the sample at `index` of the block to `target`, which holds one sample of the picture. */
static void copy_sample(const decoder *self, const layout *page, uint8_t *target, size_t index) {
  bool is_inverted = page->photometric == PHOTOMETRIC_MINISWHITE;
  if (page->bits == 8) {
    uint8_t value = self->block[index];
    *target = is_inverted ? (uint8_t)(255 - value) : value;
  } else if (page->bits == 16) {
    uint16_t value;
    memcpy(&value, self->block + 2 * index, sizeof value);
    if (is_inverted) value = (uint16_t)(65535 - value);
    memcpy(target, &value, sizeof value);
  } else if (page->bits == 32) {
    memcpy(target, self->block + 4 * index, sizeof(float));
  } else {
    double value;
    memcpy(&value, self->block + 8 * index, sizeof value);
    float rounded = (float)value;
    memcpy(target, &rounded, sizeof rounded);
  }
}

static void store(decoder *self, const layout *page, uint8_t *pixel, size_t index, int plane) {
  uint32_t size = self->picture.sample_size;
  if (page->photometric == PHOTOMETRIC_PALETTE) {
    uint8_t color = self->block[index];
    for (int c = 0; c < 3; c++) pixel[c] = (uint8_t)(page->palette[c][color] >> 8);
  } else if (page->planar == PLANARCONFIG_CONTIG) {
    for (uint32_t c = 0; c < self->picture.channels; c++) {
      copy_sample(self, page, pixel + c * size, index + c);
    }
  } else {
    copy_sample(self, page, pixel + (size_t)plane * size, index);
  }
}

/* Copies the block whose upper left corner is at (left, top) and whose rows hold `width` pixels. */
static void copy_block(decoder *self, const layout *page, uint32_t left, uint32_t top,
                       uint32_t width, uint32_t height, int plane) {
  geed_picture *picture = &self->picture;
  size_t step = page->planar == PLANARCONFIG_CONTIG ? page->samples : 1;
  for (uint32_t y = 0; y < height && top + y < picture->height; y++) {
    for (uint32_t x = 0; x < width && left + x < picture->width; x++) {
      size_t pixel = (size_t)(top + y) * picture->width + left + x;
      size_t target = pixel * picture->channels * picture->sample_size;
      store(self, page, picture->pixels + target, ((size_t)y * width + x) * step, plane);
    }
  }
}

static geed_status allocate_block(decoder *self, tmsize_t size) {
  if (size <= 0 || size > GEED_MAX_BUFFER) return refuse(self, "its blocks are too large");
  self->block = malloc((size_t)size);
  return self->block ? GEED_OK : refuse(self, "out of memory");
}

static geed_status read_tiles(decoder *self, const layout *page, int planes) {
  uint32_t width = 0, height = 0;
  TIFFGetField(self->tiff, TIFFTAG_TILEWIDTH, &width);
  TIFFGetField(self->tiff, TIFFTAG_TILELENGTH, &height);
  tmsize_t size = TIFFTileSize(self->tiff);
  if (width == 0 || height == 0) return refuse(self, "its tiles have no size");
  if (allocate_block(self, size) != GEED_OK) return GEED_FAILED;
  for (int plane = 0; plane < planes; plane++) {
    for (uint64_t top = 0; top < page->height; top += height) {
      for (uint64_t left = 0; left < page->width; left += width) {
        uint32_t x = (uint32_t)left, y = (uint32_t)top;
        uint32_t tile = TIFFComputeTile(self->tiff, x, y, 0, (uint16_t)plane);
        if (TIFFReadEncodedTile(self->tiff, tile, self->block, size) != size) {
          return refuse(self, "a tile is too short");
        }
        copy_block(self, page, x, y, width, height, plane);
      }
    }
  }
  return GEED_OK;
}

static geed_status read_strips(decoder *self, const layout *page, int planes) {
  uint32_t rows = 0;
  TIFFGetFieldDefaulted(self->tiff, TIFFTAG_ROWSPERSTRIP, &rows);
  if (rows == 0) return refuse(self, "its strips have no rows");
  if (rows > page->height) rows = page->height;
  if (allocate_block(self, TIFFStripSize(self->tiff)) != GEED_OK) return GEED_FAILED;
  for (int plane = 0; plane < planes; plane++) {
    for (uint64_t top = 0; top < page->height; top += rows) {
      uint32_t y = (uint32_t)top;
      uint32_t height = page->height - y < rows ? page->height - y : rows;
      uint32_t strip = TIFFComputeStrip(self->tiff, y, (uint16_t)plane);
      tmsize_t size = TIFFVStripSize(self->tiff, height);
      if (TIFFReadEncodedStrip(self->tiff, strip, self->block, size) != size) {
        return refuse(self, "a strip is too short");
      }
      copy_block(self, page, 0, y, page->width, height, plane);
    }
  }
  return GEED_OK;
}

/* Converts the samples of CIE L*a*b* in the picture to red, green and blue. */
static void convert_lab(decoder *self, const layout *page) {
  size_t count = (size_t)self->picture.width * self->picture.height;
  for (size_t i = 0; i < count; i++) {
    uint8_t *pixel = self->picture.pixels + 3 * i;
    uint8_t lab[3] = {pixel[0], pixel[1], pixel[2]};
    /* ICC's variant stores a and b with 128 added. */
    if (page->photometric == PHOTOMETRIC_ICCLAB) lab[1] ^= 0x80, lab[2] ^= 0x80;
    geed_lab_to_rgb(lab, pixel);
  }
}

static geed_status read_plain(decoder *self, const layout *page) {
  uint16_t colors = page->photometric == PHOTOMETRIC_RGB || is_lab(page) ? 3 : 1;
  uint32_t channels = page->photometric == PHOTOMETRIC_MINISBLACK ||
                              page->photometric == PHOTOMETRIC_MINISWHITE
                          ? 1
                          : 3;
  if (page->samples < colors || page->samples > colors + 1) {
    char reason[96];
    snprintf(reason, sizeof reason, "it has %u channels; 1 or 3 are read, with or without alpha",
             page->samples);
    return refuse(self, reason);
  }
  if (is_float(page) && page->photometric == PHOTOMETRIC_MINISWHITE) {
    return refuse(self, "its floating-point numbers are inverted (the least is white)");
  }
  uint32_t size = is_float(page) ? 4 : page->bits / 8;
  if (!geed_allocate(&self->picture, page->width, page->height, channels, size, self->message)) {
    return GEED_FAILED;
  }
  int planes = page->planar == PLANARCONFIG_CONTIG ? 1 : colors;
  geed_status status = TIFFIsTiled(self->tiff) ? read_tiles(self, page, planes)
                                               : read_strips(self, page, planes);
  if (status == GEED_OK && is_lab(page)) convert_lab(self, page);
  return status;
}

// MARK: Everything else, by libtiff's own conversion

/* The reason that samples are no colors that can be converted; null if they may be. */
static const char *reason_against(const layout *page) {
  switch (page->photometric) {
  case PHOTOMETRIC_MASK:
    return "it is a transparency mask, not an image";
  case PHOTOMETRIC_CIELAB:
  case PHOTOMETRIC_ICCLAB:
    return "its colors are CIE L*a*b* of other than 8 bits; convert it to RGB";
  case PHOTOMETRIC_ITULAB:
    return "its colors are ITU L*a*b*; convert it to RGB";
  case PHOTOMETRIC_LOGL:
  case PHOTOMETRIC_LOGLUV:
    return "its samples are logarithms of the luminance (LogLuv), which have no white; convert it to "
           "RGB";
  case PHOTOMETRIC_CFA:
  case 34892: /* Linear values of a camera, of the format DNG. */
    return "its samples are a camera's raw values; develop it to RGB";
  default:
    return NULL;
  }
}

static geed_status read_converted(decoder *self, const layout *page) {
  char reason[1024] = "";
  if (reason_against(page)) return refuse(self, reason_against(page));
  if (!TIFFRGBAImageOK(self->tiff, reason)) return refuse(self, reason);
  bool is_grey = page->photometric == PHOTOMETRIC_MINISBLACK ||
                 page->photometric == PHOTOMETRIC_MINISWHITE;
  uint32_t channels = is_grey ? 1 : 3;
  if (!geed_allocate(&self->picture, page->width, page->height, channels, 1, self->message)) {
    return GEED_FAILED;
  }
  size_t count = (size_t)page->width * page->height;
  self->raster = malloc(count * sizeof *self->raster);
  if (!self->raster) return refuse(self, "out of memory");
  if (!TIFFReadRGBAImageOriented(self->tiff, page->width, page->height, self->raster,
                                 page->orientation, 1)) {
    return refuse(self, "it cannot be converted to RGB");
  }
  for (size_t i = 0; i < count; i++) {
    for (uint32_t c = 0; c < channels; c++) {
      self->picture.pixels[i * channels + c] = (uint8_t)(self->raster[i] >> (8 * c));
    }
  }
  return GEED_OK;
}

// MARK: The whole file

static TIFF *open_tiff(decoder *self) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return NULL;
  TIFFOpenOptionsSetErrorHandlerExtR(options, keep_error, self);
  TIFFOpenOptionsSetWarningHandlerExtR(options, ignore_warning, self);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, GEED_MAX_BUFFER);
  TIFF *tiff = TIFFClientOpenExt("picture", "rm", (thandle_t)self, read_bytes, write_nothing,
                                 seek_to, close_nothing, size_of_file, NULL, NULL, options);
  TIFFOpenOptionsFree(options);
  return tiff;
}

static geed_status decode(decoder *self) {
  layout page = {0};
  TIFF *tiff = self->tiff;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &page.width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &page.height);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &page.bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &page.samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &page.planar);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &page.format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &page.orientation);
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &page.photometric)) {
    return refuse(self, "it does not say what its samples mean (no photometric tag)");
  }
  if (page.photometric == PHOTOMETRIC_PALETTE) {
    TIFFGetField(tiff, TIFFTAG_COLORMAP, &page.palette[0], &page.palette[1], &page.palette[2]);
  }
  if (page.format != SAMPLEFORMAT_UINT && page.format != SAMPLEFORMAT_VOID && !is_float(&page)) {
    return refuse(self, "its samples are neither unsigned integers nor floating-point numbers of "
                        "32 or 64 bits");
  }
  if (is_float(&page) && !is_plain(&page)) {
    return refuse(self, "its floating-point numbers are neither grey nor RGB");
  }
  geed_status status = is_plain(&page) ? read_plain(self, &page) : read_converted(self, &page);
  if (page.orientation >= 1 && page.orientation <= 8) {
    self->picture.orientation = page.orientation;
  }
  return status;
}

geed_status geed_decode_tiff(geed_picture *result, const uint8_t *bytes, size_t count,
                             char *message) {
  decoder self = {.bytes = bytes, .count = count, .message = message};
  geed_say(message, "out of memory");
  self.tiff = open_tiff(&self);
  geed_status status = self.tiff ? decode(&self) : GEED_FAILED;
  if (self.tiff) TIFFClose(self.tiff);
  free(self.block);
  free(self.raster);
  if (status == GEED_OK) {
    *result = self.picture;
  } else {
    geed_picture_free(self.picture);
  }
  return status;
}
