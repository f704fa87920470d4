"""What a draft of a mapping is made of: sources of tables, and questions that only their owner can answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Question:
    """Something that the files do not tell.

    text : the question, with its evidence
    choices : lines of the mapping, of which the owner keeps one
    under : the words of the table that the choices belong to, such as "formats"; empty: the table itself
    blocks : the check does not pass until it is answered
    """

    text: str
    choices: tuple[str, ...] = ()
    under: str = ""
    blocks: bool = False


@dataclass(frozen=True)
class Fragment:
    """One source of one table.

    files : relative to the folder
    words : what the mapping says of it, in the words of its grammar
    title : what it was recognised as
    seen : how well its layout is known
    why : a comment on a column of ours
    same : columns that are called as in the contract
    naive : columns whose times name no zone
    """

    table: str
    files: tuple[str, ...]
    words: dict[str, Any]
    title: str
    seen: str = ""
    system: str = ""
    why: dict[str, str] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    same: tuple[str, ...] = ()
    naive: tuple[str, ...] = ()
    verbs: dict[str, list[str]] = field(default_factory=dict)
    holds: str = ""
    yields_to: str = ""
    aside: str = ""

    @property
    def found(self) -> frozenset[str]:
        """Our columns that the source has."""
        return frozenset(self.words.get("columns", {})) | frozenset(self.same)

    def said(self, word: str, column: str, value: Any) -> Fragment:
        """This fragment with one more word about a column, such as its format."""
        return replace(self, words={**self.words, word: {**self.words.get(word, {}), column: value}})

    def asked(self, *questions: Question) -> Fragment:
        """This fragment with further questions."""
        return replace(self, questions=(*self.questions, *questions))

    def column(self, ours: str) -> str | None:
        """Their name of a column that is taken as it stands; None where it is computed, or not there."""
        said = self.words.get("columns", {}).get(ours, ours if ours in self.same else None)
        if isinstance(said, dict) and "pattern" not in said and "sql" not in said:
            said = said.get("column")
        return said if isinstance(said, str) else None
