"""The FastAPI users service that Slipway replaces: the yardstick of tests/api/test_reference.py.

Written as its authors would have: FastAPI 0.115, pydantic 2, SQLAlchemy on SQLite (here in
memory: every start is a new database). It runs in a Debian 13 root; see README.md.
"""

import os
from datetime import datetime
from typing import Annotated, Optional

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Query, Response
from pydantic import BaseModel, EmailStr, Field
from sqlalchemy import Boolean, Column, DateTime, Integer, String, create_engine, or_
from sqlalchemy.orm import Session, declarative_base, sessionmaker
from sqlalchemy.pool import StaticPool

STRICT = os.environ.get("USER_RULES", "strict") == "strict"

engine = create_engine(
    "sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool
)
SessionLocal = sessionmaker(bind=engine, autoflush=False)
Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True, index=True)
    username = Column(String, unique=True, index=True, nullable=False)
    email = Column(String, unique=True, index=True, nullable=False)
    is_active = Column(Boolean, default=True, nullable=False)
    created_at = Column(DateTime, default=datetime.utcnow, nullable=False)


Base.metadata.create_all(engine)

if STRICT:
    Username = Annotated[
        str, Field(min_length=3, max_length=50, pattern=r"^[A-Za-z0-9_.-]+$")
    ]
    Email = Annotated[EmailStr, Field(max_length=254)]
else:
    Username = str
    Email = str


class UserCreate(BaseModel):
    username: Username
    email: Email
    is_active: bool = True


class UserUpdate(BaseModel):
    # Defaults are not validated: a field may be left out, but null is no string.
    username: Username = None
    email: Email = None
    is_active: bool = None


class UserResponse(BaseModel):
    id: int
    username: str
    email: str
    is_active: bool
    created_at: datetime


app = FastAPI(title="users")


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


def require_free(db: Session, values: dict, own_id: Optional[int] = None):
    for name, message in (
        ("username", "Username already exists"),
        ("email", "Email already exists"),
    ):
        if name not in values:
            continue
        taken = db.query(User).filter(getattr(User, name) == values[name]).first()
        if taken is not None and taken.id != own_id:
            raise HTTPException(status_code=400, detail=message)


def save(db: Session, user: User, values: dict) -> User:
    for name, value in values.items():
        setattr(user, name, value)
    db.commit()
    db.refresh(user)
    return user


@app.get("/")
async def root():
    return {"message": "users", "version": "1.0.0", "services": [], "endpoints": []}


@app.post("/users", response_model=UserResponse)
async def create_user(body: UserCreate, response: Response, db: Session = Depends(get_db)):
    values = body.model_dump()
    require_free(db, values)
    user = User()
    db.add(user)
    save(db, user, values)
    response.headers["Location"] = f"/users/{user.id}"
    return user


@app.get("/users", response_model=list[UserResponse])
async def list_users(
    skip: int = Query(0, ge=0),
    limit: int = Query(100, ge=1, le=1000),
    after: Optional[int] = None,
    username: Optional[str] = None,
    email: Optional[str] = None,
    q: Optional[str] = None,
    is_active: Optional[bool] = None,
    db: Session = Depends(get_db),
):
    users = db.query(User)
    if after is not None:
        users = users.filter(User.id > after)
    if username is not None:
        users = users.filter(User.username == username)
    if email is not None:
        users = users.filter(User.email == email)
    if q is not None:
        users = users.filter(
            or_(
                User.username.startswith(q, autoescape=True),
                User.email.startswith(q, autoescape=True),
            )
        )
    if is_active is not None:
        users = users.filter(User.is_active == is_active)
    return users.order_by(User.id).offset(skip).limit(limit).all()


@app.get("/users/{user_id}", response_model=UserResponse)
async def get_user(user_id: int, db: Session = Depends(get_db)):
    return find(db, user_id)


@app.patch("/users/{user_id}", response_model=UserResponse)
async def update_user(user_id: int, body: UserUpdate, db: Session = Depends(get_db)):
    user = find(db, user_id)
    values = body.model_dump(exclude_unset=True)
    require_free(db, values, user.id)
    return save(db, user, values)


@app.put("/users/{user_id}", response_model=UserResponse)
async def replace_user(user_id: int, body: UserCreate, db: Session = Depends(get_db)):
    user = find(db, user_id)
    values = body.model_dump()
    require_free(db, values, user.id)
    return save(db, user, values)


@app.delete("/users/{user_id}", status_code=204)
async def delete_user(user_id: int, db: Session = Depends(get_db)):
    db.delete(find(db, user_id))
    db.commit()


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=0, log_level="info", access_log=False)
