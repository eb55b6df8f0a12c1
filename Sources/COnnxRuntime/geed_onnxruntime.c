// SPDX-License-Identifier: MIT

#include "geed_onnxruntime.h"

#include <dlfcn.h>

// The index of each function in ONNX Runtime's function table. The table is append-only: an index
// keeps its meaning in all versions after the one that introduced it.
enum slot {
  SLOT_GET_ERROR_CODE = 1,
  SLOT_GET_ERROR_MESSAGE = 2,
  SLOT_CREATE_ENV = 3,
  SLOT_CREATE_SESSION_FROM_ARRAY = 8,
  SLOT_RUN = 9,
  SLOT_CREATE_SESSION_OPTIONS = 10,
  SLOT_SET_EXECUTION_MODE = 13,
  SLOT_SET_LOG_SEVERITY = 22,
  SLOT_SET_OPTIMIZATION_LEVEL = 23,
  SLOT_SET_INTRA_OP_THREADS = 24,
  SLOT_SET_INTER_OP_THREADS = 25,
  SLOT_GET_OUTPUT_TYPE = 34,
  SLOT_CREATE_RUN_OPTIONS = 39,
  SLOT_RUN_OPTIONS_TERMINATE = 46,
  SLOT_CREATE_TENSOR_WITH_DATA = 49,
  SLOT_IS_TENSOR = 50,
  SLOT_GET_TENSOR_DATA = 51,
  SLOT_CAST_TO_TENSOR_TYPE = 55,
  SLOT_GET_ELEMENT_TYPE = 60,
  SLOT_GET_DIMENSION_COUNT = 61,
  SLOT_GET_DIMENSIONS = 62,
  SLOT_GET_TENSOR_TYPE_AND_SHAPE = 65,
  SLOT_CREATE_CPU_MEMORY_INFO = 69,
  SLOT_RELEASE_ENV = 92,
  SLOT_RELEASE_STATUS = 93,
  SLOT_RELEASE_MEMORY_INFO = 94,
  SLOT_RELEASE_SESSION = 95,
  SLOT_RELEASE_VALUE = 96,
  SLOT_RELEASE_RUN_OPTIONS = 97,
  SLOT_RELEASE_TYPE = 98,
  SLOT_RELEASE_TENSOR_TYPE_AND_SHAPE = 99,
  SLOT_RELEASE_SESSION_OPTIONS = 100,
  SLOT_GET_AVAILABLE_PROVIDERS = 125,
  SLOT_RELEASE_AVAILABLE_PROVIDERS = 126,  // Table version 4.
  SLOT_ADD_SESSION_CONFIG_ENTRY = 130,     // Table version 5.
  SLOT_APPEND_CUDA = 204,                  // Table version 11, with the next three.
  SLOT_CREATE_CUDA_OPTIONS = 205,
  SLOT_UPDATE_CUDA_OPTIONS = 206,
  SLOT_RELEASE_CUDA_OPTIONS = 208,
  SLOT_APPEND_PROVIDER = 216,   // Table version 12.
  SLOT_GET_ASSIGNMENTS = 407,   // Table version 24, with the next three.
  SLOT_ASSIGNED_PROVIDER = 408,
  SLOT_ASSIGNED_NODES = 409,
  SLOT_ASSIGNED_OPERATOR = 412,
};

// The structure that the library exports: two functions that give access to all others.
struct base {
  const void *(*api)(uint32_t version);
  const char *(*version)(void);
};

// The function at one index of the table, cast to its type.
#define FUNCTION(api, slot, result, ...) \
  ((result(*)(__VA_ARGS__))(((const void *const *)(api).impl)[slot]))

// Calls a function that returns a status, or releases something.
#define STATUS(api, slot, types, ...) \
  ((geed_ort_status){FUNCTION(api, slot, void *, EXPAND types)(__VA_ARGS__)})
#define RELEASE(api, slot, handle) \
  do { \
    if ((handle).impl) FUNCTION(api, slot, void, void *)((handle).impl); \
  } while (0)
#define EXPAND(...) __VA_ARGS__

// MARK: The library

geed_ort_library geed_ort_library_open(const char *path) {
  return (geed_ort_library){dlopen(path, RTLD_NOW | RTLD_LOCAL)};
}

