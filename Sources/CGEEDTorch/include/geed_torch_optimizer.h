/* SPDX-License-Identifier: MIT */
#ifndef GEED_TORCH_OPTIMIZER_H
#define GEED_TORCH_OPTIMIZER_H

#include "geed_torch_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One step of gradient descent, in place, by libtorch's fused kernels. Every list has `count`
 * tensors, all of one type and on one device; the caller must leave out those of parameters without
 * a gradient. All tensors of one parameter have its shape and its memory order, as returned by
 * gt_tensor_zeros_like; gradients may have another order. */

typedef struct gt_sgd_settings {
  double rate;
  double momentum;
  double weight_decay;
  bool nesterov;
} gt_sgd_settings;

/* `momentums` start as zeros, and may be null if the momentum is 0. */
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

/* All states start as zeros. `steps` are tensors of one float32 each, which the call increments. */
gt_status gt_adam_step(const gt_tensor *parameters, const gt_tensor *gradients,
                       const gt_tensor *averages, const gt_tensor *squared_averages,
                       const gt_tensor *steps, size_t count, gt_adam_settings settings);

/* Writes the joint Euclidean norm of all gradients, a single number, and scales the gradients in
 * place so that it is at most `limit`. `count` must not be 0. */
gt_status gt_clip_gradients(gt_tensor *norm, const gt_tensor *gradients, size_t count,
                            double limit);

#ifdef __cplusplus
}
#endif

#endif
