/* SPDX-License-Identifier: MIT */
#ifndef GEED_TORCH_OPTIMIZER_H
#define GEED_TORCH_OPTIMIZER_H

#include "geed_torch_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One step of gradient descent, in place, by libtorch's fused kernels. Every list has `count`
 * tensors, all of one type and on one device; those of parameters without a gradient must be left
 * out by the caller. What belongs to one parameter has its shape and its order in memory, as
 * gt_tensor_zeros_like gives them; gradients may have another order. */

typedef struct gt_sgd_settings {
  double rate;
  double momentum;
  double weight_decay;
  bool nesterov;
} gt_sgd_settings;

/* `momentums` start as zeros, and may be null where the momentum is 0. */
gt_status gt_sgd_step(const gt_tensor *parameters, const gt_tensor *gradients,
                      const gt_tensor *momentums, size_t count, gt_sgd_settings settings);

typedef struct gt_adam_settings {
  double rate;
  double beta1;
  double beta2;
  double epsilon;
  double weight_decay;
  bool is_decoupled; /* AdamW */
} gt_adam_settings;

/* All states start as zeros. `steps` are tensors of one float32 each, counted up by the call. */
gt_status gt_adam_step(const gt_tensor *parameters, const gt_tensor *gradients,
                       const gt_tensor *averages, const gt_tensor *squared_averages,
                       const gt_tensor *steps, size_t count, gt_adam_settings settings);

/* Writes the Euclidean norm of all gradients together, a single number, and scales them in place so
 * that it is `limit` at most. `count` must not be 0. */
gt_status gt_clip_gradients(gt_tensor *norm, const gt_tensor *gradients, size_t count,
                            double limit);

#ifdef __cplusplus
}
#endif

#endif
