"""Turns an executed notebook into a page, and pages into their summary.

nbconvert renders the body with our own template; before that every output is reduced to one piece of HTML
(a figure, a finding, a table), and afterwards the body is framed with style, scripts and a policy that lets the
browser run only those scripts, known by their hash. So a hostile string in the data stays a string, and the
page asks nothing of any network.
"""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter

from workbench.reports.bundle import BUNDLE, digest, vega_bundle
from workbench.reports.navigation import PLACE, answers
from workbench.reports.prose import after_the_answer, headed, in_language, own_names, plain, slug
from workbench.reports.since_last import since_last
from workbench.reports.summary import summary_of
from workbench.results.boundary import NAMES
from workbench.results.phrases import language, phrase, say, say_n, translated
from workbench.results.record import RECORDS, Record
from workbench.results.verdict import Grade, Verdict
from workbench.results.words import capital, gist, sentence

TEMPLATES = Path(__file__).parent / "templates"
VEGALITE = "application/vnd.vegalite.v5+json"
FINDING = "application/vnd.workbench.finding+json"
TREND = "2_adoption"  # the page whose picture is the summary's trend
SURE = (Grade.RANDOMISED, Grade.ROBUST)


@dataclass(frozen=True)
class Page:
    """What the summary page says about one report; every page carries its own."""

    name: str  # the notebook's file name without its ending, and the page's
    title: str
    question: str = ""  # the first paragraph: who asks, and what they will decide
    data: str = ""  # what the page rests on: the text shown by the cell tagged `source`
    findings: list[dict[str, Any]] = field(default_factory=list)  # as data, with the anchor of their section
    picture: dict[str, Any] | None = None  # the chart of the cell tagged `summary`

    @property
    def file(self) -> str:
        """The name of its file in the site."""
        return f"{self.name}.html"


def page_of(notebook: Any, name: str) -> Page:
    """The page that an executed notebook makes."""
    prose = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    title = re.search(r"^# +(.+)$", prose, re.M)
    question = re.search(r"^# .+\n+([^#\n].*)", prose)
    findings = [
        {**output.data[FINDING], "anchor": _anchor(section)}
        for section in _sections(notebook)
        for output in _outputs(section)
        if FINDING in output.get("data", {})
    ]
    return Page(
        name,
        plain(translated(title[1])) if title else name,
        plain(translated(question[1])) if question else "",
        _source_line(notebook),
        findings,
        _picture(notebook),
    )


def written_page(text: str) -> Page | None:
    """The page that some HTML once printed here says it is; None for anything else."""
    found = re.search(r'<script type="application/json" id="summary">(.*?)</script>', text, re.S)
    try:
        return Page(**json.loads(found[1])) if found else None
    except (ValueError, TypeError, RecursionError):  # another version's, or cut
        return None


def page_html(notebook: Any, page: Page, told: list[tuple[Any, str]], single_file: bool = False) -> str:
    """The whole page: `told` pairs each parameter with the value it had, in words."""
    body, headings = headed(_body(notebook, page), own_names(notebook))
    body = after_the_answer(body)
    empty = [section[0].source for section in _sections(notebook) if _empty(section)]
    return _framed(
        "page.html.j2",
        [_script()],
        _bundle('class="chart"' in body, single_file),
        title=page.title,
        body=body,
        headings=headings,
        page=page,
        pages=PLACE,
        single_file=single_file,
        told=told,
        without=[plain(translated(text.splitlines()[0].lstrip("# "))) for text in empty],
        summary=_json(asdict(page)),
    )


def site_html(
    pages: list[tuple[Page, bool]],
    records: Iterable[Record] = (),
    missing: Iterable[str] = (),
    single_file: bool = False,
    before: Iterable[Record] = (),
) -> str:
    """The summary page: what the pages found, then each page with whether it is from an earlier run.

    records : what the pages handed on; missing : the names that have no page at all
    before : what the pages of the last report into the same site handed on
    """
    records = list(records)
    data = list(dict.fromkeys(page.data for page, _ in pages if page.data))
    summary = summary_of(records)
    trend = next((page for page, _ in pages if page.picture and page.name == TREND), None)
    charted = any(page.picture for page, _ in pages)
    return _framed(
        "site.html.j2",
        [_script()] if charted else [],
        _bundle(charted, single_file),
        title=summary.title,
        summary=summary,
        last=since_last(records, before),
        trend=trend,
        pages=pages,
        data=data,
        missing=list(missing),
    )


def _bundle(charted: bool, single_file: bool) -> str:
    """The script element that draws charts: the site's bundle, or all of it inside a page that stands alone."""
    if not charted:
        return ""
    return f"<script>{vega_bundle()}</script>" if single_file else f'<script src="{BUNDLE}"></script>'


