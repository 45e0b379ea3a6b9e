"""What is rewarded, and what comes back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

Prompt = Union[str, list[dict]]


@dataclass(frozen=True)
class Sample:
    """One response. ``id`` is the same in a retry, and another for another sample of the same text."""

    prompt: Prompt
    response: str
    label: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Reward:
    """``reward`` is ``None`` where there is none, and ``error`` then says why."""

    reward: float | None
    score: float | None = None
    judgments: Sequence[str] = ()
    substituted: bool = False
    error: Mapping[str, Any] | None = None


def text_of(content: Any) -> str:
    """The text of a message's content: a string, or parts of which those of text count."""
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if isinstance(content, (list, tuple)):
        return "".join(_part(part) for part in content)
    raise TypeError(f"A message's content must be text or parts, and is {type(content).__name__}.")


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Mapping) and part.get("type") in ("text", "input_text", "output_text"):
        return str(part.get("text", ""))
    kind = part.get("type") if isinstance(part, Mapping) else type(part).__name__
    raise TypeError(f"Only text can be judged, and a message holds a part of type {kind!r}.")


def prompt_of(value: Any) -> Prompt:
    """A prompt as text or messages; of messages what can be judged: role and text, the empty ones left out."""
    if isinstance(value, str):
        return value
    messages = [{"role": _role(one), "content": text_of(one.get("content"))} for one in value]
    return [message for message in messages if message["content"] != ""]


def _role(message: Mapping[str, Any]) -> str:
    role = message.get("role")
    if role == "developer":
        return "system"
    return role if role in ("system", "user", "assistant", "tool") else "user"


def response_of(value: Any) -> str:
    """A completion as text: a string, or the assistant's messages of a conversation."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return text_of(value.get("content"))
    return "\n\n".join(text_of(message.get("content")) for message in value if message.get("role") != "tool")


def label_of(value: Any) -> str | None:
    """A label as the service takes it: text, numbers as they are printed, anything else as JSON."""
    if value is None or isinstance(value, str):
        return value
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "ndim", 0) == 0:
        value = item()
    return json.dumps(value, ensure_ascii=False, default=str)


def body_of(samples: Iterable[Sample]) -> dict:
    """The samples as ``/rlhf/plumbline`` takes them."""
    return {
        "samples": [{name: value for name, value in vars(sample).items() if value is not None} for sample in samples]
    }


def rewards_of(body: Any, count: int) -> list[Reward]:
    """The rewards in a reply, one for each sample. Raises ``ValueError`` where the reply is something else."""
    found = body.get("rewards") if isinstance(body, dict) else None
    if not isinstance(found, list) or len(found) != count:
        raise ValueError(
            f"The reply does not hold {count} rewards: is PLUMBLINE_REWARD_URL an address of /rlhf/plumbline?"
        )
    return [
        Reward(
            reward=one["reward"],
            score=one.get("score"),
            judgments=tuple(one.get("judgments") or ()),
            substituted=bool(one.get("substituted")),
            error=one.get("error"),
        )
        for one in found
    ]


def batches(samples: Sequence[Sample], size: int) -> list[list[int]]:
    """Places of the samples in as few calls as hold ``size`` each, the samples of one prompt together."""
    groups: dict = {}
    for place, sample in enumerate(samples):
        groups.setdefault(json.dumps(sample.prompt, sort_keys=True), []).append(place)
    calls: list[list[int]] = []
    for group in groups.values():
        if calls and len(calls[-1]) + len(group) <= size:
            calls[-1].extend(group)
        else:
            calls.append(list(group))
    return calls
