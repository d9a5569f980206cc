"""Identifiers check themselves once, keep one form, and never show themselves in a trace."""

from __future__ import annotations

import traceback

import pytest

from schakel.domain.codes import Agb, Bsn, PhoneNumber, Postcode, passes_eleven_test


def test_a_bsn_that_passes_the_eleven_test_is_kept_as_nine_digits():
    assert Bsn("111222333").digits == "111222333"
    assert Bsn("111 222-333").digits == "111222333"
    assert Bsn(" 1112.22.333 ").digits == "111222333"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0",
        "000000000",
        "111222334",
        "11122233",
        "1112223330",
        "11122233a",
        "١١١٢٢٢٣٣٣",
        "1112223\x0033",
        "-111222333-1",
    ],
)
def test_anything_else_is_not_a_bsn(typed):
    with pytest.raises(ValueError, match="nine digits"):
        Bsn(typed)


def test_one_wrong_digit_never_passes():
    right = "123456782"
    assert passes_eleven_test(right)
    for place in range(9):
        for digit in "0123456789":
            wrong = right[:place] + digit + right[place + 1 :]
            assert passes_eleven_test(wrong) == (wrong == right)


def test_two_neighbours_that_changed_places_never_pass():
    right = "123456782"
    for place in range(8):
        swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        assert not passes_eleven_test(swapped)


def test_the_eleven_test_lets_one_in_eleven_through():
    passed = sum(passes_eleven_test(f"{number:09d}") for number in range(100_000_000, 100_011_000))
    assert passed == 1_000


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("030 123 45 67", "+31301234567"),
        ("(030) 123-4567", "+31301234567"),
        ("0612345678", "+31612345678"),
        ("+31612345678", "+31612345678"),
        ("0031612345678", "+31612345678"),
        ("0049 30 123456", "+4930123456"),
        ("+1 202 555 0100", "+12025550100"),
    ],
)
def test_a_telephone_number_is_kept_with_its_country_code(typed, kept):
    assert PhoneNumber(typed).digits == kept
    assert PhoneNumber(kept).digits == kept, "the kept form is accepted again"


@pytest.mark.parametrize(
    "typed",
    ["", "112", "14030", "030123456", "03012345678", "0012", "+0612345678", "+", "06-abcdefgh", "0612345678\x00"],
)
def test_anything_that_cannot_be_called_back_is_not_a_telephone_number(typed):
    with pytest.raises(ValueError, match="ten digits"):
        PhoneNumber(typed)


def test_a_dutch_number_is_read_aloud_from_its_zero():
    assert PhoneNumber("+31301234567").as_dialled == "0301234567"
    assert PhoneNumber("+4930123456").as_dialled == "+4930123456"


@pytest.mark.parametrize("typed", ["3701AB", "3701 ab", " 37 01 a b "])
def test_a_postcode_is_kept_in_one_form(typed):
    assert Postcode(typed).text == "3701 AB"


@pytest.mark.parametrize(
    "typed", ["", "0701AB", "370AB", "3701A", "3701ABC", "3701 12", "AB3701", "3701éé", "３７０１AB"]
)
def test_anything_else_is_not_a_postcode(typed):
    with pytest.raises(ValueError, match="four digits"):
        Postcode(typed)


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "1234567a"])
def test_an_agb_code_has_eight_digits(typed):
    assert Agb("01234567").digits == "01234567"
    with pytest.raises(ValueError, match="eight digits"):
        Agb(typed)


@pytest.mark.parametrize(("code", "typed"), [(Bsn, "111222333"), (PhoneNumber, "0301234567"), (Postcode, "3701AB")])
def test_an_identifier_does_not_show_itself(code, typed):
    kept = code(typed)
    for shown in (repr(kept), str(kept), f"{kept}", repr([kept])):
        assert "222" not in shown and "123" not in shown and "3701" not in shown


@pytest.mark.parametrize(("code", "typed"), [(Bsn, "987654321"), (PhoneNumber, "98765"), (Postcode, "98765ZZ")])
def test_the_refusal_of_an_identifier_does_not_show_what_was_typed(code, typed):
    with pytest.raises(ValueError) as wrong:
        code(typed)
    assert "98765" not in "".join(traceback.format_exception_only(wrong.value))
