"""Whether two places of one site say different things of one result: simulated CRMs, and OpenStack.

    python benchmarks/agreement.py [first seed] [last seed] [people] [weeks]

Each CRM has planted effects that last, fade, turn, are gamed, or are none; with few people much of it is probable,
unreliable or not to be told. OpenStack's log is read where WORKBENCH_SHARED names the folder it lies in.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT / "tests"))

from results import markdown, write_section  # noqa: E402
from said_of import Said, contradictions, said_in, site_of  # noqa: E402

from workbench.data.borders import ALLOWED, OUTSIDE  # noqa: E402
from workbench.simulation.crm import write  # noqa: E402


def sites(first: int, last: int, people: int, weeks: int) -> Iterator[tuple[str, list[Said]]]:
    """The name of each source, and all that its site says."""
    for seed in range(first, last + 1):
        with TemporaryDirectory() as folder:
            write(Path(folder) / "crm", people, weeks, seed)
            yield f"seed {seed}", said_in(site_of(str(Path(folder) / "crm"), Path(folder)))
    if "WORKBENCH_SHARED" in os.environ:
        os.environ[OUTSIDE] = ALLOWED
        with TemporaryDirectory() as folder:
            yield "OpenStack", said_in(site_of(str(PROJECT / "examples" / "openstack_activity.toml"), Path(folder)))


def row(name: str, said: list[Said]) -> list[str]:
    apart = contradictions(said)
    for result, places in apart.items():
        print(f"{name}: {', '.join(result)}: {', '.join(places)}", file=sys.stderr)
    effects = Counter({each.result: each.effect for each in said if each.result[2] == ""}.values())
    words = ", ".join(f"{n} {effect}" for effect, n in effects.most_common())
    return [name, str(len(said)), str(len({each.result for each in said})), words or "no programme", str(len(apart))]


def main(first: int = 1, last: int = 10, people: int = 400, weeks: int = 40) -> None:
    rows = [row(name, said) for name, said in sites(first, last, people, weeks)]
    header = ["source", "places", "results", "what is said of programmes", "results on which two places disagree"]
    about = f"Simulated CRMs of {people} people and {weeks} weeks, and OpenStack's log; all pages that judge.\n\n"
    command = f"python benchmarks/agreement.py {first} {last} {people} {weeks}"
    write_section("One verdict everywhere", command, about + markdown(header, rows))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
