"""Axolotl checks `trl.reward_funcs` of its configuration and loads the function by its dotted path."""

import sys
import types
from importlib.util import find_spec

# The module of the loader imports the trainers beside it, which want a GPU's packages.
root = find_spec("axolotl").submodule_search_locations[0]
trainers = types.ModuleType("axolotl.core.trainers")
trainers.__path__ = [f"{root}/core/trainers"]
sys.modules["axolotl.core.trainers"] = trainers
for name, classes in (
    ("args", ["AxolotlAsyncGRPOConfig", "AxolotlGRPOConfig"]),
    ("trainer", ["AxolotlGRPOSequenceParallelTrainer", "AxolotlGRPOTrainer", "AxolotlAsyncGRPOTrainer"]),
):
    stub = types.ModuleType(f"axolotl.core.trainers.grpo.{name}")
    for one in classes:
        setattr(stub, one, type(one, (), {}))
    sys.modules[stub.__name__] = stub

from axolotl.core.trainers.grpo import GRPOStrategy  # noqa: E402
from axolotl.utils.dict import DictDefault  # noqa: E402
from axolotl.utils.schemas.trl import TRLConfig  # noqa: E402

settings = {"reward_funcs": ["plumbline.trl.reward"], "num_generations": 2}
TRLConfig(**settings)
[[reward]] = GRPOStrategy.set_trainer_args(DictDefault({"trl": settings}))
asked = [[{"role": "user", "content": "What is the capital of France?"}]] * 2
rewards = reward(
    prompts=asked,
    completions=[[{"role": "assistant", "content": text}] for text in ("Paris.", "Soup.")],
    completion_ids=[[1], [2]],
    answer=["Paris", "Paris"],
    trainer_state=None,
)
assert len(rewards) == 2 and all(-1 <= one <= 1 for one in rewards), rewards
print(f"- loaded by `trl: {{reward_funcs: [plumbline.trl.reward]}}`: rewards {[round(one, 3) for one in rewards]}")
