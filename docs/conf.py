"""How the documentation is built: offline, with warnings as errors, and with every example executed."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_extensions"))
sys.path.insert(0, str(HERE.parent))

project = "Adoption workbench"
author = "The authors of the adoption workbench"
copyright = author
version = release = installed("adoption-workbench")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx_copybutton",
    "sphinx_design",
    "numpydoc",
    "house_docstrings",
    "mathml",
    "public_names",
    "terminal",
]
exclude_patterns = ["_build", "_extensions", "data"]
nitpicky = True
suppress_warnings = ["misc.highlighting_failure"]  # code in the contributing guide may be a sketch, with "…"
smartquotes = False  # "event_week" is a value, not a quotation

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # types stand in the list of parameters (house_docstrings)
autodoc_member_order = "alphabetical"
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False

# The docstrings' own examples are run by pytest; the pages' examples are run here (make docs).
doctest_test_doctest_blocks = ""
doctest_global_setup = "import terminal; terminal.enter()"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_math_renderer = "mathml"
html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = ["_static"]
html_css_files = ["docs.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": project},
    "navbar_align": "left",
    "header_links_before_dropdown": 5,
    "navbar_end": ["theme-switcher"],
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
