// SPDX-License-Identifier: MIT

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openjpeg.h>

#include "geed_image_internal.h"

typedef struct decoder {
  opj_codec_t *codec;
  opj_stream_t *stream;
  opj_image_t *image;
  const uint8_t *bytes;
  size_t count;
  size_t position;
  geed_picture picture;
  bool has_message;
  char *message;
} decoder;

// MARK: Bytes and messages

static OPJ_SIZE_T read_bytes(void *target, OPJ_SIZE_T count, void *data) {
  decoder *self = data;
  size_t available = self->count - self->position;
  if (available == 0) return (OPJ_SIZE_T)-1;
  size_t length = count < available ? count : available;
  memcpy(target, self->bytes + self->position, length);
  self->position += length;
  return length;
}

static OPJ_OFF_T skip_bytes(OPJ_OFF_T count, void *data) {
  decoder *self = data;
  if (count < 0 || (uint64_t)count > self->count - self->position) return -1;
  self->position += (size_t)count;
  return count;
}

static OPJ_BOOL seek_to(OPJ_OFF_T position, void *data) {
  decoder *self = data;
  if (position < 0 || (uint64_t)position > self->count) return OPJ_FALSE;
  self->position = (size_t)position;
  return OPJ_TRUE;
}

/* Keeps the first error only, because later ones are its consequences. */
static void keep_error(const char *text, void *data) {
  decoder *self = data;
  if (!self->has_message) geed_say(self->message, text);
  self->has_message = true;
}

static void say_nothing(const char *text, void *data) { (void)text, (void)data; }

static geed_status refuse(decoder *self, const char *reason) {
  keep_error(reason, self);
  return GEED_FAILED;
}

// MARK: Samples

/* The colors of a picture: grey, RGB or YCbCr. */
typedef enum colors { COLORS_GREY, COLORS_RGB, COLORS_YCC, COLORS_UNKNOWN } colors;

/* Where a file does not state its colors, subsampled second or third components are chroma, as in
 * Pillow. */
static colors colors_of(const opj_image_t *image) {
  if (image->numcomps <= 2) return COLORS_GREY;
  switch (image->color_space) {
  case OPJ_CLRSPC_SRGB:
  case OPJ_CLRSPC_GRAY:
    return COLORS_RGB;
  case OPJ_CLRSPC_SYCC:
    return COLORS_YCC;
  case OPJ_CLRSPC_UNKNOWN:
  case OPJ_CLRSPC_UNSPECIFIED:
    for (uint32_t c = 0; c < image->numcomps; c++) {
      if (image->comps[c].dx == 1 && image->comps[c].dy == 1) continue;
      return c == 1 || c == 2 ? COLORS_YCC : COLORS_RGB;
    }
    return COLORS_RGB;
  default:
    return COLORS_UNKNOWN;
  }
}

/* The sample of a component at a position of the picture, from 0; a subsampled one is repeated. */
static int64_t sample(const decoder *self, uint32_t component, uint32_t x, uint32_t y) {
  const opj_image_comp_t *part = &self->image->comps[component];
  uint64_t column = ((uint64_t)self->image->x0 + x) / part->dx, row =
      ((uint64_t)self->image->y0 + y) / part->dy;
  column = column > part->x0 ? column - part->x0 : 0;
  row = row > part->y0 ? row - part->y0 : 0;
  if (column >= part->w) column = part->w - 1;
  if (row >= part->h) row = part->h - 1;
  int64_t value = part->data[row * part->w + column];
  int64_t top = ((int64_t)1 << part->prec) - 1;
  if (part->sgnd) value += (int64_t)1 << (part->prec - 1);
  return value < 0 ? 0 : value > top ? top : value;
}

static int clamped(int value) { return value < 0 ? 0 : value > 255 ? 255 : value; }

/* 64 times a chroma's share, truncated as in the tables of Pillow's ConvertYCbCr.c. */
static int share(double weight, int chroma) { return (int)(weight * (chroma - 128) * 64 + 0.5); }

static void convert_ycc(uint8_t *pixel) {
  int y = pixel[0], cb = pixel[1], cr = pixel[2];
  pixel[0] = (uint8_t)clamped(y + (share(1.402, cr) >> 6));
  pixel[1] = (uint8_t)clamped(y + ((share(-0.34414, cb) + share(-0.71414, cr)) >> 6));
  pixel[2] = (uint8_t)clamped(y + (share(1.772, cb) >> 6));
}

