// SPDX-License-Identifier: MIT
#ifdef GEED_TORCH
#include "include/geed_torch_gradient.h"

#include "geed_torch_internal.h"

using namespace geed;

bool gt_set_gradient_recording(bool recording) {
  const bool before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(recording);
  return before;
}

bool gt_is_recording_gradients(void) { return at::GradMode::is_enabled(); }

gt_status gt_tensor_set_requires_gradient(gt_tensor tensor, bool requires_gradient) {
  return guarded([&] {
    TORCH_CHECK(get(tensor).is_leaf(), "it was made by a recorded operation");
    get(tensor).set_requires_grad(requires_gradient);
  });
}

bool gt_tensor_requires_gradient(gt_tensor tensor) {
  return static_cast<at::Tensor *>(tensor.impl)->requires_grad();
}

gt_status gt_tensor_backward(gt_tensor tensor) {
  return guarded([&] { get(tensor).backward(); });
}

gt_status gt_tensor_gradient(gt_tensor *result, gt_tensor tensor) {
  return guarded([&] {
    result->impl = nullptr;
    // Results of operations keep no gradient, and libtorch would print a warning.
    if (!get(tensor).is_leaf()) return;
    const auto &gradient = get(tensor).grad();
    if (gradient.defined()) *result = own(gradient);
  });
}

gt_status gt_tensor_clear_gradients(const gt_tensor *tensors, size_t count) {
  return guarded([&] {
    for (size_t i = 0; i < count; ++i) get(tensors[i]).mutable_grad().reset();
  });
}

gt_status gt_tensor_detached(gt_tensor *result, gt_tensor tensor) {
  return making(result, [&] { return get(tensor).detach(); });
}

#endif
