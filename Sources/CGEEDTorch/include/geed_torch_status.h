/* SPDX-License-Identifier: MIT */
#ifndef GEED_TORCH_STATUS_H
#define GEED_TORCH_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The result of a call. A null `message` means that the call succeeded and its results are written.
 * Otherwise nothing is written, and the caller owns the message and frees it with gt_status_free.
 * No exception leaves the shim, and no error is kept in it. */
typedef struct gt_status {
  char *message;
} gt_status;

#ifdef __cplusplus
extern "C" {
#endif

/* Releases a message. Null is allowed. */
void gt_status_free(gt_status status);

#ifdef __cplusplus
}
#endif

#endif
