// SPDX-License-Identifier: MIT
#ifdef GEED_TORCH
#include "include/geed_torch_operations.h"

#include "geed_torch_internal.h"

using namespace geed;

gt_status gt_add(gt_tensor *result, gt_tensor a, gt_tensor b) {
  return making(result, [&] { return at::add(get(a), get(b)); });
}

gt_status gt_subtract(gt_tensor *result, gt_tensor a, gt_tensor b) {
  return making(result, [&] { return at::sub(get(a), get(b)); });
}

gt_status gt_multiply(gt_tensor *result, gt_tensor a, gt_tensor b) {
  return making(result, [&] { return at::mul(get(a), get(b)); });
}

gt_status gt_divide(gt_tensor *result, gt_tensor a, gt_tensor b) {
  return making(result, [&] { return at::div(get(a), get(b)); });
}

gt_status gt_affine(gt_tensor *result, gt_tensor input, double scale, double offset) {
  return making(result, [&] {
    auto scaled = scale == 1 ? get(input) : at::mul(get(input), scale);
    return offset == 0 ? scaled : at::add(scaled, offset);
  });
}

gt_status gt_relu(gt_tensor *result, gt_tensor input) {
  return making(result, [&] { return at::relu(get(input)); });
}

gt_status gt_relu6(gt_tensor *result, gt_tensor input) {
  return making(result, [&] { return at::hardtanh(get(input), 0, 6); });
}

gt_status gt_elu(gt_tensor *result, gt_tensor input) {
  return making(result, [&] { return at::elu(get(input)); });
}

gt_status gt_gelu(gt_tensor *result, gt_tensor input) {
  return making(result, [&] { return at::gelu(get(input)); });
}

gt_status gt_hardswish(gt_tensor *result, gt_tensor input) {
  return making(result, [&] { return at::hardswish(get(input)); });
}

gt_status gt_sqrt(gt_tensor *result, gt_tensor input) {
  return making(result, [&] { return at::sqrt(get(input)); });
}

gt_status gt_linear(gt_tensor *result, gt_tensor input, gt_tensor weight, gt_tensor bias) {
  return making(result, [&] { return at::linear(get(input), get(weight), get_optional(bias)); });
}

gt_status gt_matmul(gt_tensor *result, gt_tensor a, gt_tensor b) {
  return making(result, [&] { return at::matmul(get(a), get(b)); });
}

gt_status gt_conv2d(gt_tensor *result, gt_tensor input, gt_tensor weight, gt_tensor bias,
                    int64_t stride, gt_padding padding, int64_t dilation, int64_t groups) {
  return making(result, [&] {
    const auto [top, left, bottom, right] = padding;
    if (top == bottom && left == right) {
      return at::conv2d(get(input), get(weight), get_optional(bias), stride, {top, left}, dilation,
                        groups);
    }
    const auto padded = at::constant_pad_nd(get(input), {left, right, top, bottom});
    return at::conv2d(padded, get(weight), get_optional(bias), stride, at::IntArrayRef({0, 0}),
                      dilation, groups);
  });
}

gt_status gt_batch_norm(gt_tensor *result, gt_tensor input, gt_tensor weight, gt_tensor bias,
                        gt_tensor mean, gt_tensor variance, bool training, double momentum,
                        double epsilon) {
  return making(result, [&] {
    const auto &x = get(input);
    // ATen would make the running variance infinite without reporting an error.
    TORCH_CHECK(!training || x.dim() < 2 || x.numel() != x.size(1),
                "one number in each channel has no variance: input ", x.sizes());
    return at::batch_norm(x, get_optional(weight), get_optional(bias), get_optional(mean),
                          get_optional(variance), training, momentum, epsilon,
                          /*cudnn_enabled=*/true);
  });
}

gt_status gt_group_norm(gt_tensor *result, gt_tensor input, int64_t group_count, gt_tensor weight,
                        gt_tensor bias, double epsilon) {
  return making(result, [&] {
    return at::group_norm(get(input), group_count, get_optional(weight), get_optional(bias),
                          epsilon);
  });
}

gt_status gt_max_pool2d(gt_tensor *result, gt_tensor input, int64_t size, int64_t stride,
                        int64_t padding, bool keeps_remainder) {
  return making(result, [&] {
    return at::max_pool2d(get(input), size, stride, padding, /*dilation=*/1,
                          /*ceil_mode=*/keeps_remainder);
  });
}

