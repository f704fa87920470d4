"""What a page rests on: the log, the weeks, the people and the actions that count.

Every notebook begins with the same choices and needs the same tables. Each table is made once, when it is first used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from workbench.data.engine import Table, identifier, literal
from workbench.data.fitness import looked_until
from workbench.data.sources import Source
from workbench.data.verbs import kinds
from workbench.panel.calendar import Period
from workbench.panel.events import actions, qualifying_actions
from workbench.panel.kept import Kept
from workbench.panel.period import period
from workbench.panel.selections import only, people_of
from workbench.panel.user_weeks import rests_on, user_weeks
from workbench.results.crowd import FACTS
from workbench.results.phrases import call
from workbench.results.registry import open_register
from workbench.results.words import EVERYBODY


@dataclass(frozen=True)
class Basis:
    """A log and what of it is looked at; as text, the line that says what a page rests on.

    log : the source, which keeps the contract
    period : the weeks looked at
    use : the actions that count as use
    selection : the file of the only people looked at; empty for everybody
    until : the last day that was chosen, in the parameters or by `settled`; empty for the last finished week
    kept : the tables that pages share, where they are printed together
    """

    log: Source
    period: Period
    use: tuple[str, ...]
    selection: str | Path
    until: str
    kept: Kept

    @cached_property
    def panel(self) -> Table:
        """The user-weeks, as `user_weeks` returns them, computed once."""
        panel = self.kept.table("panel", self._panel_choice, self._user_weeks).stored()
        people = panel.sql(f"select distinct user_id, {', '.join(FACTS)} from this").to_pandas()
        open_register(people.set_index("user_id"))
        return panel

    @cached_property
    def actions(self) -> Table:
        """The rows of the log that count, as `actions` returns them; lazy: store them for many questions."""
        return self.kept.table("actions", self._choice, self._rows)

    def keep(self) -> None:
        """Write the log's tables, the panel and the actions for the other pages of a run, where these share any."""
        self.kept.keep_log(self.log)
        self.kept.keep("panel", self._panel_choice, self.panel)
        self.kept.keep("actions", self._choice, self.actions)

    def __str__(self) -> str:
        return rests_on(self.log, self.panel, str(self.selection), self.period.time_zone)

    def _user_weeks(self) -> Table:
        """The user-weeks; where the data name no groups, everybody is one department."""
        weeks = only(user_weeks(self.log, self.period, qualifying=self.use), self.selection)
        if any(group in self.log.given("users") for group in FACTS):
            return weeks
        filled = {"department": f"{literal(EVERYBODY)} as department"}
        return weeks.sql(f"select {', '.join(filled.get(name, identifier(name)) for name in weeks.columns)} from this")

    def _rows(self) -> Table:
        return only(actions(self.log, self.period), self.selection)

    @property
    def _choice(self) -> list[object]:
        people = people_of(self.selection) if self.selection else []
        return [self.period.start, self.period.weeks, self.period.time_zone, people]

    @property
    def _panel_choice(self) -> list[object]:
        return [*self._choice, *self.use]


def basis(
    source: Any,
    since: str = "",
    until: str = "",
    time_zone: str = "",
    qualifying: str | None = "",
    selection: str | Path = "",
    settled: bool = False,
    kept: str | Path = "",
) -> Basis:
    """What the questions of a notebook are asked of: make it once, from the notebook's parameters.

    source : whatever `open_source` opens
    since, until : first and last day, like "2025-01-06"; empty for the whole log up to its last finished week
    time_zone : the organisation's, such as "Europe/Berlin"; empty for the source's own
    qualifying : the actions that count as use, separated by commas; empty for all but logins and logouts, None
        for these, too
    selection : the file of the only people to look at, as `save_selection` writes it; empty for everybody
    settled : end before the weeks in which nobody can be seen to stop, where access is read off the log (see
        `data.looked_until`); for shares of people who are active
    kept : the private folder of tables that the pages of a run share; empty for a page alone

    Returns a Basis: `log`, `period`, `use`, `selection`, `until`; `panel` and `actions`, made when they are first used;
    and, as text, one line on the source, its user-weeks and their fingerprint. From now on sentences call the
    system and the currency by the names that the source gives them.
    Raises ContractError where the source breaks the contract, or a parameter fits nothing in it; `panel` and `actions`
    raise it where fewer than five people of the selection have rows.

    >>> from workbench.simulation import tiny_crm
    >>> basis = wb.basis(tiny_crm(), since="2025-01-13", until="2025-02-16", qualifying="create")
    >>> basis.period.weeks, basis.use, basis.panel.columns[:3]
    (5, ('create',), ['user_id', 'week', 'eligible'])
    >>> str(basis).split(";")[0]
    'frames: 24 people with access, 120 user-weeks in 5 weeks from 13 January 2025 to 16 February 2025, days of UTC'
    """
    shared = Kept(Path(kept) if kept else None, source)
    log = shared.log()
    call(system=log.system, currency=log.currency)
    use = tuple(kinds(log)) if qualifying is None else qualifying_actions(log, qualifying)
    last = looked_until(log, until) if settled else until
    return Basis(log, period(log, since, last, time_zone), use, selection, last, shared)
