"""
OpenRLHF: ``--reward.remote_url $(python -m plumbline.files openrlhf)``, with
``PLUMBLINE_REWARD_URL=.../rlhf/openrlhf``.

OpenRLHF hands over templated text, which that dialect reads. Unlike a URL in the flag itself, this sends the key in a
header.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from plumbline import Settings
from plumbline.client import client

URL = "http://localhost:8787/rlhf/openrlhf"


def reward_func(queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]) -> dict[str, Any]:
    """Rewards and scores as tensors, one for each query."""
    asked = client(Settings.from_environment(url=URL))
    found = asked.call({"query": list(queries), "prompts": list(prompts), "labels": list(labels)})
    return {name: _tensor(found, name, len(queries)) for name in ("rewards", "scores")} | {"extra_logs": {}}


def _tensor(found: Any, name: str, count: int) -> torch.Tensor:
    values = found.get(name) if isinstance(found, dict) else None
    if not isinstance(values, list) or len(values) != count:
        address = "is PLUMBLINE_REWARD_URL an address of /rlhf/openrlhf?"
        raise ValueError(f"The reply does not hold {count} {name}: {address}")
    return torch.tensor(values, dtype=torch.float32)
