// SPDX-License-Identifier: MIT
// Nothing from this header is needed; see ../context.h.
#pragma once
