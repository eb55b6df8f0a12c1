# SPDX-License-Identifier: MIT
"""How often 95 % intervals hold the truth where it is hardest: rare failures, skewness, stopped runs, pairs.

    python3 bounded.py [repetitions]

Written with numpy and scipy, apart from the package. `betting` is the default for metrics with a finite
range, `bootstrap-t` that for others, as in intervals.py. Prints the Markdown tables of the article
Intervals. Made with numpy 2.4 and scipy 1.17.
"""

import sys

import numpy as np
from scipy import stats

LEVEL = 0.95
GOAL = np.log(2 / (1 - LEVEL))
RESAMPLES = 999


def rare(share, size, range_=np.log(2)):
    return lambda r, s: (r.random(s) < share) * size, share * size, (0, range_)


# name: draw, true mean, range (None: no largest value)
CASES = {
    "softmax, 2 % fail": rare(0.02, 0.2188),
    "softmax, 2 % fail by all": rare(0.02, np.log(2)),
    "softmax, 10 % fail": rare(0.1, 0.2188),
    "softmax, 30 % fail": rare(0.3, 0.2188),
    "softmax, rounding, and 2 % fail": (
        lambda r, s: 1e-7 * r.random(s) + (r.random(s) < 0.02) * 0.2188,
        0.5e-7 + 0.02 * 0.2188, (0, np.log(2))),
    "softmax, 0.2 ± 0.02, and 2 % fail": (
        lambda r, s: r.normal(0.2, 0.02, s) + (r.random(s) < 0.02) * 0.4, 0.208, (0, np.log(2))),
    "channelwise, mild": (lambda r, s: r.beta(4, 12, s) * 2 - 1, 0.5 - 1, (-1, 1)),
    "channelwise, skewness 3.6": (
        lambda r, s: r.beta(0.07, 1.2, s) * 2 - 1, 2 * 0.07 / 1.27 - 1, (-1, 1)),
    "channelwise, skewness 4.4": (
        lambda r, s: r.beta(0.04, 0.9, s) * 2 - 1, 2 * 0.04 / 0.94 - 1, (-1, 1)),
    "exactly invariant": (lambda r, s: np.zeros(s), 0.0, (0, np.log(2))),
    "latent, exponential": (lambda r, s: r.exponential(1, s), 1.0, None),
    "latent, log-normal": (lambda r, s: np.exp(r.normal(size=s)), np.exp(0.5), None),
    "latent, Pareto 2.1": (lambda r, s: r.pareto(2.1, s) + 1, 2.1 / 1.1, None),
}


def star_rejects(numbers, m):
    """Whether bets against a mean of m reach their goal, for each row of numbers from 0 to 1."""
    count, n = numbers.shape
    missing = np.full(count, GOAL)
    total, squares = np.full(count, 0.25), np.full(count, 0.125)
    for t in range(n):
        variance = squares / (t + 0.5)
        stake = np.sqrt(2 * np.maximum(missing, 0) / (variance * (n - t)))
        missing = missing - np.log1p(np.minimum(stake, 0.95 / (1 - m)) * (m - numbers[:, t]))
        missing = np.where(missing <= 0, -np.inf, missing)
        total = total + numbers[:, t]
        squares = squares + (numbers[:, t] - total / (t + 1.5)) ** 2
    return missing <= 0


def mixed_capital(numbers, m):
    """The capital against a mean of m, one for each row, after the last number."""
    return sum(
        np.exp(np.log1p(0.95 * 0.5**k / (1 - m) * (m - numbers)).sum(axis=-1)) / ((k + 1) * (k + 2))
        for k in range(16))


def student(x):
    n = x.shape[-1]
    half = stats.t.ppf((1 + LEVEL) / 2, n - 1) * x.std(axis=-1, ddof=1) / np.sqrt(n)
    return x.mean(axis=-1) - half, x.mean(axis=-1) + half


def hall(t, skewness):
    a = skewness / 3
    y = t - skewness / 6
    return y if abs(a) < 1e-9 else (np.cbrt(1 + 3 * a * y) - 1) / a


def bootstrap_t(x, generator):
    n = len(x)
    error = x.std(ddof=1) / np.sqrt(n)
    if error < 1e-12:
        return None
    drawn = (x - x.mean())[generator.integers(0, n, (RESAMPLES, n))]
    means = drawn.mean(axis=1)
    errors = np.sqrt(np.maximum((drawn**2).mean(axis=1) - means**2, 0) / (n - 1))
    with np.errstate(all="ignore"):
        t = np.where(errors > 1e-10, means / errors, np.sign(means) * np.inf)
    t = np.sort(np.where(np.isnan(t), 0, t))
    rank = round((1 - LEVEL) / 2 * (RESAMPLES + 1))
    quantile = stats.t.ppf((1 + LEVEL) / 2, n - 1)
    skewness = stats.skew(x, bias=False) / np.sqrt(n)
    low = max(min(t[rank - 1], hall(-quantile, skewness)), -3 * quantile)
    high = min(max(t[-rank], hall(quantile, skewness)), 3 * quantile)
    return x.mean() - high * error, x.mean() - low * error


