// SPDX-License-Identifier: MIT

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jerror.h>
#include <jpeglib.h>

#include "geed_image_internal.h"

/* A progressive file may require any number of passes over the picture; real ones need about
 * ten. */
#define GEED_MAX_SCANS 500

/* The state that must survive a longjmp. It is in the stack frame of geed_decode_jpeg. */
typedef struct decoder {
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf failed;
  geed_picture picture;
  uint8_t *row;
  char *message;
} decoder;

static void fail(j_common_ptr info) {
  decoder *self = info->client_data;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  geed_say(self->message, text);
  longjmp(self->failed, 1);
}

/* libjpeg fills lost pixels with grey and reports a warning. Here this is an error. */
static void warn(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
  case JWRN_JPEG_EOF:
  case JWRN_HIT_MARKER:
  case JWRN_HUFF_BAD_CODE:
  case JWRN_MUST_RESYNC:
    fail(info);
  default:
    info->err->num_warnings++;
  }
}

static void say_nothing(j_common_ptr info) { (void)info; }

static void count_scans(j_common_ptr info) {
  if (!info->is_decompressor) return;
  decoder *self = info->client_data;
  if (self->info.input_scan_number <= GEED_MAX_SCANS) return;
  geed_say(self->message, "it has more than 500 scans");
  longjmp(self->failed, 1);
}

/* a * b / 255, rounded. */
static int multiply(int a, int b) {
  int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/* Converts inverted CMYK, as written by Adobe's programs, to RGB. */
static void convert_cmyk_row(uint8_t *rgb, const uint8_t *cmyk, uint32_t width) {
  for (uint32_t x = 0; x < width; x++) {
    int light = cmyk[4 * x + 3];
    for (int c = 0; c < 3; c++) {
      rgb[3 * x + c] = (uint8_t)(light - multiply(255 - cmyk[4 * x + c], light));
    }
  }
}

static void read_rows(decoder *self) {
  struct jpeg_decompress_struct *info = &self->info;
  geed_picture *picture = &self->picture;
  size_t stride = (size_t)picture->width * picture->channels;
  while (info->output_scanline < info->output_height) {
    uint8_t *target = picture->pixels + info->output_scanline * stride;
    JSAMPROW row = self->row ? self->row : target;
    jpeg_read_scanlines(info, &row, 1);
    if (self->row) convert_cmyk_row(target, self->row, picture->width);
  }
}

static geed_status decode(decoder *self, const uint8_t *bytes, size_t count) {
  struct jpeg_decompress_struct *info = &self->info;
  if (setjmp(self->failed)) return GEED_FAILED;
  jpeg_create_decompress(info);
  info->progress = &self->progress;
  jpeg_mem_src(info, bytes, count);
  jpeg_read_header(info, TRUE);

  bool is_grey = info->num_components == 1;
  bool is_cmyk = info->num_components == 4;
  info->out_color_space = is_grey ? JCS_GRAYSCALE : is_cmyk ? JCS_CMYK : JCS_RGB;
  info->dct_method = JDCT_ISLOW;
  info->do_fancy_upsampling = TRUE;
  if (!geed_allocate(&self->picture, info->image_width, info->image_height, is_grey ? 1 : 3,
                     1, self->message)) {
    return GEED_FAILED;
  }
  if (is_cmyk && !(self->row = malloc(4 * (size_t)info->image_width))) {
    geed_say(self->message, "out of memory");
    return GEED_FAILED;
  }
  jpeg_start_decompress(info);
  read_rows(self);
  jpeg_finish_decompress(info);
  return GEED_OK;
}

geed_status geed_decode_jpeg(geed_picture *result, const uint8_t *bytes, size_t count,
                             char *message) {
  decoder self = {0};
  self.message = message;
  self.info.err = jpeg_std_error(&self.errors);
  self.info.client_data = &self;
  self.errors.error_exit = fail;
  self.errors.emit_message = warn;
  self.errors.output_message = say_nothing;
  self.progress.progress_monitor = count_scans;
  geed_status status = decode(&self, bytes, count);
  jpeg_destroy_decompress(&self.info);
  free(self.row);
  if (status == GEED_OK) {
    *result = self.picture;
  } else {
    geed_picture_free(self.picture);
  }
  return status;
}
