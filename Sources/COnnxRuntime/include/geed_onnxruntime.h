// SPDX-License-Identifier: MIT
//
// The part of ONNX Runtime's C interface that GEED uses.
//
// The library is loaded at run time, so nothing here needs its header or links against it. Its
// functions are in a table that only grows at the end; geed_onnxruntime.c defines the indices into
// that table. Every handle has its own type, so that a session cannot be passed where a tensor is
// expected. A handle whose `impl` is null means "none"; releasing it is allowed.

#ifndef GEED_ONNXRUNTIME_H
#define GEED_ONNXRUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The version of the function table that contains every function used here: ONNX Runtime 1.12.
#define GEED_ORT_API_VERSION 12

// The version of the function table that also tells which provider computes which operator: ONNX
// Runtime 1.24.
#define GEED_ORT_ASSIGNMENT_API_VERSION 24

// An open shared library, not necessarily ONNX Runtime.
typedef struct geed_ort_library { void *impl; } geed_ort_library;
// The table of functions. Owned by the library.
typedef struct geed_ort_api { const void *impl; } geed_ort_api;
// The error of a failed call, or none on success. Owned: release it.
typedef struct geed_ort_status { void *impl; } geed_ort_status;
typedef struct geed_ort_env { void *impl; } geed_ort_env;
typedef struct geed_ort_options { void *impl; } geed_ort_options;
typedef struct geed_ort_session { void *impl; } geed_ort_session;
typedef struct geed_ort_run_options { void *impl; } geed_ort_run_options;
typedef struct geed_ort_memory { void *impl; } geed_ort_memory;
typedef struct geed_ort_value { void *impl; } geed_ort_value;

// MARK: The library

// Opens the shared library at `path`, or the library of that name in the system's library paths.
geed_ort_library geed_ort_library_open(const char *path);
// The error message of the last failed call of geed_ort_library_open on this thread. Valid until
// the
// next call.
const char *geed_ort_library_error(void);
void geed_ort_library_close(geed_ort_library library);
// The version that the library reports, such as "1.20.1", or null if it is not ONNX Runtime.
const char *geed_ort_library_version(geed_ort_library library);
// The function table, or none if the library is older than GEED_ORT_API_VERSION.
geed_ort_api geed_ort_library_api(geed_ort_library library);
// The function table for geed_ort_session_assignments. Ask a library of at least version
// GEED_ORT_ASSIGNMENT_API_VERSION only: older ones print an error.
geed_ort_api geed_ort_library_assignment_api(geed_ort_library library);

// MARK: Status

int32_t geed_ort_status_code(geed_ort_api api, geed_ort_status status);
// Valid until the status is released.
const char *geed_ort_status_message(geed_ort_api api, geed_ort_status status);
void geed_ort_status_release(geed_ort_api api, geed_ort_status status);

// MARK: Environment and providers

// `severity` ranges from 0, verbose, to 4, fatal; messages below it are not printed.
geed_ort_status geed_ort_env_create(
    geed_ort_api api, int32_t severity, const char *name, geed_ort_env *result);
void geed_ort_env_release(geed_ort_api api, geed_ort_env env);
// Returns an array of `*count` names; release it with geed_ort_providers_release.
geed_ort_status geed_ort_providers(geed_ort_api api, char ***names, int32_t *count);
void geed_ort_providers_release(geed_ort_api api, char **names, int32_t count);

// MARK: Session options

geed_ort_status geed_ort_options_create(geed_ort_api api, geed_ort_options *result);
void geed_ort_options_release(geed_ort_api api, geed_ort_options options);
// 0 lets the runtime choose.
geed_ort_status geed_ort_options_set_intra_op_threads(
    geed_ort_api api, geed_ort_options options, int32_t count);
geed_ort_status geed_ort_options_set_inter_op_threads(
    geed_ort_api api, geed_ort_options options, int32_t count);
// Runs one operator after the other, in the order of the graph.
geed_ort_status geed_ort_options_set_sequential(geed_ort_api api, geed_ort_options options);
// Loads models as they are, without constant folding and other rewriting.
geed_ort_status geed_ort_options_disable_optimization(geed_ort_api api, geed_ort_options options);
geed_ort_status geed_ort_options_set_severity(
    geed_ort_api api, geed_ort_options options, int32_t severity);
