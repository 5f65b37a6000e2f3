"""What does a cell of the form say? Numbers as Excel shows them, lists, counts, and what is amiss.

A number in a cell that Excel shows per cent is read as it is shown: 0.94 shown as 94 % is 94 %. In
any other cell the rule of the file holds: a bare rate below 1 is a fraction, above 1 per cent. A
number that Excel shows with the sign of a currency keeps it, so that euros are not taken for
dollars.
"""

import datetime as dt
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from planner.domain.fields.declared import Kind
from planner.domain.quantities import show
from planner.inputs.xlsx.layout import FormField
from planner.inputs.xlsx.open import CellKind, SheetCell

__all__ = ["CellError", "read_cell"]

_SECTION = re.compile(r'(?:"[^"]*"|\[[^\]]*\]|\\.|[^;"\[\\])*')
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKET = re.compile(r"\[\$([^\]\-]*)(?:-[0-9A-Fa-f]+)?\]")
_CODE = re.compile(r"[A-Z]{3}")
_SIGNS = "$€£"
_SEPARATORS = ",;\n"
_YES_NO = {
    **dict.fromkeys(("true", "yes", "y", "wahr", "vrai", "verdadero", "vero"), True),
    **dict.fromkeys(("false", "no", "n", "falsch", "faux", "falso"), False),
}
_OTHER_SIGNS = {
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
    "₩": ("KRW",),
    "₽": ("RUB",),
    "₺": ("TRY",),
    "zł": ("PLN",),
    "Kč": ("CZK",),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "Fr.": ("CHF",),
    "R$": ("BRL",),
}


class CellError(ValueError):
    """A cell that cannot be read.

    Parameters
    ----------
    message : str
        What came and what was expected.
    fix : str
        What to do about it.
    code : str
        Of the problem.
    """

    def __init__(self, message: str, fix: str = "", code: str = "BAD_VALUE") -> None:
        super().__init__(message)
        self.fix = fix
        self.code = code


def read_cell(cell: SheetCell, item: FormField, currency: str) -> object:
    """Return what a cell says, as a YAML file would say it; None if it is blank.

    Parameters
    ----------
    cell : SheetCell
        Not empty.
    item : FormField
        Whose cell it is.
    currency : str
        Of the portfolio's amounts.

    Raises
    ------
    CellError
        A date, an error such as ``#REF!``, a formula without its result, a currency that is not the
        portfolio's, or a list that is not one.

    Examples
    --------
    >>> from planner.inputs.xlsx.fields import PROJECTS
    >>> read_cell(SheetCell(0.94, "0%"), PROJECTS.named("Target accuracy"), "USD")
    '94%'
    """
    _refuse_kind(cell)
    value = cell.value
    if isinstance(value, str):
        return _from_text(value.strip(), item)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    number = _plain(value)
    if item.kind in (Kind.TEXT, Kind.WORD, Kind.NAMES):
        text = str(number) if isinstance(number, int) else number
        return [text] if item.kind is Kind.NAMES else text
    return _as_shown(number, cell.number_format, currency)


def _refuse_kind(cell: SheetCell) -> None:
    match cell.kind:
        case CellKind.DATE:
            message = f"the cell holds a date or time ({_date(cell.value)}), not what was typed."
            raise CellError(message, "format the cell as Text, then type it again")
        case CellKind.ERROR:
            raise CellError(f"the cell shows the error {cell.value}.", "mend the formula")
        case CellKind.NO_RESULT:
            message = "the cell holds a formula without its result."
            fix = "open the workbook in Excel or LibreOffice once and save it"
            raise CellError(message, fix, "NO_RESULT")
        case CellKind.VALUE:
            pass


def _date(value: object) -> str:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _plain(value: float) -> int | float:
    """Return a number as an int where it is whole, since Excel knows no others."""
    if isinstance(value, int):
        return value  # of any size: a damaged workbook may hold one that is no float
    is_whole = math.isfinite(value) and value == math.floor(value)
    return int(value) if is_whole and abs(value) < 2**53 else value


