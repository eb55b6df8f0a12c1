// SPDX-License-Identifier: MIT
// The part of Gloo that libtorch's ProcessGroupGloo.hpp mentions.
//
// libtorch has Gloo inside and ships its own header of it, but not Gloo's. It keeps all of Gloo behind
// pointers, so declarations are enough: sizes, tables of virtual functions and all code that runs are
// those inside libtorch. Nothing declared in this folder may be made, inherited from or called here.
#pragma once

#include <chrono>

namespace gloo {

class Context {
 public:
  void setTimeout(std::chrono::milliseconds timeout);
};

}  // namespace gloo
