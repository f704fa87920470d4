"""What an analyst looks at, and what there is to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from workbench.data.engine import Table, literal
from workbench.desk.picks import as_day
from workbench.desk.sums import APART, GROUPS, METRICS, WHO
from workbench.segments.usage import PRESETS


@dataclass(frozen=True)
class Look:
    """What an analyst looks at."""

    group: str  # department, team, role or region: one that the data name
    metric: str  # one of METRICS
    preset: str  # of the usage segments, such as "12w"
    who: str  # whom the next pick takes from behind its mark: one of WHO
    since: str  # the first week, by its Monday
    until: str  # the last one

    @property
    def between(self) -> str:
        """SQL: that a week is in the period looked at."""
        return f"week between date {literal(self.since)} and date {literal(self.until)}"

    @property
    def start(self) -> str:
        """The week in which the flow begins: twelve before the last, or the first."""
        return max(self.since, str(as_day(self.until) - timedelta(weeks=APART)))


def choices(panel: Table) -> dict[str, list[str]]:
    """What can be looked at in a panel: each field of `Look` -> its values, the usual one first (of `until`, last)."""
    found = panel.sql("select distinct week from this order by week").to_arrow()["week"].to_pylist()
    weeks = [str(week) for week in found]
    values = (_named_groups(panel), list(METRICS), list(PRESETS), list(WHO), weeks, weeks)
    return dict(zip(Look.__dataclass_fields__, values, strict=True))


def _named_groups(panel: Table) -> list[str]:
    """The groups that the data name; all where they name none."""
    counts = ", ".join(f"count({group}) as {group}" for group in GROUPS)
    found = panel.sql(f"select {counts} from this").row()
    return [group for group in GROUPS if found[group]] or list(GROUPS)
