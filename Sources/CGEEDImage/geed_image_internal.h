// SPDX-License-Identifier: MIT
// Declarations that the decoders share.

#ifndef GEED_IMAGE_INTERNAL_H
#define GEED_IMAGE_INTERNAL_H

#include "geed_image.h"

/* Copies `text` to `message`, cut to fit. `text` is data, never a format. */
void geed_say(char *message, const char *text);

/* Allocates the pixels of `picture`, zeroed, for the given size. Returns false, with the reason in
 * `message`, if the size is out of range or memory runs out. The orientation becomes 1. */
bool geed_allocate(geed_picture *picture, uint64_t width, uint64_t height, uint32_t channels,
                   uint32_t sample_size, char *message);

#endif
