// SPDX-License-Identifier: MIT
#ifdef GEED_TORCH
#include "include/geed_torch_tensor.h"

#include "geed_torch_internal.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <c10/core/DeviceGuard.h>
#include <torch/version.h>

using namespace geed;

namespace geed {

at::ScalarType scalar_type(gt_dtype dtype) {
  switch (dtype) {
    case GT_FLOAT32: return at::kFloat;
    case GT_FLOAT64: return at::kDouble;
    case GT_FLOAT16: return at::kHalf;
    case GT_BFLOAT16: return at::kBFloat16;
    case GT_INT64: return at::kLong;
    case GT_BOOL: return at::kBool;
  }
  TORCH_CHECK(false, "unknown dtype ", static_cast<int>(dtype));
}

at::Device device_of(gt_device device) {
  const auto index = static_cast<c10::DeviceIndex>(device.index);
  TORCH_CHECK(index == device.index, "there is no device number ", device.index);
  switch (device.kind) {
    case GT_CPU: return at::Device(at::kCPU);
    case GT_CUDA: return at::Device(at::kCUDA, index);
    case GT_MPS: return at::Device(at::kMPS, index);
  }
  TORCH_CHECK(false, "unknown device ", static_cast<int>(device.kind));
}

}  // namespace geed

namespace {

// Disables the recording of operations for a scope, so that leaf tensors with gradients can be
// changed.
struct WithoutRecording {
  at::AutoGradMode mode{false};
};

int64_t cuda_device_count() noexcept {
  try {
    return static_cast<int64_t>(at::getNumGPUs());
  } catch (...) {
    return 0;  // A driver that cannot say how many there are can use none.
  }
}

at::TensorOptions options(gt_dtype dtype, gt_device device) {
  return at::TensorOptions().dtype(scalar_type(dtype)).device(device_of(device));
}

}  // namespace

void gt_status_free(gt_status status) { std::free(status.message); }

gt_status gt_tensor_from_host(gt_tensor *result, const void *scalars, size_t byte_count,
                              gt_dtype dtype, const int64_t *shape, size_t rank, gt_device device) {
  return making(result, [&] {
    auto tensor = at::empty({shape, rank}, options(dtype, {GT_CPU, -1}));
    TORCH_CHECK(tensor.nbytes() == byte_count, "expected ", tensor.nbytes(), " bytes, but got ",
                byte_count);
    std::memcpy(tensor.data_ptr(), scalars, byte_count);
    return tensor.to(device_of(device));
  });
}

gt_status gt_tensor_to_host(gt_tensor tensor, gt_dtype dtype, void *scalars, size_t byte_count) {
  return guarded([&] {
    WithoutRecording scope;
    const auto host = get(tensor).to(at::kCPU, scalar_type(dtype)).contiguous();
    TORCH_CHECK(host.nbytes() == byte_count, "expected room for ", host.nbytes(),
                " bytes, but got ", byte_count);
    std::memcpy(scalars, host.data_ptr(), byte_count);
  });
}

gt_status gt_tensor_full(gt_tensor *result, double value, gt_dtype dtype, const int64_t *shape,
                         size_t rank, gt_device device) {
  return making(result, [&] { return at::full({shape, rank}, value, options(dtype, device)); });
}

gt_status gt_tensor_zeros_like(gt_tensor *result, gt_tensor tensor) {
  return making(result, [&] { return at::zeros_like(get(tensor).detach()); });
}

void gt_tensor_free(gt_tensor tensor) { delete static_cast<at::Tensor *>(tensor.impl); }

size_t gt_tensor_rank(gt_tensor tensor) {
  return static_cast<size_t>(static_cast<at::Tensor *>(tensor.impl)->dim());
}

void gt_tensor_shape(gt_tensor tensor, int64_t *shape) {
  const auto sizes = static_cast<at::Tensor *>(tensor.impl)->sizes();
  std::copy(sizes.begin(), sizes.end(), shape);
}

gt_status gt_tensor_dtype(gt_tensor tensor, gt_dtype *dtype) {
  return guarded([&] {
    switch (get(tensor).scalar_type()) {
      case at::kFloat: *dtype = GT_FLOAT32; break;
      case at::kDouble: *dtype = GT_FLOAT64; break;
      case at::kHalf: *dtype = GT_FLOAT16; break;
      case at::kBFloat16: *dtype = GT_BFLOAT16; break;
      case at::kLong: *dtype = GT_INT64; break;
      case at::kBool: *dtype = GT_BOOL; break;
      default: TORCH_CHECK(false, "scalars of type ", get(tensor).scalar_type());
    }
  });
}

