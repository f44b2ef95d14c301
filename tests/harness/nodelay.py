"""Turns Nagle's algorithm off for every connection that tests make.

Debian 12's httpcore leaves it on and sends a request in two pieces: with the other side's delayed
acknowledgement each POST takes 40 ms. Newer ones turn it off themselves.
"""

import socket

_create_connection = socket.create_connection


def _without_delay(*arguments, **options):
    connection = _create_connection(*arguments, **options)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def install():
    socket.create_connection = _without_delay
