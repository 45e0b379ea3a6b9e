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

from plumbline import Client, Settings

_client = Client(Settings.from_environment(default_url="http://localhost:8787/rlhf/openrlhf"))


def reward_func(queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]) -> dict[str, Any]:
    """Rewards and scores as tensors, one for each query."""
    found = _client.call({"query": list(queries), "prompts": list(prompts), "labels": list(labels)})
    return {
        "rewards": torch.tensor(found["rewards"], dtype=torch.float32),
        "scores": torch.tensor(found["scores"], dtype=torch.float32),
        "extra_logs": {},
    }
