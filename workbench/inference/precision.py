"""How often an effect is told from nothing, and how small one may be to be: the power of an interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from workbench.errors import check_share

SEEN = 0.8  # how often an effect of the size asked for should be seen
MOST = 1e6  # degrees of freedom from which Student's t is the normal distribution


@dataclass(frozen=True)
class Precision:
    """A standard error, and the degrees of freedom behind it (infinite: normal)."""

    std_error: float
    freedom: float = np.inf

    def power(self, effect: float, level: float) -> float:
        """How often an effect of this size is told from nothing, in whichever direction."""
        reach, far = self._reach(level), abs(effect) / self.std_error
        if np.isinf(self.freedom):
            return float(stats.norm.cdf(far - reach) + stats.norm.cdf(-far - reach))
        # The lower tail as the upper one of its mirror image: far out, SciPy's own lower tail is no number.
        return float(stats.nct.sf(reach, self.freedom, far) + stats.nct.sf(reach, self.freedom, -far))

    def detectable(self, level: float, seen: float = SEEN) -> float:
        """The smallest effect that is told from nothing so often, 8 times in 10."""
        if not np.isfinite(self.std_error):
            return np.nan
        sure = float(stats.norm.ppf(seen)) if np.isinf(self.freedom) else float(stats.t.ppf(seen, self.freedom))
        far = 2 * (self._reach(level) + max(sure, 1)) * self.std_error
        found = optimize.brentq(lambda effect: self.power(effect, level) - seen, 0, far, xtol=1e-9 * far)
        return float(found)

    def _reach(self, level: float) -> float:
        check_share("level", level)
        half = (1 + level) / 2
        return float(stats.norm.ppf(half) if np.isinf(self.freedom) else stats.t.ppf(half, self.freedom))


def freedom_of(reach: float, level: float) -> float:
    """Degrees of freedom of the t distribution whose intervals of this level reach so many standard errors.

    >>> round(freedom_of(2.2622, 0.95), 2)
    9.0
    """
    tail = (1 - level) / 2
    if reach <= stats.t.isf(tail, MOST):
        return float("inf")
    return float(optimize.brentq(lambda freedom: stats.t.isf(tail, freedom) - reach, 0.1, MOST))
