"""Names of rows: beside their marks, and above them on a narrow screen, where marks need the whole width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

LINE = 17  # pixels of a line of text
AROUND, ABOVE = 13, 20  # pixels of a row besides its name: beside it, and below it on a narrow screen
NAME_ROOM = 300  # pixels of a name in one line
NARROW = "narrow"  # whether the screen is narrow: a page that draws on a phone says so


@dataclass(frozen=True)
class Rows:
    """Rows with names of one or more lines, parted by a line break; marks are points or bars.

    names : of the rows
    """

    names: Sequence[str]

    @property
    def lines(self) -> int:
        """Of the name with most of them."""
        return max((name.count("\n") + 1 for name in self.names), default=1)

    @property
    def height(self) -> alt.Step:
        """Room in which no name runs into the next."""
        return alt.Step(LINE * self.lines + AROUND)

    @property
    def narrow(self) -> dict[str, Any]:
        """What is different on a narrow screen."""
        return {"height": {"step": LINE * self.lines + ABOVE}}

    @property
    def scale(self) -> dict[str, Any]:
        """Room above the first mark for its name, as arguments of `alt.Scale`."""
        return {"padding": alt.ExprRef(f"{NARROW} ? 0.85 : 0.5")}

    @property
    def bars(self) -> dict[str, Any]:
        """The same above the first bar."""
        return {"paddingOuter": alt.ExprRef(f"{NARROW} ? 0.4 : 0.05")}

    def axis(self, name: str = "datum.label") -> alt.Axis:
        """The names on the left; on a narrow screen each ends in the line above its mark.

        name : Vega's expression for the name of a row
        """
        blank, lines = r"\n" * (self.lines - 1), rf"split({name}, '\n')"
        before = f"{NARROW} ? slice('{blank}', 0, {self.lines} - length({lines})) : ''"
        return alt.Axis(
            title=None,
            labelExpr=rf"split(({before}) + {name}, '\n')",
            labelLimit=NAME_ROOM,
            labelAlign=alt.ExprRef(f"{NARROW} ? 'left' : 'right'"),
            labelBaseline=alt.ExprRef(f"{NARROW} ? 'bottom' : 'middle'"),
            labelPadding=alt.ExprRef(f"{NARROW} ? 0 : 6"),
            labelOffset=alt.ExprRef(f"{NARROW} ? -{LINE * (self.lines - 1) + 8} : 0"),
        )
