// SPDX-License-Identifier: MIT
// Only pointers to these are seen; see ../context.h.
#pragma once

namespace gloo::transport {

class Device;
class UnboundBuffer;

}  // namespace gloo::transport
