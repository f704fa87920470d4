"""The ratio of two uncertain numbers."""

from __future__ import annotations

import numpy as np

from workbench.inference.layout import Floats


def fieller(top: float, bottom: float, covariance: Floats, reach: float) -> tuple[float, float, float, float]:
    """top ÷ bottom, its standard error by the delta method, and the ends of Fieller's interval.

    covariance : 2 × 2, of top and bottom; reach : how many standard errors the interval takes in
    The interval holds every ratio r for which top − r·bottom is within `reach` standard errors of 0. Its ends are
    infinite where bottom is not clearly apart from 0, and the ratio is missing where bottom is 0.

    >>> [round(x, 3) for x in fieller(2.0, 4.0, np.diag([0.25, 0.25]), 1.96)]
    [0.5, 0.14, 0.248, 0.816]
    >>> fieller(2.0, 0.5, np.diag([0.25, 0.25]), 1.96)[2:]
    (-inf, inf)

    Source: Fieller (1954), Journal of the Royal Statistical Society B 16, 175–185.
    """
    if bottom == 0:
        return np.nan, np.nan, -np.inf, np.inf
    ratio = top / bottom
    variance = covariance[0, 0] - 2 * ratio * covariance[0, 1] + ratio**2 * covariance[1, 1]
    error = float(np.sqrt(max(variance, 0)) / abs(bottom))
    t2 = reach**2
    square, constant = bottom**2 - t2 * covariance[1, 1], top**2 - t2 * covariance[0, 0]
    linear = top * bottom - t2 * covariance[0, 1]
    if not square > 0:
        return ratio, error, -np.inf, np.inf
    half = np.sqrt(max(linear**2 - square * constant, 0))
    return ratio, error, float((linear - half) / square), float((linear + half) / square)
