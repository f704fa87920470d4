"""Who runs the code: a person at a screen, or a program that keeps what is shown."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from workbench.results.front_end import attended


def test_a_script_is_attended() -> None:
    assert attended()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        # `allow_stdin` is a field of Jupyter's execute_request, whatever program sends it
        ({"content": {"code": "1", "allow_stdin": True}}, True),
        ({"content": {"code": "1", "allow_stdin": False}}, False),
        ({"content": {"comm_id": "x", "data": {}}}, True),  # a widget's message: somebody clicked
        ({}, True),  # between two requests
    ],
)
def test_a_kernel_is_attended_where_somebody_can_be_asked(monkeypatch, asked, expected) -> None:
    import IPython

    kernel = SimpleNamespace(get_parent=lambda: asked)
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=kernel))
    assert attended() is expected
