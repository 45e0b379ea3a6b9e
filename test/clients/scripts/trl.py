"""A GRPO run of a few steps with a tiny model made here, by the dotted path of the reward function."""

import importlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

words = ["<pad>", "<eos>", "Paris", "Rome", "soup", "is", "the", "capital", "of", "France", "?", "."]
tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="."))
tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>")
model = LlamaForCausalLM(
    LlamaConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        pad_token_id=0, eos_token_id=1, bos_token_id=1,
    )
)

# As `trl grpo --reward_funcs plumbline.trl.reward` finds it.
reward = getattr(importlib.import_module("plumbline.trl"), "reward")
seen = []


def counted(prompts, completions, **columns):
    rewards = reward(prompts, completions, **columns)
    seen.append(rewards)
    return rewards


with tempfile.TemporaryDirectory() as folder:
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=counted,
        args=GRPOConfig(
            output_dir=folder, max_steps=4, per_device_train_batch_size=4, num_generations=4, max_completion_length=6,
            report_to=[], logging_steps=1, save_strategy="no", use_cpu=True, bf16=False, scale_rewards="none",
        ),
        train_dataset=Dataset.from_dict({"prompt": ["the capital of France is"] * 8, "answer": ["Paris"] * 8}),
        processing_class=tokenizer,
    )
    trainer.train()

logged = [one["reward"] for one in trainer.state.log_history if "reward" in one]
assert len(seen) == 4 and all(len(step) == 4 for step in seen), seen
assert all(one is not None and -1 <= one <= 1 for step in seen for one in step), seen
for step, mean in zip(seen, logged):
    assert abs(sum(step) / len(step) - mean) < 1e-4, (seen, logged)
print(f"- {len(seen)} steps, mean rewards {[round(mean, 3) for mean in logged]} as TRL logged them")

# The command itself, as a user types it.
with tempfile.TemporaryDirectory() as folder:
    model.save_pretrained(f"{folder}/model")
    tokenizer.save_pretrained(f"{folder}/model")
    rows = [{"prompt": "the capital of France is", "answer": "Paris"}] * 8
    Path(folder, "data").mkdir()
    Path(folder, "data/train.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    flags = {
        "model_name_or_path": f"{folder}/model", "dataset_name": f"{folder}/data", "output_dir": f"{folder}/out",
        "reward_funcs": "plumbline.trl.async_reward", "max_steps": 2, "per_device_train_batch_size": 4,
        "num_generations": 4, "max_completion_length": 6, "logging_steps": 1, "save_strategy": "no", "use_cpu": True,
        "bf16": False, "report_to": "none", "dtype": "float32",
    }
    command = [sys.executable, "-P", "-m", "trl.scripts.grpo"]
    command += [part for name, value in flags.items() for part in (f"--{name}", str(value))]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    steps = re.findall(r"rewards/async_reward/mean'?: '?(-?[\d.e-]+)", run.stdout)
    assert run.returncode == 0 and len(steps) == 2, run.stdout[-2000:] + run.stderr[-2000:]
    print(f"- trl grpo --reward_funcs plumbline.trl.async_reward: mean rewards {steps} of two steps")
