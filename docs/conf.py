"""How Sphinx makes the site; `.ci/website.py` puts the pages beside this file and runs it."""

from planner._version import __version__

project = "vision-planner"
release = version = __version__
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode", "myst_parser"]
html_theme = "furo"
html_title = f"vision-planner {release}"
html_static_path: list[str] = []
html_show_copyright = False
html_copy_source = False
html_last_updated_fmt = None  # the same pages each time
myst_heading_anchors = 4
myst_enable_extensions = ["deflist"]
smartquotes = False  # --json is no dash and a word
autodoc_typehints = "none"  # the docstrings say them, with what they mean
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
suppress_warnings = ["misc.highlighting_failure"]  # output of a terminal in a block of shell
