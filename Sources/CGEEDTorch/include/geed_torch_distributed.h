/* SPDX-License-Identifier: MIT */
#ifndef GEED_TORCH_DISTRIBUTED_H
#define GEED_TORCH_DISTRIBUTED_H

#include "geed_torch_tensor.h"

/* The owned membership of this process in a group of processes that compute together. All processes
 * of a group must make the same calls in the same order, with tensors of the same shapes and types.
 * A call that fails leaves all tensors of this process unchanged; the group cannot be used after
 * that, but must still be freed. */
typedef struct gt_process_group {
  void *impl;
} gt_process_group;

typedef enum gt_backend { GT_GLOO = 0, GT_NCCL = 1 } gt_backend;

typedef struct gt_process_group_settings {
  const char *address; /* the meeting point: a host name or IP address, and a TCP port */
  uint16_t port;
  int32_t rank; /* of this process, counted from 0 */
  int32_t size; /* the number of processes */
  bool is_host; /* whether this process listens there; otherwise another one already does */
  int32_t attempt; /* the number of earlier starts of the processes with this meeting point */
  gt_backend backend;
  gt_device device;     /* the device of exchanged tensors */
  int64_t join_timeout; /* milliseconds to wait for the others */
  int64_t timeout;      /* milliseconds for one exchange */
} gt_process_group_settings;

#ifdef __cplusplus
extern "C" {
#endif

/* Whether GT_NCCL was compiled in. */
bool gt_has_nccl(void);

/* Tries until a listener accepts connections there; false if none does in that time. */
gt_status gt_wait_for_listener(bool *result, const char *address, uint16_t port,
                               int64_t milliseconds);

/* Returns when all processes of the group have called this function. */
gt_status gt_process_group_make(gt_process_group *result, gt_process_group_settings settings);
void gt_process_group_free(gt_process_group group);

/* Returns when all processes have called this function. */
gt_status gt_process_group_barrier(gt_process_group group);
/* Whether all processes pass the same `value`, which must not be INT64_MIN. */
gt_status gt_process_group_agrees(bool *result, gt_process_group group, int64_t value);
/* Overwrites `tensors` with those of the process `root`. */
gt_status gt_process_group_broadcast(gt_process_group group, const gt_tensor *tensors,
                                     size_t count, int32_t root);
/* Overwrites `tensors` with their sums over all processes, divided by `divisor`. */
gt_status gt_process_group_sum(gt_process_group group, const gt_tensor *tensors, size_t count,
                               double divisor);
/* Overwrites the gradients of `tensors` with their means over all processes. A gradient that is
 * missing counts as zeros and is created, unless it is missing in every process. */
gt_status gt_process_group_average_gradients(gt_process_group group, const gt_tensor *tensors,
                                             size_t count);

#ifdef __cplusplus
}
#endif

#endif
