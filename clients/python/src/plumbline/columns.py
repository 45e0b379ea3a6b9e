"""Columns of a data set, as trainers hand them to a reward function."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from .samples import Sample, label_of, prompt_of, response_of

#: Where a label is looked for, the first that is there; ``PLUMBLINE_LABEL`` names another column.
LABELS = ("label", "ground_truth", "answer", "solution", "reference", "target")


def label_in(row: Mapping[str, Any]) -> Any:
    """The label of a row, or the column of labels; None where it has none."""
    named = os.environ.get("PLUMBLINE_LABEL", "")
    if named != "":
        if named not in row:
            raise KeyError(f"PLUMBLINE_LABEL is {named!r}, and the data has {', '.join(sorted(row)) or 'no columns'}.")
        return row[named]
    return next((row[name] for name in LABELS if row.get(name) is not None), None)


def samples_of(prompts: Sequence[Any], completions: Sequence[Any], columns: Mapping[str, Any]) -> list[Sample]:
    """A sample for each completion. Its id is new in each call, and the same in all tries of it."""
    if len(prompts) != len(completions):
        raise ValueError(f"There are {len(prompts)} prompts for {len(completions)} completions.")
    labels = label_in(columns)
    call = uuid4().hex
    return [
        Sample(
            prompt=prompt_of(prompt),
            response=response_of(completion),
            label=label_of(_at(labels, place, len(completions))),
            id=f"{call}-{place}",
        )
        for place, (prompt, completion) in enumerate(zip(prompts, completions))
    ]


def _at(labels: Any | None, place: int, count: int) -> Any:
    if labels is None or isinstance(labels, str):
        return labels
    if len(labels) != count:
        raise ValueError(f"There are {len(labels)} labels for {count} completions.")
    return labels[place]