def _as_shown(number: float, number_format: str, currency: str) -> object:
    """Return a number, or the text that Excel shows in its place if that says more."""
    percent, sign, code = _shown(number_format)
    if percent:
        return f"{_scaled(number) if percent == 'scaled' else number}%"
    if sign:
        return f"{sign}{number}"
    wanted = currency.strip().upper()
    if code and wanted not in code:
        message = f"the cell is formatted in {code[0]}, but amounts here are in {currency}."
        raise CellError(message, f"the amount in {currency}, in a cell without a currency")
    return number


def _scaled(number: float) -> str:
    """Return a share times 100 in decimal, exactly.

    A number within three units in the last place of one with 15 digits counts as that one: Excel
    shows no more, and some programs divide by 100 in binary and write 16 digits.
    """
    rounded = float(f"{number:.15g}")
    number = rounded if abs(rounded - number) <= 3 * math.ulp(number) else number
    return f"{Decimal(repr(number)).scaleb(2):f}"


@lru_cache(maxsize=256)
def _shown(number_format: str) -> tuple[str, str, tuple[str, ...]]:
    """Return how Excel shows numbers: per cent, with which currency sign, in which currencies.

    Examples
    --------
    >>> _shown("0.0%"), _shown('"$"#,##0'), _shown("[$CHF] 0.00")
    (('scaled', '', ()), ('', '$', ()), ('', '', ('CHF',)))
    """
    match = _SECTION.match(number_format)
    section = match[0] if match else ""
    bracket = _BRACKET.search(section)
    symbol = bracket[1].strip() if bracket else ""
    rest = re.sub(r"\[[^\]]*\]", "", section)
    bare = _LITERAL.sub("", rest)
    literal = "".join(_LITERAL.findall(rest)).replace('"', "").replace("\\", "")
    everything = f"{symbol} {literal} {bare}"
    if "%" in bare:
        return "scaled", "", ()
    if "%" in literal:
        return "literal", "", ()
    for sign, codes in _OTHER_SIGNS.items():
        if sign in everything:
            return "", "", codes
    for sign in _SIGNS:
        if sign in everything:
            return "", sign, ()
    code = _CODE.fullmatch(symbol) or _CODE.search(literal)
    return "", "", (code[0],) if code else ()


def _from_text(text: str, item: FormField) -> object:
    """Return what a text says in a field of its kind; None if it is blank."""
    if not text:
        return None
    match item.kind:
        case Kind.WORD:
            word = re.sub(r"[\s-]+", "_", text.lower())
            return word if word in item.choices else text
        case Kind.YES_NO:
            return _YES_NO.get(text.lower(), text)
        case Kind.NAMES:
            return [_unquoted(part) for part in _parts(text)]
        case Kind.COUNTS:
            return dict(_counts(text))
        case Kind.BASELINE:
            return dict(_counts(text)) if ":" in text else text
        case _:
            return text


def _parts(text: str) -> list[str]:
    """Return what stands between separators; inside double quotes none separates."""
    parts, part, quoted = [], "", False
    for char in text:
        if char == '"':
            quoted = not quoted
        if char in _SEPARATORS and not quoted:
            parts.append(part.strip())
            part = ""
        else:
            part += char
    if quoted:
        raise CellError('a double quote is open; close it, or write "" for one inside a name.')
    parts.append(part.strip())
    if len(parts) > 1 and not parts[-1]:  # a separator at the end
        parts.pop()
    if not all(parts):
        raise CellError(f"{show(text)} has an empty entry: two separators follow each other.")
    return parts


def _unquoted(name: str) -> str:
    """Return a name without the double quotes around it, and with those inside it single."""
    if len(name) >= 2 and name.startswith('"') and name.endswith('"'):
        return name[1:-1].replace('""', '"')
    return name


def _counts(text: str) -> Iterator[tuple[str, str]]:
    """Yield names and numbers from ``ok: 900, "torn, wet": 100``."""
    seen: set[str] = set()
    for part in _parts(text):
        name, colon, number = part.rpartition(":")
        if not colon or not name.strip() or not number.strip():
            message = f"{show(part)} is not a name with its number."
            raise CellError(message, "ok: 9000, torn: 800  (no commas inside numbers)")
        name = _unquoted(name.strip())
        if name in seen:
            message = f"{show(name)} is given twice; keep one."
            raise CellError(message, code="DUPLICATE_KEY")
        seen.add(name)
        yield name, number.strip()
