"""What can go wrong between a trainer and its rewards."""

from __future__ import annotations

from typing import Any


class PlumblineError(Exception):
    """An error with the service's code: ``code`` is ``transport`` where no answer came at all."""

    def __init__(self, message: str, *, code: str, status: int | None = None, param: str | None = None):
        super().__init__(message)
        self.code = code
        self.status = status
        self.param = param

    def __reduce__(self) -> Any:
        """Trainers reward in processes of their own: an error that can't come back from one breaks their pool."""
        return _again, (type(self), str(self), self.code, self.status, self.param)


class MissingReward(PlumblineError):
    """A framework that takes no ``None`` asked for rewards, and one could not be made. It is no reward of 0."""


def _again(kind: type[PlumblineError], message: str, code: str, status: int | None, param: str | None) -> Any:
    return kind(message, code=code, status=status, param=param)


def error_of(body: Any, status: int) -> PlumblineError:
    """The error in the body of a reply, or one that says its status alone."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return PlumblineError(f"The service answered with status {status}.", code="http", status=status)
    return PlumblineError(
        str(error.get("message", f"The service answered with status {status}.")),
        code=str(error.get("code", "http")),
        status=status,
        param=error.get("param"),
    )
