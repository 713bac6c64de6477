"""The address: our own last word counts for a moment, then the browser's."""

import pytest
from streamlit.testing.v1 import AppTest

from components import address


def script() -> None:
    import streamlit as st

    from components.address import read_address, write_address

    if st.button("choose"):
        write_address("photo", "new")
    st.text(str(read_address("photo")))


@pytest.fixture
def page() -> AppTest:
    page = AppTest.from_function(script)
    page.query_params["photo"] = "old"
    return page.run()


def test_the_address_is_read(page: AppTest) -> None:
    assert page.text[0].value == "old"


def test_an_echo_does_not_undo_a_choice(page: AppTest) -> None:
    page.button[0].click().run()
    page.query_params["photo"] = "old"
    page.run()
    assert page.text[0].value == "new"
    assert page.query_params["photo"] == "new"


def test_after_a_moment_the_browser_has_the_last_word(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    page.button[0].click().run()
    monkeypatch.setattr(address, "ECHO_S", 0.0)
    page.query_params["photo"] = "old"
    page.run()
    assert page.text[0].value == "old"
