// SPDX-License-Identifier: MIT
// HEIC and AVIF through libheif, which is loaded when the first such file is read. Its functions and
// numbers are part of its stable interface, version 1 (libheif/heif.h).

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "geed_colors.h"
#include "geed_image_internal.h"

typedef struct heif_error {
  int code;
  int subcode;
  const char *message;
} heif_error;

/* The numbers that the standard H.273 gives to the colors of an image. */
typedef struct heif_colors {
  uint8_t version;
  int primaries, transfer, matrix;
  uint8_t is_full_range;
} heif_colors;

enum {
  HEIF_COLORSPACE_YCBCR = 0,
  HEIF_COLORSPACE_RGB = 1,
  HEIF_CHROMA_420 = 1,
  HEIF_CHROMA_422 = 2,
  HEIF_CHROMA_INTERLEAVED_RGB = 10,
  HEIF_CHANNEL_INTERLEAVED = 10
};

/* The functions of the library; `library` is null where it is not installed. */
static struct {
  void *library;
  void *(*context_alloc)(void);
  void (*context_free)(void *context);
  void (*limit_side)(void *context, int side);
  heif_error (*read)(void *context, const void *bytes, size_t count, const void *options);
  heif_error (*primary_image)(void *context, void **handle);
  int (*handle_width)(const void *handle);
  int (*handle_height)(const void *handle);
  heif_error (*decode)(const void *handle, void **image, int colorspace, int chroma,
                       const void *options);
  int (*image_width)(const void *image, int channel);
  int (*image_height)(const void *image, int channel);
  const uint8_t *(*plane)(const void *image, int channel, int *stride);
  int (*image_chroma)(const void *image);
  int (*image_bits)(const void *image, int channel);
  heif_error (*handle_colors)(const void *handle, heif_colors **colors);
  void (*colors_free)(heif_colors *colors);
  void (*image_release)(const void *image);
  void (*handle_release)(const void *handle);
} heif;

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Looks a function up; forgets the library if it lacks one. */
static void find(void *library, const char *name, void *function) {
  void *address = dlsym(library, name);
  if (address) {
    memcpy(function, &address, sizeof address);
  } else {
    heif.library = NULL;
  }
}

static void load(void) {
  const char *names[] = {"libheif.so.1", "libheif.1.dylib", "/opt/homebrew/lib/libheif.1.dylib",
                         "/usr/local/lib/libheif.1.dylib"};
  void *library = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++) {
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  }
  if (!library) return;
  heif.library = library;
  find(library, "heif_context_alloc", &heif.context_alloc);
  find(library, "heif_context_free", &heif.context_free);
  find(library, "heif_context_set_maximum_image_size_limit", &heif.limit_side);
  find(library, "heif_context_read_from_memory_without_copy", &heif.read);
  find(library, "heif_context_get_primary_image_handle", &heif.primary_image);
  find(library, "heif_image_handle_get_width", &heif.handle_width);
  find(library, "heif_image_handle_get_height", &heif.handle_height);
  find(library, "heif_decode_image", &heif.decode);
  find(library, "heif_image_get_width", &heif.image_width);
  find(library, "heif_image_get_height", &heif.image_height);
  find(library, "heif_image_get_plane_readonly", &heif.plane);
  find(library, "heif_image_get_chroma_format", &heif.image_chroma);
  find(library, "heif_image_get_bits_per_pixel_range", &heif.image_bits);
  find(library, "heif_image_handle_get_nclx_color_profile", &heif.handle_colors);
  find(library, "heif_nclx_color_profile_free", &heif.colors_free);
  find(library, "heif_image_release", &heif.image_release);
  find(library, "heif_image_handle_release", &heif.handle_release);
}

/* The objects of one file. */
typedef struct decoder {
  void *context;
  void *handle;
  void *image;
  geed_picture picture;
  char *message;
} decoder;

static bool succeeded(decoder *self, heif_error error) {
  if (error.code == 0) return true;
  geed_say(self->message, error.message ? error.message : "libheif gives no reason");
  return false;
}

/* Fills the picture from the halved colors of an AVIF file, between which Pillow interpolates and some
   versions of libheif do not; returns false for a file that libheif has to convert. */
