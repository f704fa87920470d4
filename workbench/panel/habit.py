"""The habit: the one definition that segments, rates, movements and the time to adopt share."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.data.engine import Table, literals
from workbench.results.phrases import phrase, say, translated

IN_WORDS = (
    *(phrase("no"), phrase("one"), phrase("two"), phrase("three"), phrase("four"), phrase("five"), phrase("six")),
    *(phrase("seven"), phrase("eight"), phrase("nine"), phrase("ten"), phrase("eleven"), phrase("twelve")),
)
HABITUAL = ("power", "habitual")  # the usage segments of people who have the habit


@dataclass(frozen=True)
class Habit:
    """Active in at least so many of somebody's last weeks.

    active_weeks : at least this many weeks with any action, 1 or more
    window : of so many weeks, those in which the person could have used the system
    Raises ValueError where that is not possible.

    >>> print(Habit())
    9 or more active weeks of 12
    >>> Habit().earliest
    'nine active weeks of twelve, so nine weeks at the least'
    """

    active_weeks: int = 9
    window: int = 12

    def __post_init__(self) -> None:
        if not 1 <= self.active_weeks <= self.window:
            raise ValueError(
                f"a habit of {self.active_weeks} active weeks of {self.window} is not possible."
                "\n  Ask for 1 to all of the window's weeks."
            )

    def __str__(self) -> str:
        return say("{active} or more active weeks of {window}", active=self.active_weeks, window=self.window)

    @property
    def earliest(self) -> str:
        """After how many weeks somebody can have it, in words."""
        active, window = (in_words(n) for n in (self.active_weeks, self.window))
        return say("{active} active weeks of {window}, so {active} weeks at the least", active=active, window=window)


def in_words(n: int) -> str:
    """A number as a word, where there is one."""
    return translated(IN_WORDS[n]) if n < len(IN_WORDS) else str(n)


HABIT = Habit()
FIRST_USE = Habit(active_weeks=1, window=1)


def has_habit(segment: str = "segment") -> str:
    """SQL: whether a usage segment is one of people who have the habit."""
    return f"{segment} in ({literals(HABITUAL)})"


def first_reached(weeks: Table, habit: Habit) -> Table:
    """When each person first had the habit.

    weeks : as `counted_weeks` returns them
    Returns a lazy Table, one row per person: user_id, observed (weeks that count), waited (how many of them until the
    habit, itself included), week (its first day); waited and week are missing where somebody does not have it yet.
    """
    reached = f"active >= {habit.active_weeks}"
    return weeks.sql(f"""
        with counted as (
            select user_id, week, row_number() over (partition by user_id order by number) as nth,
                sum(case when actions > 0 then 1 else 0 end) over (
                    partition by user_id order by number rows between {habit.window - 1} preceding and current row
                ) as active
            from this
        )
        select user_id, max(nth) as observed, min(case when {reached} then nth end) as waited,
            min(case when {reached} then week end) as week
        from counted group by user_id""")
