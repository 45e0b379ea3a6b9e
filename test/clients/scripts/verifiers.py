"""verifiers finds the judge of the Python package by its id, and it scores a rollout."""

import asyncio
import types

from verifiers.v1.configs.judge import resolve_judges
from verifiers.v1.task import TaskData
from verifiers.v1.utils.loaders import judge_class

[config] = resolve_judges([{"id": "plumbline-judge"}])
judge = judge_class("plumbline-judge")(config)
task = TaskData(prompt="What is the capital of France?")


def trace(text):
    return types.SimpleNamespace(last_reply=text, transcript=text)


scores = [asyncio.run(judge.score(task, trace(text))) for text in ("Paris.", "Soup.")]
assert all(0 <= score <= 1 for score in scores), scores
assert judge.reward_name == "plumbline-judge"
print(f"- the judge 'plumbline-judge' by its id: {[round(score, 3) for score in scores]}")
