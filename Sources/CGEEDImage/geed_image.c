// SPDX-License-Identifier: MIT

#include "geed_image_internal.h"

#include <stdio.h>
#include <stdlib.h>

void geed_say(char *message, const char *text) {
  snprintf(message, GEED_MESSAGE_SIZE, "%s", text);
}

bool geed_check_size(uint64_t width, uint64_t height, char *message) {
  if (width == 0 || height == 0 || width > GEED_MAX_SIDE || height > GEED_MAX_SIDE ||
      width * height > GEED_MAX_PIXELS) {
    snprintf(message, GEED_MESSAGE_SIZE,
             "its size of %llu x %llu pixels is outside what is read (sides of 1 to %d, at most "
             "%d pixels)",
             (unsigned long long)width, (unsigned long long)height, GEED_MAX_SIDE,
             GEED_MAX_PIXELS);
    return false;
  }
  return true;
}

bool geed_allocate(geed_picture *picture, uint64_t width, uint64_t height, uint32_t channels,
                   uint32_t sample_size, char *message) {
  if (!geed_check_size(width, height, message)) return false;
  picture->pixels = calloc(width * height, (size_t)channels * sample_size);
  if (!picture->pixels) {
    geed_say(message, "out of memory");
    return false;
  }
  picture->width = (uint32_t)width;
  picture->height = (uint32_t)height;
  picture->channels = channels;
  picture->sample_size = sample_size;
  picture->orientation = 1;
  return true;
}

void geed_picture_free(geed_picture picture) { free(picture.pixels); }

void geed_bytes_free(geed_bytes bytes) { free(bytes.start); }
