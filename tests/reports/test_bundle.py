"""The script that draws charts is used only where it is what was kept."""

from __future__ import annotations

from workbench.reports import bundle


def test_a_bundle_that_was_cut_or_changed_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "user_cache_path", lambda _: tmp_path)
    monkeypatch.setattr(bundle.vl_convert, "javascript_bundle", lambda _: "draw()")
    bundle.vega_bundle.cache_clear()
    assert bundle.vega_bundle().endswith("*/\n{draw()}")
    (kept,) = tmp_path.iterdir()
    for content in ("", "{draw()", kept.read_text()[:-1], kept.read_text().replace("draw", "steal"), "{steal()}"):
        kept.write_text(content)
        bundle.vega_bundle.cache_clear()
        assert bundle.vega_bundle().endswith("*/\n{draw()}")
    bundle.vega_bundle.cache_clear()


def test_the_licences_of_what_draws_go_where_it_goes():
    script = bundle.vega_bundle()
    comment = script[: script.index("*/")]
    assert script.startswith("/*!")
    for part in ("Vega ", "Vega-Lite", "Vega-Embed", "Copyright 2010-2023 Mike Bostock"):
        assert part in comment
    for term in ("Redistributions in binary form must reproduce", "this permission notice appear in all copies"):
        assert term in comment
    assert "</script" not in comment
