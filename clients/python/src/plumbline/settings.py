"""Where rewards come from: the environment of the trainer, or arguments."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

DEFAULT_URL = "http://localhost:8787/rlhf/plumbline"


@dataclass(frozen=True)
class Settings:
    """
    ``url``: of the dialect ``plumbline``, how to reward in its query,
    ``.../rlhf/plumbline?protocol=openrs&shaping=graded``, or
    that of a run, ``.../runs/{id}/plumbline``. ``key``: an API key, sent as a Bearer token and shown nowhere.
    ``timeout``: seconds for one call.
    ``tries``: calls before a failure is a failure. ``batch``: samples a call. ``on_error``: the number to give
    where a framework
    takes no ``None``; without it such a framework's call raises.
    """

    url: str = DEFAULT_URL
    key: str | None = field(default=None, repr=False)
    timeout: float = 600.0
    tries: int = 5
    batch: int = 64
    concurrency: int = 16
    on_error: float | None = None

    @classmethod
    def from_environment(cls, default_url: str = DEFAULT_URL) -> Settings:
        """By ``PLUMBLINE_REWARD_URL``, ``_API_KEY``, ``_TIMEOUT``, ``_TRIES`` and ``_ON_ERROR``."""
        read: dict[str, Any] = {"url": default_url}
        for name, (variable, convert) in _VARIABLES.items():
            value = os.environ.get(variable, "")
            if value != "":
                read[name] = _converted(variable, value, convert)
        return cls(**read)


_VARIABLES = {
    "url": ("PLUMBLINE_REWARD_URL", str),
    "key": ("PLUMBLINE_API_KEY", str),
    "timeout": ("PLUMBLINE_TIMEOUT", float),
    "tries": ("PLUMBLINE_TRIES", int),
    "on_error": ("PLUMBLINE_ON_ERROR", float),
}


def _converted(variable: str, value: str, convert: Any) -> Any:
    try:
        return convert(value)
    except ValueError:
        raise ValueError(f"{variable} must be a number, and is {value!r}.") from None
