/* SPDX-License-Identifier: MIT */
#ifndef GEED_TORCH_GRADIENT_H
#define GEED_TORCH_GRADIENT_H

#include "geed_torch_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sets whether operations on this thread are recorded for gradients; returns the old setting. */
bool gt_set_gradient_recording(bool recording);
bool gt_is_recording_gradients(void);
gt_status gt_tensor_set_requires_gradient(gt_tensor tensor, bool requires_gradient);
bool gt_tensor_requires_gradient(gt_tensor tensor);
/* Adds d tensor / d leaf to the gradient of every leaf that `tensor`, of one scalar, depends on. */
gt_status gt_tensor_backward(gt_tensor tensor);
/* The gradient collected so far, or no tensor. */
gt_status gt_tensor_gradient(gt_tensor *result, gt_tensor tensor);
gt_status gt_tensor_clear_gradients(const gt_tensor *tensors, size_t count);
/* The same numbers without their record. Shares memory. */
gt_status gt_tensor_detached(gt_tensor *result, gt_tensor tensor);

#ifdef __cplusplus
}
#endif

#endif
