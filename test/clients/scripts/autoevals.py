"""autoevals with its base URL: a classifier that asks for a forced function call."""

import os

from autoevals import Factuality, init
from autoevals.llm import LLMClassifier
from openai import OpenAI

client = OpenAI(base_url=f"{os.environ['PLUMBLINE_ORIGIN']}/v1", api_key=os.environ["PLUMBLINE_API_KEY"], max_retries=0)
entry = client.models.list().data[0].id
init(client)

result = Factuality(model=entry)(input="What is the capital of France?", output="Paris.", expected="Paris")
assert result.error is None and result.metadata["choice"] in "ABCDE", result
print(f"- Factuality by {entry}: {result.metadata['choice']}, score {result.score}")

classifier = LLMClassifier(
    name="named", prompt_template="Does the text name a city? {{output}}", choice_scores={"yes": 1, "no": 0}, model=entry, use_cot=False
)
result = classifier("Paris is lovely.", None)
assert result.error is None and result.score in (0, 1), result
print(f"- a classifier of two choices: {result.score}")
