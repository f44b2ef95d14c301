"""The core of the contract, asked of every server before it is measured, so that none is measured
giving wrong answers. It makes one user and deletes it again."""

import re
import secrets

from client import Answer, ask

USER = ["id", "username", "email", "is_active", "created_at"]
CREATED_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?")
NO_ROW = 999_999_999


class WrongAnswer(RuntimeError):
    pass


def require(condition: bool, what: str, answer: Answer) -> None:
    if not condition:
        raise WrongAnswer(f"{what}: {answer.status} {answer.text[:300]}")


def check_user(answer: Answer, what: str, **fields) -> dict:
    require(answer.status == 200, what, answer)
    user = answer.json()
    require(list(user) == USER and CREATED_AT.fullmatch(user["created_at"]) is not None,
            f"{what}: fields", answer)
    require(all(user[name] == value for name, value in fields.items()), f"{what}: values", answer)
    require("x-request-id" in answer.headers, f"{what}: no request id", answer)
    return user


def check_error(answer: Answer, status: int, detail: str, what: str) -> None:
    require(answer.status == status and answer.json() == {"detail": detail}, what, answer)


def check_validation(url: str) -> None:
    answer = ask("POST", url + "/users", {"username": "a", "email": "no address"})
    require(answer.status == 422, "422", answer)
    places = [error["loc"] for error in answer.json()["detail"]]
    require(places == [["body", "username"], ["body", "email"]], "422: places", answer)
    for path in ("/users/x", "/users?limit=0"):
        answer = ask("GET", url + path)
        require(answer.status == 422, path, answer)


def check_lists(url: str, user: dict) -> None:
    answer = ask("GET", f"{url}/users?limit=10&after={user['id'] - 1}")
    require(answer.status == 200 and answer.json()[:1] == [user], "list after an id", answer)
    answer = ask("GET", f"{url}/users?limit=1")
    require(answer.status == 200 and len(answer.json()) == 1, "list of one", answer)


def check_api(url: str) -> None:
    """Of a service with all of the API."""
    name = "check-" + secrets.token_hex(8)
    values = {"username": name, "email": f"{name}@example.com", "is_active": True}
    user = check_user(ask("POST", url + "/users", values), "create", **values)
    place = f"{url}/users/{user['id']}"
    for what in ("read", "cached read"):
        check_user(ask("GET", place), what, **user)
    check_lists(url, user)
    check_error(ask("POST", url + "/users", values), 400, "Username already exists", "taken name")
    check_error(ask("POST", url + "/users", {**values, "username": name + "-2"}), 400,
                "Email already exists", "taken address")
    user["email"] = f"{name}-new@example.com"
    check_user(ask("PATCH", place, {"email": user["email"]}), "update", **user)
    check_user(ask("GET", place), "read after an update", **user)
    answer = ask("DELETE", place)
    require(answer.status == 204, "delete", answer)
    check_error(ask("GET", place), 404, "User not found", "read after a deletion")
    check_error(ask("GET", f"{url}/users/{NO_ROW}"), 404, "User not found", "no such user")
    check_error(ask("GET", url + "/nowhere"), 404, "Not Found", "no such path")
    check_validation(url)
    answer = ask("GET", url + "/health")
    require(answer.status == 200 and answer.json()["database"] == "healthy", "health", answer)


def check_fixed(url: str, body: str) -> None:
    """Of a server that has one user and nothing else."""
    answer = ask("GET", url + "/users/1")
    require(answer.status == 200 and answer.text == body
            and answer.headers["content-type"].startswith("application/json"), "read", answer)
    answer = ask("GET", url + "/nowhere")
    require(answer.status == 404, "no such path", answer)
