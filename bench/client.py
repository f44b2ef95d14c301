"""Single requests, as opposed to load."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass


@dataclass
class Answer:
    status: int
    headers: dict[str, str]  # names in small letters
    text: str

    def json(self):
        return json.loads(self.text)


def ask(method: str, url: str, body: dict | None = None) -> Answer:
    request = urllib.request.Request(url, method=method)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return answer_of(response)
    except urllib.error.HTTPError as response:
        return answer_of(response)


def answer_of(response) -> Answer:
    return Answer(response.status, {name.lower(): value for name, value in response.headers.items()},
                  response.read().decode())


def fetch(url: str, body: dict | None = None) -> str:
    """The text of a 200."""
    answer = ask("GET" if body is None else "POST", url, body)
    if answer.status != 200:
        raise RuntimeError(f"{url}: {answer.status} {answer.text[:200]}")
    return answer.text
