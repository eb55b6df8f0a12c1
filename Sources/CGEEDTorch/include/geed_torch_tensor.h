/* SPDX-License-Identifier: MIT */
#ifndef GEED_TORCH_TENSOR_H
#define GEED_TORCH_TENSOR_H

#include "geed_torch_status.h"

/* An owned reference to a tensor. A null `impl` means "no tensor". If a function writes a result
 * through its first parameter, the caller owns it. */
typedef struct gt_tensor {
  void *impl;
} gt_tensor;

/* A stream of random numbers. */
typedef struct gt_generator {
  void *impl;
} gt_generator;

typedef enum gt_dtype {
  GT_FLOAT32 = 0,
  GT_FLOAT64 = 1,
  GT_FLOAT16 = 2,
  GT_BFLOAT16 = 3,
  GT_INT64 = 4,
  GT_BOOL = 5,
} gt_dtype;

typedef enum gt_device_kind { GT_CPU = 0, GT_CUDA = 1, GT_MPS = 2 } gt_device_kind;

typedef struct gt_device {
  gt_device_kind kind;
  int32_t index; /* -1: the current one */
} gt_device;

typedef enum gt_memory_format { GT_CONTIGUOUS = 0, GT_CHANNELS_LAST = 1 } gt_memory_format;

#ifdef __cplusplus
extern "C" {
#endif

/* Copies `byte_count` bytes of row-major scalars. */
gt_status gt_tensor_from_host(gt_tensor *result, const void *scalars, size_t byte_count,
                              gt_dtype dtype, const int64_t *shape, size_t rank, gt_device device);
/* Copies all scalars, row-major and as `dtype`, into `byte_count` bytes. Waits for the device. */
gt_status gt_tensor_to_host(gt_tensor tensor, gt_dtype dtype, void *scalars, size_t byte_count);
gt_status gt_tensor_full(gt_tensor *result, double value, gt_dtype dtype, const int64_t *shape,
                         size_t rank, gt_device device);
/* Zeros of the type, shape and memory order of `tensor`, on its device. */
gt_status gt_tensor_zeros_like(gt_tensor *result, gt_tensor tensor);
void gt_tensor_free(gt_tensor tensor);

/* Properties. These functions cannot fail, unless they return a status. */
size_t gt_tensor_rank(gt_tensor tensor);
void gt_tensor_shape(gt_tensor tensor, int64_t *shape); /* room for gt_tensor_rank */
/* GT_OK with *dtype, or an error for a type that gt_dtype does not have. */
gt_status gt_tensor_dtype(gt_tensor tensor, gt_dtype *dtype);
gt_status gt_tensor_device(gt_tensor tensor, gt_device *device);
bool gt_tensor_is_channels_last(gt_tensor tensor);
/* The number of times that the tensor was changed in place. */
int64_t gt_tensor_version(gt_tensor tensor);

/* The same numbers on another device, of another type, or in another memory order. */
gt_status gt_tensor_to(gt_tensor *result, gt_tensor tensor, gt_dtype dtype, gt_device device);
gt_status gt_tensor_with_format(gt_tensor *result, gt_tensor tensor, gt_memory_format format);
/* A copy that shares no memory. */
gt_status gt_tensor_clone(gt_tensor *result, gt_tensor tensor);
/* Overwrites `tensor`; not recorded for differentiation. */
gt_status gt_tensor_assign(gt_tensor tensor, gt_tensor source);

/* Random numbers. A generator lives on one device. */
gt_status gt_generator_make(gt_generator *result, uint64_t seed, gt_device device);
void gt_generator_free(gt_generator generator);
/* The whole state of the stream as bytes, and its restoration. */
gt_status gt_generator_restore(gt_generator generator, const uint8_t *state, size_t byte_count);
gt_status gt_generator_state_size(gt_generator generator, size_t *byte_count);
gt_status gt_generator_save(gt_generator generator, uint8_t *state, size_t byte_count);
gt_status gt_tensor_uniform(gt_tensor *result, double low, double high, gt_dtype dtype,
                            const int64_t *shape, size_t rank, gt_generator generator);
gt_status gt_tensor_normal(gt_tensor *result, double mean, double deviation, gt_dtype dtype,
                           const int64_t *shape, size_t rank, gt_generator generator);

/* The engine. */
const char *gt_version(void);
bool gt_device_is_available(gt_device device);
void gt_set_thread_count(int32_t count);
int32_t gt_thread_count(void);

#ifdef __cplusplus
}
#endif

#endif
