// SPDX-License-Identifier: MIT

#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "geed_image_internal.h"

/* The decoder of animations also reads still pictures, and composes a first frame that is smaller
 * than its canvas; Pillow reads all files with it. */
static geed_status decode_first_frame(geed_picture *picture, WebPAnimDecoder *decoder,
                                      char *message) {
  uint8_t *rgba = NULL;
  int time = 0;
  if (!WebPAnimDecoderGetNext(decoder, &rgba, &time)) {
    geed_say(message, "its first frame is damaged or incomplete");
    return GEED_FAILED;
  }
  size_t count = (size_t)picture->width * picture->height;
  for (size_t i = 0; i < count; i++) memcpy(picture->pixels + 3 * i, rgba + 4 * i, 3);
  return GEED_OK;
}

geed_status geed_decode_webp(geed_picture *result, const uint8_t *bytes, size_t count,
                             char *message) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(bytes, count, &features) != VP8_STATUS_OK) {
    geed_say(message, "its header is damaged or incomplete");
    return GEED_FAILED;
  }
  geed_picture picture = {0};
  /* The canvas is allocated by libwebp, so its size is checked before. */
  if (!geed_allocate(&picture, (uint64_t)features.width, (uint64_t)features.height, 3, 1,
                     message)) {
    return GEED_FAILED;
  }
  WebPAnimDecoderOptions options;
  WebPAnimDecoderOptionsInit(&options);
  options.color_mode = MODE_RGBA;
  WebPData data = {bytes, count};
  WebPAnimDecoder *decoder = WebPAnimDecoderNew(&data, &options);
  WebPAnimInfo info;
  geed_status status = GEED_FAILED;
  if (!decoder || !WebPAnimDecoderGetInfo(decoder, &info) || info.canvas_width != picture.width ||
      info.canvas_height != picture.height) {
    geed_say(message, "the file is damaged or incomplete");
  } else {
    status = decode_first_frame(&picture, decoder, message);
  }
  WebPAnimDecoderDelete(decoder);
  if (status == GEED_OK) {
    *result = picture;
  } else {
    geed_picture_free(picture);
  }
  return status;
}
