/* SPDX-License-Identifier: MIT */
#ifndef GEED_TORCH_DISTRIBUTED_H
#define GEED_TORCH_DISTRIBUTED_H

#include "geed_torch_tensor.h"

/* An owned place in a group of processes that compute together. All processes of a group must make the
 * same calls in the same order, with tensors of the same shapes and types. A call that fails leaves
 * all tensors as they were, here; the group is of no more use then, but must still be freed. */
typedef struct gt_process_group {
  void *impl;
} gt_process_group;

typedef enum gt_backend { GT_GLOO = 0, GT_NCCL = 1 } gt_backend;

typedef struct gt_process_group_settings {
  const char *address; /* where the processes meet: a name or number, and a TCP port */
  uint16_t port;
  int32_t rank; /* of this process, from 0 */
  int32_t size; /* how many processes there are */
  bool is_host; /* whether this process listens there; otherwise another one does already */
  int32_t attempt; /* how often the processes were started before, at the same place */
  gt_backend backend;
  gt_device device;     /* where exchanged tensors are */
  int64_t join_timeout; /* milliseconds to find the others */
  int64_t timeout;      /* milliseconds for one exchange */
} gt_process_group_settings;

#ifdef __cplusplus
extern "C" {
#endif

/* Whether GT_NCCL was compiled in. */
bool gt_has_nccl(void);

/* Tries until something accepts connections there; false if nothing does in that time. */
gt_status gt_wait_for_listener(bool *result, const char *address, uint16_t port,
                               int64_t milliseconds);

/* Returns when all processes of the group have called it. */
gt_status gt_process_group_make(gt_process_group *result, gt_process_group_settings settings);
void gt_process_group_free(gt_process_group group);

/* Returns when all processes have called it. */
gt_status gt_process_group_barrier(gt_process_group group);
/* Whether all processes gave the same `value`, which must not be INT64_MIN. */
gt_status gt_process_group_agrees(bool *result, gt_process_group group, int64_t value);
/* Overwrites `tensors` by those of the process `root`. */
gt_status gt_process_group_broadcast(gt_process_group group, const gt_tensor *tensors,
                                     size_t count, int32_t root);
/* Overwrites `tensors` by their sums over all processes, divided by `divisor`. */
gt_status gt_process_group_sum(gt_process_group group, const gt_tensor *tensors, size_t count,
                               double divisor);
/* Overwrites the gradients of `tensors` by their means over all processes. A gradient that is missing
 * counts as zeros, and is made, unless it is missing in every process. */
gt_status gt_process_group_average_gradients(gt_process_group group, const gt_tensor *tensors,
                                             size_t count);

#ifdef __cplusplus
}
#endif

#endif
