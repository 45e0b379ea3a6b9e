"""Where rewards come from: the environment of the trainer, or arguments."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from typing import Any

from .address import parted, shown

DEFAULT_URL = "http://localhost:8787/rlhf/plumbline"


@dataclass(frozen=True)
class Settings:
    """
    ``url``: of the dialect ``plumbline``, how to reward in its query,
    ``.../rlhf/plumbline?protocol=openrs&shaping=graded``, or that of a run, ``.../runs/{id}/plumbline``. A key in its
    user part is taken as ``key``. ``key``: an API key, sent as a Bearer token and shown nowhere. ``timeout``: seconds
    for one try. ``tries``: tries before a failure is a failure. ``deadline``: seconds for all tries of a call
    together. ``batch``: samples a call. ``on_error``: the number to give where a framework takes no ``None``; without
    it such a framework's call raises. Raises ``ValueError``, naming the variable, for what can't be.
    """

    url: str = field(default=DEFAULT_URL, repr=False)
    key: str | None = field(default=None, repr=False)
    timeout: float = 600.0
    tries: int = 5
    deadline: float | None = None
    batch: int = 64
    concurrency: int = 16
    on_error: float | None = None

    def __post_init__(self) -> None:
        url, key = parted(self.url)
        object.__setattr__(self, "url", url)
        object.__setattr__(self, "key", _header(self.key or key))
        for name in ("timeout", "tries", "deadline", "batch", "concurrency"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"PLUMBLINE_{name.upper()} must be above 0, and is {value!r}.")
        if self.on_error is not None and not math.isfinite(self.on_error):
            raise ValueError(f"PLUMBLINE_ON_ERROR must be a finite number, and is {self.on_error!r}.")

    def __str__(self) -> str:
        return f"Settings of {shown(self.url)}"

    @classmethod
    def from_environment(cls, **defaults: Any) -> Settings:
        """By ``PLUMBLINE_REWARD_URL`` and ``PLUMBLINE_*`` of each other setting, and ``defaults`` where none is set."""
        read = dict(defaults)
        for name, (variable, convert) in _VARIABLES.items():
            value = os.environ.get(variable, "").strip()
            if value != "":
                read[name] = _converted(variable, value, convert)
        return cls(**read)


_VARIABLES = {
    "url": ("PLUMBLINE_REWARD_URL", str),
    "key": ("PLUMBLINE_API_KEY", str),
    "timeout": ("PLUMBLINE_TIMEOUT", float),
    "tries": ("PLUMBLINE_TRIES", int),
    "deadline": ("PLUMBLINE_DEADLINE", float),
    "batch": ("PLUMBLINE_BATCH", int),
    "on_error": ("PLUMBLINE_ON_ERROR", float),
}


def _converted(variable: str, value: str, convert: Any) -> Any:
    try:
        return convert(value)
    except ValueError:
        kind = "a whole number" if convert is int else "a number"
        raise ValueError(f"{variable} must be {kind}, and is {value!r}.") from None


def _header(key: str | None) -> str | None:
    """A key as a header takes it. A wrong one is not repeated in the error."""
    key = (key or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("PLUMBLINE_API_KEY holds characters that no key has.")
    return key or None
