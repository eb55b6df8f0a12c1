/* SPDX-License-Identifier: MIT */
#ifndef GEED_TORCH_SCRIPT_H
#define GEED_TORCH_SCRIPT_H

#include "geed_torch_tensor.h"

/* An owned TorchScript module in evaluation mode. */
typedef struct gt_script {
  void *impl;
} gt_script;

/* The owned tensors that one run of a module returned, with their names. */
typedef struct gt_script_outputs {
  void *impl;
} gt_script_outputs;

#ifdef __cplusplus
extern "C" {
#endif

/* Reads a file that torch.jit.save wrote. */
gt_status gt_script_load(gt_script *result, const char *path);
void gt_script_free(gt_script script);

/* Calls `forward` with one tensor. The values of tuples, lists and dictionaries are flattened; their
 * names are positions or keys, joined by dots, and the name of a single tensor is "output". An error
 * names a value that is no tensor. */
gt_status gt_script_run(gt_script_outputs *result, gt_script script, gt_tensor input);
void gt_script_outputs_free(gt_script_outputs outputs);
size_t gt_script_outputs_count(gt_script_outputs outputs);
const char *gt_script_outputs_name(gt_script_outputs outputs, size_t index);
/* Whether an output has integers or truth values. */
bool gt_script_outputs_is_whole(gt_script_outputs outputs, size_t index);
/* A new reference to an output. */
gt_tensor gt_script_outputs_tensor(gt_script_outputs outputs, size_t index);

#ifdef __cplusplus
}
#endif

#endif
