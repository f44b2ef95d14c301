"""What comes in and goes out, for both applications."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, EmailStr, Field

Username = Annotated[str, Field(min_length=3, max_length=50, pattern=r"^[A-Za-z0-9_.-]+$")]
Email = Annotated[EmailStr, Field(max_length=254)]


class UserCreate(BaseModel):
    username: Username
    email: Email
    is_active: bool = True


class UserUpdate(BaseModel):
    username: Username = None
    email: Email = None
    is_active: bool = None


class UserResponse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    username: str
    email: str
    is_active: bool
    created_at: datetime