def records_of(notebook: Any, name: str) -> list[Record]:
    """The findings that an executed notebook hands on as data, each with the heading of its section."""
    found = []
    for section in _sections(notebook):
        texts = [o.data[RECORDS] for o in _outputs(section) if RECORDS in o.get("data", {})]
        rows = [row for text in texts for row in json.loads(text)]
        found += [Record(**{**row, "page": name, "anchor": _anchor(section)}) for row in rows]
    return found


def names_of(notebook: Any) -> dict[str, str]:
    """What an executed notebook calls the system and the currency, where its source gives them names."""
    named = (output.get("metadata", {}).get(NAMES, {}) for output in _outputs(notebook.cells))
    return dict(next(filter(None, named), {}))


def _said(notebook: Any) -> Iterator[tuple[str, str]]:
    """What each section says, findings before the titles of charts; what is folded away is no answer."""
    for section in _sections(notebook):
        data = [o.get("data", {}) for o in _outputs(c for c in section if "appendix" not in c.metadata.get("tags", []))]
        yield from ((_anchor(section), gist(each[FINDING]["headline"])) for each in data if FINDING in each)
        yield from ((_anchor(section), _title(each[VEGALITE])) for each in data if VEGALITE in each)


def _anchor(section: list[Any]) -> str:
    """The anchor of a section's heading."""
    return slug(plain(section[0].source.splitlines()[0].lstrip("# "))) if section and section[0].source else ""


def _outputs(cells: Iterable[Any]) -> list[Any]:
    return [output for cell in cells for output in cell.get("outputs", [])]


def _shown_by(notebook: Any, tag: str) -> list[Any]:
    """The data of what the cells with this tag show."""
    tagged = [c for c in notebook.cells if tag in c.metadata.get("tags", [])]
    return [output.data for output in _outputs(tagged) if "data" in output]


def _source_line(notebook: Any) -> str:
    texts = [data.get("text/markdown") or data.get("text/plain", "") for data in _shown_by(notebook, "source")]
    return plain(_unquoted(texts[0])) if texts else ""


def _unquoted(shown: str) -> str:
    """A text as it is, where a notebook shows it as Python writes it."""
    try:
        return str(ast.literal_eval(shown)) if shown[:1] in ("'", '"') else shown
    except (ValueError, SyntaxError):
        return shown


def _picture(notebook: Any) -> dict[str, Any] | None:
    specs = [data[VEGALITE] for data in _shown_by(notebook, "summary") if VEGALITE in data]
    return specs[0] if specs else None


def _body(notebook: Any, page: Page) -> str:
    shown = deepcopy(notebook)
    shown.metadata["data"] = page.data
    shown.metadata["answers"] = answers(_said(notebook))
    shown.cells = [_shown(cell) for section in _sections(shown) if not _empty(section) for cell in section]
    body, _ = _exporter().from_notebook_node(shown)
    return str(body)


def _sections(notebook: Any) -> list[list[Any]]:
    """The cells that a person wrote, from one heading of the second level to the next."""
    sections: list[list[Any]] = [[]]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append([])
        if "injected-parameters" not in cell.metadata.get("tags", []):
            sections[-1].append(cell)
    return sections


def _empty(section: list[Any]) -> bool:
    """Whether a section asks the data something and shows nothing: its heading would promise what is not there."""
    code = [cell for cell in section if cell.cell_type == "code"]
    headed = bool(section) and section[0].cell_type == "markdown" and section[0].source.startswith("## ")
    return headed and bool(code) and not any(_as_html(output) for output in _outputs(code))


@cache
def _exporter() -> HTMLExporter:
    exporter = HTMLExporter(
        extra_template_basedirs=[str(TEMPLATES.parent)],
        template_name=TEMPLATES.name,
        exclude_anchor_links=True,
        embed_images=True,
    )
    exporter.register_filter("tone", _tone)
    exporter.register_filter("label", _label)
    exporter.register_filter("figure", _figure)
    exporter.environment.globals |= {"say": say, "say_n": say_n, "translated": translated}
    return exporter


def _shown(cell: Any) -> Any:
    if cell.cell_type == "markdown":
        cell.source = in_language(cell.source)
    if cell.cell_type == "code":
        cell.outputs = [output for output in map(_as_html, cell.outputs) if output is not None]
    return cell


def _as_html(output: Any) -> Any:
    """The output as one piece of HTML (or Markdown, which the template renders); None if a reader should not see it."""
    if output.output_type == "stream":
        shown = None if output.name == "stderr" else {"text/html": _printed(output.text)}
    else:
        shown = _display(output.get("data", {}))
    return None if shown is None else {**output, "output_type": "display_data", "data": shown, "metadata": {}}


def _display(data: Any) -> dict[str, str] | None:
    if RECORDS in data:
        return None
    if VEGALITE in data:
        return {"text/html": _figure(data[VEGALITE])}
    if FINDING in data:
        return {"text/html": _finding(data)}
    if "text/markdown" in data:
        return {"text/markdown": data["text/markdown"]}
    if "text/html" in data:
        return {"text/html": _tables(data["text/html"])}
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            return {"text/html": f'<img src="data:{kind};base64,{data[kind].strip()}" alt="">'}
    return {"text/html": _printed(data["text/plain"])} if "text/plain" in data else None


