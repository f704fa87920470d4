"""The rule for one number: enough people behind it, and not the same of all of a few."""

from __future__ import annotations

from typing import Any

MINIMUM = 5  # people; a smaller group is withheld
ALIKE = 10  # people; in a smaller group a share of nobody or of everybody is withheld


def may_show(n: Any, k: Any = None, minimum: int = MINIMUM) -> Any:
    """Whether a number of n people may be shown, of whom k are counted; arrays give an array.

    k : None where nobody is counted, as for a mean

    >>> may_show(4), may_show(5), may_show(7, k=0), may_show(7, k=3), may_show(10, k=10)
    (False, True, False, True, True)
    """
    if k is None:
        return n >= minimum
    return (n >= minimum) & ((n >= ALIKE) | ((k > 0) & (k < n)))
