# SPDX-License-Identifier: MIT
"""Compares ways to make a 95 % interval for the mean of 50 deviations: how often it holds the truth.

    python3 intervals.py [repetitions] [double]

Written with numpy and scipy, apart from the package, whose interval is `longer of both`. `double` adds
the double bootstrap, which takes hundreds of times as long. Made with numpy 2.4 and scipy 1.17.
"""

import sys
from collections import defaultdict

import numpy as np
from scipy import stats

N = 50
RESAMPLES = 1999
LEVEL = 0.95
STUDENT = stats.t.ppf((1 + LEVEL) / 2, N - 1)
TAILS = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]

DISTRIBUTIONS = {
    "normal": (lambda r: r.normal(size=N), 0),
    "two-sided, beta(0.3, 0.3)": (lambda r: r.beta(0.3, 0.3, N), 0.5),
    "exponential": (lambda r: r.exponential(size=N), 1),
    "chi-squared": (lambda r: r.normal(size=N) ** 2, 1),
    "log-normal, sigma 0.5": (lambda r: np.exp(0.5 * r.normal(size=N)), np.exp(0.125)),
    "log-normal, sigma 1": (lambda r: np.exp(r.normal(size=N)), np.exp(0.5)),
    "one in ten": (lambda r: (r.random(N) < 0.1) * 1.0, 0.1),
}


def studentized(x, generator, count):
    """Resamples of rows x, and how far their means are from that of x in standard errors."""
    drawn = (x - x.mean())[generator.integers(0, len(x), (count, len(x)))]
    means = drawn.mean(axis=1)
    errors = np.sqrt(np.maximum((drawn**2).mean(axis=1) - means**2, 0) / (len(x) - 1))
    with np.errstate(all="ignore"):
        t = np.where(errors > 1e-10, means / errors, np.sign(means) * np.inf)
    return drawn, means, np.where(np.isnan(t), 0, t)


def hall(t, skewness):
    """Student's quantile taken back through Hall's cubic."""
    a = skewness / 3
    y = t - skewness / 6
    return y if abs(a) < 1e-9 else (np.cbrt(1 + 3 * a * y) - 1) / a


def quantile(ordered, p):
    rank = int(round(p * (len(ordered) + 1)))
    return ordered[min(max(rank, 1), len(ordered)) - 1]


def calibrated(drawn, t, ordered, generator):
    """The double bootstrap: tails at which intervals of resamples hold the sample's mean."""
    shares = []
    for x, own in zip(drawn[:400], t[:400]):
        inner = studentized(x, generator, 200)[2]
        shares.append((inner < own).mean() + (inner == own).mean() / 2)
    shares = np.sort(shares)
    return [quantile(ordered, quantile(shares, p)) for p in TAILS]


def intervals(x, generator, double):
    """The interval of every method, as multiples of the standard error around the mean."""
    skewness = stats.skew(x, bias=False) / np.sqrt(N)
    drawn, means, t = studentized(x, generator, RESAMPLES)
    ordered = np.sort(t)
    bound = 3 * STUDENT
    bootstrap = [np.clip(quantile(ordered, p), -bound, bound) for p in TAILS]
    skewed = [np.clip(hall(s * STUDENT, skewness), -bound, bound) for s in (-1, 1)]
    result = {
        "t": (-STUDENT, STUDENT),
        "Johnson": (-STUDENT - skewness / 6, STUDENT - skewness / 6),
        "Hall": skewed,
        "bootstrap-t": bootstrap,
        "longer of both": (min(skewed[0], bootstrap[0]), max(skewed[1], bootstrap[1])),
    }
    # BCa, from the same resamples.
    share = np.clip((means < 0).mean() + (means == 0).mean() / 2, 1 / RESAMPLES, 1 - 1 / RESAMPLES)
    bias, z = stats.norm.ppf(share), stats.norm.ppf(TAILS)
    ends = stats.norm.cdf(bias + (bias + z) / (1 - skewness / 6 * (bias + z)))
    low, high = np.quantile(means, ends) / (x.std(ddof=1) / np.sqrt(N))
    result["BCa"] = (-high, -low)
    if double:
        result["double"] = np.clip(calibrated(drawn, t, ordered, generator), -bound, bound)
    return result


def main():
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    double = "double" in sys.argv
    for number, (name, (draw, truth)) in enumerate(DISTRIBUTIONS.items()):
        generator = np.random.default_rng(60)
        held, width = defaultdict(int), defaultdict(list)
        for _ in range(repetitions):
            x = draw(generator)
            error = x.std(ddof=1) / np.sqrt(N)
            if error == 0:  # no method has an interval
                continue
            for method, (low, high) in intervals(x, generator, double).items():
                held[method] += x.mean() - high * error <= truth <= x.mean() - low * error
                width[method].append(high - low)
        if number == 0:
            print("| deviations | " + " | ".join(width) + " | width |\n|" + "---|" * (len(width) + 2))
        cells = [f"{100 * held[method] / repetitions:.1f}" for method in width]
        ratio = np.median(np.array(width["longer of both"]) / np.array(width["bootstrap-t"]))
        print(f"| {name} | {' | '.join(cells)} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
