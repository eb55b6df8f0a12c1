// SPDX-License-Identifier: MIT
#ifdef GEED_TORCH
// The folder `declarations` explains how this compiles without Gloo's headers, which no wheel has.
#include "geed_torch_backend.h"

#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

namespace geed {

c10::intrusive_ptr<c10d::Backend> make_gloo(const c10::intrusive_ptr<c10d::Store> &store, int rank,
                                            int size, Milliseconds timeout) {
  // The default options read GLOO_SOCKET_IFNAME.
  auto options = c10d::ProcessGroupGloo::Options::create_default(timeout);
  return c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
}

}  // namespace geed
#endif
