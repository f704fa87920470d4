"""What draws the charts: Vega, Vega-Lite and Vega-Embed as one script, made once and known by its hash."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import vl_convert
from platformdirs import user_cache_path

from workbench.results.files import write_whole

BUNDLE = "vega.js"  # its name in a site
LICENCES = Path(__file__).parent / "templates" / "vega-licences.txt"  # of what it is made of; they go where it goes


@cache
def vega_bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, below their licences."""
    return f"/*!\n{LICENCES.read_text(encoding='utf-8')}*/\n{_bundle()}"


def _bundle() -> str:
    """The script; made once (two seconds) and kept between runs."""
    kept = user_cache_path("adoption-workbench") / f"vega-{version('vl-convert-python')}.js"
    if whole := _whole(kept):
        return whole
    # In a block of its own, so that none of its names become the page's.
    bundle = "{" + vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").replace("</script", "<\\/script") + "}"
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_whole(kept, f"{digest(bundle)}\n{bundle}")
    except OSError:
        pass  # a home that cannot be written to costs the two seconds again, nothing else
    return bundle


def _whole(kept: Path) -> str:
    """The script that was kept, where it is what its first line says it is; else nothing, and it is made anew."""
    try:
        said, _, bundle = kept.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return ""
    return bundle if bundle and said == digest(bundle) else ""


def digest(script: str) -> str:
    """The hash by which a browser knows a script."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
