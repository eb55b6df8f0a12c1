// SPDX-License-Identifier: MIT

#include <pthread.h>
#include <string.h>

#include "geed_hdf5_internal.h"

enum {
  READ_ONLY = 0,
  DEFAULT = 0,
  BY_NAME = 0,
  INCREASING = 0,
  HARD_LINK = 0,
  INNERMOST_FIRST = 0
};
enum { OBJECT_GROUP = 2, OBJECT_ARRAY = 5 };
enum { CLASS_INTEGER = 0, CLASS_FLOAT = 1, LAYOUT_CHUNKED = 2, LAYOUT_VIRTUAL = 3, SELECT_SET = 0 };

/* The greatest depth of groups, number of links and length of a name that are looked at. */
enum { MAX_DEPTH = 16, MAX_LINKS = 10000, MAX_NAME = 1024 };

/* The bytes of unpacked chunks that are kept for each array. */
static const size_t cache_size = 64 << 20;

/* The beginning of what it says of a group (H5G_info_t). */
typedef union group_info {
  struct {
    int storage;
    uint64_t link_count;
  } fields;
  char room[64];
} group_info;

/* The beginning of what it says of a link (H5L_info1_t and H5L_info2_t). */
typedef union link_info {
  struct {
    int kind;
    bool has_order;
    int64_t order;
    int characters;
    uint64_t address; /* of the object of a hard link */
  } fields;
  uint64_t room[16];
} link_info;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

// MARK: - Errors

static int take_first(unsigned number, const error_entry *entry, void *message) {
  if (number == 0 && entry->description && *entry->description)
    geed_hdf5_say(message, entry->description);
  return 0;
}

/* Takes over what the library says of its last call, which failed. */
static geed_hdf5_status fail(char *message) {
  geed_hdf5_say(message, "libhdf5 gives no reason");
  hdf5.walk_errors(DEFAULT, INNERMOST_FIRST, take_first, message);
  return GEED_HDF5_FAILED;
}

/* Takes the lock. Some builds have settings for each thread, so errors are silenced each time. */
static void enter(void) {
  pthread_mutex_lock(&lock);
  if (hdf5.library) hdf5.set_errors(DEFAULT, NULL, NULL);
}

static geed_hdf5_status leave(geed_hdf5_status status) {
  pthread_mutex_unlock(&lock);
  return status;
}

// MARK: - Files

geed_hdf5_status geed_hdf5_open(geed_hdf5_file *result, const char *path, const char *library,
                                char *message) {
  pthread_mutex_lock(&lock);
  if (!geed_hdf5_load(library, message)) return leave(GEED_HDF5_FAILED);
  hdf5.set_errors(DEFAULT, NULL, NULL);
  hid file = hdf5.open_file(path, READ_ONLY, DEFAULT);
  if (file < 0) return leave(fail(message));
  result->handle = file;
  return leave(GEED_HDF5_OK);
}

void geed_hdf5_close(geed_hdf5_file file) {
  enter();
  hdf5.close_file(file.handle);
  leave(GEED_HDF5_OK);
}

// MARK: - Arrays

static geed_hdf5_kind kind_of(hid type) {
  size_t size = hdf5.type_size(type);
  int class = hdf5.type_class(type);
  if (class == CLASS_FLOAT && size <= 8) {
    return size <= 4 ? GEED_HDF5_FLOAT32 : GEED_HDF5_FLOAT64;
  }
  if (class != CLASS_INTEGER) return GEED_HDF5_OTHER;
  bool is_signed = hdf5.type_sign(type) != 0;
  switch (size) {
  case 1: return is_signed ? GEED_HDF5_INT8 : GEED_HDF5_UINT8;
  case 2: return is_signed ? GEED_HDF5_INT16 : GEED_HDF5_UINT16;
  case 3:
  case 4: return is_signed ? GEED_HDF5_INT32 : GEED_HDF5_UINT32;
  case 5:
  case 6:
  case 7:
  case 8: return is_signed ? GEED_HDF5_INT64 : GEED_HDF5_UINT64;
  default: return GEED_HDF5_OTHER;
  }
}

