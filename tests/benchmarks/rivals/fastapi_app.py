"""FastAPI and SQLModel, as their documentation writes such a service: https://fastapi.tiangolo.com/tutorial/sql-databases/

Its tasks have the seven fields of the first design. `python fastapi_app.py` makes its table.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import CheckConstraint, DateTime, Index
from sqlmodel import Field, Session, SQLModel, create_engine, func, select

SECRET = os.environ["BETTER_AUTH_SECRET"]
# More connections than the benchmark's requests at once: nobody waits for one.
engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg2:", 1), pool_size=30)
app = FastAPI()


class Status(StrEnum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


def now() -> datetime:
    return datetime.now(UTC)


class TaskBase(SQLModel):
    title: str = Field(min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=2000)
    status: str = Field(default=Status.PENDING, max_length=20)


class Task(TaskBase, table=True):
    __table_args__ = (
        Index("task_user_id_id", "user_id", "id"),
        CheckConstraint("status IN ('pending', 'in_progress', 'completed')"),
    )
    id: int | None = Field(default=None, primary_key=True)
    user_id: str = Field(max_length=255)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(
        default_factory=now, sa_type=DateTime(timezone=True), sa_column_kwargs={"onupdate": now}
    )


class TaskPublic(TaskBase):
    id: int
    status: Status
    user_id: str
    created_at: datetime
    updated_at: datetime


class TaskCreate(TaskBase):
    status: Status = Status.PENDING


class TaskUpdate(SQLModel):
    title: str | None = Field(default=None, min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=2000)
    status: Status | None = None


class TasksPublic(SQLModel):
    results: list[TaskPublic]
    count: int


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def get_subject(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
    try:
        claims = jwt.decode(credentials.credentials, SECRET, ["HS256"], options={"require": ["exp", "sub"]})
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": "Bearer"}) from error
    return claims["sub"]


SessionDep = Annotated[Session, Depends(get_session)]
Subject = Annotated[str, Depends(get_subject)]


def owned(session: Session, subject: str, task_id: int) -> Task:
    task = session.exec(select(Task).where(Task.user_id == subject, Task.id == task_id)).first()
    if task is None:
        raise HTTPException(404, "Task not found")
    return task


def saved(session: Session, task: Task) -> Task:
    session.add(task)
    session.commit()
    session.refresh(task)
    return task


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/api/tasks", status_code=201, response_model=TaskPublic)
def create_task(task: TaskCreate, session: SessionDep, subject: Subject):
    return saved(session, Task.model_validate(task, update={"user_id": subject}))


@app.get("/api/tasks", response_model=TasksPublic)
def read_tasks(
    session: SessionDep,
    subject: Subject,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
):
    count = session.exec(select(func.count()).select_from(Task).where(Task.user_id == subject)).one()
    tasks = session.exec(
        select(Task).where(Task.user_id == subject).order_by(Task.id).offset(offset).limit(limit)
    ).all()
    return TasksPublic(results=tasks, count=count)


@app.get("/api/tasks/{task_id}", response_model=TaskPublic)
def read_task(task_id: int, session: SessionDep, subject: Subject):
    return owned(session, subject, task_id)


@app.put("/api/tasks/{task_id}", response_model=TaskPublic)
def update_task(task_id: int, task: TaskUpdate, session: SessionDep, subject: Subject):
    stored = owned(session, subject, task_id)
    stored.sqlmodel_update(task.model_dump(exclude_unset=True))
    return saved(session, stored)


if __name__ == "__main__":
    SQLModel.metadata.create_all(engine)
