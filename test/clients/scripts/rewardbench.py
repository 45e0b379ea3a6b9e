"""rewardbench's generative runner's own functions: a pair by the name of a model of its lists, which the service has as an alias."""

import os

os.environ["OPENAI_BASE_URL"] = f"{os.environ['PLUMBLINE_ORIGIN']}/v1"
os.environ["OPENAI_API_KEY"] = os.environ["PLUMBLINE_API_KEY"]
os.environ["ANTHROPIC_BASE_URL"] = os.environ["PLUMBLINE_ORIGIN"]
os.environ["ANTHROPIC_API_KEY"] = os.environ["PLUMBLINE_API_KEY"]

import importlib.util  # noqa: E402
from pathlib import Path  # noqa: E402

# The package itself imports torch and trl; the module of its generative runner needs neither.
package = Path(importlib.util.find_spec("rewardbench").origin).parent
spec = importlib.util.spec_from_file_location("generative", package / "generative.py")
generative = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generative)

question = "What is the capital of France?"
answers = ([{"role": "user", "content": question}, {"role": "assistant", "content": text}] for text in ("Paris.", "Soup."))
a, b = answers
for model in (next(name for name in generative.OPENAI_MODEL_LIST if name.startswith("gpt-4o")), generative.ANTHROPIC_MODEL_LIST[0]):
    winner, _, judgment = generative.run_judge_pair(question, a, b, model, multi_turn=False)
    assert winner in ("A", "B"), (winner, judgment)
    print(f"- {model} as an alias: {winner}")
