// SPDX-License-Identifier: MIT
// The declarations of Gloo that libtorch's ProcessGroupGloo.hpp refers to.
//
// libtorch contains Gloo and ships its own header for it, but not Gloo's headers. It keeps all of
// Gloo behind pointers, so declarations suffice: sizes, tables of virtual functions and all code
// that runs are those inside libtorch. Nothing declared in this folder may be instantiated,
// inherited from or called here.
#pragma once

#include <chrono>

namespace gloo {

class Context {
 public:
  void setTimeout(std::chrono::milliseconds timeout);
};

}  // namespace gloo
