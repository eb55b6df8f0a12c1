// SPDX-License-Identifier: MIT
// Declarations that the files of this target share: the functions of libhdf5 from version 1.10 on
// (hdf5.h). Only functions are used whose names and arguments are the same in 1.10, 1.12, 1.14
// and 2.

#ifndef GEED_HDF5_INTERNAL_H
#define GEED_HDF5_INTERNAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "geed_hdf5.h"

typedef int64_t hid;

/* What the library says of an error (H5E_error2_t). */
typedef struct error_entry {
  hid classes, major, minor;
  unsigned line;
  const char *function, *file, *description;
} error_entry;

/* The functions of the library; `library` is null where it is not installed or lacks one. */
typedef struct library_functions {
  void *library;
  int (*start)(void);
  int (*keep_at_exit)(void);
  int (*version)(unsigned *major, unsigned *minor, unsigned *release);
  int (*set_errors)(hid stack, void *function, void *data);
  int (*walk_errors)(hid stack, int direction, int (*each)(unsigned, const error_entry *, void *),
                     void *data);
  hid (*open_file)(const char *path, unsigned flags, hid access);
  int (*close_file)(hid file);
  hid (*open_object)(hid place, const char *name, hid access);
  int (*close_object)(hid object);
  int (*object_kind)(hid object);
  int (*group_info)(hid group, void *info);
  ssize_t (*link_name)(hid place, const char *group, int index, int order, uint64_t number,
                       char *name, size_t size, hid access);
  int (*link_info)(hid place, const char *name, void *info, hid access);
  hid (*open_array)(hid place, const char *name, hid access);
  int (*close_array)(hid array);
  hid (*space_of)(hid array);
  hid (*type_of)(hid array);
  hid (*properties_of)(hid array);
  uint64_t (*storage_size)(hid array);
  int (*rank)(hid space);
  int (*lengths)(hid space, uint64_t *shape, uint64_t *greatest);
  int (*select)(hid space, int how, const uint64_t *start, const uint64_t *stride,
                const uint64_t *count, const uint64_t *block);
  hid (*make_space)(int rank, const uint64_t *shape, const uint64_t *greatest);
  int (*close_space)(hid space);
  int (*type_class)(hid type);
  size_t (*type_size)(hid type);
  int (*type_sign)(hid type);
  int (*close_type)(hid type);
  int (*layout)(hid properties);
  int (*chunk)(hid properties, int rank, uint64_t *shape);
  int (*external_count)(hid properties);
  hid (*make_properties)(hid class);
  int (*set_cache)(hid properties, size_t slots, size_t size, double preference);
  int (*close_properties)(hid properties);
  int (*read)(hid array, hid type, hid memory, hid space, hid transfer, void *buffer);
  const hid *access_class;
  const hid *types[GEED_HDF5_KIND_COUNT];
} library_functions;

extern library_functions hdf5 __attribute__((visibility("hidden")));

/* Loads the library on the first call; a later call must not run at the same time. Returns whether
 * it is there, or copies the reason to `message`. */
bool geed_hdf5_load(const char *path, char *message);

/* Copies `text` to `message`, cut to fit. Returns GEED_HDF5_FAILED. */
geed_hdf5_status geed_hdf5_say(char *message, const char *text);

#endif
