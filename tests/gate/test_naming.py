"""What a text names, where a file is, and which difference is a typing error."""

from __future__ import annotations

import pytest

from pmlint.gate.naming import is_at, lost_names, names_of, places_of, same_words


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("app/refunds.py has a cap", {"app/refunds.py"}),
        ("@eva, and @acme/refunds.", {"@eva", "@acme/refunds"}),
        ("see https://example.com/runs/7.", {"https://example.com/runs/7"}),
        ("in #refund-alerts:", {"#refund-alerts"}),
        ("PR #12", {"12"}),  # the number of a pull request
        ("refund_cap and maxRefunds and MaxRefunds", {"refund_cap", "MaxRefunds"}),
        ("above 3, or 1,200.", {"3", "1,200"}),
        ("nobody refunds twice", set()),
        (None, set()),
        (["app/refunds.py"], set()),
    ],
)
def test_what_a_text_names(text: object, names: set[str]) -> None:
    assert names_of(text) >= names
    if not names:
        assert names_of(text) == frozenset()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (text.replace("N", old), text.replace("N", new))
        for text in (
            *("at most N.", "at most N, never more", "at most N: never more", "at most N!"),
            *("at most (N)", "at most N-a-day", "at most N/day", "#N is merged", "limit=N"),
            *("x<N", "cap:N", "cap N%", "cap $N", "€N.", "at most 1.N.", ".N", "vN", "N… then"),
            *("Nx", "N:30", "N per cent", "N: the cap", "until 2026-10-0N", "as in A2 and AN"),
        )
        for old, new in (("3", "9"), ("30", "90"))
    ]
    + [("-3", "3"), (".5", "5"), ("0.5", "0,55"), ("2026-10-15", "2027-10-15")],
)
def test_another_number_is_another_demand(before: str, after: str) -> None:
    rest = "app/refunds.py keeps it: "
    assert lost_names(rest + before, rest + after)
    assert lost_names(rest + before, f"so {before}; {rest}") == ()


def test_a_number_counts_by_itself_and_with_its_unit() -> None:
    assert lost_names("above 3 Rescues in 10 minutes", "in 10 minutes, above 3 rescues") == ()
    assert "3" in lost_names("above 3 rescues", "above 4 rescues")


def test_what_is_lost_is_in_order() -> None:
    assert lost_names("b/b.py and a/a.py and c/c.py", "only c/c.py") == ("a/a.py", "b/b.py")


def test_a_word_with_a_slash_is_a_place_where_it_is_there() -> None:
    def there(path: str) -> bool:
        return path == "src/app"

    assert places_of("in src/app/ and/or the mail", there) == ("src/app/",)
    assert places_of("app/refunds.py in and/or", there) == ("app/refunds.py",)
    assert places_of(["src/app"], there) == ()
    assert places_of(None, there) == ()


@pytest.mark.parametrize(
    ("place", "path", "content", "expected"),
    [
        ("app/refunds.py", "app/refunds.py", b"", True),
        ("app/refunds.py", "app/refunds.pyc", b"", False),
        ("app/", "app/refunds.py", b"", True),
        ("app", "application/x.py", b"", False),
        ("refunds.py", "app/refunds.py", b"", True),
        ("refund-rescues", "alerts/refund-rescues.yaml", b"", True),
        ("refund-rescues", "alerts/refund-rescues.rules.yaml", b"", True),
        ("refund-rescues.rules", "alerts/refund-rescues.rules.yaml", b"", True),
        ("refund-rescues", "alerts/all.yaml", b"- alert: refund-rescues\n", True),
        ("refund-rescues", "alerts/all.yaml", b"- alert: refund-rescues-old\n", False),
        ("refund-rescues", "alerts/all.yaml", b"- alert: old-refund-rescues\n", False),
        ("refund.rescues", "alerts/all.yaml", b"refundXrescues", False),
        ("test_cap", "tests/all.py", b"def test_cap() -> None:", True),
        ("test_x.py::test_cap", "tests/all.py", b"def test_cap() -> None:", True),
        # a path or an address is not looked for in the text of a file
        ("app/refunds.py", "docs/log.txt", b"app/refunds.py", False),
        ("https://example.com", "docs/log.txt", b"https://example.com", False),
    ],
)
def test_where_a_file_is(place: str, path: str, content: bytes, expected: bool) -> None:
    assert is_at((place,), path, content) is expected
    assert is_at(("nowhere.py", place), path, content) is expected
    assert is_at((), path, content) is False


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("The  route refunds", "the route REFUNDS", True),
        ("the route refunds", "the route refunded", False),
        ("refunds customers twice", "refunds custoners twice", True),
        ("refunds customers twice", "refunds customer twice", True),
        ("refunds customers twice", "refunds cusotmers twice", True),
        ("refunds customers twice", "refunbs custoners twice", True),
        ("refunds customers weekly", "refunbs custoners weekyl", False),  # three are too many
        ("refunds customers twice", "refunds twice", False),
        ("it is paid now", "it is paid not", False),  # short words are other words
        ("pages them", "cages them", False),  # the first letter
        ("(customers)", "(custoners)", True),
        ("(ones)", "(onse)", False),  # four letters in brackets
        ("limit1 holds", "limit2 holds", False),
        ("never refunds", "fever refunds", False),
        ("within hours", "without hours", False),
        (3, 3, True),
        (3, 4, False),
        ("3", 3, False),
        (None, "x", False),
    ],
)
def test_a_typing_error(before: object, after: object, same: bool) -> None:
    assert same_words(before, after) is same
    assert same_words(after, before) is same


@pytest.mark.parametrize("pair", [("always", "allways"), ("before", "befoer")])
def test_a_word_that_turns_a_sentence_is_no_typing_error(pair: tuple[str, str]) -> None:
    assert same_words(f"it {pair[0]} refunds", f"it {pair[1]} refunds") is False
