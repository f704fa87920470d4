"""Truths that are not means over user-weeks: gaming, barriers, a bad survey item, a theme that grows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.simulation.calendar import Calendar
from workbench.simulation.comments import COMMENTS, SEARCH
from workbench.simulation.people import People
from workbench.simulation.programmes import CONTEST, INCENTIVES
from workbench.simulation.surveys import ITEMS
from workbench.simulation.truth import KINDS, Row, rounded
from workbench.simulation.vocabulary import FAILED, FAILED_UNSURE, RACE_CORRECT, SLOWER
from workbench.simulation.world import BARRIERS, DEPARTMENTS


def gaming_truth(records: float, junk: float, care: float) -> Row:
    """What the contest did to records: how many it made, how many are junk, the change of care summed over them."""
    return {
        "name": f"{INCENTIVES[CONTEST].name}: gaming",
        **KINDS["gaming"],
        "value": round(care / max(records, 1), 4),
        "records": int(records),
        "never_touched_again_share": round(junk / max(records, 1), 4),
        "correctness_factor": RACE_CORRECT,
    }


def barrier_truths(everyone: People) -> Iterator[Row]:
    """Which department a barrier holds back, and how it shows in the log."""
    shown = ({"times_as_long": SLOWER}, {"share_of_actions_failed": FAILED_UNSURE, "elsewhere": FAILED})
    for number, ((item, shift), sign) in enumerate(zip(BARRIERS, shown, strict=True)):
        department = DEPARTMENTS[everyone.department[np.argmax(everyone.barrier == number)]]
        yield {"name": f"Barrier: {item}", **KINDS["barrier"], "department": department, "value": shift, **sign}


def bad_item_truth() -> Row:
    """The item that does not measure what its scale does: the one without any pull of attitude."""
    item = next(item for item in ITEMS if item["pull"] == 0)
    return {"name": f"Bad item: {item['item']}", **KINDS["bad item"], "scale_of_item": item["scale"], "value": 0.0}


def theme_truth(feedback: pa.Table, calendar: Calendar) -> Row:
    """The theme that grows: how many comments are on it, and the share of them in the second half of the year."""
    texts = [row["text"] for row in COMMENTS if row["mood"] == SEARCH]
    written = feedback.filter(pc.is_in(feedback["text"], pa.array(texts)))["written_at"].to_pylist()
    late = np.mean([day >= str(calendar.day(calendar.weeks // 2)) for day in written])
    return {"name": f"Growing theme: {SEARCH}", **KINDS["theme"], "value": rounded(late), "comments": len(written)}