const char *geed_ort_library_error(void) {
  const char *message = dlerror();
  return message ? message : "unknown reason";
}

void geed_ort_library_close(geed_ort_library library) {
  if (library.impl) dlclose(library.impl);
}

static const struct base *base_of(geed_ort_library library) {
  void *symbol = dlsym(library.impl, "OrtGetApiBase");
  if (!symbol) return NULL;
  return ((const struct base *(*)(void))symbol)();
}

const char *geed_ort_library_version(geed_ort_library library) {
  const struct base *base = base_of(library);
  return base ? base->version() : NULL;
}

geed_ort_api geed_ort_library_api(geed_ort_library library) {
  const struct base *base = base_of(library);
  return (geed_ort_api){base ? base->api(GEED_ORT_API_VERSION) : NULL};
}

geed_ort_api geed_ort_library_assignment_api(geed_ort_library library) {
  const struct base *base = base_of(library);
  return (geed_ort_api){base ? base->api(GEED_ORT_ASSIGNMENT_API_VERSION) : NULL};
}

// MARK: Status

int32_t geed_ort_status_code(geed_ort_api api, geed_ort_status status) {
  return FUNCTION(api, SLOT_GET_ERROR_CODE, int, const void *)(status.impl);
}

const char *geed_ort_status_message(geed_ort_api api, geed_ort_status status) {
  return FUNCTION(api, SLOT_GET_ERROR_MESSAGE, const char *, const void *)(status.impl);
}

void geed_ort_status_release(geed_ort_api api, geed_ort_status status) {
  RELEASE(api, SLOT_RELEASE_STATUS, status);
}

// MARK: Environment and providers

geed_ort_status geed_ort_env_create(
    geed_ort_api api, int32_t severity, const char *name, geed_ort_env *result) {
  return STATUS(
      api, SLOT_CREATE_ENV, (int, const char *, void **), severity, name, &result->impl);
}

void geed_ort_env_release(geed_ort_api api, geed_ort_env env) {
  RELEASE(api, SLOT_RELEASE_ENV, env);
}

geed_ort_status geed_ort_providers(geed_ort_api api, char ***names, int32_t *count) {
  return STATUS(api, SLOT_GET_AVAILABLE_PROVIDERS, (char ***, int *), names, count);
}

void geed_ort_providers_release(geed_ort_api api, char **names, int32_t count) {
  // This returns a status, which always reports success.
  geed_ort_status_release(
      api, STATUS(api, SLOT_RELEASE_AVAILABLE_PROVIDERS, (char **, int), names, count));
}

// MARK: Session options

geed_ort_status geed_ort_options_create(geed_ort_api api, geed_ort_options *result) {
  return STATUS(api, SLOT_CREATE_SESSION_OPTIONS, (void **), &result->impl);
}

void geed_ort_options_release(geed_ort_api api, geed_ort_options options) {
  RELEASE(api, SLOT_RELEASE_SESSION_OPTIONS, options);
}

geed_ort_status geed_ort_options_set_intra_op_threads(
    geed_ort_api api, geed_ort_options options, int32_t count) {
  return STATUS(api, SLOT_SET_INTRA_OP_THREADS, (void *, int), options.impl, count);
}

geed_ort_status geed_ort_options_set_inter_op_threads(
    geed_ort_api api, geed_ort_options options, int32_t count) {
  return STATUS(api, SLOT_SET_INTER_OP_THREADS, (void *, int), options.impl, count);
}

geed_ort_status geed_ort_options_set_sequential(geed_ort_api api, geed_ort_options options) {
  const int sequential = 0;
  return STATUS(api, SLOT_SET_EXECUTION_MODE, (void *, int), options.impl, sequential);
}

geed_ort_status geed_ort_options_disable_optimization(
    geed_ort_api api, geed_ort_options options) {
  const int none = 0;
  return STATUS(api, SLOT_SET_OPTIMIZATION_LEVEL, (void *, int), options.impl, none);
}

geed_ort_status geed_ort_options_set_severity(
    geed_ort_api api, geed_ort_options options, int32_t severity) {
  return STATUS(api, SLOT_SET_LOG_SEVERITY, (void *, int), options.impl, severity);
}

geed_ort_status geed_ort_options_set_entry(
    geed_ort_api api, geed_ort_options options, const char *key, const char *value) {
  return STATUS(
      api, SLOT_ADD_SESSION_CONFIG_ENTRY, (void *, const char *, const char *), options.impl, key,
      value);
}

