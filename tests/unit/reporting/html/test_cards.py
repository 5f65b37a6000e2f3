"""Cards, their escaping and their pictures: what holds whatever a user writes."""

import html
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.reporting import numbers
from planner.reporting.document import (
    Code,
    Mark,
    Name,
    Number,
    Paragraph,
    Report,
    Section,
    plain,
    say,
)
from planner.reporting.figures import report_pictures as pictures
from planner.reporting.figures.svg import to_svg
from planner.reporting.html.render import render_html
from planner.reporting.user_text import visible

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


class _Reader(HTMLParser):
    """Elements, and the text of the one paragraph."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.paragraph = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._inside = self._inside or (tag == "p" and dict(attrs).get("class") == "lead")

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.paragraph += data


def page(*parts: object) -> str:
    section = Section("decision", "Decision", (Paragraph(tuple(parts), "lead"),))  # type: ignore[arg-type]
    return render_html(
        Report(
            title="x",
            lines=(),
            style="board",
            status=Mark("ok", "good", "✓"),
            sections=(section,),
            meta={"purpose": "p", "generator": "planner"},
        )
    )


@given(TEXTS)
def test_any_name_is_read_back_as_it_was_written_and_adds_no_element(text: str) -> None:
    """What a user wrote is text: never an element, never an attribute, never code of a template."""
    reader, bare = _Reader(), _Reader()
    reader.feed(page(Name(visible(text)), Code(visible(text)), visible(text)))
    bare.feed(page(Name("a"), Code("a"), "a"))
    assert reader.tags == bare.tags
    assert reader.paragraph == 3 * visible(text)


@given(TEXTS)
def test_visible_text_holds_nothing_that_a_page_may_not(text: str) -> None:
    """Control characters are replaced, all else stays, and doing it twice changes nothing."""
    shown = visible(text)
    assert len(shown) == len(text)
    assert visible(shown) == shown
    assert not any(ord(char) < 32 or char == "\x7f" for char in shown)


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=4))
def test_a_sentence_reads_as_its_words_with_its_numbers_in_them(values: list[float]) -> None:
    """Typed parts never change what the sentence says."""
    sentence = " then ".join(f"{{n{index}}}" for index in range(len(values))) + "."
    parts = {f"n{index}": numbers.amount(value, "USD") for index, value in enumerate(values)}
    said = say(sentence, **parts)
    assert plain(said) == sentence.format(**{name: part.text for name, part in parts.items()})
    assert [part for part in said if isinstance(part, Number)] == list(parts.values())


def test_a_sentence_without_one_of_its_numbers_is_refused() -> None:
    """A hole in a sentence is an error, not an empty place."""
    with pytest.raises(KeyError, match="b"):
        say("{a} and {b}", a="x")


@given(st.floats(-1e12, 1e12))
def test_the_value_behind_a_printed_amount_reads_back_exactly(value: float) -> None:
    """The attribute holds the number before rounding."""
    text = page(numbers.amount(value, "USD", "a.b"))
    at = text.index('data-value="') + len('data-value="')
    assert float(text[at : text.index('"', at)]) == value


def drawing(name: str = "s") -> str:
    curve = pictures.SCurve(
        "cost, <USD>",
        {0.1: 0.0123, 0.5: 0.5, 0.9: 0.9},
        np.linspace(0, 1, 50),
        0.03,
        "a <b> & c",
    )
    with pictures.sheet(pictures.S_CURVE_SIZE) as figure:
        pictures.draw_s_curve(figure, curve)
        return to_svg(figure, name, "T <i>", "D & d")


def test_the_same_picture_is_the_same_bytes_without_dates_or_files() -> None:
    """A figure is reproducible and needs nothing from outside."""
    one = drawing()
    assert one == drawing()
    assert "<metadata" not in one
    assert "href=" not in one.replace('href="#s-', "")
    assert "http" not in one.replace("http://www.w3.org/", "")


def test_pictures_share_no_ids_and_are_read_aloud_by_title_and_description() -> None:
    """Ids of two figures of one page never meet; each has role, title and description."""
    one, other = drawing("s"), drawing("t")
    ids = [{part.split('"')[0] for part in text.split(' id="')[1:]} for text in (one, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert 'role="img" aria-labelledby="s-t s-d"' in one
    assert '<title id="s-t">T &lt;i&gt;</title><desc id="s-d">D &amp; d</desc>' in one


def test_text_in_a_picture_is_escaped_and_keeps_its_digits() -> None:
    """Coordinates are shortened to a tenth of a point, numbers that are printed are not."""
    text = drawing()
    assert "a &lt;b&gt; &amp; c" in text
    assert "cost, &lt;USD&gt;" in text
    assert html.escape("P10  0.01") in text or "0.0123" in text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (numbers.amount(24970.6, "USD", named=True), "USD 24,971"),
        (numbers.images(None), "never"),
        (numbers.images(float("inf")), "never"),
        (numbers.chance(0.99971), "> 99 %"),
        (numbers.rate(0.0712), "7.12 %"),
        (numbers.rate(float("nan")), "–"),
        (numbers.tally(1234.0, "draws"), "1,234"),
        (numbers.targets(2.136, named=True), "2.14 targets"),
        (numbers.figure(-0.00568, ""), "−0.00568"),
        (numbers.figure(12390.0, ""), "12,390"),
    ],
)
def test_numbers_are_printed_as_people_say_them(number: Number, text: str) -> None:
    """One place decides how each kind of number looks."""
    assert number.text == text


def test_an_infinite_number_has_no_value() -> None:
    """Infinity is said as a word and never written as a number."""
    assert numbers.images(float("inf")).value is None
    assert 'data-value=""' in page(numbers.images(float("inf")))
