// SPDX-License-Identifier: MIT
// Only pointers to these types are used; see ../context.h.
#pragma once

namespace gloo::transport {

class Device;
class UnboundBuffer;

}  // namespace gloo::transport
