"""Plain words for the names that the data carry, so that every page, chart and table uses the same ones.

The field's names (power, habitual, retained, …) stay in the data and stand beside the plain ones in the definitions.
"""

from __future__ import annotations

PLAIN = {
    # usage segments
    "power": "heavy habit",
    "habitual": "habit",
    "novice": "regular, no habit",
    "low": "occasional",
    # scales of surveys
    "com_b": "what people can, may and want to do (COM-B)",
    "tam_ease": "ease of use",
    "tam_usefulness": "usefulness",
    # this week and before
    "retained": "still active",
    "resurrected": "back",
    "dormant": "stopped this week",
    "inactive": "stopped earlier",
}


def plain(name: str) -> str:
    """What a page calls something that the data name in the field's words; other names stay.

    >>> plain("power"), plain("fading")
    ('heavy habit', 'fading')
    """
    return PLAIN.get(name, name)
