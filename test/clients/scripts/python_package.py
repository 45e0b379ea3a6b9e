"""The package as its user installs it."""

import subprocess
import sys
from pathlib import Path

from plumbline import Client, Sample

tests = Path(__file__).parents[3] / "clients/python"
subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tests)], check=True, stdout=sys.stderr)
print("- its tests pass")

prompt = [{"role": "user", "content": "What is the capital of France?"}]
samples = [Sample(prompt, text, id=str(at)) for at, text in enumerate(["Paris.", "Soup.", "", "Paris."])]
rewards = Client().rewards(samples)
assert [one.error for one in rewards] == [None] * 4, rewards
assert all(-1 <= one.reward <= 1 for one in rewards)
assert rewards[0].reward == rewards[3].reward and rewards[2].reward == -1, rewards
assert Client().rewards(samples) == rewards
print(f"- rewards {[round(one.reward, 3) for one in rewards]} for a group of four, the same when asked again")