def scaled(x, range_):
    return np.clip((x - range_[0]) / (range_[1] - range_[0]), 0, 1)


def share(hits):
    return f"{100 * np.mean(hits):.1f}"


def fixed(repetitions):
    print("| deviations | true value | skewness | N | t | bootstrap-t | betting |")
    print("|---|---|---|---|---|---|---|")
    for name, (draw, truth, range_) in CASES.items():
        generator = np.random.default_rng(70)
        reference = draw(generator, 1_000_000)
        skewness = f"{stats.skew(reference):.1f}" if reference.std() > 0 else "–"
        if name.endswith("2.1"):
            skewness = "∞"
        for n in (10, 50, 200):
            x = draw(generator, (repetitions, n))
            low, high = student(x)
            hits = [share((low <= truth) & (truth <= high))]
            found = [bootstrap_t(row, generator) for row in x]
            # Where there is no spread, the package has betting's interval or none.
            hits.append(share([i is not None and i[0] <= truth <= i[1] for i in found]))
            if range_:
                y, m = scaled(x, range_), (truth - range_[0]) / (range_[1] - range_[0])
                hits.append(share(~(star_rejects(y, m) | star_rejects(1 - y, 1 - m))))
            else:
                hits.append("–")
            print(f"| {name} | {truth:.4f} | {skewness} | {n} | {' | '.join(hits)} |", flush=True)


def stopped(repetitions):
    """Looks at 20, 30, 45, ... of at most 2,000 examples, until within 20 % or 40 % of the value."""
    print("\n| deviations | precision | covered | examples in the mean | precise |")
    print("|---|---|---|---|---|")
    looks = [20]
    while looks[-1] < 2_000:
        looks.append(min((looks[-1] * 3 + 1) // 2, 2_000))
    for name in list(CASES)[:4] + list(CASES)[6:9]:
        draw, truth, range_ = CASES[name]
        width = range_[1] - range_[0]
        for precision in (0.4, 0.2):
            generator = np.random.default_rng(71)
            covered, counts, precise = [], [], []
            for _ in range(repetitions):
                x = scaled(draw(generator, 2_000), range_)
                for n in looks:
                    y = x[:n]
                    mean = y.mean()
                    wanted = precision * abs(range_[0] + width * mean) / width
                    # Within the precision, if the means that far away are rejected on both sides.
                    done = 0 < wanted and (
                        mean + wanted >= 1 or mixed_capital(y, mean + wanted) >= np.exp(GOAL)) and (
                        mean - wanted <= 0
                        or mixed_capital(1 - y, 1 - mean + wanted) >= np.exp(GOAL))
                    if done or n == looks[-1]:
                        m = (truth - range_[0]) / width
                        covered.append(
                            mixed_capital(y, m) < np.exp(GOAL)
                            and mixed_capital(1 - y, 1 - m) < np.exp(GOAL))
                        counts.append(n)
                        precise.append(done)
                        break
            print(
                f"| {name} | ±{100 * precision:.0f} % | {share(covered)} | {np.mean(counts):.0f} "
                f"| {share(precise)} |", flush=True)


def sign_flip_p(x, generator, flips=999):
    """The p-value of each row of differences; its interval excludes 0 where it is below 5 %."""
    result = []
    for row in x:
        signs = generator.integers(0, 2, (flips, len(row))) * 2 - 1
        extreme = np.abs(signs @ row) >= abs(row.sum()) - 1e-12 * np.abs(row).sum()
        result.append((1 + extreme.sum()) / (flips + 1))
    return np.array(result)


PAIRS = {
    "normal": (lambda r, s: r.normal(size=s), "equal"),
    "t, 3 degrees of freedom": (lambda r, s: r.standard_t(3, s), "equal"),
    "t, 2 degrees of freedom": (lambda r, s: r.standard_t(2, s), "equal"),
    "1 % of another scale": (
        lambda r, s: r.normal(size=s) * np.where(r.random(s) < 0.01, 30, 1), "equal"),
    "difference of log-normal": (
        lambda r, s: np.exp(r.normal(size=s)) - np.exp(r.normal(size=s)), "equal"),
    "difference of Pareto 2.1": (
        lambda r, s: r.pareto(2.1, s) - r.pareto(2.1, s), "equal"),
}


def pairs(repetitions):
    print("\n| differences of equal models | N | bootstrap-t excludes 0 | sign-flip excludes 0 |")
    print("|---|---|---|---|")
    for name, (draw, _) in PAIRS.items():
        for n in (10, 50):
            generator = np.random.default_rng(72)
            x = draw(generator, (repetitions, n))
            found = [bootstrap_t(row, generator) for row in x]
            out = [i is not None and (i[0] > 0 or i[1] < 0) for i in found]
            print(
                f"| {name} | {n} | {share(out)} | {share(sign_flip_p(x, generator) < 0.05)} |",
                flush=True)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    fixed(count)
    stopped(count // 10)
    pairs(count)
