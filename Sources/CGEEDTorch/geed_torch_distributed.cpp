// SPDX-License-Identifier: MIT
#ifdef GEED_TORCH
#include "include/geed_torch_distributed.h"

#include "geed_torch_backend.h"
#include "geed_torch_internal.h"

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

using namespace geed;

namespace {

struct ProcessGroup {
  // Declared before its users, so that it outlives them.
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<c10d::Backend> backend;
  at::Device device;
};

ProcessGroup &get(gt_process_group handle) {
  TORCH_CHECK(handle.impl != nullptr, "expected a group of processes, but got none");
  return *static_cast<ProcessGroup *>(handle.impl);
}

using Work = c10::intrusive_ptr<c10d::Work>;

// Each of many small exchanges waits for the network; one large exchange waits for its last tensor.
// PyTorch's DDP also splits at 25 MB.
constexpr size_t bucket_bytes = 25 << 20;

// Tensors concatenated to one row, which is exchanged as a whole.
struct Bucket {
  std::vector<at::Tensor> tensors;
  at::Tensor row;
  Work work;
};

// Tensors of one type on one device go into one bucket, as many as fit.
std::vector<Bucket> buckets_of(const std::vector<at::Tensor> &tensors) {
  std::vector<Bucket> buckets;
  size_t bytes = 0;
  for (const auto &tensor : tensors) {
    const bool fits = !buckets.empty() && bytes + tensor.nbytes() <= bucket_bytes &&
                      buckets.back().tensors.front().dtype() == tensor.dtype() &&
                      buckets.back().tensors.front().device() == tensor.device();
    if (!fits) {
      buckets.emplace_back();
      bytes = 0;
    }
    buckets.back().tensors.push_back(tensor);
    bytes += tensor.nbytes();
  }
  for (auto &bucket : buckets) {
    std::vector<at::Tensor> pieces;
    for (const auto &tensor : bucket.tensors) pieces.push_back(tensor.reshape(-1));
    bucket.row = at::cat(pieces);
  }
  return buckets;
}

// Returns the parts of the row, in the shapes of the tensors.
std::vector<at::Tensor> pieces_of(const Bucket &bucket) {
  std::vector<at::Tensor> pieces;
  int64_t start = 0;
  for (const auto &tensor : bucket.tensors) {
    pieces.push_back(bucket.row.narrow(0, start, tensor.numel()).view(tensor.sizes()));
    start += tensor.numel();
  }
  return pieces;
}

// Exchanges all buckets concurrently, and returns the result for every tensor, in order.
template <typename Start>
std::vector<at::Tensor> exchanged(const std::vector<at::Tensor> &tensors, Start &&start) {
  auto buckets = buckets_of(tensors);
  for (auto &bucket : buckets) {
    std::vector<at::Tensor> row{bucket.row};
    bucket.work = start(row);
  }
  std::vector<at::Tensor> results;
  for (auto &bucket : buckets) {
    bucket.work->wait();
    for (auto &piece : pieces_of(bucket)) results.push_back(std::move(piece));
  }
  return results;
}

// Sums over all processes. Divides first, so that half precision does not overflow.
std::vector<at::Tensor> summed(ProcessGroup &group, const std::vector<at::Tensor> &tensors,
                               double divisor) {
  return exchanged(tensors, [&](std::vector<at::Tensor> &row) {
    if (divisor != 1) row.front().div_(divisor);
    return group.backend->allreduce(row);
  });
}

bool agrees(ProcessGroup &group, int64_t value) {
  // All values are equal if the largest is also the smallest.
  std::vector<at::Tensor> row{at::tensor({value, -value}, at::kLong).to(group.device)};
  c10d::AllreduceOptions options;
  options.reduceOp = c10d::ReduceOp::MAX;
  group.backend->allreduce(row, options)->wait();
  const auto largest = row.front().cpu();
  return largest[0].item<int64_t>() == -largest[1].item<int64_t>();
}

c10::intrusive_ptr<c10d::Store> make_store(const gt_process_group_settings &settings) {
  c10d::TCPStoreOptions options;
  options.port = settings.port;
  options.isServer = settings.is_host;
  options.numWorkers = static_cast<size_t>(settings.size);
  options.timeout = Milliseconds(settings.join_timeout);
  options.multiTenant = true;  // A second group may meet where the first one did.
  return c10::make_intrusive<c10d::TCPStore>(settings.address, options);
}

// Returns the entries of this group alone. A store that the launcher keeps may also hold entries of
// an earlier attempt, and of other groups of the same processes, which have counted up to a
// multiple of `size`.
c10::intrusive_ptr<c10d::Store> entries_of(const gt_process_group_settings &settings,
                                           const c10::intrusive_ptr<c10d::Store> &store) {
  const auto attempt = c10::make_intrusive<c10d::PrefixStore>(
      c10::str("geed/", settings.attempt, "/", settings.size), store);
  const auto generation = (attempt->add("joined", 1) - 1) / settings.size;
  return c10::make_intrusive<c10d::PrefixStore>(c10::str(generation), attempt);
}

}  // namespace

