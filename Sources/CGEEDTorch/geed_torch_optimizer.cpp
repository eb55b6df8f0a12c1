// SPDX-License-Identifier: MIT
#ifdef GEED_TORCH
#include "include/geed_torch_optimizer.h"

#include "geed_torch_internal.h"

using namespace geed;

namespace {

// The kernels traverse memory without regard to strides, so all tensors of one parameter must have
// the same memory order.
std::vector<at::Tensor> in_order_of(const std::vector<at::Tensor> &weights,
                                    const gt_tensor *gradients) {
  auto slopes = get_all(gradients, weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    TORCH_CHECK(slopes[i].sizes() == weights[i].sizes(), "expected a gradient of shape ",
                weights[i].sizes(), ", but got ", slopes[i].sizes());
    if (slopes[i].strides() != weights[i].strides()) {
      slopes[i] = at::empty_like(weights[i]).copy_(slopes[i]);
    }
  }
  return slopes;
}

// The fused kernels do not count as changes in place, but cached tensors derived from weights
// depend on the count.
void count_changes(const std::vector<at::Tensor> &tensors) {
  for (const auto &tensor : tensors) tensor.unsafeGetTensorImpl()->bump_version();
}

}  // namespace

gt_status gt_sgd_step(const gt_tensor *parameters, const gt_tensor *gradients,
                      const gt_tensor *momentums, size_t count, gt_sgd_settings settings) {
  return guarded([&] {
    if (count == 0) return;
    at::AutoGradMode recording(false);
    auto weights = get_all(parameters, count);
    auto slopes = in_order_of(weights, gradients);
    auto buffers = momentums == nullptr ? std::vector<at::Tensor>() : get_all(momentums, count);
    // Buffers of zeros make the first step equal to PyTorch's: 0 * momentum + gradient.
    at::_fused_sgd_(weights, slopes, buffers, settings.weight_decay, settings.momentum,
                    settings.rate, /*dampening=*/0, settings.nesterov, /*maximize=*/false,
                    /*is_first_step=*/false);
    count_changes(weights);
  });
}

gt_status gt_adam_step(const gt_tensor *parameters, const gt_tensor *gradients,
                       const gt_tensor *averages, const gt_tensor *squared_averages,
                       const gt_tensor *steps, size_t count, gt_adam_settings settings) {
  return guarded([&] {
    if (count == 0) return;
    at::AutoGradMode recording(false);
    auto weights = get_all(parameters, count);
    auto slopes = in_order_of(weights, gradients);
    auto means = get_all(averages, count);
    auto squares = get_all(squared_averages, count);
    auto counts = get_all(steps, count);
    // The kernels read the number of the current step.
    at::_foreach_add_(counts, 1);
    if (settings.is_decoupled) {
      at::_fused_adamw_(weights, slopes, means, squares, {}, counts, settings.rate, settings.beta1,
                        settings.beta2, settings.weight_decay, settings.epsilon,
                        /*amsgrad=*/false, /*maximize=*/false);
    } else {
      at::_fused_adam_(weights, slopes, means, squares, {}, counts, settings.rate, settings.beta1,
                       settings.beta2, settings.weight_decay, settings.epsilon,
                       /*amsgrad=*/false, /*maximize=*/false);
    }
    count_changes(weights);
  });
}

gt_status gt_clip_gradients(gt_tensor *norm, const gt_tensor *gradients, size_t count,
                            double limit) {
  return making(norm, [&] {
    at::AutoGradMode recording(false);
    auto slopes = get_all(gradients, count);
    const auto total = at::linalg_vector_norm(at::stack(at::_foreach_norm(slopes)));
    // Like PyTorch's `clip_grad_norm_`: there is no branch, so that no device is waited for.
    at::_foreach_mul_(slopes, at::clamp_max(limit / (total + 1e-6), 1));
    return total;
  });
}

#endif
