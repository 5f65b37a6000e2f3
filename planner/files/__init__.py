"""Writing files: whole or not at all, no wider than what they are made from, never by surprise.

Every file the program writes is written here. :mod:`planner.files.target` says what may be written
to, :mod:`planner.files.temporary` makes the hidden file that becomes the target,
:mod:`planner.files.write` puts it in place, and :mod:`planner.files.folder` does the same for a
whole folder.
"""

from planner.files.folder import new_folder
from planner.files.target import require_file, require_folder
from planner.files.write import replace_if_unchanged, write_bytes, write_files, write_text

__all__ = [
    "new_folder",
    "replace_if_unchanged",
    "require_file",
    "require_folder",
    "write_bytes",
    "write_files",
    "write_text",
]
