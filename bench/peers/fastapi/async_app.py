"""The same, tuned: coroutines on uvloop, asyncpg's prepared statements, redis.asyncio, orjson, a
plain ASGI middleware, and a cached user sent as it lies in Redis."""

import os
import sys
import time
import uuid
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg
import orjson
import redis.asyncio as redis
from fastapi import FastAPI, HTTPException, Query, Response
from fastapi.responses import ORJSONResponse
from schemas import UserCreate, UserUpdate

CACHE_SECONDS = 300
COLUMNS = "id, username, email, is_active, created_at"
CREATE = ("INSERT INTO users (username, email, is_active, created_at) VALUES ($1, $2, $3, $4)"
          f" RETURNING {COLUMNS}")
TAKEN = {"users_username_key": "Username already exists", "users_email_key": "Email already exists"}


class LogRequests:
    """Two JSON lines a request and its id, without Starlette's BaseHTTPMiddleware."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = time.perf_counter()
        headers = dict(scope["headers"])
        request_id = headers.get(b"x-request-id", b"").decode("latin-1") or str(uuid.uuid4())
        status = 500
        log_line("Request started", request_id=request_id, method=scope["method"],
                 url=scope["path"], client_ip=scope["client"][0],
                 user_agent=headers.get(b"user-agent", b"").decode("latin-1"))

        async def send_with_id(message):
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", request_id.encode("latin-1")))
            await send(message)

        await self.app(scope, receive, send_with_id)
        log_line("Request completed", request_id=request_id, method=scope["method"],
                 path=scope["path"], status_code=status,
                 process_time=f"{time.perf_counter() - started:.4f}s")


def log_line(message, **fields):
    sys.stdout.buffer.write(orjson.dumps(
        {"timestamp": datetime.utcnow(), "level": "INFO", "message": message, **fields},
        option=orjson.OPT_APPEND_NEWLINE))


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=10, max_size=10) as pool:
        app.state.pool = pool
        app.state.cache = redis.from_url(os.environ["REDIS_URL"])
        yield
        await app.state.cache.aclose()


app = FastAPI(title="users", lifespan=lifespan, default_response_class=ORJSONResponse)
app.add_middleware(LogRequests)


def json_of(record) -> bytes:
    return orjson.dumps(dict(record))


def answer(body: bytes, **headers) -> Response:
    return Response(body, media_type="application/json", headers=headers)


def not_found():
    return HTTPException(status_code=404, detail="User not found")


@app.get("/")
async def root():
    return ORJSONResponse({"message": "users", "version": "1.0.0", "services": [], "endpoints": []})


@app.get("/health")
async def health():
    await app.state.pool.fetchval("SELECT 1")
    await app.state.cache.ping()
    return ORJSONResponse({"status": "healthy", "database": "healthy", "cache": "healthy",
                           "timestamp": datetime.utcnow()})


@app.post("/users")
async def create_user(body: UserCreate):
    try:
        user = await app.state.pool.fetchrow(CREATE, body.username, body.email, body.is_active,
                                             datetime.utcnow())
    except asyncpg.UniqueViolationError as error:
        raise HTTPException(status_code=400, detail=TAKEN[error.constraint_name]) from None
    return answer(json_of(user), Location=f"/users/{user['id']}")


@app.get("/users")
async def list_users(skip: int = Query(0, ge=0), limit: int = Query(100, ge=1, le=1000),
                     after: int = 0):
    users = await app.state.pool.fetch(
        f"SELECT {COLUMNS} FROM users WHERE id > $1 ORDER BY id OFFSET $2 LIMIT $3",
        after, skip, limit)
    return answer(orjson.dumps([dict(user) for user in users]))


@app.get("/users/{user_id}")
async def get_user(user_id: int):
    key = f"user:{user_id}"
    body = await app.state.cache.get(key)
    if body is None:
        user = await app.state.pool.fetchrow(f"SELECT {COLUMNS} FROM users WHERE id = $1", user_id)
        if user is None:
            raise not_found()
        body = json_of(user)
        await app.state.cache.setex(key, CACHE_SECONDS, body)
    return answer(body)


@app.patch("/users/{user_id}")
async def update_user(user_id: int, body: UserUpdate):
    values = body.model_dump(exclude_unset=True)
    # The names are the model's own fields.
    changes = ", ".join(f"{name} = ${at}" for at, name in enumerate(values, 2)) or "id = id"
    try:
        user = await app.state.pool.fetchrow(
            f"UPDATE users SET {changes} WHERE id = $1 RETURNING {COLUMNS}", user_id,
            *values.values())
    except asyncpg.UniqueViolationError as error:
        raise HTTPException(status_code=400, detail=TAKEN[error.constraint_name]) from None
    if user is None:
        raise not_found()
    await app.state.cache.delete(f"user:{user_id}")
    return answer(json_of(user))


@app.delete("/users/{user_id}", status_code=204)
async def delete_user(user_id: int):
    if await app.state.pool.execute("DELETE FROM users WHERE id = $1", user_id) == "DELETE 0":
        raise not_found()
    await app.state.cache.delete(f"user:{user_id}")
