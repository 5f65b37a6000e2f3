"""How numbers look: one place for money, counts, chances and ranges."""

import math

NEVER = "never"


def money(amount: float, currency: str = "") -> str:
    """Return an amount in whole units of currency; cents are shown below 100.

    Examples
    --------
    >>> money(103033.92, "USD"), money(9.5), money(-1234.0)
    ('USD 103,034', '9.50', '−1,234')
    """
    sign = "−" if amount < 0 else ""
    size = abs(amount)
    digits = 0 if size >= 100 or size == int(size) else 2
    text = f"{sign}{size:,.{digits}f}"
    return f"{currency} {text}" if currency else text


def count(number: float | None) -> str:
    """Return a number of images as a person would say it.

    Examples
    --------
    >>> count(197817.2), count(2.024e9), count(None), count(1.3e8)
    ('197,817', '2.02 billion', 'never', '130 million')
    """
    if number is None or math.isinf(number):
        return NEVER
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e7, "million")):
        if number >= size:
            scaled = number / (1e6 if word == "million" else size)
            if scaled >= 1e4:
                return f"{number:.0e}"
            return f"{scaled:.3g} {word}"
    return f"{number:,.0f}"


def percent(share: float, digits: int = 0, *, down: bool = False) -> str:
    """Return a share per cent; shares that are not 0 or 1 are never rounded to them.

    With ``down``, rounded towards 0: a chance just below a threshold must not read as meeting it.

    Examples
    --------
    >>> percent(0.804), percent(0.99971), percent(0.0002), percent(1.0), percent(0.5996, down=True)
    ('80 %', '> 99 %', '< 1 %', '100 %', '59 %')
    """
    step = 10.0**-digits
    scaled = math.floor(100 * share / step + 1e-9) * step if down else round(100 * share, digits)
    if share < 1 and scaled >= 100:
        return f"> {100 - step:.{digits}f} %"
    if share > 0 and scaled <= 0:
        return f"< {step:.{digits}f} %"
    return f"{scaled:.{digits}f} %"


def shorten(text: str, width: int) -> str:
    """Return text of at most ``width`` characters on one line, cut with an ellipsis.

    Examples
    --------
    >>> shorten("shelf-gaps-of-the-northern-stores", 12)
    'shelf-gaps-…'
    """
    line = "".join(char if char.isprintable() else "�" for char in text)
    return line if len(line) <= width else line[: width - 1] + "…"
