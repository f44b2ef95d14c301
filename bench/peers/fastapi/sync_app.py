"""The users service as it is commonly written: SQLAlchemy's sessions on psycopg2, redis-py, plain
`def` handlers, which FastAPI runs in its pool of threads, and a middleware that logs."""

import json
import logging
import os
import sys
import time
import uuid
from datetime import datetime

import redis
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from schemas import UserCreate, UserResponse, UserUpdate
from sqlalchemy import BigInteger, Boolean, Column, DateTime, String, create_engine, text
from sqlalchemy.orm import Session, declarative_base, sessionmaker

CACHE_SECONDS = 300

# As many connections as FastAPI has threads, so that none waits for one.
engine = create_engine(os.environ["DATABASE_URL"], pool_size=20, max_overflow=20)
SessionLocal = sessionmaker(bind=engine, autoflush=False)
Base = declarative_base()
cache = redis.from_url(os.environ["REDIS_URL"], decode_responses=True)

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
log = logging.getLogger("users")
app = FastAPI(title="users")


class User(Base):
    __tablename__ = "users"
    id = Column(BigInteger, primary_key=True)
    username = Column(String, unique=True, nullable=False)
    email = Column(String, unique=True, nullable=False)
    is_active = Column(Boolean, default=True, nullable=False)
    created_at = Column(DateTime, default=datetime.utcnow, nullable=False)


def log_line(message: str, **fields):
    log.info(json.dumps({"timestamp": datetime.utcnow().isoformat(), "level": "INFO",
                         "message": message, **fields}))


@app.middleware("http")
async def log_requests(request: Request, call_next):
    started = time.perf_counter()
    request_id = request.headers.get("X-Request-ID") or str(uuid.uuid4())
    log_line("Request started", request_id=request_id, method=request.method,
             url=str(request.url), client_ip=request.client.host,
             user_agent=request.headers.get("User-Agent"))
    response = await call_next(request)
    log_line("Request completed", request_id=request_id, method=request.method,
             path=request.url.path, status_code=response.status_code,
             process_time=f"{time.perf_counter() - started:.4f}s")
    response.headers["X-Request-ID"] = request_id
    return response


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


def find(db: Session, user_id: int) -> User:
    user = db.query(User).filter(User.id == user_id).first()
    if user is None:
        raise HTTPException(status_code=404, detail="User not found")
    return user


def require_free(db: Session, values: dict, own_id: int | None = None):
    for name, message in (("username", "Username already exists"),
                          ("email", "Email already exists")):
        if name not in values:
            continue
        taken = db.query(User).filter(getattr(User, name) == values[name]).first()
        if taken is not None and taken.id != own_id:
            raise HTTPException(status_code=400, detail=message)


@app.get("/")
def root():
    return {"message": "users", "version": "1.0.0", "services": [], "endpoints": []}


@app.get("/health")
def health(db: Session = Depends(get_db)):
    db.execute(text("SELECT 1"))
    cache.ping()
    return {"status": "healthy", "database": "healthy", "cache": "healthy",
            "timestamp": datetime.utcnow().isoformat()}


@app.post("/users", response_model=UserResponse)
def create_user(body: UserCreate, response: Response, db: Session = Depends(get_db)):
    require_free(db, body.model_dump())
    user = User(**body.model_dump())
    db.add(user)
    db.commit()
    db.refresh(user)
    response.headers["Location"] = f"/users/{user.id}"
    return user


@app.get("/users", response_model=list[UserResponse])
def list_users(skip: int = Query(0, ge=0), limit: int = Query(100, ge=1, le=1000),
               after: int | None = None, db: Session = Depends(get_db)):
    users = db.query(User)
    if after is not None:
        users = users.filter(User.id > after)
    return users.order_by(User.id).offset(skip).limit(limit).all()


@app.get("/users/{user_id}", response_model=UserResponse)
def get_user(user_id: int, db: Session = Depends(get_db)):
    cached = cache.get(f"user:{user_id}")
    if cached is not None:
        return json.loads(cached)
    user = UserResponse.model_validate(find(db, user_id))
    cache.setex(f"user:{user_id}", CACHE_SECONDS, user.model_dump_json())
    return user


@app.patch("/users/{user_id}", response_model=UserResponse)
def update_user(user_id: int, body: UserUpdate, db: Session = Depends(get_db)):
    user = find(db, user_id)
    values = body.model_dump(exclude_unset=True)
    require_free(db, values, user.id)
    for name, value in values.items():
        setattr(user, name, value)
    db.commit()
    db.refresh(user)
    cache.delete(f"user:{user_id}")
    return user


@app.delete("/users/{user_id}", status_code=204)
def delete_user(user_id: int, db: Session = Depends(get_db)):
    db.delete(find(db, user_id))
    db.commit()
    cache.delete(f"user:{user_id}")
