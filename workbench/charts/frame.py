"""What every chart has: a title, a subtitle, and the sentence that stands for it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.rows import NARROW, Rows
from workbench.charts.theme import SUBTITLE_WIDTH, TITLE_WIDTH, WIDTH
from workbench.errors import ContractError
from workbench.results import words
from workbench.results.phrases import translated
from workbench.results.privacy import MINIMUM, too_few


class Framed(alt.LayerChart):
    """A chart of rows that may be shown: those that `charts.data` gave it."""

    passes_boundary = True  # see `results.boundary`


def frame(
    layers: Sequence[Any], title: Any, subtitle: str, description: str, height: Any, notes: str = ""
) -> alt.LayerChart:
    """The layers as one chart with title, subtitle and the sentence that stands for it.

    title, subtitle : text, or a finding; what a notebook writes out is shown in the language of the page
    description : what the picture shows, which with the title is its alt text
    notes : the key to numbers and marks, and what is hidden; a page shows it below the picture
    height : pixels, an `alt.Step` for each row, or the `Rows` that have names

    A page makes it as wide as its column. Its own width is a number: JupyterLab hangs on one that asks for the place's.
    """
    _refuse_few(layers)
    title, subtitle = translated(str(title)), translated(subtitle)
    head = alt.TitleParams(
        _lines(title.rstrip("."), TITLE_WIDTH), subtitle=_lines(words.capital(subtitle), SUBTITLE_WIDTH)
    )
    said = " ".join(words.sentence(part) for part in (title, description) if part)
    size = alt.AutoSizeParams(type="fit-x", contains="padding")
    shape: dict[str, Any] = {"height": height, "width": WIDTH, "autosize": size}
    shape["params"] = [alt.VariableParameter(name=NARROW, value=False)]
    told: dict[str, Any] = {"notes": notes} if notes else {}
    if isinstance(height, Rows):
        shape["height"], told["narrow"] = height.height, height.narrow
    more: dict[str, Any] = {"usermeta": told} if told else {}
    return Framed(layer=list(layers), title=head, description=said, **shape, **more)


def _refuse_few(layers: Sequence[Any]) -> None:
    """Raises ContractError where a picture would hold rows of fewer than five people: whoever drew it forgot them."""
    for table in (layer.data for layer in layers if isinstance(layer.data, pd.DataFrame)):
        if "n" not in table or table["n"].dtype.kind not in "iuf":
            continue
        known = table.get("estimate", table["n"]).notna()  # a row without a number is about nobody
        if (few := too_few(table["n"].where(known, 0))).any():
            raise ContractError(
                f"{few.sum()} of {len(few)} rows of the picture rest on fewer than {MINIMUM} people, the first is row"
                f" {few.argmax() + 1}. Pass them through results.shown first."
            )


def subtitle(*parts: str) -> str:
    """What a subtitle says, one thing after the other, without those that are empty.

    >>> subtitle("share active later, by week", "", "of 12 people the beginning is not seen")
    'share active later, by week. Of 12 people the beginning is not seen'
    """
    said = list(filter(None, parts))
    return ". ".join([*said[:1], *(words.capital(part) for part in said[1:])])


def _lines(text: Any, width: int) -> list[str]:
    return [line for part in str(text).split("\n") for line in textwrap.wrap(part, width)] or [""]
