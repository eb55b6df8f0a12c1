// SPDX-License-Identifier: MIT
// Conversions between handles and objects, and from exceptions to statuses.
#pragma once

#include "include/geed_torch_tensor.h"

#if !__has_include(<ATen/ATen.h>)
#error "libtorch is missing. Run Scripts/setup.sh and source Scripts/environment.sh, or build with --disable-default-traits."
#endif
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <vector>

namespace geed {

inline gt_tensor own(at::Tensor tensor) { return {new at::Tensor(std::move(tensor))}; }

inline at::Tensor &get(gt_tensor handle) {
  TORCH_CHECK(handle.impl != nullptr, "expected a tensor, but got none");
  return *static_cast<at::Tensor *>(handle.impl);
}

// Returns an undefined tensor if the handle is null, as libtorch expects for optional arguments.
inline at::Tensor get_or_undefined(gt_tensor handle) {
  return handle.impl == nullptr ? at::Tensor() : *static_cast<at::Tensor *>(handle.impl);
}

inline std::optional<at::Tensor> get_optional(gt_tensor handle) {
  if (handle.impl == nullptr) return std::nullopt;
  return *static_cast<at::Tensor *>(handle.impl);
}

inline at::Generator &get(gt_generator handle) {
  TORCH_CHECK(handle.impl != nullptr, "expected a generator, but got none");
  return *static_cast<at::Generator *>(handle.impl);
}

inline std::vector<at::Tensor> get_all(const gt_tensor *handles, size_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (size_t i = 0; i < count; ++i) tensors.push_back(get(handles[i]));
  return tensors;
}

at::ScalarType scalar_type(gt_dtype dtype);
at::Device device_of(gt_device device);

// Returns a status with a copy of the message, which the caller of the shim frees. Never null.
inline gt_status failed(const char *message) noexcept {
  char *copy = strdup(message);
  if (copy == nullptr) std::abort();  // Not even the report of what failed fits into memory.
  return {copy};
}

// Runs `body`, and prevents exceptions of any kind from crossing into C.
template <typename Body>
gt_status guarded(Body &&body) noexcept {
  try {
    body();
    return {nullptr};
  } catch (const c10::Error &error) {
    return failed(error.what_without_backtrace());
  } catch (const std::exception &error) {
    return failed(error.what());
  } catch (...) {
    return failed("an exception of unknown type");
  }
}

// Like `guarded`, for a body that returns the tensor to be written to `result`.
template <typename Body>
gt_status making(gt_tensor *result, Body &&body) noexcept {
  return guarded([&] { *result = own(body()); });
}

}  // namespace geed
