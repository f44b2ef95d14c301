"""A service that runs elsewhere: the contract's tests, through whatever stands before it. Set
SLIPWAY_URL, SLIPWAY_TOKEN and SLIPWAY_CA."""

import os
import ssl

import httpx

from .service import check_common_headers


class RemoteService:
    def __init__(self):
        self.url = os.environ["SLIPWAY_URL"]
        self._headers = {"Authorization": f"Bearer {os.environ['SLIPWAY_TOKEN']}"}
        self._tls = ssl.create_default_context(cafile=os.environ["SLIPWAY_CA"])

    def client(self, **options):
        headers = {**self._headers, **options.pop("headers", {})}
        return httpx.Client(base_url=self.url, verify=self._tls, trust_env=False, timeout=20,
                            headers=headers, event_hooks={"response": [check_common_headers]}, **options)

    def stop(self):
        pass


# What is not so behind the proxy, or asks for more than answers.
NOT_HERE = {
    "test_off_by_default_in_development",  # another environment
    "test_the_log_tells_hits_from_misses",
    "test_a_request",  # reads the log
    "test_if_none_match_in_two_headers",  # nginx refuses such a request with 400
    "test_requests_are_counted_by_route",  # each replica counts its own
    "test_without_a_token_nobody_is_named",
}


def can_run(item):
    """Whether a test needs no more than an HTTP client: no settings, raw bytes or logs of its own."""
    if "client" not in item.fixturenames or {"start", "tmp_path"} & set(item.fixturenames):
        return False
    if item.originalname in NOT_HERE:
        return False
    # A module with a fixture of that name has a service with settings of its own.
    definitions = item._fixtureinfo.name2fixturedefs
    if any(len(definitions.get(name, [0])) != 1 for name in ("service", "client")):
        return False
    names = item.function.__code__.co_names
    return not {"raw", "logs", "log", "wait_log", "completed", "connect", "port", "exchange", "process",
                "directory", "run", "RawConnection", "environment"} & set(names)