static void copy_samples(decoder *self, bool is_ycc) {
  geed_picture *picture = &self->picture;
  uint64_t top = ((uint64_t)1 << self->image->comps[0].prec) - 1;
  for (uint32_t y = 0; y < picture->height; y++) {
    for (uint32_t x = 0; x < picture->width; x++) {
      size_t target = ((size_t)y * picture->width + x) * picture->channels;
      for (uint32_t c = 0; c < picture->channels; c++) {
        uint64_t value = (uint64_t)sample(self, c, x, y);
        if (picture->sample_size == 1) {
          picture->pixels[target + c] = (uint8_t)value;
        } else {
          uint16_t word = (uint16_t)((value * 65535 + top / 2) / top);
          memcpy(picture->pixels + 2 * (target + c), &word, sizeof word);
        }
      }
      if (is_ycc) convert_ycc(picture->pixels + target);
    }
  }
}

// MARK: The whole file

/* Checks the parts of the picture that are read. */
static geed_status check(decoder *self, colors colors) {
  const opj_image_t *image = self->image;
  uint32_t channels = colors == COLORS_GREY ? 1 : 3;
  if (colors == COLORS_UNKNOWN) return refuse(self, "its colors are neither grey, RGB nor YCbCr");
  for (uint32_t c = 0; c < channels; c++) {
    const opj_image_comp_t *part = &image->comps[c];
    if (part->prec != image->comps[0].prec) return refuse(self, "its channels differ in depth");
    if (!part->data || part->w == 0 || part->h == 0 || part->dx == 0 || part->dy == 0) {
      return refuse(self, "a channel is missing");
    }
  }
  uint32_t depth = image->comps[0].prec;
  if (depth < 8 || depth > 16 || (depth > 8 && colors == COLORS_YCC)) {
    char reason[96];
    snprintf(reason, sizeof reason, "it has samples of %u bits%s; 8%s are read", depth,
             colors == COLORS_YCC ? " in YCbCr" : "", colors == COLORS_YCC ? "" : " to 16");
    return refuse(self, reason);
  }
  return GEED_OK;
}

static geed_status decode(decoder *self) {
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  if (!opj_setup_decoder(self->codec, &parameters) ||
      !opj_decoder_set_strict_mode(self->codec, OPJ_TRUE) ||
      !opj_read_header(self->stream, self->codec, &self->image)) {
    return refuse(self, "its header is damaged or incomplete");
  }
  opj_image_t *image = self->image;
  if (image->numcomps < 1 || image->numcomps > 4) {
    return refuse(self, "it has more than 4 channels");
  }
  uint64_t width = image->x1 > image->x0 ? image->x1 - image->x0 : 0;
  uint64_t height = image->y1 > image->y0 ? image->y1 - image->y0 : 0;
  /* Palettes are looked up by the decoder, so the number of channels is known only afterwards. */
  if (!geed_check_size(width, height, self->message)) return GEED_FAILED;
  if (!opj_decode(self->codec, self->stream, image) ||
      !opj_end_decompress(self->codec, self->stream)) {
    return refuse(self, "it is damaged or incomplete");
  }
  colors colors = colors_of(image);
  if (image->numcomps < 1 || image->numcomps > 4 || check(self, colors) != GEED_OK) {
    return refuse(self, "it has more than 4 channels");
  }
  if (!geed_allocate(&self->picture, width, height, colors == COLORS_GREY ? 1 : 3,
                     image->comps[0].prec > 8 ? 2 : 1, self->message)) {
    return GEED_FAILED;
  }
  copy_samples(self, colors == COLORS_YCC);
  return GEED_OK;
}

geed_status geed_decode_jpeg2000(geed_picture *result, const uint8_t *bytes, size_t count,
                                 char *message) {
  decoder self = {.bytes = bytes, .count = count, .message = message};
  geed_say(message, "out of memory");
  bool is_codestream = count > 1 && bytes[0] == 0xFF;
  self.codec = opj_create_decompress(is_codestream ? OPJ_CODEC_J2K : OPJ_CODEC_JP2);
  self.stream = opj_stream_create(1 << 16, OPJ_TRUE);
  geed_status status = GEED_FAILED;
  if (self.codec && self.stream) {
    opj_set_error_handler(self.codec, keep_error, &self);
    opj_set_warning_handler(self.codec, say_nothing, NULL);
    opj_set_info_handler(self.codec, say_nothing, NULL);
    opj_stream_set_user_data(self.stream, &self, NULL);
    opj_stream_set_user_data_length(self.stream, count);
    opj_stream_set_read_function(self.stream, read_bytes);
    opj_stream_set_skip_function(self.stream, skip_bytes);
    opj_stream_set_seek_function(self.stream, seek_to);
    status = decode(&self);
  }
  if (self.image) opj_image_destroy(self.image);
  if (self.stream) opj_stream_destroy(self.stream);
  if (self.codec) opj_destroy_codec(self.codec);
  if (status == GEED_OK) {
    *result = self.picture;
  } else {
    geed_picture_free(self.picture);
  }
  return status;
}
