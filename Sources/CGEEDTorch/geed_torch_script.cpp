// SPDX-License-Identifier: MIT
#ifdef GEED_TORCH
#include "include/geed_torch_script.h"

#include "geed_torch_internal.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include <string>
#include <utility>

using namespace geed;

namespace {

using Outputs = std::vector<std::pair<std::string, at::Tensor>>;

torch::jit::Module &get(gt_script handle) {
  return *static_cast<torch::jit::Module *>(handle.impl);
}

Outputs &get(gt_script_outputs handle) { return *static_cast<Outputs *>(handle.impl); }

std::string joined(const std::string &prefix, const std::string &name) {
  return prefix.empty() ? name : prefix + "." + name;
}

void flatten(const c10::IValue &value, const std::string &name, Outputs &outputs) {
  if (value.isTensor()) {
    outputs.emplace_back(name.empty() ? "output" : name, value.toTensor());
  } else if (value.isNone()) {
    // An optional value that is not there.
  } else if (value.isTuple()) {
    const auto &elements = value.toTupleRef().elements();
    for (size_t i = 0; i < elements.size(); ++i) {
      flatten(elements[i], joined(name, std::to_string(i)), outputs);
    }
  } else if (value.isList()) {
    const auto elements = value.toListRef();
    for (size_t i = 0; i < elements.size(); ++i) {
      flatten(elements[i], joined(name, std::to_string(i)), outputs);
    }
  } else if (value.isGenericDict()) {
    for (const auto &entry : value.toGenericDict()) {
      TORCH_CHECK(entry.key().isString(), "an output dictionary has keys that are no text");
      flatten(entry.value(), joined(name, entry.key().toStringRef()), outputs);
    }
  } else {
    TORCH_CHECK(false, "the output '", name.empty() ? "output" : name, "' is ", value.tagKind(),
                ", not a tensor");
  }
}

}  // namespace

gt_status gt_script_load(gt_script *result, const char *path) {
  return guarded([&] {
    auto module = torch::jit::load(path, at::kCPU);
    module.eval();
    result->impl = new torch::jit::Module(std::move(module));
  });
}

void gt_script_free(gt_script script) { delete static_cast<torch::jit::Module *>(script.impl); }

gt_status gt_script_run(gt_script_outputs *result, gt_script script, gt_tensor input) {
  return guarded([&] {
    const at::NoGradGuard guard;
    Outputs outputs;
    flatten(get(script).forward({geed::get(input)}), "", outputs);
    TORCH_CHECK(!outputs.empty(), "the model returned no tensor");
    result->impl = new Outputs(std::move(outputs));
  });
}

void gt_script_outputs_free(gt_script_outputs outputs) {
  delete static_cast<Outputs *>(outputs.impl);
}

size_t gt_script_outputs_count(gt_script_outputs outputs) { return get(outputs).size(); }

const char *gt_script_outputs_name(gt_script_outputs outputs, size_t index) {
  return get(outputs)[index].first.c_str();
}

bool gt_script_outputs_is_whole(gt_script_outputs outputs, size_t index) {
  return at::isIntegralType(get(outputs)[index].second.scalar_type(), /*includeBool=*/true);
}

gt_tensor gt_script_outputs_tensor(gt_script_outputs outputs, size_t index) {
  return own(get(outputs)[index].second);
}
#endif