geed_ort_status geed_ort_options_append_provider(
    geed_ort_api api, geed_ort_options options, const char *name, const char *const *keys,
    const char *const *values, size_t count) {
  return STATUS(
      api, SLOT_APPEND_PROVIDER,
      (void *, const char *, const char *const *, const char *const *, size_t), options.impl, name,
      keys, values, count);
}

geed_ort_status geed_ort_options_append_cuda(
    geed_ort_api api, geed_ort_options options, const char *const *keys,
    const char *const *values, size_t count) {
  struct { void *impl; } cuda = {NULL};
  geed_ort_status status = STATUS(api, SLOT_CREATE_CUDA_OPTIONS, (void **), &cuda.impl);
  if (status.impl) return status;
  status = STATUS(
      api, SLOT_UPDATE_CUDA_OPTIONS, (void *, const char *const *, const char *const *, size_t),
      cuda.impl, keys, values, count);
  if (!status.impl) {
    status = STATUS(api, SLOT_APPEND_CUDA, (void *, const void *), options.impl, cuda.impl);
  }
  RELEASE(api, SLOT_RELEASE_CUDA_OPTIONS, cuda);
  return status;
}

// MARK: Sessions

geed_ort_status geed_ort_session_create(
    geed_ort_api api, geed_ort_env env, const void *bytes, size_t size, geed_ort_options options,
    geed_ort_session *result) {
  return STATUS(
      api, SLOT_CREATE_SESSION_FROM_ARRAY,
      (const void *, const void *, size_t, const void *, void **), env.impl, bytes, size,
      options.impl, &result->impl);
}

void geed_ort_session_release(geed_ort_api api, geed_ort_session session) {
  RELEASE(api, SLOT_RELEASE_SESSION, session);
}

geed_ort_status geed_ort_session_assignments(
    geed_ort_api api, geed_ort_session session, geed_ort_assignment_visitor visit, void *context) {
  const void *const *parts = NULL;
  size_t part_count = 0;
  geed_ort_status status = STATUS(
      api, SLOT_GET_ASSIGNMENTS, (const void *, const void *const **, size_t *), session.impl,
      &parts, &part_count);
  for (size_t part = 0; !status.impl && part < part_count; part++) {
    const char *provider = NULL;
    const void *const *nodes = NULL;
    size_t node_count = 0;
    status = STATUS(
        api, SLOT_ASSIGNED_PROVIDER, (const void *, const char **), parts[part], &provider);
    if (status.impl) break;
    status = STATUS(
        api, SLOT_ASSIGNED_NODES, (const void *, const void *const **, size_t *), parts[part],
        &nodes, &node_count);
    for (size_t node = 0; !status.impl && node < node_count; node++) {
      const char *operator = NULL;
      status = STATUS(
          api, SLOT_ASSIGNED_OPERATOR, (const void *, const char **), nodes[node], &operator);
      if (!status.impl) visit(context, provider, operator);
    }
  }
  return status;
}

geed_ort_status geed_ort_session_output(
    geed_ort_api api, geed_ort_session session, size_t index, int32_t *element, int64_t *shape,
    size_t capacity, size_t *rank) {
  *element = 0;
  struct { void *impl; } type = {NULL};
  geed_ort_status status = STATUS(
      api, SLOT_GET_OUTPUT_TYPE, (const void *, size_t, void **), session.impl, index, &type.impl);
  if (status.impl) return status;
  // The information about the tensor belongs to the type; there is none for other types.
  const void *info = NULL;
  status = STATUS(
      api, SLOT_CAST_TO_TENSOR_TYPE, (const void *, const void **), type.impl, &info);
  if (!status.impl && info) {
    status = STATUS(api, SLOT_GET_ELEMENT_TYPE, (const void *, int *), info, element);
    if (!status.impl) {
      status = STATUS(api, SLOT_GET_DIMENSION_COUNT, (const void *, size_t *), info, rank);
    }
    if (!status.impl && *rank <= capacity) {
      status =
          STATUS(api, SLOT_GET_DIMENSIONS, (const void *, int64_t *, size_t), info, shape, *rank);
    }
  }
  RELEASE(api, SLOT_RELEASE_TYPE, type);
  return status;
}

