// SPDX-License-Identifier: MIT
// Arrays in HDF5 files, through libhdf5 where it is installed. The library is loaded when the first
// such file is opened.
//
// Every function may be called on several threads at once: the library is not safe for that in most
// builds, so one lock guards all calls. Nothing is written to standard error.

#ifndef GEED_HDF5_H
#define GEED_HDF5_H

#include <stddef.h>
#include <stdint.h>

/* The size of a message buffer, including the terminating zero. */
#define GEED_HDF5_MESSAGE_SIZE 256

/* The greatest number of axes of an array in the format. */
#define GEED_HDF5_MAX_RANK 32

/* The greatest length of a chunk, which is unpacked as a whole, in bytes. */
#define GEED_HDF5_MAX_CHUNK 536870912

/* GEED_HDF5_OK, or GEED_HDF5_FAILED if no result was written; `message` then holds the reason. */
typedef enum geed_hdf5_status { GEED_HDF5_OK = 0, GEED_HDF5_FAILED = 1 } geed_hdf5_status;

/* The numbers that elements become when they are read, in the byte order of the machine. */
typedef enum geed_hdf5_kind {
  GEED_HDF5_OTHER = 0, /* not numbers, or wider than 8 bytes; not read */
  GEED_HDF5_INT8,
  GEED_HDF5_UINT8,
  GEED_HDF5_INT16,
  GEED_HDF5_UINT16,
  GEED_HDF5_INT32,
  GEED_HDF5_UINT32,
  GEED_HDF5_INT64,
  GEED_HDF5_UINT64,
  GEED_HDF5_FLOAT32, /* also for narrower numbers, which it holds exactly */
  GEED_HDF5_FLOAT64,
  GEED_HDF5_KIND_COUNT
} geed_hdf5_kind;

/* An open file. */
typedef struct geed_hdf5_file {
  int64_t handle;
} geed_hdf5_file;

/* An open array (a "dataset" of the format). */
typedef struct geed_hdf5_array {
  int64_t handle;
  geed_hdf5_kind kind;
  uint32_t rank; /* 0 for a single number */
  uint64_t shape[GEED_HDF5_MAX_RANK];
} geed_hdf5_array;

/* Opens a file for reading. `library` is the file of libhdf5, or null for the usual places; only
 * that of the first call counts. On GEED_HDF5_OK `*result` is to be closed. */
geed_hdf5_status geed_hdf5_open(geed_hdf5_file *result, const char *path, const char *library,
                                char *message);
void geed_hdf5_close(geed_hdf5_file file);

/* Calls `visit` for every array of a file, with its name below the root, such as "group/name".
 * Links to other places are not followed. The array is closed afterwards. `visit` must not call
 * this interface. */
typedef void (*geed_hdf5_visit)(void *context, const char *name, const geed_hdf5_array *array);
geed_hdf5_status geed_hdf5_list(geed_hdf5_file file, void *context, geed_hdf5_visit visit,
                                char *message);

/* Opens an array by its name, which is to be closed. Refuses arrays whose numbers are in other
 * files, were never written, or are in chunks of more than GEED_HDF5_MAX_CHUNK bytes. */
geed_hdf5_status geed_hdf5_open_array(geed_hdf5_array *result, geed_hdf5_file file,
                                      const char *name, char *message);
void geed_hdf5_close_array(geed_hdf5_array array);

/* Reads the rows `first` to `first + count - 1` of an array of one axis or more, whose kind is not
 * GEED_HDF5_OTHER, into `buffer` of `size` bytes, which must be their size. */
geed_hdf5_status geed_hdf5_read(geed_hdf5_array array, uint64_t first, uint64_t count, void *buffer,
                                size_t size, char *message);

#endif
