"""What an executed notebook becomes: one piece of HTML for each output, framed by a policy that runs nothing else."""

from __future__ import annotations

import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbench.findings.finding import Finding
from workbench.reports.pages import page_html, page_of, site_html
from workbench.results.record import RECORDS
from workbench.results.verdict import Grade, Verdict


def _executed(title: str, kind: str, shown: str):
    code = new_code_cell("1", outputs=[new_output("display_data", {kind: shown})])
    return new_notebook(cells=[new_markdown_cell(title), code])


def test_what_a_page_may_run_is_known_by_its_hash():
    notebook = _executed("# A title", "text/html", "<script>alert(1)</script>")
    policy = (
        page_html(notebook, page_of(notebook, "x"), []).split('Content-Security-Policy" content="')[1].split('"')[0]
    )
    assert "default-src 'none'" in policy
    assert "'sha256-" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert not {"file:", "'self'"} & set(policy.split())


def test_the_file_that_draws_is_known_by_a_number_that_the_page_itself_gives():
    def number(shown):
        notebook = _executed("# A title", "application/vnd.vegalite.v5+json", {"title": shown})
        page = page_html(notebook, page_of(notebook, "x"), [])
        (found,) = re.findall(r'<script nonce="([^"]+)" src="vega.js">', page)
        assert f"'nonce-{found}'" in page.split('Content-Security-Policy" content="')[1].split('"')[0]
        return found

    assert number("one") == number("one")
    assert number("one") != number("other")


def test_a_title_is_words_even_if_it_looks_like_markup():
    index = site_html([(page_of(_executed("# <img src=x> & more", "text/plain", "1"), "x"), False)])
    assert "&lt;img src=x&gt; &amp; more" in index


def test_a_section_that_shows_nothing_is_left_out_and_named_below():
    words = [new_markdown_cell(text) for text in ("# Title", "## Full", "## Hollow\n\nWhy.", "## Words")]
    shown = new_output("display_data", {"text/html": "<p>something</p>"})
    handed = new_output("display_data", {RECORDS: "[]", "text/plain": "1 finding for the summary"})  # nobody sees it
    code = [new_code_cell("x", outputs=outputs) for outputs in ([shown], [handed])]
    hidden = new_code_cell("y", metadata={"tags": ["appendix"]})  # a fold with nothing in it is none
    cells = [words[0], words[1], code[0], hidden, words[2], code[1], words[3]]
    notebook = new_notebook(cells=cells)
    page = page_html(notebook, page_of(notebook, "made_up"), [])
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page) == ["Full", "Words", "How this page was made"]
    assert "Left out, because there is nothing to show: Hollow" in page
    assert "Why." not in page
    assert "Show the tables behind it" not in page


def test_the_executive_view_hides_all_but_the_first_section():
    """It works by style alone: what it hides is one element, which the box above it switches."""
    words = [new_markdown_cell(text) for text in ("# Title", "## Answer", "## Why", "## How")]
    notebook = new_notebook(cells=words)
    page = page_html(notebook, page_of(notebook, "made_up"), [])
    shown, later = page.split('<div class="later">')
    assert ('<h2 id="answer">' in shown, '<h2 id="why">' in later, '<h2 id="how">' in later) == (True, True, True)
    assert 'type="checkbox" id="brief"' in shown
    assert "body:has(#brief:checked) .later { display: none; }" in page


# ── what is kept, and what stood there before ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("summary", ["{", "[]", "3", '{"name": "x"}', '{"name": "x", "title": "y", "of a later version": 1}', "[" * 5000])  # fmt: skip
def test_a_page_of_another_version_is_none(summary):
    from workbench.reports.pages import written_page

    assert written_page(f'<script type="application/json" id="summary">{summary}</script>') is None


def test_names_keep_their_underscores():
    from workbench.reports.prose import plain

    assert (
        plain("my_crm_export_2025: **12** people, _all_ of `team_a`") == "my_crm_export_2025: 12 people, all of team_a"
    )


def test_a_card_says_its_evidence_once_in_its_label():
    found = Finding("Talks raised use.", Verdict.RAISED, Grade.ROBUST, "both groups changed in the same way", n=40)
    shown = found._repr_mimebundle_()
    code = new_code_cell("1", outputs=[new_output("display_data", shown)])
    notebook = new_notebook(cells=[new_markdown_cell("# T"), new_markdown_cell("## A"), code])
    page = page_html(notebook, page_of(notebook, "x"), []).split("<main", 1)[1]
    assert page.count("fair comparison, all checks passed") == 1
    assert "<p>Both groups changed in the same way. Rests on 40 people.</p>" in page
