// SPDX-License-Identifier: MIT

#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "geed_image_internal.h"

/* The state that must survive a longjmp. It is in the stack frame of the public function. */
typedef struct codec {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count;
  size_t position;
  geed_picture picture;
  geed_bytes output;
  size_t capacity;
  char *message;
} codec;

static void fail(png_structp png, png_const_charp text) {
  codec *self = png_get_error_ptr(png);
  geed_say(self->message, text);
  png_longjmp(png, 1);
}

static void say_nothing(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

// MARK: Decoding

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  codec *self = png_get_io_ptr(png);
  if (count > self->count - self->position) png_error(png, "the file ends too early");
  memcpy(target, self->bytes + self->position, count);
  self->position += count;
}

/* Requests grey or RGB of 8 or 16 bits from libpng. */
static void set_transformations(codec *self) {
  png_byte color = png_get_color_type(self->png, self->info);
  if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(self->png);
  if (color == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(self->png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (png_get_bit_depth(self->png, self->info) == 16) png_set_swap(self->png);
#endif
  png_set_strip_alpha(self->png);
}

static geed_status decode(codec *self) {
  if (setjmp(png_jmpbuf(self->png))) return GEED_FAILED;
  png_set_user_limits(self->png, GEED_MAX_SIDE, GEED_MAX_SIDE);
  png_set_read_fn(self->png, self, read_bytes);
  png_read_info(self->png, self->info);
  set_transformations(self);
  int passes = png_set_interlace_handling(self->png);
  png_read_update_info(self->png, self->info);

  uint32_t channels = png_get_channels(self->png, self->info);
  uint32_t width = png_get_image_width(self->png, self->info);
  uint32_t height = png_get_image_height(self->png, self->info);
  if (channels != 1 && channels != 3) png_error(self->png, "it is neither grey nor RGB");
  uint32_t sample_size = png_get_bit_depth(self->png, self->info) == 16 ? 2 : 1;
  if (!geed_allocate(&self->picture, width, height, channels, sample_size, self->message)) {
    return GEED_FAILED;
  }
  size_t stride = (size_t)width * channels * sample_size;
  if (png_get_rowbytes(self->png, self->info) != stride) {
    png_error(self->png, "its rows have an unexpected length");
  }
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t y = 0; y < height; y++) {
      png_read_row(self->png, self->picture.pixels + y * stride, NULL);
    }
  }
  png_read_end(self->png, NULL);
  return GEED_OK;
}

geed_status geed_decode_png(geed_picture *result, const uint8_t *bytes, size_t count,
                            char *message) {
  codec self = {.bytes = bytes, .count = count, .message = message};
  geed_say(message, "out of memory");
  self.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &self, fail, say_nothing);
  if (!self.png) return GEED_FAILED;
  self.info = png_create_info_struct(self.png);
  geed_status status = self.info ? decode(&self) : GEED_FAILED;
  png_destroy_read_struct(&self.png, &self.info, NULL);
  if (status == GEED_OK) {
    *result = self.picture;
  } else {
    geed_picture_free(self.picture);
  }
  return status;
}

// MARK: Encoding

static void write_bytes(png_structp png, png_bytep source, size_t count) {
  codec *self = png_get_io_ptr(png);
  geed_bytes *output = &self->output;
  if (count > self->capacity - output->count) {
    size_t capacity = 2 * self->capacity + count + 4096;
    uint8_t *start = realloc(output->start, capacity);
    if (!start) png_error(png, "out of memory");
    output->start = start;
    self->capacity = capacity;
  }
  memcpy(output->start + output->count, source, count);
  output->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

static geed_status encode(codec *self) {
  const geed_picture *picture = &self->picture;
  if (setjmp(png_jmpbuf(self->png))) return GEED_FAILED;
  png_set_write_fn(self->png, self, write_bytes, flush_nothing);
  int color = picture->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB;
  png_set_IHDR(self->png, self->info, picture->width, picture->height, 8, color,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(self->png, self->info);
  size_t stride = (size_t)picture->width * picture->channels;
  for (uint32_t y = 0; y < picture->height; y++) {
    png_write_row(self->png, picture->pixels + y * stride);
  }
  png_write_end(self->png, self->info);
  return GEED_OK;
}

geed_status geed_encode_png(geed_bytes *result, const uint8_t *pixels, uint32_t width,
                            uint32_t height, uint32_t channels, char *message) {
  /* libpng only reads the rows it is given. */
  codec self = {.picture = {.pixels = (uint8_t *)pixels, .width = width, .height = height,
                            .channels = channels},
                .message = message};
  geed_say(message, "out of memory");
  self.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &self, fail, say_nothing);
  if (!self.png) return GEED_FAILED;
  self.info = png_create_info_struct(self.png);
  geed_status status = self.info ? encode(&self) : GEED_FAILED;
  png_destroy_write_struct(&self.png, &self.info);
  if (status == GEED_OK) {
    *result = self.output;
  } else {
    geed_bytes_free(self.output);
  }
  return status;
}
