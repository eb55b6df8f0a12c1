// SPDX-License-Identifier: MIT

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>

#include "geed_image_internal.h"

typedef struct decoder {
  GifFileType *gif;
  const uint8_t *bytes;
  size_t count;
  size_t position;
  geed_picture picture;
  uint8_t *row;
  /* The color with this index is transparent; -1 for none. */
  int transparent;
  char *message;
} decoder;

static int read_bytes(GifFileType *gif, GifByteType *target, int count) {
  decoder *self = gif->UserData;
  size_t available = self->count - self->position;
  size_t length = (size_t)count < available ? (size_t)count : available;
  memcpy(target, self->bytes + self->position, length);
  self->position += length;
  return (int)length;
}

static geed_status refuse(decoder *self, const char *reason) {
  geed_say(self->message, reason);
  return GEED_FAILED;
}

static geed_status refuse_damage(decoder *self) {
  const char *reason = GifErrorString(self->gif->Error);
  return refuse(self, reason ? reason : "it is damaged");
}

/* Reads an extension, which may state the transparent color of the next frame. */
static geed_status read_extension(decoder *self) {
  int code = 0;
  GifByteType *block = NULL;
  if (DGifGetExtension(self->gif, &code, &block) == GIF_ERROR) return refuse_damage(self);
  GraphicsControlBlock control;
  if (code == GRAPHICS_EXT_FUNC_CODE && block &&
      DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) {
    self->transparent = control.TransparentColor;
  }
  while (block) {
    if (DGifGetExtensionNext(self->gif, &block) == GIF_ERROR) return refuse_damage(self);
  }
  return GEED_OK;
}

/* Writes the color of an index. Without a palette an index is a grey level, and colors that a
 * palette lacks are black. */
static void store(uint8_t *pixel, const ColorMapObject *palette, uint8_t index) {
  if (!palette) {
    memset(pixel, index, 3);
  } else if (index < palette->ColorCount) {
    GifColorType color = palette->Colors[index];
    pixel[0] = color.Red, pixel[1] = color.Green, pixel[2] = color.Blue;
  } else {
    memset(pixel, 0, 3);
  }
}

static geed_status read_row(decoder *self, const ColorMapObject *palette, int y) {
  const GifImageDesc *frame = &self->gif->Image;
  if (DGifGetLine(self->gif, self->row, frame->Width) == GIF_ERROR) return refuse_damage(self);
  size_t start = (size_t)(frame->Top + y) * self->picture.width + (size_t)frame->Left;
  for (int x = 0; x < frame->Width; x++) {
    store(self->picture.pixels + 3 * (start + (size_t)x), palette, self->row[x]);
  }
  return GEED_OK;
}

/* The picture is the canvas, enlarged to hold the frame. It is filled with the transparent color, or
 * else with color 0, as by Pillow. */
static geed_status read_frame(decoder *self) {
  GifFileType *gif = self->gif;
  if (DGifGetImageDesc(gif) == GIF_ERROR) return refuse_damage(self);
  const GifImageDesc *frame = &gif->Image;
  if (frame->Width <= 0 || frame->Height <= 0) return refuse(self, "its first frame has no size");
  uint64_t right = (uint64_t)frame->Left + (uint64_t)frame->Width;
  uint64_t bottom = (uint64_t)frame->Top + (uint64_t)frame->Height;
  uint64_t width = right > (uint64_t)gif->SWidth ? right : (uint64_t)gif->SWidth;
  uint64_t height = bottom > (uint64_t)gif->SHeight ? bottom : (uint64_t)gif->SHeight;
  if (!geed_allocate(&self->picture, width, height, 3, 1, self->message)) return GEED_FAILED;
  self->row = malloc((size_t)frame->Width);
  if (!self->row) return refuse(self, "out of memory");
  const ColorMapObject *palette = frame->ColorMap ? frame->ColorMap : gif->SColorMap;
  uint8_t background = self->transparent < 0 ? 0 : (uint8_t)self->transparent;
  for (uint64_t i = 0; i < width * height; i++) {
    store(self->picture.pixels + 3 * i, palette, background);
  }
  if (!frame->Interlace) {
    for (int y = 0; y < frame->Height; y++) {
      if (read_row(self, palette, y) != GEED_OK) return GEED_FAILED;
    }
    return GEED_OK;
  }
  const int first[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
  for (int pass = 0; pass < 4; pass++) {
    for (int y = first[pass]; y < frame->Height; y += step[pass]) {
      if (read_row(self, palette, y) != GEED_OK) return GEED_FAILED;
    }
  }
  return GEED_OK;
}

static geed_status decode(decoder *self) {
  GifRecordType kind;
  do {
    if (DGifGetRecordType(self->gif, &kind) == GIF_ERROR) return refuse_damage(self);
    if (kind == IMAGE_DESC_RECORD_TYPE) return read_frame(self);
    if (kind == EXTENSION_RECORD_TYPE && read_extension(self) != GEED_OK) return GEED_FAILED;
  } while (kind != TERMINATE_RECORD_TYPE);
  return refuse(self, "it has no frame");
}

geed_status geed_decode_gif(geed_picture *result, const uint8_t *bytes, size_t count,
                            char *message) {
  decoder self = {.bytes = bytes, .count = count, .transparent = -1, .message = message};
  int error = 0;
  self.gif = DGifOpen(&self, read_bytes, &error);
  if (!self.gif) {
    const char *reason = GifErrorString(error);
    return refuse(&self, reason ? reason : "its header is damaged");
  }
  geed_status status = decode(&self);
  DGifCloseFile(self.gif, &error);
  free(self.row);
  if (status == GEED_OK) {
    *result = self.picture;
  } else {
    geed_picture_free(self.picture);
  }
  return status;
}
