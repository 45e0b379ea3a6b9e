"""Which samples are sent in one call."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .errors import PlumblineError
from .samples import Reward, Sample, body_of, rewards_of

TOO_LARGE = 413

#: A sample and its place among those that were asked for.
Placed = tuple[int, Sample]


def batches(samples: Sequence[Sample], size: int) -> list[list[Placed]]:
    """The samples in as few calls as hold ``size`` each, those of one prompt next to each other in one call."""
    calls: list[list[Placed]] = []
    for group in _groups(list(enumerate(samples))):
        if calls and len(calls[-1]) + len(group) <= size:
            calls[-1].extend(group)
        else:
            calls.append(list(group))
    return calls


def halves(part: Sequence[Placed], error: PlumblineError) -> list[list[Placed]]:
    """
    Two calls in the place of one that was too large. Raises the error where it was another, or where the call holds one
    prompt: a group that is cut in two would be compared with others.
    """
    groups = _groups(part)
    if error.status != TOO_LARGE or len(groups) < 2:
        raise error
    middle = (len(groups) + 1) // 2
    return [[placed for group in half for placed in group] for half in (groups[:middle], groups[middle:])]


def body_at(part: Sequence[Placed]) -> dict:
    """The body of a call."""
    return body_of([sample for _, sample in part])


def rewards_at(part: Sequence[Placed], body: Any) -> list[tuple[int, Reward]]:
    """The rewards of its reply, each with its place."""
    return [(place, one) for (place, _), one in zip(part, rewards_of(body, len(part)))]


def in_order(found: Sequence[Sequence[tuple[int, Reward]]]) -> list[Reward]:
    """The rewards of all calls in the order of the samples."""
    return [one for _, one in sorted((at for call in found for at in call), key=lambda at: at[0])]


def _groups(part: Sequence[Placed]) -> list[list[Placed]]:
    groups: dict[str, list[Placed]] = {}
    for placed in part:
        groups.setdefault(json.dumps(placed[1].prompt, sort_keys=True), []).append(placed)
    return list(groups.values())
