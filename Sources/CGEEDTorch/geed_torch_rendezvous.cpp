// SPDX-License-Identifier: MIT
#ifdef GEED_TORCH
// libtorch's own client retries for up to three times the given timeout, and logs each failure with
// a stack trace. It is therefore called only if a listener accepts connections.
#include "include/geed_torch_distributed.h"

#include "geed_torch_internal.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

using namespace geed;

namespace {

using Clock = std::chrono::steady_clock;

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 1'000'000'000));
}

struct Socket {
  int descriptor;
  explicit Socket(const addrinfo &place)
      : descriptor(socket(place.ai_family, place.ai_socktype, place.ai_protocol)) {}
  ~Socket() {
    if (descriptor >= 0) close(descriptor);
  }
  Socket(const Socket &) = delete;
  Socket &operator=(const Socket &) = delete;
};

// Returns whether a listener accepts a connection at `place` before `deadline`.
bool connects(const addrinfo &place, Clock::time_point deadline) {
  const Socket socket(place);
  if (socket.descriptor < 0) return false;
  fcntl(socket.descriptor, F_SETFL, O_NONBLOCK);
  if (connect(socket.descriptor, place.ai_addr, place.ai_addrlen) == 0) return true;
  if (errno != EINPROGRESS) return false;
  pollfd waiting{socket.descriptor, POLLOUT, 0};
  // A host that is switched off does not respond at all; another of its addresses may.
  if (poll(&waiting, 1, std::min(milliseconds_until(deadline), 5000)) <= 0) return false;
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(socket.descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

// Returns whether a listener accepts a connection at one of the addresses of the name. A name that
// is not known yet, such as that of a host that is starting, counts as one without a listener.
bool connects(const char *address, uint16_t port, Clock::time_point deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo *places = nullptr;
  if (getaddrinfo(address, std::to_string(port).c_str(), &hints, &places) != 0) return false;
  bool found = false;
  for (auto *place = places; place != nullptr && !found; place = place->ai_next) {
    found = connects(*place, deadline);
  }
  freeaddrinfo(places);
  return found;
}

}  // namespace

gt_status gt_wait_for_listener(bool *result, const char *address, uint16_t port,
                               int64_t milliseconds) {
  return guarded([&] {
    const auto deadline = Clock::now() + std::chrono::milliseconds(milliseconds);
    while (true) {
      if (connects(address, port, deadline)) {
        *result = true;
        return;
      }
      const int left = milliseconds_until(deadline);
      if (left == 0) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(std::min(left, 200)));
    }
    *result = false;
  });
}
#endif
