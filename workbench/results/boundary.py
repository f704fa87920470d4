"""Where a result becomes visible: everything that a page, a screen or a file shows passes here on its way out.

A number rests on the people in its own denominator. Where they are too few, or where it says the same of everybody
among few, it is not shown: a row is left out of its table or picture, a finding says that it is hidden. Findings,
`Estimates`, tables and charts call this themselves. `guard_displays` marks what has passed; a program that executes a
notebook shows nothing else, and JupyterLab keeps nothing else in the notebook's file.
"""

from __future__ import annotations

import base64
import binascii
import json
import sys
from html import escape
from typing import Any

import pandas as pd

from workbench.errors import ContractError
from workbench.results import privacy, words
from workbench.results.front_end import attended
from workbench.results.minimum import may_show
from workbench.results.phrases import called

MARK = {"workbench": "passed"}  # in the metadata of an output
NAMES = "names"  # there: what the source calls the system and the currency, for the prose around it
UNPASSED = "Not shown: only what `charts`, `findings` and `Estimates` show keeps small groups and people out of a file."


class Text(str):
    """A sentence that speaks of no group and no person, and so may be shown.

    >>> from workbench.results import Text
    >>> Text("every answer counts")
    every answer counts
    """

    passes_boundary = True

    def __repr__(self) -> str:
        return str.__str__(self)  # readers see it as text, without the quotes of a program

    def _repr_html_(self) -> str:
        return f"<p>{escape(self)}</p>"


def visible(table: pd.DataFrame, people: str | None = "n") -> tuple[pd.DataFrame, str]:
    """The rows of a table that may be shown, and what to say of the others.

    people : the column that says how many people each row rests on; None where rows are not about people
    Every number of a row is looked at: where fewer than ten people are behind it, none may say the same of them all.
    Raises ContractError where numbers stand there without that column.

    >>> teams = pd.DataFrame({"team": ["x", "y"], "n": [12, 6], "left": [2, 0]})
    >>> visible(teams)[0]["team"].tolist()  # all six of y stayed
    ['x']
    """
    if people is None or table.empty:
        return table, ""
    if people not in table:
        return _without_people(table, people), ""
    hidden = privacy.too_few(table[people]) | privacy.telling(table, table[people])
    return (table[~hidden].reset_index(drop=True), privacy.note(hidden)) if hidden.any() else (table, "")


def _without_people(table: pd.DataFrame, people: str) -> pd.DataFrame:
    if numbers := [name for name in table if table[name].dtype.kind in "iuf"]:
        raise ContractError(
            f"{numbers[0]!r} is a number, and the table has no column {people!r} that says how many people each row"
            " rests on. Name that column with people=…, or say people=None where rows are not about people."
        )
    return table


def may_say(people: float | None, estimate: float | None, unit: str) -> bool:
    """Whether one number may be stated, given how many people are behind it; None: unknown, as for rows of a log.

    >>> may_say(4, 0.5, "active days"), may_say(7, 0.0, "share of people"), may_say(7, 0.0, "active days")
    (False, False, True)
    """
    if not people:
        return True
    alike = estimate is not None and words.is_share(unit) and estimate in (0, 1)  # a change is hardly just that
    return bool(may_show(people, people if alike else None))


def guard_displays() -> None:
    """Mark, in this notebook's kernel, what has passed; where a program executes it, show nothing else."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    formatter = getattr(shell, "display_formatter", None)
    if formatter is None or hasattr(formatter, "guarded"):
        return
    formatter.guarded, formatter.format = True, _guarded(formatter.format)


def load_ipython_extension(shell: Any) -> None:
    """The same for a kernel that loads this module as it starts, as those of printed pages do."""
    guard_displays()


def _guarded(formats: Any) -> Any:
    def guarded(result: Any, *kinds: Any, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        if not getattr(result, "passes_boundary", False) and not attended():
            return {"text/plain": UNPASSED}, MARK
        data, metadata = formats(result, *kinds, **options)
        named = {NAMES: called()} if called() else {}
        return data, {**metadata, **named, **MARK} if getattr(result, "passes_boundary", False) else metadata

    return guarded


def passed(output: Any) -> bool:
    """Whether an output in a notebook's file has passed.

    >>> passed({"output_type": "stream", "text": "u00001"}), passed({"metadata": {"workbench": "passed"}})
    (False, True)
    """
    metadata = output.get("metadata") if isinstance(output, dict) else None
    return isinstance(metadata, dict) and metadata.get("workbench") == MARK["workbench"]


def remarked(notebook: Any) -> None:
    """Put a remark in place of each output of an executed notebook that has not passed, such as what `print` wrote.

    What went to stderr is on no page, and stays to be counted.
    """
    for output in (output for cell in notebook["cells"] for output in cell.get("outputs", [])):
        if not passed(output) and output.get("name") != "stderr":
            output.clear()
            output.update(output_type="display_data", data={"text/plain": UNPASSED}, metadata=dict(MARK))


def only_passed(notebook: Any) -> None:
    """Empty a notebook, as JSON, of every output that has not passed, wherever it stands, and of its widgets' state."""
    if isinstance(notebook, list):
        for part in notebook:
            only_passed(part)
    if not isinstance(notebook, dict):
        return
    for name in list(notebook):
        if name == "outputs":
            outputs = notebook[name] if isinstance(notebook[name], list) else []
            notebook[name] = [output for output in outputs if passed(output)]
        elif name == "metadata":
            if isinstance(notebook[name], dict):
                notebook[name].pop("widgets", None)
        else:
            only_passed(notebook[name])


def only_passed_text(text: str, base64_coded: bool = False) -> str:
    """The same for a notebook that is saved as text, in the coding it came in.

    Raises ContractError for a text that is no JSON: what it holds cannot be judged.
    """
    try:
        notebook = json.loads(base64.b64decode(text) if base64_coded else text)
    except (ValueError, binascii.Error):
        raise ContractError("a file named .ipynb must be a notebook, and this text is no JSON; name it .txt.") from None
    only_passed(notebook)
    kept = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
    return base64.b64encode(kept.encode()).decode() if base64_coded else kept
