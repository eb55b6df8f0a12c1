// SPDX-License-Identifier: MIT
// Finds libhdf5 and its functions at run time.

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "geed_hdf5_internal.h"

library_functions hdf5;

static char load_message[GEED_HDF5_MESSAGE_SIZE];

geed_hdf5_status geed_hdf5_say(char *message, const char *text) {
  snprintf(message, GEED_HDF5_MESSAGE_SIZE, "%s", text);
  return GEED_HDF5_FAILED;
}

static bool find(const char *name, void *function) {
  void *address = dlsym(hdf5.library, name);
  if (!address) return false;
  memcpy(function, &address, sizeof address);
  return true;
}

static bool find_all(void) {
  const struct {
    const char *name;
    void *function;
  } functions[] = {
      {"H5open", &hdf5.start},
      {"H5dont_atexit", &hdf5.keep_at_exit},
      {"H5get_libversion", &hdf5.version},
      {"H5Eset_auto2", &hdf5.set_errors},
      {"H5Ewalk2", &hdf5.walk_errors},
      {"H5Fopen", &hdf5.open_file},
      {"H5Fclose", &hdf5.close_file},
      {"H5Oopen", &hdf5.open_object},
      {"H5Oclose", &hdf5.close_object},
      {"H5Iget_type", &hdf5.object_kind},
      {"H5Gget_info", &hdf5.group_info},
      {"H5Lget_name_by_idx", &hdf5.link_name},
      {"H5Dopen2", &hdf5.open_array},
      {"H5Dclose", &hdf5.close_array},
      {"H5Dget_space", &hdf5.space_of},
      {"H5Dget_type", &hdf5.type_of},
      {"H5Dget_create_plist", &hdf5.properties_of},
      {"H5Dget_storage_size", &hdf5.storage_size},
      {"H5Sget_simple_extent_ndims", &hdf5.rank},
      {"H5Sget_simple_extent_dims", &hdf5.lengths},
      {"H5Sselect_hyperslab", &hdf5.select},
      {"H5Screate_simple", &hdf5.make_space},
      {"H5Sclose", &hdf5.close_space},
      {"H5Tget_class", &hdf5.type_class},
      {"H5Tget_size", &hdf5.type_size},
      {"H5Tget_sign", &hdf5.type_sign},
      {"H5Tclose", &hdf5.close_type},
      {"H5Pget_layout", &hdf5.layout},
      {"H5Pget_chunk", &hdf5.chunk},
      {"H5Pget_external_count", &hdf5.external_count},
      {"H5Pcreate", &hdf5.make_properties},
      {"H5Pset_chunk_cache", &hdf5.set_cache},
      {"H5Pclose", &hdf5.close_properties},
      {"H5Dread", &hdf5.read},
      {"H5P_CLS_DATASET_ACCESS_ID_g", &hdf5.access_class},
      {"H5T_NATIVE_INT8_g", &hdf5.types[GEED_HDF5_INT8]},
      {"H5T_NATIVE_UINT8_g", &hdf5.types[GEED_HDF5_UINT8]},
      {"H5T_NATIVE_INT16_g", &hdf5.types[GEED_HDF5_INT16]},
      {"H5T_NATIVE_UINT16_g", &hdf5.types[GEED_HDF5_UINT16]},
      {"H5T_NATIVE_INT32_g", &hdf5.types[GEED_HDF5_INT32]},
      {"H5T_NATIVE_UINT32_g", &hdf5.types[GEED_HDF5_UINT32]},
      {"H5T_NATIVE_INT64_g", &hdf5.types[GEED_HDF5_INT64]},
      {"H5T_NATIVE_UINT64_g", &hdf5.types[GEED_HDF5_UINT64]},
      {"H5T_NATIVE_FLOAT_g", &hdf5.types[GEED_HDF5_FLOAT32]},
      {"H5T_NATIVE_DOUBLE_g", &hdf5.types[GEED_HDF5_FLOAT64]},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    if (!find(functions[i].name, functions[i].function)) {
      snprintf(load_message, sizeof load_message, "the installed libhdf5 lacks the function %s",
               functions[i].name);
      return false;
    }
  }
  // The function has a number where its result has two forms, which begin alike.
  return find("H5Lget_info", &hdf5.link_info) || find("H5Lget_info2", &hdf5.link_info) ||
         find("H5Lget_info1", &hdf5.link_info);
}

static bool load(const char *path) {
  static bool is_tried = false;
  if (is_tried) return hdf5.library;
  is_tried = true;
  const char *usual[] = {"libhdf5_serial.so.103",
                         "libhdf5_serial.so.310",
                         "libhdf5_serial.so.320",
                         "libhdf5.so.103",
                         "libhdf5.so.200",
                         "libhdf5.so.310",
                         "libhdf5.so.320",
                         "libhdf5_serial.so",
                         "libhdf5.so",
                         "libhdf5.dylib",
                         "/opt/homebrew/lib/libhdf5.dylib",
                         "/usr/local/lib/libhdf5.dylib"};
  if (path) {
    hdf5.library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!hdf5.library) {
      const char *reason = dlerror();
      snprintf(load_message, sizeof load_message, "libhdf5 at GEED_HDF5 cannot be loaded: %s",
               reason ? reason : path);
      return false;
    }
  }
  for (size_t i = 0; i < sizeof usual / sizeof *usual && !hdf5.library; i++) {
    hdf5.library = dlopen(usual[i], RTLD_NOW | RTLD_LOCAL);
  }
  if (!hdf5.library) {
    geed_hdf5_say(load_message,
                  "this needs libhdf5, which is not installed (Debian: apt-get install "
                  "libhdf5-dev; macOS: brew install hdf5; or set GEED_HDF5 to its file)");
    return false;
  }
  unsigned major = 0, minor = 0, release = 0;
  if (!find_all()) {
    hdf5.library = NULL;
    if (!*load_message) geed_hdf5_say(load_message, "the installed libhdf5 lacks a function");
    return false;
  }
  // Its clean-up at exit would not wait for threads that still read.
  hdf5.keep_at_exit();
  if (hdf5.start() < 0 || hdf5.version(&major, &minor, &release) < 0 ||
      (major == 1 && minor < 10)) {
    snprintf(load_message, sizeof load_message, "libhdf5 is version %u.%u.%u, but 1.10 is needed",
             major, minor, release);
    hdf5.library = NULL;
  }
  return hdf5.library;
}

bool geed_hdf5_load(const char *path, char *message) {
  if (load(path)) return true;
  geed_hdf5_say(message, load_message);
  return false;
}
