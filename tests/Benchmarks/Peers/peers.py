"""Times the same estimates in numpy, statsmodels and scipy, one thread each.

Arguments: a file left,right,left_wins,ties,right_wins, and a file prompt,sum,count of scores.
Prints lines "what<TAB>name<TAB>seconds<TAB>a figure to compare".
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import sys
import time

import numpy as np
import scipy
from scipy import stats

try:
    import statsmodels
    import statsmodels.api as sm
except ImportError:
    statsmodels = None


def timed(function, repeats):
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = function()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds)), result


def report(what, name, seconds, figure):
    print(f"{what}\t{name}\t{seconds:.6f}\t{figure:.9f}", flush=True)


def newton(wins, start, tolerance=1e-10):
    """Strengths that sum to 0 from a K x K table of wins (ties half in each direction)."""
    strengths = start.copy()
    games = wins + wins.T
    for _ in range(50):
        p = 1 / (1 + np.exp(strengths[None, :] - strengths[:, None]))
        gradient = (wins - games * p).sum(1)
        information = games * p * (1 - p)
        hessian = np.diag(information.sum(1)) - information
        step = np.zeros_like(strengths)
        step[1:] = np.linalg.solve(hessian[1:, 1:], gradient[1:])
        strengths += step
        if np.abs(gradient).max() < tolerance * games.sum():
            break
    return strengths - strengths.mean()


def table(cells, counts, systems):
    wins = np.zeros((systems, systems))
    np.add.at(wins, (cells[:, 0], cells[:, 1]), counts)
    return wins


def bradley_terry(path):
    votes = np.loadtxt(path, delimiter=",", skiprows=1, dtype=int)
    systems = votes[:, :2].max() + 1
    # one cell per (winner, loser) and per tied pair, which counts half for each
    left, right, left_wins, ties, right_wins = votes.T
    cells = np.concatenate([np.c_[left, right], np.c_[right, left], np.c_[left, right]])
    counts = np.concatenate([left_wins, right_wins, ties])
    tied = np.repeat([False, False, True], len(votes))

    def fold(drawn):
        wins = table(cells[~tied], drawn[~tied], systems)
        halves = table(cells[tied], drawn[tied] / 2, systems)
        return wins + halves + halves.T

    wins = fold(counts)
    seconds, strengths = timed(lambda: newton(wins, np.zeros(systems)), 9)
    report("BT fit", f"numpy {np.__version__}, Newton", seconds, strengths[0] - strengths[1])

    random = np.random.default_rng(1)

    def bootstrap(replicates=200):
        total, share = counts.sum(), counts / counts.sum()
        return np.array([newton(fold(random.multinomial(total, share)), strengths) for _ in range(replicates)])

    seconds, draws = timed(bootstrap, 1)
    report("BT bootstrap, 1,000 replicates", f"numpy {np.__version__}, multinomial (5 x 200)", 5 * seconds, (draws[:, 0] - draws[:, 1]).std())

    if statsmodels is not None:
        above = np.triu_indices(systems, 1)
        played = (wins + wins.T)[above] > 0
        first, second = above[0][played], above[1][played]
        design = np.zeros((len(first), systems))
        design[np.arange(len(first)), first] = 1
        design[np.arange(len(first)), second] = -1
        outcome = np.c_[wins[first, second], wins[second, first]]
        seconds, fit = timed(lambda: sm.GLM(outcome, design[:, 1:], family=sm.families.Binomial()).fit(), 1)
        report("BT fit", f"statsmodels {statsmodels.__version__}, GLM", seconds, -fit.params[0])


def net_win_rate(path):
    totals = np.loadtxt(path, delimiter=",", skiprows=1)
    sums, counts = totals[:, 1], totals[:, 2]

    def rate(s, n, axis=-1):
        return s.sum(axis) / n.sum(axis)

    def bca():
        return stats.bootstrap((sums, counts), rate, paired=True, vectorized=True, n_resamples=10_000, method="BCa", random_state=1)

    seconds, result = timed(bca, 5)
    report("net win rate BCa, 10,000 resamples", f"scipy {scipy.__version__}", seconds, result.confidence_interval.low)


bradley_terry(sys.argv[1])
net_win_rate(sys.argv[2])