def _printed(text: str) -> str:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return f'<pre tabindex="0">{html.escape(plain)}</pre>'


def _figure(spec: dict[str, Any]) -> str:
    words = html.escape(_description(spec), quote=True)
    return (
        f'<figure class="chart" aria-label="{words}"><div></div>'
        f'<script type="application/json">{_json(spec)}</script><noscript>{words}</noscript>'
        f"<figcaption>{_note(spec)}"
        f'<button type="button" class="csv" hidden>{say("Data (CSV)")}</button></figcaption></figure>'
    )


def _note(spec: dict[str, Any]) -> str:
    """The key to a chart's numbers and marks, below it."""
    notes = str(spec.get("usermeta", {}).get("notes", ""))
    return f"<span>{html.escape(notes)}.</span> " if notes else ""


def _title(spec: dict[str, Any]) -> str:
    """A chart's title on one line."""
    title = spec.get("title", "")
    text = title.get("text", "") if isinstance(title, dict) else title
    return " ".join(text) if isinstance(text, list) else str(text)


def _description(spec: dict[str, Any]) -> str:
    """The chart in words: its own description, else its title."""
    return str(spec.get("description") or _title(spec) or say("Chart"))


def _finding(data: Any) -> str:
    finding = data[FINDING]
    label = f'<p class="label">{html.escape(_label(finding))}</p>'
    said = html.escape(sentence(Grade(finding["grade"]).shown))  # the label says it
    name, below = say("Finding"), data["text/html"].replace(f"<p>{said} ", "<p>", 1)
    return f'<div class="card {_tone(finding)}" role="group" aria-label="{name}">{label}{below}</div>'


WITHOUT_SQUARES = {  # evidence that has none
    Grade.DESCRIPTIVE: phrase("What we see (not why)"),
    Grade.MIXED: phrase("Mixed results"),
}


def _label(finding: dict[str, Any]) -> str:
    """What the finding is worth, in a few words: its verdict and its evidence."""
    verdict, grade = finding["verdict"], Grade(finding["grade"])
    if verdict == Verdict.UNKNOWN or grade == Grade.NONE:
        return say("We cannot say")
    if verdict == Verdict.DESCRIPTIVE:
        if grade in WITHOUT_SQUARES:
            return translated(WITHOUT_SQUARES[grade])
        return say("Mixed results · {evidence}", evidence=translated(grade.shown))
    effect = Verdict(verdict).effect if grade.squares and verdict in set(Verdict) else verdict
    return f"{capital(translated(effect))} · {translated(grade.shown)}"


def _tone(finding: dict[str, Any]) -> str:
    """The colour of a finding: only what is well founded gets one."""
    clear = finding["verdict"] in (Verdict.RAISED, Verdict.LOWERED)
    return str(finding["verdict"]) if clear and finding["grade"] in SURE else ""


def _tables(text: str) -> str:
    """Tables that scroll by themselves on a phone, without pandas' own style and its nameless heads."""
    text = re.sub(r"<style scoped>.*?</style>", "", text, flags=re.S).replace("<th></th>", "<td></td>")
    text = re.sub(r'<table border="1" class="dataframe">', "<table>", text)
    scroll = f'<div class="scroll" tabindex="0" role="group" aria-label="{say("Table")}">'
    return re.sub(r"(<table\b.*?</table>)", rf"{scroll}\1</div>", text, flags=re.S)


def _json(value: Any) -> str:
    # `<` as an escape: no string inside can end the script element that carries it.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c")


def _framed(template: str, scripts: list[str], bundle: str, **parts: Any) -> str:
    """A template with style, scripts, and a policy that lets no other script run.

    A file on a disk has no origin that a policy could name. So the element of the site's bundle is known by a number
    that no text on the page can hold, since the whole page gives it.
    """
    inside = [bundle.removeprefix("<script>").removesuffix("</script>")] if bundle.startswith("<script>") else []
    known = [f"sha256-{digest(script)}" for script in [*scripts, *inside]]

    def framed(number: str) -> str:
        named = bundle if inside else bundle.replace("<script", f'<script nonce="{number}"')
        policy = _policy([*known, f"nonce-{number}"] if bundle and not inside else known)
        page = _exporter().environment.get_template(template)
        style, made_by = _text("page.css"), version("adoption-workbench")
        shared = {"policy": policy, "style": style, "version": made_by, "language": language()}
        return str(page.render(**shared, bundle=named, scripts=scripts, **parts))

    return f"{framed(digest(framed('')))}\n"


def _policy(scripts: list[str]) -> str:
    allowed = " ".join(f"'{script}'" for script in scripts) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def _script() -> str:
    """What draws the charts and folds the code, with its words in the language of the page."""
    return str(_exporter().environment.get_template("page.js").render()).strip()


@cache
def _text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8").strip()
