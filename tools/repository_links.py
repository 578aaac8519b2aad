"""A hook of MkDocs: links from the pages into the repository become the names of the files.

The pages are read in the repository, too, where such links lead to tests and scripts; the site has none of
these files.
"""

from __future__ import annotations

import re
from typing import Any, Final

_OUTSIDE: Final = re.compile(r"\[([^\]]*)\]\((?:\.\./)+((?:tests|tools|benchmarks|examples|src)/[^)#]+)\)")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Replace such links in a page before it is rendered."""
    return _OUTSIDE.sub(r"`\2`", markdown)
