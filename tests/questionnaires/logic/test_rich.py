"""Rich text: the small part of HTML that survives, and plain words that stay readable."""

import pytest

from questionnaires.logic.rich import rich, words_only

LINK = ' rel="noopener noreferrer"'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5 < 6 & 7 > 2", "5 &lt; 6 &amp; 7 &gt; 2"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("one\ntwo <b>three</b>", "one<br>two <b>three</b>"),
        ("a <b>x</b><script>alert(1)</script>", "a <b>x</b>"),
        ("<p>a<p>b<ul><li>c", "<p>a</p><p>b</p><ul><li>c</li></ul>"),
        ("<p class=x onclick=alert(1) style='color:red'>a</p>", "<p>a</p>"),
        ("<b>x</b><img src=x onerror=alert(1)><iframe src=//x>", "<b>x</b>"),
        ("<svg onload=alert(1)>", "&lt;svg onload=alert(1)&gt;"),
        ("<strong", "&lt;strong"),
        ("<a href='https://bank.example/a?b=1&c=2'>k</a>", f'<a href="https://bank.example/a?b=1&amp;c=2"{LINK}>k</a>'),
        ("<a href='tel:95500'>95500</a>", f'<a href="tel:95500"{LINK}>95500</a>'),
        ("<a href='javascript:alert(1)'>k</a>", f"<a{LINK}>k</a>"),
        ("<A HREF='JAVAscript:alert(1)'>k</A>", f"<a{LINK}>k</a>"),
        ("<a href='data:text/html,x'>k</a>", f"<a{LINK}>k</a>"),
        ("<a href='/portal'>k</a>", f"<a{LINK}>k</a>"),
        ("<a href='//evil.example'>k</a>", f"<a{LINK}>k</a>"),
        ("<a href='{{why}}'>k</a>", f"<a{LINK}>k</a>"),
        ("<b>{{nps}}</b>", "<b>{{nps}}</b>"),
        ("<b>a</b><!-- x -->", "<b>a</b>"),
        ("", ""),
    ],
)
def test_only_the_small_part_of_html_survives(text: str, shown: str) -> None:
    assert str(rich(text)) == shown


def test_rich_text_is_said_in_plain_words() -> None:
    assert words_only("<p>a &amp; b</p><ul><li>c</li><li>d</li></ul>") == "a & b\nc\nd"
    assert words_only("5 < 6\n7") == "5 < 6\n7"
