"""Figures are drawn without a screen, and closed."""

import matplotlib as mpl
import matplotlib.pyplot
import pytest


@pytest.fixture(autouse=True)
def no_screen():
    with mpl.rc_context({"backend": "agg"}):
        yield
        mpl.pyplot.close("all")
