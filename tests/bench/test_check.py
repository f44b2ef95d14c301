"""What is asked of a server before it is measured: the service passes, others do not."""

import pytest
from check import WrongAnswer, check_api, check_fixed


def test_the_service_passes(start):
    check_api(start().url)


def test_other_rules_are_noticed(start):
    with pytest.raises(WrongAnswer, match="^422"):
        check_api(start(USER_RULES="reference").url)


def test_another_body_is_noticed(start):
    running = start()
    with pytest.raises(WrongAnswer, match="^read: 404"):
        check_fixed(running.url, "{}")
