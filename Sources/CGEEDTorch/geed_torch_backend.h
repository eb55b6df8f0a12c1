// SPDX-License-Identifier: MIT
// Creation of libtorch's communication backends: the only part that differs between Gloo and NCCL.
#pragma once

#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include <chrono>

namespace geed {

using Milliseconds = std::chrono::milliseconds;

c10::intrusive_ptr<c10d::Backend> make_gloo(const c10::intrusive_ptr<c10d::Store> &store, int rank,
                                            int size, Milliseconds timeout);

bool has_nccl();
// Throws if `has_nccl` is false.
c10::intrusive_ptr<c10d::Backend> make_nccl(const c10::intrusive_ptr<c10d::Store> &store, int rank,
                                            int size, Milliseconds timeout, at::Device device);

}  // namespace geed
