"""How small an effect an interval tells from nothing: against the normal formula and published tables of Student's t."""

from __future__ import annotations

import pytest

from workbench.inference.precision import Precision, freedom_of


def test_the_usual_formula_where_much_is_known():
    """1.960 + 0.842 standard errors, and 1.960 + 1.282 for nine times in ten (Bloom 1995: 2.8)."""
    assert Precision(1.0).detectable(0.95) == pytest.approx(2.8016, abs=1e-3)
    assert Precision(1.0).detectable(0.95, 0.9) == pytest.approx(3.2415, abs=1e-3)


def test_nine_degrees_of_freedom_as_in_the_books():
    """One-sample t, n = 10, d = 1: power .803 (`pwr.t.test` of R's pwr), so √10 standard errors."""
    assert Precision(1.0, 9).power(10**0.5, 0.95) == pytest.approx(0.803, abs=1e-3)
    assert Precision(1.0, 9).detectable(0.95, 0.803) == pytest.approx(10**0.5, abs=3e-3)


def test_the_reach_of_an_interval_tells_its_degrees_of_freedom():
    """Tables of Student's t: 12.706, 4.303 and 2.042 at .975 for 1, 2 and 30."""
    for reach, freedom in ((12.7062, 1), (4.30265, 2), (2.04227, 30)):
        assert freedom_of(reach, 0.95) == pytest.approx(freedom, rel=1e-3)
    assert freedom_of(1.95996, 0.95) == float("inf")