static bool convert_halved(decoder *self, bool halves_rows, int width, int height) {
  heif_colors *colors = NULL;
  if (heif.handle_colors(self->handle, &colors).code != 0 || !colors) return false;
  geed_ycbcr image = {.width = width,
                      .height = height,
                      .halves_rows = halves_rows,
                      .matrix = colors->matrix,
                      .is_full_range = colors->is_full_range};
  heif.colors_free(colors);
  int chroma = halves_rows ? HEIF_CHROMA_420 : HEIF_CHROMA_422;
  if (!geed_knows_matrix(image.matrix) ||
      heif.decode(self->handle, &self->image, HEIF_COLORSPACE_YCBCR, chroma, NULL).code != 0) {
    return false;
  }
  bool fits = heif.image_chroma(self->image) == chroma;
  for (int plane = 0; plane < 3 && fits; plane++) {
    int columns = plane ? (width + 1) / 2 : width;
    int rows = plane && halves_rows ? (height + 1) / 2 : height;
    image.planes[plane] = heif.plane(self->image, plane, &image.strides[plane]);
    fits = image.planes[plane] && image.strides[plane] >= columns &&
           heif.image_bits(self->image, plane) == 8 &&
           heif.image_width(self->image, plane) == columns &&
           heif.image_height(self->image, plane) == rows;
  }
  if (fits) geed_ycbcr_to_rgb(&image, self->picture.pixels);
  if (!fits) {
    heif.image_release(self->image);
    self->image = NULL;
  }
  return fits;
}

static geed_status decode(decoder *self, const uint8_t *bytes, size_t count) {
  if (!(self->context = heif.context_alloc())) {
    geed_say(self->message, "out of memory");
    return GEED_FAILED;
  }
  heif.limit_side(self->context, GEED_MAX_SIDE);
  if (!succeeded(self, heif.read(self->context, bytes, count, NULL)) ||
      !succeeded(self, heif.primary_image(self->context, &self->handle))) {
    return GEED_FAILED;
  }
  int width = heif.handle_width(self->handle), height = heif.handle_height(self->handle);
  if (!geed_allocate(&self->picture, (uint64_t)(width > 0 ? width : 0),
                     (uint64_t)(height > 0 ? height : 0), 3, 1, self->message)) {
    return GEED_FAILED;
  }
  bool halves_rows = false;
  if (geed_avif_halves_colors(bytes, count, &halves_rows) &&
      convert_halved(self, halves_rows, width, height)) {
    return GEED_OK;
  }
  if (!succeeded(self, heif.decode(self->handle, &self->image, HEIF_COLORSPACE_RGB,
                                   HEIF_CHROMA_INTERLEAVED_RGB, NULL))) {
    return GEED_FAILED;
  }
  int stride = 0;
  const uint8_t *rows = heif.plane(self->image, HEIF_CHANNEL_INTERLEAVED, &stride);
  if (!rows || heif.image_width(self->image, HEIF_CHANNEL_INTERLEAVED) != width ||
      heif.image_height(self->image, HEIF_CHANNEL_INTERLEAVED) != height || stride < 3 * width) {
    geed_say(self->message, "its pixels are not of the stated size");
    return GEED_FAILED;
  }
  for (int y = 0; y < height; y++) {
    memcpy(self->picture.pixels + (size_t)y * width * 3, rows + (size_t)y * stride,
           (size_t)width * 3);
  }
  return GEED_OK;
}

geed_status geed_decode_heif(geed_picture *result, const uint8_t *bytes, size_t count,
                             char *message) {
  pthread_once(&once, load);
  if (!heif.library) {
    geed_say(message, "this needs libheif, which is not installed (Debian: apt-get install "
                      "libheif1; macOS: brew install libheif)");
    return GEED_FAILED;
  }
  decoder self = {.message = message};
  geed_status status = decode(&self, bytes, count);
  if (self.image) heif.image_release(self.image);
  if (self.handle) heif.handle_release(self.handle);
  if (self.context) heif.context_free(self.context);
  if (status == GEED_OK) {
    *result = self.picture;
  } else {
    geed_picture_free(self.picture);
  }
  return status;
}
