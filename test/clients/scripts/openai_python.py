"""The openai SDK for Python: chat, responses, models, graders, files of evals."""

import os

from openai import OpenAI
from pydantic import BaseModel

client = OpenAI(base_url=f"{os.environ['PLUMBLINE_ORIGIN']}/v1", api_key=os.environ["PLUMBLINE_API_KEY"], max_retries=0)

models = [model.id for model in client.models.list()]
entry = models[0]
assert "plumbline/openrs" in models, models
asked = [{"role": "user", "content": "Is water wet? Say yes or no."}]

completion = client.chat.completions.create(
    model=entry, messages=asked, max_tokens=1, logprobs=True, top_logprobs=5, n=2, temperature=1, seed=3
)
assert len(completion.choices) == 2 and completion.usage.completion_tokens > 0, completion
assert all(choice.logprobs.content[0].logprob <= 0 and choice.finish_reason for choice in completion.choices)
print(f"- chat of {entry}: n=2, one token, log-probabilities and usage")


class Verdict(BaseModel):
    passed: bool
    reason: str


parsed = client.chat.completions.parse(model=entry, messages=asked, response_format=Verdict, max_tokens=200)
assert isinstance(parsed.choices[0].message.parsed, Verdict), parsed
pieces = list(client.chat.completions.create(model=entry, messages=asked, max_tokens=5, stream=True, stream_options={"include_usage": True}))
assert pieces[-1].usage.completion_tokens > 0 and any(piece.choices and piece.choices[0].finish_reason for piece in pieces)
print("- a parsed json_schema reply, and a stream that ends with its usage")

response = client.responses.create(model=entry, input="Name a colour.", max_output_tokens=8, store=False)
assert response.object == "response" and response.output_text and response.usage.output_tokens > 0, response
kinds = [event.type for event in client.responses.create(model=entry, input="Name a colour.", max_output_tokens=8, stream=True)]
assert kinds[0] == "response.created" and kinds[-1] in ("response.completed", "response.incomplete"), kinds
print(f"- responses, whole and as {len(kinds)} events")

judged = client.chat.completions.create(
    model="plumbline/openrs",
    messages=[{"role": "user", "content": '{"prompt": "What is the capital of France?", "responses": ["Paris.", "Soup."]}'}],
)
assert judged.choices[0].message.content and judged.model.startswith("plumbline/openrs"), judged
print(f"- plumbline/openrs judges a pair: {judged.choices[0].message.content.splitlines()[-1][:80]}")

grader = {"type": "string_check", "name": "exact", "input": "{{sample.output_text}}", "reference": "{{item.label}}", "operation": "eq"}
run = client.fine_tuning.alpha.graders.run(grader=grader, model_sample="4", item={"label": "4"})
assert run.reward == 1 and run.metadata.errors.formula_parse_error is False, run
client.fine_tuning.alpha.graders.validate(grader=grader)
made = client.evals.create(
    name="sums",
    data_source_config={"type": "custom", "item_schema": {"type": "object", "properties": {"label": {"type": "string"}}}, "include_sample_schema": True},
    testing_criteria=[grader],
)
assert any(one.id == made.id for one in client.evals.list())
client.evals.delete(made.id)
print("- a grader runs and is validated; an eval is made, listed and deleted")