geed_ort_status geed_ort_run_options_create(geed_ort_api api, geed_ort_run_options *result) {
  return STATUS(api, SLOT_CREATE_RUN_OPTIONS, (void **), &result->impl);
}

void geed_ort_run_options_release(geed_ort_api api, geed_ort_run_options options) {
  RELEASE(api, SLOT_RELEASE_RUN_OPTIONS, options);
}

geed_ort_status geed_ort_run_options_terminate(geed_ort_api api, geed_ort_run_options options) {
  return STATUS(api, SLOT_RUN_OPTIONS_TERMINATE, (void *), options.impl);
}

geed_ort_status geed_ort_session_run(
    geed_ort_api api, geed_ort_session session, geed_ort_run_options options, const char *const *input_names,
    const geed_ort_value *inputs, size_t input_count, const char *const *output_names,
    size_t output_count, geed_ort_value *outputs) {
  // An array of one-field structs has the same layout as an array of the pointers in them.
  return STATUS(
      api, SLOT_RUN,
      (void *, const void *, const char *const *, const void *const *, size_t, const char *const *,
       size_t, void **),
      session.impl, options.impl, input_names, (const void *const *)inputs, input_count,
      output_names, output_count, (void **)outputs);
}

// MARK: Values

geed_ort_status geed_ort_memory_create_cpu(geed_ort_api api, geed_ort_memory *result) {
  const int arena_allocator = 1;
  const int default_memory = 0;
  return STATUS(
      api, SLOT_CREATE_CPU_MEMORY_INFO, (int, int, void **), arena_allocator, default_memory,
      &result->impl);
}

void geed_ort_memory_release(geed_ort_api api, geed_ort_memory memory) {
  RELEASE(api, SLOT_RELEASE_MEMORY_INFO, memory);
}

geed_ort_status geed_ort_value_create(
    geed_ort_api api, geed_ort_memory memory, const void *bytes, size_t size,
    const int64_t *shape, size_t rank, int32_t element, geed_ort_value *result) {
  return STATUS(
      api, SLOT_CREATE_TENSOR_WITH_DATA,
      (const void *, void *, size_t, const int64_t *, size_t, int, void **), memory.impl,
      (void *)bytes, size, shape, rank, element, &result->impl);
}

void geed_ort_value_release(geed_ort_api api, geed_ort_value value) {
  RELEASE(api, SLOT_RELEASE_VALUE, value);
}

geed_ort_status geed_ort_value_is_tensor(
    geed_ort_api api, geed_ort_value value, int32_t *result) {
  return STATUS(api, SLOT_IS_TENSOR, (const void *, int *), value.impl, result);
}

geed_ort_status geed_ort_value_bytes(geed_ort_api api, geed_ort_value value, void **result) {
  return STATUS(api, SLOT_GET_TENSOR_DATA, (void *, void **), value.impl, result);
}

geed_ort_status geed_ort_value_type(
    geed_ort_api api, geed_ort_value value, int32_t *element, size_t *rank) {
  struct { void *impl; } info = {NULL};
  geed_ort_status status = STATUS(
      api, SLOT_GET_TENSOR_TYPE_AND_SHAPE, (const void *, void **), value.impl, &info.impl);
  if (status.impl) return status;
  status = STATUS(api, SLOT_GET_ELEMENT_TYPE, (const void *, int *), info.impl, element);
  if (!status.impl) {
    status = STATUS(api, SLOT_GET_DIMENSION_COUNT, (const void *, size_t *), info.impl, rank);
  }
  RELEASE(api, SLOT_RELEASE_TENSOR_TYPE_AND_SHAPE, info);
  return status;
}

geed_ort_status geed_ort_value_shape(
    geed_ort_api api, geed_ort_value value, int64_t *shape, size_t rank) {
  struct { void *impl; } info = {NULL};
  geed_ort_status status = STATUS(
      api, SLOT_GET_TENSOR_TYPE_AND_SHAPE, (const void *, void **), value.impl, &info.impl);
  if (status.impl) return status;
  status = STATUS(
      api, SLOT_GET_DIMENSIONS, (const void *, int64_t *, size_t), info.impl, shape, rank);
  RELEASE(api, SLOT_RELEASE_TENSOR_TYPE_AND_SHAPE, info);
  return status;
}
