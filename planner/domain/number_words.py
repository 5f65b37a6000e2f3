"""What number did someone mean by a text that is none as it stands: ``60.000,00 €``, ``20k EUR``?

Nothing is read here: a reading is offered as a fix, and the person decides.
"""

import re

__all__ = [
    "AMBIGUOUS_POINT",
    "currency_word",
    "is_in",
    "meant",
    "meant_range",
    "thousands_and_decimal",
    "usual_code",
]

_CURRENCIES = {
    "$": frozenset(
        ("$", "US$", "USD", "DOLLAR", "DOLLARS", "ARS", "AUD", "BRL", "CAD", "CLP", "COP", "HKD",
         "MXN", "NZD", "SGD", "TWD")
    ),
    "€": frozenset(("€", "EUR", "EURO", "EUROS")),
    "£": frozenset(("£", "GBP", "POUND", "POUNDS", "EGP")),
    "¥": frozenset(("¥", "JPY", "YEN", "CNY", "RMB")),
    "₹": frozenset(("₹", "INR", "RUPEES")),
    "Fr.": frozenset(("FR.", "CHF", "SFR")),
    "zł": frozenset(("ZŁ", "PLN")),
    "kr": frozenset(("KR", "SEK", "NOK", "DKK", "ISK")),
}  # fmt: skip
"""Which currencies each sign may stand for; an amount in another one takes no sign."""

_USUAL = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "Fr.": "CHF",
    "zł": "PLN",
    "kr": "SEK",
}

AMBIGUOUS_POINT = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}", re.ASCII)
"""Exactly three digits after the only point: 20000 to some readers, 20 to others."""

