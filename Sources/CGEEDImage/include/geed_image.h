// SPDX-License-Identifier: MIT
// Pictures from and to bytes in memory, through libjpeg-turbo, libpng, libtiff, libwebp, giflib,
// OpenJPEG and, where it is installed, libheif.
//
// Every function is free of global state, but for libheif's own, may be called on several threads at once, writes nothing
// to standard error, and never exits by longjmp.

#ifndef GEED_IMAGE_H
#define GEED_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The maximum side and number of pixels of a picture: 2^27 pixels are enough for a whole
 * Sentinel-2 tile of 10980 x 10980. */
#define GEED_MAX_SIDE 65535
#define GEED_MAX_PIXELS 134217728

/* The size of a message buffer, including the terminating zero. */
#define GEED_MESSAGE_SIZE 256

/* GEED_OK, or GEED_FAILED if no result was written; `message` then holds the reason. */
typedef enum geed_status { GEED_OK = 0, GEED_FAILED = 1 } geed_status;

/* Returns whether a size is in range; otherwise `message` says so. */
bool geed_check_size(uint64_t width, uint64_t height, char *message);

/* An owned picture: rows as stored in the file, `channels` (1 or 3) samples a pixel, no padding. */
typedef struct geed_picture {
  /* Samples of `sample_size` bytes in the byte order of the machine, aligned for them. */
  uint8_t *pixels;
  uint32_t width;
  uint32_t height;
  uint32_t channels;
  /* 1 or 2: unsigned integers, the largest of which is white; 4: `float`, as stored in the file. */
  uint32_t sample_size;
  /* TIFF's tag 274, 1 to 8: the positions of row 0 and column 0 on the screen. 1 for other formats,
   * whose EXIF blocks are not read. */
  uint32_t orientation;
} geed_picture;

/* Owned bytes. */
typedef struct geed_bytes {
  uint8_t *start;
  size_t count;
} geed_bytes;

/* Decode `count` bytes. On GEED_OK `*result` owns a new picture, to be released with
 * geed_picture_free; otherwise it is unchanged and `message`, of GEED_MESSAGE_SIZE characters,
 * holds the decoder's own message.
 *
 * JPEG: grey stays grey; YCbCr, RGB, CMYK and YCCK become RGB.
 * PNG:  grey of any depth stays grey, palettes become RGB, 16 bits stay, alpha is dropped.
 * TIFF: the first page; grey stays grey, everything else becomes RGB, 16 bits and floating-point
 *       numbers of 32 bits stay, those of 64 bits are rounded to 32, alpha is dropped.
 * WebP: the first frame on its canvas, RGB; alpha is dropped.
 * GIF:  the first frame on its canvas, RGB; the rest of the canvas has the transparent color, or
 *       else color 0.
 * JPEG 2000: a JP2 file or a codestream; grey stays grey, RGB and YCbCr become RGB, 8 bits stay,
 *       9 to 16 bits become 16, alpha is dropped.
 * HEIF: the primary image of a HEIC or AVIF file, turned as the file states, RGB; alpha is
 *       dropped. It fails where libheif is not installed. */
geed_status geed_decode_jpeg(geed_picture *result, const uint8_t *bytes, size_t count,
                             char *message);
geed_status geed_decode_png(geed_picture *result, const uint8_t *bytes, size_t count,
                            char *message);
geed_status geed_decode_tiff(geed_picture *result, const uint8_t *bytes, size_t count,
                             char *message);
geed_status geed_decode_webp(geed_picture *result, const uint8_t *bytes, size_t count,
                             char *message);
geed_status geed_decode_gif(geed_picture *result, const uint8_t *bytes, size_t count,
                            char *message);
geed_status geed_decode_jpeg2000(geed_picture *result, const uint8_t *bytes, size_t count,
                                 char *message);
geed_status geed_decode_heif(geed_picture *result, const uint8_t *bytes, size_t count,
                             char *message);

/* Encodes a picture as an 8-bit PNG file. On GEED_OK `*result` owns new bytes, to be released with
 * geed_bytes_free; otherwise it is unchanged and `message` holds the reason. */
geed_status geed_encode_png(geed_bytes *result, const uint8_t *pixels, uint32_t width,
                            uint32_t height, uint32_t channels, char *message);

/* Release the result of a function above. Null is allowed. Cannot fail. */
void geed_picture_free(geed_picture picture);
void geed_bytes_free(geed_bytes bytes);

#endif