geed_ort_status geed_ort_options_set_entry(
    geed_ort_api api, geed_ort_options options, const char *key, const char *value);
// Appends a provider with a short name ("CoreML", "OpenVINO") and `count` options.
geed_ort_status geed_ort_options_append_provider(
    geed_ort_api api, geed_ort_options options, const char *name, const char *const *keys,
    const char *const *values, size_t count);
// Appends CUDA, which has separate functions, with `count` options.
geed_ort_status geed_ort_options_append_cuda(
    geed_ort_api api, geed_ort_options options, const char *const *keys,
    const char *const *values, size_t count);

// MARK: Sessions

// Loads a model from `size` bytes, which are not needed afterwards.
geed_ort_status geed_ort_session_create(
    geed_ort_api api, geed_ort_env env, const void *bytes, size_t size, geed_ort_options options,
    geed_ort_session *result);
void geed_ort_session_release(geed_ort_api api, geed_ort_session session);
// Called with the provider that computes an operator, and the operator's type.
typedef void (*geed_ort_assignment_visitor)(
    void *context, const char *provider, const char *operator_type);
// Calls `visit` for every operator of a session that was created with the entry
// session.record_ep_graph_assignment_info=1. `api` is that of geed_ort_library_assignment_api.
geed_ort_status geed_ort_session_assignments(
    geed_ort_api api, geed_ort_session session, geed_ort_assignment_visitor visit, void *context);
// The type of the output at `index` as far as the runtime infers it without a run: the element type,
// 0 if the output is not a tensor, the number of axes, 0 also if that is unknown, and their lengths,
// -1 if unknown. The lengths are stored only if there are at most `capacity`.
geed_ort_status geed_ort_session_output(
    geed_ort_api api, geed_ort_session session, size_t index, int32_t *element, int64_t *shape,
    size_t capacity, size_t *rank);
geed_ort_status geed_ort_run_options_create(geed_ort_api api, geed_ort_run_options *result);
void geed_ort_run_options_release(geed_ort_api api, geed_ort_run_options options);
// Stops all current and later runs with these options, as soon as the current operator is done. May
// be called on any thread.
geed_ort_status geed_ort_run_options_terminate(geed_ort_api api, geed_ort_run_options options);
// Runs the model once. Several threads may run one session at the same time. The elements of
// `outputs` are owned by the caller afterwards. Those that are not none before the call are filled, and
// must have the shapes and types of the outputs.
geed_ort_status geed_ort_session_run(
    geed_ort_api api, geed_ort_session session, geed_ort_run_options options, const char *const *input_names,
    const geed_ort_value *inputs, size_t input_count, const char *const *output_names,
    size_t output_count, geed_ort_value *outputs);

// MARK: Values

geed_ort_status geed_ort_memory_create_cpu(geed_ort_api api, geed_ort_memory *result);
void geed_ort_memory_release(geed_ort_api api, geed_ort_memory memory);
// Creates a tensor over the caller's bytes, which have to outlive it. The runtime reads inputs, and
// writes outputs.
geed_ort_status geed_ort_value_create(
    geed_ort_api api, geed_ort_memory memory, const void *bytes, size_t size,
    const int64_t *shape, size_t rank, int32_t element, geed_ort_value *result);
void geed_ort_value_release(geed_ort_api api, geed_ort_value value);
// `*result` is 0 if the value is a sequence, a map or something else that is not a tensor.
geed_ort_status geed_ort_value_is_tensor(
    geed_ort_api api, geed_ort_value value, int32_t *result);
// The scalars of a tensor. Valid until the value is released.
geed_ort_status geed_ort_value_bytes(geed_ort_api api, geed_ort_value value, void **result);
// The element type and the number of axes; then the lengths of the axes, for which `shape` has room
// for `rank` numbers.
geed_ort_status geed_ort_value_type(
    geed_ort_api api, geed_ort_value value, int32_t *element, size_t *rank);
geed_ort_status geed_ort_value_shape(
    geed_ort_api api, geed_ort_value value, int64_t *shape, size_t rank);

#ifdef __cplusplus
}
#endif

#endif