gt_status gt_tensor_device(gt_tensor tensor, gt_device *device) {
  return guarded([&] {
    const auto found = get(tensor).device();
    TORCH_CHECK(found.is_cpu() || found.is_cuda() || found.is_mps(), "a tensor on ", found);
    device->kind = found.is_cpu() ? GT_CPU : found.is_cuda() ? GT_CUDA : GT_MPS;
    device->index = found.is_cpu() ? -1 : found.index();
  });
}

bool gt_tensor_is_channels_last(gt_tensor tensor) {
  const auto &t = *static_cast<at::Tensor *>(tensor.impl);
  return t.suggest_memory_format() == at::MemoryFormat::ChannelsLast;
}

int64_t gt_tensor_version(gt_tensor tensor) {
  return static_cast<at::Tensor *>(tensor.impl)->_version();
}

gt_status gt_tensor_to(gt_tensor *result, gt_tensor tensor, gt_dtype dtype, gt_device device) {
  return making(result, [&] { return get(tensor).to(device_of(device), scalar_type(dtype)); });
}

gt_status gt_tensor_with_format(gt_tensor *result, gt_tensor tensor, gt_memory_format format) {
  return making(result, [&] {
    const auto order = format == GT_CHANNELS_LAST ? at::MemoryFormat::ChannelsLast
                                                  : at::MemoryFormat::Contiguous;
    /* One channel has both orders at once, and its strides say which one operations keep. `to` changes
       strides, `contiguous` does what `to` leaves undone for views. */
    const auto &x = get(tensor);
    return x.to(x.scalar_type(), /*non_blocking=*/false, /*copy=*/false, order).contiguous(order);
  });
}

gt_status gt_tensor_clone(gt_tensor *result, gt_tensor tensor) {
  return making(result, [&] { return get(tensor).detach().clone(); });
}

gt_status gt_tensor_assign(gt_tensor tensor, gt_tensor source) {
  return guarded([&] {
    WithoutRecording scope;
    TORCH_CHECK(get(tensor).sizes() == get(source).sizes(), "expected shape ", get(tensor).sizes(),
                ", but got ", get(source).sizes());
    get(tensor).copy_(get(source));
  });
}

gt_status gt_generator_make(gt_generator *result, uint64_t seed, gt_device device) {
  return guarded([&] {
    const auto where = device_of(device);
    auto generator = where.is_cpu() ? at::detail::createCPUGenerator(seed)
                                    : at::globalContext().defaultGenerator(where).clone();
    generator.set_current_seed(seed);
    result->impl = new at::Generator(std::move(generator));
  });
}

void gt_generator_free(gt_generator generator) {
  delete static_cast<at::Generator *>(generator.impl);
}

gt_status gt_generator_state_size(gt_generator generator, size_t *byte_count) {
  return guarded([&] { *byte_count = get(generator).get_state().nbytes(); });
}

gt_status gt_generator_save(gt_generator generator, uint8_t *state, size_t byte_count) {
  return guarded([&] {
    const auto bytes = get(generator).get_state();
    TORCH_CHECK(bytes.nbytes() == byte_count, "expected room for ", bytes.nbytes(),
                " bytes, but got ", byte_count);
    std::memcpy(state, bytes.data_ptr(), byte_count);
  });
}

gt_status gt_generator_restore(gt_generator generator, const uint8_t *state, size_t byte_count) {
  return guarded([&] {
    auto bytes = at::empty({static_cast<int64_t>(byte_count)}, at::kByte);
    std::memcpy(bytes.data_ptr(), state, byte_count);
    get(generator).set_state(bytes);
  });
}

gt_status gt_tensor_uniform(gt_tensor *result, double low, double high, gt_dtype dtype,
                            const int64_t *shape, size_t rank, gt_generator generator) {
  return making(result, [&] {
    const auto options = at::TensorOptions().dtype(scalar_type(dtype));
    auto &stream = get(generator);
    return at::empty({shape, rank}, options.device(stream.device())).uniform_(low, high, stream);
  });
}

gt_status gt_tensor_normal(gt_tensor *result, double mean, double deviation, gt_dtype dtype,
                           const int64_t *shape, size_t rank, gt_generator generator) {
  return making(result, [&] {
    const auto options = at::TensorOptions().dtype(scalar_type(dtype));
    auto &stream = get(generator);
    return at::empty({shape, rank}, options.device(stream.device()))
        .normal_(mean, deviation, stream);
  });
}

const char *gt_version(void) { return TORCH_VERSION; }

bool gt_device_is_available(gt_device device) {
  switch (device.kind) {
    case GT_CPU: return true;
    case GT_CUDA: return device.index >= 0 && device.index < cuda_device_count();
    case GT_MPS: return at::hasMPS();
  }
  return false;
}

void gt_set_thread_count(int32_t count) { at::set_num_threads(count); }

int32_t gt_thread_count(void) { return at::get_num_threads(); }

#endif
