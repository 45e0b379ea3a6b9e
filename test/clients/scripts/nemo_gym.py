"""NeMo-Gym's client of models calls the service, and its equivalence judge reads a verdict in what that answers."""

import asyncio
import json
import os
from pathlib import Path
from unittest.mock import AsyncMock, MagicMock

from nemo_gym.config_types import ModelServerRef
from nemo_gym.openai_utils import (
    NeMoGymAsyncOpenAI,
    NeMoGymChatCompletion,
    NeMoGymResponse,
    NeMoGymResponseCreateParamsNonStreaming,
)
from nemo_gym.server_utils import ServerClient
from resources_servers.equivalence_llm_judge import app

LABELS = {"judge_equal_label": "[[A=B]]", "judge_not_equal_label": "[[A!=B]]"}


def answered(text):
    message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
    part = {"type": "output_text", "text": text, "annotations": []}
    shape = {"id": "resp_1", "object": "response", "created_at": 0, "model": "policy", "parallel_tool_calls": False}
    return NeMoGymResponse.model_validate(
        {**shape, "tool_choice": "none", "tools": [], "output": [{**message, "content": [part]}]}
    )


async def main():
    base_url = f"{os.environ['PLUMBLINE_ORIGIN']}/v1"
    client = NeMoGymAsyncOpenAI(base_url=base_url, api_key=os.environ["PLUMBLINE_API_KEY"])
    entry = (await client.create_models())["data"][0]["id"]
    asked = [{"role": "user", "content": "Name a colour."}]
    completion = await client.create_chat_completion(model=entry, messages=asked, max_tokens=4)
    assert NeMoGymChatCompletion.model_validate(completion).choices[0].finish_reason, completion
    print("- its client's chat completion, validated by its own strict types")

    async def post(server_name, url_path, json):
        """Its model server's part: the judge's request, as it is, to the service."""
        body = json.model_dump(exclude_unset=True, mode="json")
        return reply(await client.create_response(**{**body, "model": entry, "max_output_tokens": 48}))

    server = MagicMock(spec=ServerClient)
    server.post = AsyncMock(side_effect=post)
    template = Path(app.__file__).parent / "prompt_templates/equivalence_llm_judge.txt"
    empty = NeMoGymResponseCreateParamsNonStreaming(input=[])
    config = app.LLMJudgeResourcesServerConfig(
        host="0.0.0.0",
        port=8080,
        entrypoint="",
        judge_model_server=ModelServerRef(type="responses_api_models", name="judge"),
        judge_responses_create_params=empty,
        judge_prompt_template_fpath=str(template),
        **LABELS,
    )
    judge = app.LLMJudgeResourcesServer(config=config, server_client=server)
    question = NeMoGymResponseCreateParamsNonStreaming(input=[{"role": "user", "content": "What is 1+1?"}])
    verified = await judge.verify(
        app.LLMJudgeVerifyRequest(
            responses_create_params=question, response=answered("It is 2."), expected_answer="2"
        )
    )
    [evaluation] = verified.judge_evaluations[:1]
    assert evaluation.response.output[-1].content[-1].text, evaluation
    print(f"- its equivalence judge over a response: {evaluation.verdict_label}, reward {verified.reward}")


def reply(body):
    found = MagicMock()
    found.read = AsyncMock(return_value=json.dumps(body).encode())
    return found


asyncio.run(main())
