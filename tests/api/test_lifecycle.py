"""Start, drain and stop: no lost or cut response, exit codes, data that stays."""

import signal
import threading
import time

import pytest
from harness.raw import RawConnection, request
from harness.users import create, new_user
from harness.wait import wait_for

SLOW_HEAD = (b"POST /users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
             b"Content-Length: %d\r\n\r\n")


def is_gone(port):
    try:
        RawConnection(port, timeout=2).close()
        return False
    except ConnectionRefusedError:
        return True


@pytest.mark.tsan
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0(start, number):
    running = start()
    running.client().get("/")
    running.terminate(number)
    assert running.wait() == 0
    assert is_gone(running.port)


def test_data_stays_over_a_restart(start, tmp_path):
    first = start(tmp_path)
    users = [create(first.client()) for _ in range(5)]
    first.stop()
    second = start(tmp_path)
    assert second.client().get("/users").json() == users
    assert create(second.client())["id"] > users[-1]["id"]


def test_data_stays_when_it_is_killed(start, tmp_path):
    first = start(tmp_path)
    users = [create(first.client()) for _ in range(5)]
    first.terminate(signal.SIGKILL)
    assert first.process.wait(10) == -signal.SIGKILL
    assert start(tmp_path).client().get("/users").json() == users


def test_the_first_answer_is_quick(start):
    begun = time.monotonic()
    start(WORKERS=1)
    assert time.monotonic() - begun < 5  # a sanitizer build on a busy machine; make bench is strict


def test_unready_but_serving_during_the_delay(start):
    running = start(DRAIN_DELAY_SECONDS=30)
    client = running.client()
    running.terminate()
    running.wait_log(message="Draining")
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) >= 0
    assert client.get("/health/live").status_code == 200
    assert client.post("/users", json=new_user()).status_code == 200  # a new connection: served too
    assert client.get("/users").headers["connection"] == "close"
    running.terminate()  # the second signal: at once
    assert running.wait(5) != 0


def test_what_is_in_flight_is_finished(start):
    """A request whose body is still coming when the signal comes gets its whole answer."""
    running = start()
    body = b'{"username":"in-flight","email":"in-flight@example.com"}'
    with running.connect() as connection:
        connection.send(SLOW_HEAD % len(body) + body[:10])
        # Served by the same loop only after what was sent before it was read.
        running.client().get("/")
        running.terminate()
        running.wait_log(message="Draining")
        wait_for(lambda: is_gone(running.port), what="the listener is closed")
        connection.send(body[10:])
        response = connection.read_response()
        assert response.status == 200
        assert response.header("connection") == "close"
        assert response.json()["username"] == "in-flight"
        assert connection.at_end()
    assert running.wait() == 0


def test_pipelined_requests_are_answered_until_one_says_close(start):
    running = start()
    with running.connect() as connection:
        connection.send(request("GET", "/") * 200)
        running.terminate()
        for _ in range(200):
            response = connection.read_response()
            assert response.status == 200
            if response.header("connection") == "close":
                break
        assert connection.at_end()
    assert running.wait() == 0


@pytest.mark.tsan
def test_no_lost_or_cut_response_under_load(start):
    """Clients that go on asking until they are told to close, or find the door closed."""
    running = start(DRAIN_DELAY_SECONDS=0.3)
    started, failures, answers = threading.Barrier(9), [], []

    def ask(worker):
        count = 0
        started.wait()
        while True:
            try:
                connection = RawConnection(running.port)
            except ConnectionRefusedError:
                break
            with connection:
                while True:
                    try:
                        connection.send(request("POST", "/users", {"Content-Type": "application/json"},
                                                b'{"username":"u%d-%d","email":"u%d-%d@example.com"}'
                                                % (worker, count, worker, count)))
                        response = connection.read_response()
                    except (EOFError, OSError) as failure:
                        # Only between requests may a connection end without an answer, and then only
                        # after it was announced.
                        failures.append(repr(failure))
                        return
                    count += 1
                    if response.status != 200:
                        failures.append(response.status)
                    if response.header("connection") == "close":
                        break
        answers.append(count)

    threads = [threading.Thread(target=ask, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    started.wait()
    wait_for(lambda: len(running.logs(message="Request completed")) > 50, what="load")
    running.terminate()
    for thread in threads:
        thread.join(30)
    assert running.wait() == 0
    assert not failures
    assert len(answers) == 8 and sum(answers) > 50


def test_idle_connections_do_not_hold_it_up(start):
    running = start()
    with running.connect() as used:
        used.send(request("GET", "/"))
        used.read_response()
        begun = time.monotonic()
        running.terminate()
        assert used.at_end()
        assert running.wait() == 0
        assert time.monotonic() - begun < 10


def test_the_drain_has_an_end(start):
    running = start(DRAIN_TIMEOUT_SECONDS=0.3)
    with running.connect() as stuck:
        stuck.send(SLOW_HEAD % 100)
        running.client().get("/")
        running.terminate()
        assert running.wait(15) == 1  # told by its exit code


@pytest.mark.parametrize("first, second", [(signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGTERM),
                                           (signal.SIGTERM, signal.SIGINT)])
def test_the_second_signal_stops_at_once(start, first, second):
    running = start(DRAIN_DELAY_SECONDS=60)
    running.terminate(first)
    running.wait_log(message="Draining")
    begun = time.monotonic()
    running.terminate(second)
    assert running.wait(10) == 128 + second
    assert time.monotonic() - begun < 8


def test_two_services_on_one_database(start, tmp_path):
    one, two = start(tmp_path, ready=True), start(tmp_path)
    user = create(one.client())
    assert two.client().get(f"/users/{user['id']}").json() == user
    response = two.client().post("/users", json=new_user(username=user["username"]))
    assert response.status_code == 400
