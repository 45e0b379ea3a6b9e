"""inspect_ai's model_graded_qa, its grader a judge by name."""

import os
import tempfile

os.environ["PLUMBLINE_BASE_URL"] = f"{os.environ['PLUMBLINE_ORIGIN']}/v1"

import tiktoken  # noqa: E402

# inspect_ai counts tokens by a vocabulary that it fetches from another host; here bytes will do.
tiktoken.get_encoding = tiktoken.encoding_for_model = lambda _: type("Bytes", (), {"encode": lambda _, text, **__: list(text.encode())})()

from inspect_ai import Task, eval  # noqa: E402, A004
from inspect_ai.dataset import Sample  # noqa: E402
from inspect_ai.model import ModelOutput, get_model  # noqa: E402
from inspect_ai.scorer import model_graded_qa  # noqa: E402

answers = ["The capital of France is Paris.", "I had soup."]
solver = get_model("mockllm/model", custom_outputs=[ModelOutput.from_content("mockllm/model", text) for text in answers])
dataset = [Sample(input="What is the capital of France?", target="Paris") for _ in answers]
with tempfile.TemporaryDirectory() as logs:
    task = Task(dataset=dataset, scorer=model_graded_qa(model="openai-api/plumbline/plumbline/pointwise"))
    [log] = eval(task, model=solver, log_dir=logs, display="none", max_samples=1)
    assert log.status == "success", log.error
    values = [sample.scores["model_graded_qa"].value for sample in log.samples]
assert all(value in ("C", "I") for value in values), values
print(f"- model_graded_qa by plumbline/pointwise: {values}")