bool gt_has_nccl(void) { return has_nccl(); }

gt_status gt_process_group_make(gt_process_group *result, gt_process_group_settings settings) {
  return guarded([&] {
    auto store = entries_of(settings, make_store(settings));
    const Milliseconds timeout(settings.timeout);
    const auto device = device_of(settings.device);
    auto backend = settings.backend == GT_NCCL
                       ? make_nccl(store, settings.rank, settings.size, timeout, device)
                       : make_gloo(store, settings.rank, settings.size, timeout);
    auto group = std::make_unique<ProcessGroup>(
        ProcessGroup{std::move(store), std::move(backend), device});
    // From here on no process needs the host's store any more, which ends with its process.
    agrees(*group, 0);
    result->impl = group.release();
  });
}

void gt_process_group_free(gt_process_group group) {
  delete static_cast<ProcessGroup *>(group.impl);
}

gt_status gt_process_group_barrier(gt_process_group group) {
  return guarded([&] { agrees(get(group), 0); });
}

gt_status gt_process_group_agrees(bool *result, gt_process_group group, int64_t value) {
  return guarded([&] { *result = agrees(get(group), value); });
}

gt_status gt_process_group_broadcast(gt_process_group group, const gt_tensor *tensors,
                                     size_t count, int32_t root) {
  return guarded([&] {
    at::AutoGradMode recording(false);
    const auto targets = get_all(tensors, count);
    const auto results = exchanged(targets, [&](std::vector<at::Tensor> &row) {
      c10d::BroadcastOptions options;
      options.rootRank = root;
      return get(group).backend->broadcast(row, options);
    });
    for (size_t i = 0; i < count; ++i) targets[i].copy_(results[i]);
  });
}

gt_status gt_process_group_sum(gt_process_group group, const gt_tensor *tensors, size_t count,
                               double divisor) {
  return guarded([&] {
    at::AutoGradMode recording(false);
    const auto targets = get_all(tensors, count);
    const auto results = summed(get(group), targets, divisor);
    for (size_t i = 0; i < count; ++i) targets[i].copy_(results[i]);
  });
}

gt_status gt_process_group_average_gradients(gt_process_group group, const gt_tensor *tensors,
                                             size_t count) {
  return guarded([&] {
    if (count == 0) return;
    at::AutoGradMode recording(false);
    const auto parameters = get_all(tensors, count);
    // The presence of each gradient is exchanged as well, so that the rows have the same length in
    // all processes.
    std::vector<at::Tensor> gradients;
    std::vector<float> present;
    for (const auto &parameter : parameters) {
      const auto &gradient = parameter.grad();
      present.push_back(gradient.defined() ? 1 : 0);
      gradients.push_back(gradient.defined() ? gradient : at::zeros_like(parameter));
    }
    gradients.push_back(at::tensor(present).to(get(group).device));
    const auto means = summed(get(group), gradients, get(group).backend->getSize());
    const bool is_complete = std::find(present.begin(), present.end(), 0) == present.end();
    const auto shares = is_complete ? at::Tensor() : means.back().cpu();
    for (size_t i = 0; i < count; ++i) {
      if (present[i] == 1) {
        gradients[i].copy_(means[i]);
      } else if (shares[static_cast<int64_t>(i)].item<float>() > 0) {
        parameters[i].mutable_grad() = gradients[i].copy_(means[i]);
      }
    }
  });
}
#endif