gt_status gt_average_pool2d(gt_tensor *result, gt_tensor input, int64_t size, int64_t stride,
                            int64_t padding, bool counts_padding) {
  return making(result, [&] {
    return at::avg_pool2d(get(input), size, stride, padding, /*ceil_mode=*/false, counts_padding);
  });
}

gt_status gt_adaptive_average_pool2d(gt_tensor *result, gt_tensor input, int64_t height,
                                     int64_t width) {
  return making(result, [&] { return at::adaptive_avg_pool2d(get(input), {height, width}); });
}

gt_status gt_mean(gt_tensor *result, gt_tensor input, const int64_t *axes, size_t count,
                  bool keep) {
  return making(result, [&] { return at::mean(get(input), at::IntArrayRef(axes, count), keep); });
}

gt_status gt_sum(gt_tensor *result, gt_tensor input, const int64_t *axes, size_t count, bool keep) {
  return making(result, [&] { return at::sum(get(input), at::IntArrayRef(axes, count), keep); });
}

gt_status gt_maximum(gt_tensor *result, gt_tensor input, const int64_t *axes, size_t count,
                     bool keep) {
  return making(result, [&] {
    // `amax` distributes the gradient over equal values; the maximum over one axis assigns it to
    // the first.
    if (count == 1) return std::get<0>(at::max(get(input), axes[0], keep));
    return at::amax(get(input), at::IntArrayRef(axes, count), keep);
  });
}

gt_status gt_argmax(gt_tensor *result, gt_tensor input, int64_t axis) {
  return making(result, [&] { return at::argmax(get(input), axis); });
}

gt_status gt_softmax(gt_tensor *result, gt_tensor input, int64_t axis) {
  return making(result, [&] { return at::softmax(get(input), axis); });
}

gt_status gt_log_softmax(gt_tensor *result, gt_tensor input, int64_t axis) {
  return making(result, [&] { return at::log_softmax(get(input), axis); });
}

gt_status gt_reshape(gt_tensor *result, gt_tensor input, const int64_t *shape, size_t rank) {
  return making(result, [&] { return at::reshape(get(input), {shape, rank}); });
}

gt_status gt_permute(gt_tensor *result, gt_tensor input, const int64_t *axes, size_t rank) {
  return making(result, [&] { return at::permute(get(input), {axes, rank}); });
}

gt_status gt_expand(gt_tensor *result, gt_tensor input, const int64_t *shape, size_t rank) {
  return making(result, [&] { return get(input).expand({shape, rank}); });
}

gt_status gt_slice(gt_tensor *result, gt_tensor input, int64_t axis, int64_t start, int64_t end,
                   int64_t step) {
  return making(result, [&] { return at::slice(get(input), axis, start, end, step); });
}

gt_status gt_select_indices(gt_tensor *result, gt_tensor input, int64_t axis, gt_tensor indices) {
  return making(result, [&] { return at::index_select(get(input), axis, get(indices)); });
}

gt_status gt_repeat_each(gt_tensor *result, gt_tensor input, int64_t axis, int64_t count) {
  return making(result, [&] { return at::repeat_interleave(get(input), count, axis); });
}

gt_status gt_concatenate(gt_tensor *result, const gt_tensor *inputs, size_t count, int64_t axis) {
  return making(result, [&] { return at::cat(get_all(inputs, count), axis); });
}

gt_status gt_pad(gt_tensor *result, gt_tensor input, const int64_t *amounts, size_t count) {
  return making(result, [&] { return at::constant_pad_nd(get(input), {amounts, count}); });
}

gt_status gt_dropout(gt_tensor *result, gt_tensor input, double probability,
                     gt_generator generator) {
  return making(result, [&] {
    const auto &x = get(input);
    TORCH_CHECK(probability >= 0 && probability < 1, "a dropout probability of ", probability);
    auto mask = at::empty_like(x).bernoulli_(1 - probability, get(generator));
    return x * mask.div_(1 - probability);
  });
}

gt_status gt_cross_entropy(gt_tensor *result, gt_tensor logits, gt_tensor labels,
                           double label_smoothing) {
  return making(result, [&] {
    return at::cross_entropy_loss(get(logits), get(labels), /*weight=*/{}, at::Reduction::Mean,
                                  /*ignore_index=*/-100, label_smoothing);
  });
}

#endif
