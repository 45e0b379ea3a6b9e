"""
verifiers and prime-rl: ``taskset.task.judges=[{id: "plumbline-judge"}]``.

verifiers imports a judge by its id, so that this is a module of its own. Where rewards come from is
``PLUMBLINE_REWARD_URL`` in the environment, or ``url`` of the judge's entry.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from verifiers.v1.configs.judge import JudgeConfig
from verifiers.v1.judge import Judge, JudgeView, judge_response

from plumbline import Sample, Settings, numbers
from plumbline.client import async_client
from plumbline.samples import label_of, prompt_of

__all__ = ["PlumblineJudge", "PlumblineJudgeConfig"]


class PlumblineJudgeConfig(JudgeConfig):
    id: str = "plumbline-judge"
    url: str = ""
    """Of the dialect ``plumbline``, how to reward in its query; empty: ``PLUMBLINE_REWARD_URL``."""
    answer_field: str = "answer"
    """The task's field that is sent as the label; a task without it has none."""
    view: JudgeView = "last_reply"
    """How much of the rollout is judged."""


class PlumblineJudge(Judge[float, PlumblineJudgeConfig]):
    async def score(self, task: Any, trace: Any) -> float:
        """The reward of a rollout. A missing one raises, so that verifiers repeats the rollout."""
        client = async_client(_settings(self.config))
        sample = Sample(
            prompt=prompt_of(_prompt(task)),
            response=judge_response(trace, self.config.view),
            label=label_of(getattr(task, self.config.answer_field, None)),
        )
        return numbers(await client.rewards([sample]), client.settings)[0]


def _settings(config: PlumblineJudgeConfig) -> Settings:
    settings = Settings.from_environment()
    return replace(settings, url=config.url) if config.url else settings


def _prompt(task: Any) -> Any:
    prompt: Any | None = task.prompt
    if prompt is None or isinstance(prompt, str):
        return prompt or task.prompt_text
    return [message.model_dump() for message in prompt]