/* Reads the kind and the shape of an open array. */
static geed_hdf5_status describe(geed_hdf5_array *array, char *message) {
  hid type = hdf5.type_of(array->handle);
  if (type < 0) return fail(message);
  array->kind = kind_of(type);
  hdf5.close_type(type);
  hid space = hdf5.space_of(array->handle);
  if (space < 0) return fail(message);
  int rank = hdf5.rank(space);
  bool is_read = rank >= 0 && rank <= GEED_HDF5_MAX_RANK &&
                 (rank == 0 || hdf5.lengths(space, array->shape, NULL) == rank);
  geed_hdf5_status status = is_read ? GEED_HDF5_OK : fail(message);
  hdf5.close_space(space);
  array->rank = is_read ? (uint32_t)rank : 0;
  return status;
}

/* The place of a listing: the groups above it, by their addresses, and the number of links so far.
 */
typedef struct place {
  char name[MAX_NAME];
  uint64_t groups[MAX_DEPTH];
  int depth, link_count;
} place;

/* Returns whether a group is one of those above it, as hard links allow. */
static bool is_above(const place *place, uint64_t group) {
  for (int i = 0; i < place->depth; i++) {
    if (place->groups[i] == group) return true;
  }
  return false;
}

/* Lists the arrays of a group, whose name is the first `length` characters of that of the place. */
static geed_hdf5_status list(hid group, place *place, size_t length, void *context,
                             geed_hdf5_visit visit, char *message) {
  char *name = place->name;
  group_info info = {0};
  if (hdf5.group_info(group, &info) < 0) return fail(message);
  for (uint64_t i = 0; i < info.fields.link_count; i++) {
    if (++place->link_count > MAX_LINKS)
      return geed_hdf5_say(message, "it has more than 10000 links");
    ssize_t added = hdf5.link_name(group, ".", BY_NAME, INCREASING, i, name + length,
                                   MAX_NAME - length, DEFAULT);
    if (added < 0) return fail(message);
    if (added == 0 || (size_t)added >= MAX_NAME - length - 1) continue;
    link_info link = {0};
    if (hdf5.link_info(group, name + length, &link, DEFAULT) < 0) return fail(message);
    if (link.fields.kind != HARD_LINK) continue;
    hid object = hdf5.open_object(group, name + length, DEFAULT);
    if (object < 0) return fail(message);
    geed_hdf5_status status = GEED_HDF5_OK;
    int kind = hdf5.object_kind(object);
    if (kind == OBJECT_ARRAY) {
      geed_hdf5_array array = {.handle = object};
      status = describe(&array, message);
      if (status == GEED_HDF5_OK) visit(context, name, &array);
    } else if (kind == OBJECT_GROUP && place->depth < MAX_DEPTH &&
               !is_above(place, link.fields.address)) {
      size_t end = length + (size_t)added;
      name[end] = '/';
      name[end + 1] = 0;
      place->groups[place->depth++] = link.fields.address;
      status = list(object, place, end + 1, context, visit, message);
      place->depth--;
    }
    hdf5.close_object(object);
    if (status != GEED_HDF5_OK) return status;
  }
  return GEED_HDF5_OK;
}

geed_hdf5_status geed_hdf5_list(geed_hdf5_file file, void *context, geed_hdf5_visit visit,
                                char *message) {
  enter();
  hid root = hdf5.open_object(file.handle, "/", DEFAULT);
  if (root < 0) return leave(fail(message));
  place place = {0};
  geed_hdf5_status status = list(root, &place, 0, context, visit, message);
  hdf5.close_object(root);
  return leave(status);
}

/* Refuses an array whose numbers are not all in this file; `*chunk_size` becomes the length of a
 * chunk in bytes, 0 if there are none. */
