"""
AReaL: ``reward_fn="plumbline.areal.reward"``, one sample a call in a process of its own.

AReaL waits 15 s and then counts 0: keep calls under that with ``PLUMBLINE_TIMEOUT=12``, or give
``AsyncRewardWrapper`` a longer ``timeout_seconds``.
"""

from __future__ import annotations

from typing import Any

from .columns import label_in
from .samples import Sample, label_of, prompt_of
from .single import reward_of


def reward(prompt: str, completions: str, prompt_ids: Any, completion_ids: Any, **columns: Any) -> float:
    """The reward of one completion. The prompt is the data's ``messages``, or what AReaL decoded where it has none."""
    asked = columns.get("messages") or prompt
    return reward_of(Sample(prompt=prompt_of(asked), response=completions, label=label_of(label_in(columns))))
