// SPDX-License-Identifier: MIT
#ifdef GEED_TORCH
#include "geed_torch_backend.h"

// Compiled only if the headers of the CUDA build exist, and those of CUDA and NCCL that they
// include.
#if __has_include(<nccl.h>) && __has_include(<cuda_runtime_api.h>) && \
    __has_include(<cusparse.h>) && __has_include(<cublas_v2.h>) && __has_include(<cusolverDn.h>)
#define GEED_HAS_NCCL 1
#define USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#else
#define GEED_HAS_NCCL 0
#endif

namespace geed {

bool has_nccl() { return GEED_HAS_NCCL == 1; }

c10::intrusive_ptr<c10d::Backend> make_nccl(const c10::intrusive_ptr<c10d::Store> &store, int rank,
                                            int size, Milliseconds timeout, at::Device device) {
#if GEED_HAS_NCCL
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = timeout;
  auto backend = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options);
  backend->setBoundDeviceId(device);
  return backend;
#else
  TORCH_CHECK(false, "NCCL was not compiled in; it needs the CUDA build of libtorch");
#endif
}

}  // namespace geed
#endif
