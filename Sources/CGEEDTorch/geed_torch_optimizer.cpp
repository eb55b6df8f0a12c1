// SPDX-License-Identifier: MIT
#ifdef GEED_TORCH
#include "include/geed_torch_optimizer.h"

#include "geed_torch_internal.h"

using namespace geed;

namespace {

// The fused kernels do not count as changes in place, but what is made of weights and kept goes by them.
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
    auto slopes = get_all(gradients, count);
    auto buffers = momentums == nullptr ? std::vector<at::Tensor>() : get_all(momentums, count);
    at::_fused_sgd_(weights, slopes, buffers, settings.weight_decay, settings.momentum,
                    settings.rate, /*dampening=*/0, settings.nesterov, /*maximize=*/false,
                    settings.is_first_step);
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
    auto slopes = get_all(gradients, count);
    auto means = get_all(averages, count);
    auto squares = get_all(squared_averages, count);
    auto counts = get_all(steps, count);
    // The kernels read the number of the step that they make.
    for (auto &step : counts) step.add_(1);
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

#endif
