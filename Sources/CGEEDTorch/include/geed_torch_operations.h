/* SPDX-License-Identifier: MIT */
#ifndef GEED_TORCH_OPERATIONS_H
#define GEED_TORCH_OPERATIONS_H

#include "geed_torch_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Elementwise arithmetic; shapes are broadcast from the last axis on. */
gt_status gt_add(gt_tensor *result, gt_tensor a, gt_tensor b);
gt_status gt_subtract(gt_tensor *result, gt_tensor a, gt_tensor b);
gt_status gt_multiply(gt_tensor *result, gt_tensor a, gt_tensor b);
gt_status gt_divide(gt_tensor *result, gt_tensor a, gt_tensor b);
/* scale * input + offset */
gt_status gt_affine(gt_tensor *result, gt_tensor input, double scale, double offset);
gt_status gt_relu(gt_tensor *result, gt_tensor input);
gt_status gt_relu6(gt_tensor *result, gt_tensor input);
gt_status gt_elu(gt_tensor *result, gt_tensor input);
gt_status gt_gelu(gt_tensor *result, gt_tensor input);
gt_status gt_hardswish(gt_tensor *result, gt_tensor input);
gt_status gt_sqrt(gt_tensor *result, gt_tensor input);

/* input [..., I], weight [O, I], bias [O] or none: [..., O] */
gt_status gt_linear(gt_tensor *result, gt_tensor input, gt_tensor weight, gt_tensor bias);
/* a [..., M, K], b [..., K, N]: [..., M, N] */
gt_status gt_matmul(gt_tensor *result, gt_tensor a, gt_tensor b);
/* The numbers of zeros on the sides of a grid. */
typedef struct {
  int64_t top, left, bottom, right;
} gt_padding;

/* Cross-correlation with zero padding. input [N, C, H, W], weight [K, C / groups, R, S], bias [K] or
 * none: [N, K, H', W']. */
gt_status gt_conv2d(gt_tensor *result, gt_tensor input, gt_tensor weight, gt_tensor bias,
                    int64_t stride, gt_padding padding, int64_t dilation, int64_t groups);

/* input [N, C, ...], all others [C] or none. In training the statistics are those of the batch, and
 * `mean` and `variance` move towards them in place. */
gt_status gt_batch_norm(gt_tensor *result, gt_tensor input, gt_tensor weight, gt_tensor bias,
                        gt_tensor mean, gt_tensor variance, bool training, double momentum,
                        double epsilon);
/* input [N, C, ...], weight and bias [C] or none. */
gt_status gt_group_norm(gt_tensor *result, gt_tensor input, int64_t group_count, gt_tensor weight,
                        gt_tensor bias, double epsilon);

/* input [N, C, H, W]: [N, C, H', W'] */
gt_status gt_max_pool2d(gt_tensor *result, gt_tensor input, int64_t size, int64_t stride,
                        int64_t padding, bool keeps_remainder);
gt_status gt_average_pool2d(gt_tensor *result, gt_tensor input, int64_t size, int64_t stride,
                            int64_t padding, bool counts_padding);
gt_status gt_adaptive_average_pool2d(gt_tensor *result, gt_tensor input, int64_t height,
                                     int64_t width);

/* Over some axes, or over all if `count` is 0. */
gt_status gt_mean(gt_tensor *result, gt_tensor input, const int64_t *axes, size_t count, bool keep);
gt_status gt_sum(gt_tensor *result, gt_tensor input, const int64_t *axes, size_t count, bool keep);
gt_status gt_maximum(gt_tensor *result, gt_tensor input, const int64_t *axes, size_t count,
                     bool keep);
gt_status gt_argmax(gt_tensor *result, gt_tensor input, int64_t axis);
gt_status gt_softmax(gt_tensor *result, gt_tensor input, int64_t axis);
gt_status gt_log_softmax(gt_tensor *result, gt_tensor input, int64_t axis);

/* Changes of shape and position. One length of `shape` may be -1. */
gt_status gt_reshape(gt_tensor *result, gt_tensor input, const int64_t *shape, size_t rank);
gt_status gt_permute(gt_tensor *result, gt_tensor input, const int64_t *axes, size_t rank);
gt_status gt_expand(gt_tensor *result, gt_tensor input, const int64_t *shape, size_t rank);
/* Every `step`-th element of one axis, from `start` up to but not including `end`. */
gt_status gt_slice(gt_tensor *result, gt_tensor input, int64_t axis, int64_t start, int64_t end,
                   int64_t step);
gt_status gt_select_indices(gt_tensor *result, gt_tensor input, int64_t axis, gt_tensor indices);
gt_status gt_repeat_each(gt_tensor *result, gt_tensor input, int64_t axis, int64_t count);
gt_status gt_concatenate(gt_tensor *result, const gt_tensor *inputs, size_t count, int64_t axis);
/* Pads with zeros: before and after the last axis, then the last but one, and so on. */
gt_status gt_pad(gt_tensor *result, gt_tensor input, const int64_t *amounts, size_t count);

/* Sets each scalar to 0 with `probability` and scales the others by 1 / (1 - probability). */
gt_status gt_dropout(gt_tensor *result, gt_tensor input, double probability,
                     gt_generator generator);
/* Mean over the batch. logits [N, K], labels [N] as int64. */
gt_status gt_cross_entropy(gt_tensor *result, gt_tensor logits, gt_tensor labels,
                           double label_smoothing);

#ifdef __cplusplus
}
#endif

#endif
