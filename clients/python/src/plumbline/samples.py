"""What is rewarded, and what comes back."""

from __future__ import annotations

import json
import math
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


#: What a policy thinks before it answers, which trainers' own text functions leave out too.
THOUGHTS = ("thinking", "redacted_thinking", "reasoning")


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Mapping) and part.get("type") in THOUGHTS:
        return ""
    if isinstance(part, Mapping) and part.get("type") in ("text", "input_text", "output_text"):
        return str(part.get("text", ""))
    kind = part.get("type") if isinstance(part, Mapping) else type(part).__name__
    raise TypeError(f"Only text can be judged, and a message holds a part of type {kind!r}.")


def prompt_of(value: Any) -> Prompt:
    """A prompt as text or messages; of messages what can be judged: role and text, the empty ones left out."""
    if isinstance(value, str):
        return value
    messages = [{"role": _role(one), "content": _said(one)} for one in value]
    return [message for message in messages if message["content"] != ""]


def _said(message: Mapping[str, Any]) -> str:
    """What a message says; calls of tools in it as JSON, as most chat templates write them."""
    said = text_of(message.get("content"))
    calls = [f"<tool_call>\n{_json(call)}\n</tool_call>" for call in message.get("tool_calls") or []]
    return "\n".join([*([said] if said else []), *calls])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


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
        return _said(value)
    said = (_said(message) for message in value if message.get("role") != "tool")
    return "\n\n".join(text for text in said if text != "")


def label_of(value: Any) -> str | None:
    """A label as the service takes it: text, numbers as they are printed, anything else as JSON. NaN is no label."""
    listed = getattr(value, "tolist", None)
    plain = listed() if callable(listed) else value
    if plain is None or isinstance(plain, str):
        return plain
    # Tables of data hold NaN where a row has nothing.
    if isinstance(plain, float) and math.isnan(plain):
        return None
    return _json(plain)


def bytes_of(body: Any) -> bytes:
    """JSON for the wire. Half a surrogate pair, which a tokenizer may leave and UTF-8 does not have, becomes U+FFFD."""
    text = json.dumps(body, ensure_ascii=False, allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def body_of(samples: Iterable[Sample]) -> dict:
    """The samples as ``/rlhf/plumbline`` takes them."""
    return {
        "samples": [{name: value for name, value in vars(sample).items() if value is not None} for sample in samples]
    }


def rewards_of(body: Any, count: int) -> list[Reward]:
    """The rewards in a reply, one for each sample. Raises ``ValueError`` where the reply is something else."""
    found = body.get("rewards") if isinstance(body, dict) else None
    if not isinstance(found, list) or len(found) != count or not all(isinstance(one, dict) for one in found):
        raise ValueError(
            f"The reply does not hold {count} rewards: is PLUMBLINE_REWARD_URL an address of /rlhf/plumbline?"
        )
    return [
        Reward(
            reward=_number(one, "reward"),
            score=_number(one, "score"),
            judgments=tuple(one.get("judgments") or ()),
            substituted=bool(one.get("substituted")),
            error=one.get("error"),
        )
        for one in found
    ]


def _number(one: Mapping[str, Any], name: str) -> float | None:
    value = one.get(name)
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return value
    raise ValueError(f"The reply's {name} must be a finite number or null, and is {value!r}.")
