"""A workbook as bytes: the same bytes for the same content, with the results of its formulas.

openpyxl writes formulas without results and stamps the time of writing. Here results are put in
beside their formulas, so that programs which do not compute (previews, pandas, this package) see
them, and every time is a fixed one. Excel computes all formulas anew when it opens the file;
LibreOffice shows the results, and computes what depends on a cell once that is changed.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

__all__ = ["FIXED_TIME", "workbook_bytes"]

type Results = Mapping[str, Mapping[str, object]]
"""Results of formulas by sheet and cell."""

FIXED_TIME = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the format has no time zone
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_TIMES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_FORMULA = re.compile(
    r'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f[^>]*?(?:/>|>.*?</f>))<v\s*(?:/>|></v>)</c>'
)


def workbook_bytes(workbook: Any, results: Results | None = None) -> bytes:  # noqa: ANN401 - as above
    """Return a workbook as the bytes of an ``.xlsx`` file.

    Parameters
    ----------
    workbook : openpyxl.Workbook
        Changed only in that Excel is told to compute its formulas when it opens the file.
    results : mapping of str to mapping of str to object, optional
        By sheet and cell: number, text or truth value of each formula; None where it is unknown.

    Returns
    -------
    bytes
        The same for the same content.
    """
    workbook.calculation.fullCalcOnLoad = True
    written = io.BytesIO()
    workbook.save(written)
    parts = {
        f"xl/worksheets/sheet{number}.xml": (results or {}).get(sheet.title, {})
        for number, sheet in enumerate(workbook.worksheets, 1)
    }
    stamp = FIXED_TIME.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(written) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _TIMES.sub(rb"\g<1>" + stamp + rb"\3", content)
            elif parts.get(name):
                text = _FORMULA.sub(_with_result(parts[name]), content.decode("utf-8"))
                content = text.encode("utf-8")
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return packed.getvalue()


def _with_result(results: Mapping[str, object]) -> Callable[[re.Match[str]], str]:
    """Return what puts a result beside its formula; a formula without one stays as it is."""

    def put(match: re.Match[str]) -> str:
        result = results.get(match[1])
        if result is None:
            return match[0]
        if isinstance(result, bool):
            kind, text = ' t="b"', str(int(result))
        elif isinstance(result, int | float):
            kind, text = "", repr(result)
        else:
            is_error = isinstance(result, str) and result.startswith("#")
            kind, text = f' t="{"e" if is_error else "str"}"', escape(str(result))
        return f'<c r="{match[1]}"{match[2]}{kind}>{match[3]}<v>{text}</v></c>'

    return put