static geed_hdf5_status check_storage(const geed_hdf5_array *array, size_t *chunk_size,
                                      char *message) {
  hid properties = hdf5.properties_of(array->handle);
  if (properties < 0) return fail(message);
  uint64_t chunk[GEED_HDF5_MAX_RANK] = {0};
  int layout = hdf5.layout(properties), external = hdf5.external_count(properties);
  int rank = layout == LAYOUT_CHUNKED ? hdf5.chunk(properties, GEED_HDF5_MAX_RANK, chunk) : 0;
  hdf5.close_properties(properties);
  if (layout == LAYOUT_VIRTUAL || external > 0) {
    return geed_hdf5_say(message, "its numbers are in other files, which are not looked for");
  }
  uint64_t count = 1;
  for (uint32_t i = 0; i < array->rank; i++)
    count = array->shape[i] == 0 ? 0 : count;
  if (count > 0 && hdf5.storage_size(array->handle) == 0) {
    return geed_hdf5_say(message, "no number was ever written to it");
  }
  *chunk_size = rank > 0 ? 8 : 0;
  for (int i = 0; i < rank && i < GEED_HDF5_MAX_RANK; i++) {
    if (chunk[i] == 0 || chunk[i] > GEED_HDF5_MAX_CHUNK / *chunk_size) {
      return geed_hdf5_say(message,
                           "its chunks are longer than 2^26 numbers; write it with smaller ones");
    }
    *chunk_size *= (size_t)chunk[i];
  }
  return GEED_HDF5_OK;
}

geed_hdf5_status geed_hdf5_open_array(geed_hdf5_array *result, geed_hdf5_file file,
                                      const char *name, char *message) {
  enter();
  geed_hdf5_array array = {.handle = hdf5.open_array(file.handle, name, DEFAULT)};
  if (array.handle < 0) return leave(fail(message));
  size_t chunk_size = 0;
  geed_hdf5_status status = describe(&array, message);
  if (status == GEED_HDF5_OK) status = check_storage(&array, &chunk_size, message);
  if (status == GEED_HDF5_OK && chunk_size > 0) {
    // A chunk that does not fit into the cache would be unpacked again for each row. An open array
    // would keep its own cache.
    hdf5.close_array(array.handle);
    hid access = hdf5.make_properties(*hdf5.access_class);
    hdf5.set_cache(access, 521, chunk_size > cache_size ? chunk_size : cache_size, 0.75);
    array.handle = hdf5.open_array(file.handle, name, access);
    if (array.handle < 0) status = fail(message);
    hdf5.close_properties(access);
  }
  if (status == GEED_HDF5_OK) {
    *result = array;
  } else if (array.handle >= 0) {
    hdf5.close_array(array.handle);
  }
  return leave(status);
}

void geed_hdf5_close_array(geed_hdf5_array array) {
  enter();
  hdf5.close_array(array.handle);
  leave(GEED_HDF5_OK);
}

static geed_hdf5_status read_rows(geed_hdf5_array array, uint64_t first, uint64_t count,
                                  void *buffer, char *message) {
  uint64_t start[GEED_HDF5_MAX_RANK] = {first}, lengths[GEED_HDF5_MAX_RANK];
  memcpy(lengths, array.shape, sizeof lengths);
  lengths[0] = count;
  hid space = hdf5.space_of(array.handle);
  if (space < 0) return fail(message);
  hid memory = hdf5.make_space((int)array.rank, lengths, NULL);
  bool is_read =
      memory >= 0 && hdf5.select(space, SELECT_SET, start, NULL, lengths, NULL) >= 0 &&
      hdf5.read(array.handle, *hdf5.types[array.kind], memory, space, DEFAULT, buffer) >= 0;
  geed_hdf5_status status = is_read ? GEED_HDF5_OK : fail(message);
  if (memory >= 0) hdf5.close_space(memory);
  hdf5.close_space(space);
  return status;
}

geed_hdf5_status geed_hdf5_read(geed_hdf5_array array, uint64_t first, uint64_t count, void *buffer,
                                size_t size, char *message) {
  static const size_t sizes[GEED_HDF5_KIND_COUNT] = {0, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
  size_t expected = sizes[array.kind];
  if (array.kind == GEED_HDF5_OTHER || array.rank == 0 || first > array.shape[0] ||
      count > array.shape[0] - first) {
    return geed_hdf5_say(message, "it has no such rows of numbers");
  }
  for (uint32_t i = 0; i < array.rank; i++)
    expected *= i == 0 ? count : array.shape[i];
  if (expected != size) return geed_hdf5_say(message, "its rows have another size");
  if (size == 0) return GEED_HDF5_OK;
  enter();
  return leave(read_rows(array, first, count, buffer, message));
}
