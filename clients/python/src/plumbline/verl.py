"""
verl: ``reward.custom_reward_function.path=pkg://plumbline.verl`` and ``.name=compute_score``, one sample a call.

verl passes no prompt: it is read from the data's ``extra_info``, under ``prompt``, ``question`` or what
``reward_kwargs.prompt_field`` names.
Groups over single calls are gathered by the URL of a run:
``PLUMBLINE_REWARD_URL=.../runs/{id}/plumbline?against=group``.

The managers ``naive`` and ``dapo`` stop the run where a reward can't be made, and so does ``remote``, which takes
``compute_score_sync``. ``rate_limited`` would count 0 instead, and sends one call at a time unless told otherwise: the
service limits its own models, so there is no use for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .samples import Prompt, Sample, label_of, prompt_of
from .single import async_found, reward_of

PROMPTS = ("prompt", "raw_prompt", "question", "problem", "query", "instruction")


async def compute_score(
    data_source: Any,
    solution_str: str,
    ground_truth: Any,
    extra_info: Mapping[str, Any] | None = None,
    prompt_field: str | None = None,
    **_: Any,
) -> dict:
    """
    The reward as ``score``, with the same keys for every sample, as verl needs: ``score`` and
    ``plumbline_score``, which is mapped to 0..1.
    """
    sample = _sample(solution_str, ground_truth, extra_info or {}, prompt_field)
    score, found = await async_found(sample)
    return {"score": score, "plumbline_score": found.score if found.score is not None else score}


def compute_score_sync(
    data_source: Any,
    solution_str: str,
    ground_truth: Any,
    extra_info: Mapping[str, Any] | None = None,
    prompt_field: str | None = None,
    **_: Any,
) -> float:
    """The reward alone, for the manager ``remote``, which takes no coroutine."""
    return reward_of(_sample(solution_str, ground_truth, extra_info or {}, prompt_field))


def _sample(solution: str, truth: Any, info: Mapping[str, Any], field: str | None) -> Sample:
    return Sample(prompt=_prompt(info, field), response=solution, label=label_of(truth))


def _prompt(info: Mapping[str, Any], field: str | None) -> Prompt:
    names = PROMPTS if field is None else (field,)
    for name in names:
        value = info.get(name)
        if value is not None and len(value) > 0:
            return prompt_of(value)
    raise KeyError(
        f"verl passes no prompt, and extra_info holds none of {', '.join(names)}: "
        "put it there, or name its field as reward.custom_reward_function.reward_kwargs.prompt_field."
    )