_FLAGS = re.IGNORECASE | re.ASCII
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ‘´`", "'") | {"−": "-"})
_SPREAD = re.compile(r"\s*(?:±|\+\s*/?\s*-).*?(?P<percent>%?)$")
_ABOUT = re.compile(r"^(?:~|≈|about |around |ca\.? |circa |approx\.? |approximately )\s*", _FLAGS)
_NOUN = re.compile(
    r"(?<=[\dkmb ]) ?(?:images?|imgs?|pictures?|pics|photos?|samples?|labels?|classes|class|"
    r"epochs?|trials?|runs?|years?|yrs?|hours?|projects?)$",
    _FLAGS,
)
_SCALES = (
    (re.compile(r"(?<=\d) ?(?:thousand|tsd\.?|tausend|mille)$", _FLAGS), "k"),
    (re.compile(r"(?<=\d) ?(?:million|millions|mio\.?|mn|mln)$", _FLAGS), "M"),
    (re.compile(r"(?<=\d) ?(?:billion|billions|mrd\.?|bln)$", _FLAGS), "bn"),
    (re.compile(r"(?<=\d) ?(?:percent|per cent|pct\.?|prozent)$", _FLAGS), "%"),
)
_WORD = r"(?:[$€£¥₹]|US\$|fr\.|[a-zł]{2,7})"
_BEFORE = re.compile(rf"(?P<word>{_WORD}) ?(?P<rest>[-+]?[\d.].*)", _FLAGS)
_AFTER = re.compile(rf"(?P<rest>[-+]?[\d.].*?) ?(?P<word>{_WORD})", _FLAGS)
_TAIL = r" ?(?P<suffix>k|m|bn|b|) ?(?P<percent>%?)"
_SPACED = re.compile(rf"(?P<whole>[-+]?\d{{1,3}}(?:[ ']\d{{3}})+)(?P<part>[.,]\d+)?{_TAIL}", _FLAGS)
_POINTED = re.compile(rf"(?P<whole>[-+]?\d{{1,3}}(?:\.\d{{3}})+)(?P<part>,\d+){_TAIL}", _FLAGS)
_POINTED_TWICE = re.compile(
    rf"(?P<whole>[-+]?\d{{1,3}}(?:\.\d{{3}}){{2,}})(?P<part>){_TAIL}", _FLAGS
)
_COMMAED = re.compile(rf"(?P<whole>[-+]?\d{{1,3}}(?:,\d{{3}})+)(?P<part>\.\d+)?{_TAIL}", _FLAGS)
_ONE_COMMA = re.compile(rf"(?P<whole>[-+]?\d+)(?P<part>,\d+){_TAIL}", _FLAGS)
_PLAIN = re.compile(rf"(?P<whole>[-+]?(?:\d+(?:_\d+)*|(?=\.\d)))(?P<part>\.\d*)?{_TAIL}", _FLAGS)
_BETWEEN = re.compile(r"(?<=[\d.%kmb€$£ ])\s*(?:-|–|—|−|\bto\b|\bbis\b)\s*(?=[\d.$€£])", _FLAGS)
_LONGEST = 60


def meant(text: str, currency: str | None) -> str:
    """Return what to write instead of a text that is no number; empty if no number is seen in it.

    Parameters
    ----------
    text : str
        As it was written.
    currency : str or None
        Of amounts here; None where no money is meant.

    Examples
    --------
    >>> meant("60.000,00 €", "EUR"), meant("40'000", None), meant("20k EUR", "EUR")
    ('60000', '40000', '20k')
    >>> meant("0.861 ± 0.012", None), meant("20k EUR", "USD")
    ('0.861', '')
    """
    if len(text) > _LONGEST:
        return ""
    word, tidy = _split_currency(_tidy(text))
    if word and currency is not None and not is_in(word, currency):
        return ""
    tidy = _NOUN.sub("", tidy).strip()
    for scale, short in _SCALES:
        tidy = scale.sub(short, tidy)
    return _plain(tidy)


def meant_range(text: str, currency: str | None) -> str:
    """Return the range that a text such as ``0.30-0.45`` means; empty if it means none.

    Examples
    --------
    >>> meant_range("0.30 to 0.45", None), meant_range("0.30–0.45 €", "EUR")
    ('0.30..0.45', '0.30..0.45')
    """
    word, rest = _split_currency(_tidy(text)) if len(text) <= _LONGEST else ("", "")
    if word and currency is not None and not is_in(word, currency):
        return ""
    ends = [meant(end, currency) for end in _BETWEEN.split(rest)]
    return "..".join(ends) if len(ends) == 2 and all(ends) else ""


def thousands_and_decimal(digits: str) -> tuple[str, str]:
    """Return both readings of a number with three digits after its point, each unmistakable.

    Examples
    --------
    >>> thousands_and_decimal("20.000"), thousands_and_decimal("1.125")
    (('20000', '20.0'), ('1125', '1.1250'))
    """
    whole, _, part = digits.partition(".")
    short = part.rstrip("0") or "0"
    return whole + part, f"{whole}.{short if len(short) < 3 else part + '0'}"


def currency_word(text: str) -> str:
    """Return the sign, code or name of a currency that stands with a number; empty without one.

    Examples
    --------
    >>> currency_word("20k EUR"), currency_word("$5"), currency_word("20k")
    ('EUR', '$', '')
    """
    return _split_currency(_tidy(text))[0] if len(text) <= _LONGEST else ""


def is_in(word: str, currency: str) -> bool:
    """Tell whether a sign, code or name may stand for a currency, so that dropping it is safe."""
    wanted, key = currency.strip().upper(), word.upper()
    if key.isalpha() and len(key) == 3:  # a code is one currency, a sign may be several
        return key == wanted
    return any(wanted in group for _, group in _groups(word))


def usual_code(word: str) -> str:
    """Return the code of the currency that a sign, code or name usually stands for."""
    key = word.upper()
    if key.isalpha() and len(key) == 3:
        return key
    return next((_USUAL[sign] for sign, _ in _groups(word)), key)


def _tidy(text: str) -> str:
    """Return a text with plain spaces and signs, without "about" and without a spread."""
    tidy = _SPACES.sub(" ", text.translate(_APOSTROPHES)).strip()
    return _SPREAD.sub(r"\g<percent>", _ABOUT.sub("", tidy))


def _plain(tidy: str) -> str:
    """Return one number without separators, or both readings where a point has two."""
    for shape in (_SPACED, _POINTED, _POINTED_TWICE, _COMMAED, _ONE_COMMA, _PLAIN):
        match = shape.fullmatch(tidy)
        if match is not None:
            break
    else:
        return ""
    whole = re.sub(r"[ '.,_]", "", match["whole"])
    part = (match["part"] or "").replace(",", ".")
    tail = match["suffix"] + match["percent"]
    if not tail and AMBIGUOUS_POINT.fullmatch(whole.lstrip("-+") + part) and shape is _PLAIN:
        return " or ".join(thousands_and_decimal(whole + part))
    part = "" if not part.strip(".0") else part
    return f"{whole}{part}{tail}"


def _split_currency(text: str) -> tuple[str, str]:
    """Return what names a currency before or after a number, and the rest of the text."""
    for shape in (_BEFORE, _AFTER):
        match = shape.fullmatch(text)
        if match is not None and _groups(match["word"]):
            return match["word"], match["rest"].strip()
    return "", text


def _groups(word: str) -> list[tuple[str, frozenset[str]]]:
    """Return the signs that a sign, code or name belongs to, with their currencies."""
    return [
        (sign, group)
        for sign, group in _CURRENCIES.items()
        if word == sign or word.upper() in group
    ]
