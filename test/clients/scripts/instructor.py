"""instructor, as Ragas and others use it: a model of pydantic is filled by a forced function call."""

import os
from typing import Literal

import instructor
from openai import OpenAI
from pydantic import BaseModel, Field

client = OpenAI(base_url=f"{os.environ['PLUMBLINE_ORIGIN']}/v1", api_key=os.environ["PLUMBLINE_API_KEY"], max_retries=0)
entry = client.models.list().data[0].id


class Faithfulness(BaseModel):
    """Whether a statement follows from its context."""

    reason: str = Field(description="Why, in a few words.", max_length=80)
    verdict: Literal[0, 1]
    doubts: list[str] | None = Field(default=None, max_length=1)


PROMPT = [{"role": "user", "content": "Context: Paris is in France. Statement: Paris is a city in France. Does it follow?"}]
ASK = {"model": entry, "messages": PROMPT, "response_model": Faithfulness, "max_retries": 0, "temperature": 0}

for mode in (instructor.Mode.TOOLS, instructor.Mode.TOOLS_STRICT, instructor.Mode.JSON_SCHEMA, instructor.Mode.RESPONSES_TOOLS):
    filled = instructor.from_openai(client, mode=mode).create(**ASK)
    assert isinstance(filled, Faithfulness) and filled.verdict in (0, 1), filled
    print(f"- a pydantic model is filled with mode {mode.name}: verdict {filled.verdict}")

*_, last = instructor.from_openai(client).create_partial(**ASK)
assert last.verdict in (0, 1), last
print("- streamed in parts, the last is whole")


class Winner(BaseModel):
    """The better response."""

    choice: Literal["A", "B"]


PAIR = '{"prompt": "What is the capital of France?", "responses": ["Rome.", "Paris."]}'
messages = [{"role": "user", "content": PAIR}]
judged = instructor.from_openai(client).create(model="plumbline/direct", messages=messages, response_model=Winner, max_retries=0)
assert judged.choice in ("A", "B")
print(f"- a judge by name fills one: {judged.choice}")
