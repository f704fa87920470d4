"""The script that draws charts is used only where it is what was kept."""

from __future__ import annotations

from workbench.reports import bundle


def test_a_bundle_that_was_cut_or_changed_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "user_cache_path", lambda _: tmp_path)
    monkeypatch.setattr(bundle.vl_convert, "javascript_bundle", lambda _: "draw()")
    bundle.vega_bundle.cache_clear()
    assert bundle.vega_bundle() == "{draw()}"
    (kept,) = tmp_path.iterdir()
    for content in ("", "{draw()", kept.read_text()[:-1], kept.read_text().replace("draw", "steal"), "{steal()}"):
        kept.write_text(content)
        bundle.vega_bundle.cache_clear()
        assert bundle.vega_bundle() == "{draw()}"
    bundle.vega_bundle.cache_clear()
