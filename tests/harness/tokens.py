"""JSON Web Tokens, good and bad: made here by hand, so that the service's own maker is tested too."""

import base64
import hashlib
import hmac
import json
import time

SECRET = "a secret of more than thirty-two bytes, for tests"
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(scope="users:read users:write ops", **changes):
    """Claims that the service takes; None removes one."""
    now = int(time.time())
    values = {"iss": "slipway", "aud": "slipway", "sub": "tests", "scope": scope,
              "iat": now, "nbf": now - 1, "exp": now + 300, **changes}
    return {name: value for name, value in values.items() if value is not None}


def sign(payload, algorithm="HS256", secret=SECRET, header=None):
    """A compact token; `payload` is a dict, or text to sign as it is."""
    header = {"alg": algorithm, "typ": "JWT"} if header is None else header
    text = payload if isinstance(payload, str) else json.dumps(payload)
    signed = base64url(json.dumps(header).encode()) + "." + base64url(text.encode())
    if algorithm not in HASHES:
        return signed + "."
    digest = hmac.new(secret.encode(), signed.encode(), HASHES[algorithm]).digest()
    return signed + "." + base64url(digest)


def token(scope="users:read users:write ops", **changes):
    return sign(claims(scope, **changes))


def bearer(text):
    return {"Authorization": f"Bearer {text}"}
