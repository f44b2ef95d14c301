"""What the tests of HTTP's framing and of its message form share."""

import json

from .raw import request
from .users import new_user

HOST = b"Host: test\r\n"


def user_body():
    return json.dumps(new_user()).encode()


def check_refused(service, data):
    """400, and the connection closed: what follows must not be taken for another request (request
    smuggling)."""
    second = request("DELETE", "/cache/clear", {"X-Request-ID": "smuggled"})
    with service.connect() as connection:
        connection.send(data + second)
        response = connection.read_response()
        assert (response.status, response.json()) == (400, {"detail": "Bad Request"})
        assert response.header("connection") == "close"
        assert response.header("content-type") == "application/json"
        assert connection.at_end()
    assert service.completed(response.header("x-request-id"))
    assert not service.logs(request_id="smuggled")


def check_empty_object(response):
    """That `{}` was read as the body of POST /users."""
    assert response.status == 422
    assert [entry["loc"] for entry in response.json()["detail"]] == [["body", "username"], ["body", "email"]]
