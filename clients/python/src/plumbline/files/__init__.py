"""
Files for trainers that take a path: ``$(python -m plumbline.files openrlhf)``.

They lie in a folder of their own, since ms-swift puts a plugin's folder before all others: beside ``trl.py`` it would
find that in the place of TRL.
"""

from __future__ import annotations

from pathlib import Path

FILES = {"openrlhf": "openrlhf_reward.py", "ms-swift": "ms_swift_reward.py"}


def path_of(trainer: str) -> str:
    """The path of a trainer's file. Raises ``KeyError`` for one that takes none."""
    if trainer not in FILES:
        raise KeyError(f"There is a file for {' and '.join(FILES)}, and none for {trainer!r}.")
    return str(Path(__file__).parent / FILES[trainer])
