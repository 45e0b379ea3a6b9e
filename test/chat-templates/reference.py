"""Writes what real chat templates make of three conversations, as test/fixtures/chat-templates.json has it.

    python test/chat-templates/reference.py FOLDER > test/fixtures/chat-templates.json

FOLDER holds NAME.jinja files: those that the source of llama-cpp-python carries (vendor/llama.cpp/models/templates), those
in the package axolotl, and the strings of unsloth's chat_templates.py. Only the names in the fixture are taken. Left out is
what a template loses (a system prompt that it writes into the user's turn, results of tools that it quotes) and what is
longer than 700 characters, being the template's own words. Needs jinja2.
"""

import datetime
import json
import pathlib
import re
import sys

from jinja2.exceptions import TemplateError
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

FIXTURE = pathlib.Path(__file__).parent.parent / "fixtures" / "chat-templates.json"
LONGEST = 700
# The tokens that a template takes from its tokenizer, by a part of its name.
BOS = {"unsloth-llama": "<s>", "llama": "<|begin_of_text|>", "gemma": "<bos>", "mistral": "<s>",
       "deepseek": "<｜begin▁of▁sentence｜>", "command": "<BOS_TOKEN>", "cohere": "<BOS_TOKEN>", "phi": ""}
EOS = {"deepseek": "<｜end▁of▁sentence｜>", "minimax-m2": "[e~[", "granite": "<|end_of_text|>", "qwen": "<|im_end|>"}


def refuse(message):
    raise TemplateError(message)


def render(name, source, messages):
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
    environment.globals["raise_exception"] = refuse
    environment.globals["strftime_now"] = datetime.datetime(2026, 1, 2).strftime
    environment.filters["tojson"] = lambda value, **kwargs: json.dumps(value, ensure_ascii=False, **kwargs)
    tokens = [next((token for part, token in table.items() if part in name.lower()), default)
              for table, default in ((BOS, "<s>"), (EOS, "</s>"))]
    # Marks what a trainer learns from, and prints nothing.
    source = re.sub(r"\{%-? *(end)?generation *-?%\}", "", source)
    return environment.from_string(source).render(
        messages=messages, bos_token=tokens[0], eos_token=tokens[1], add_generation_prompt=True)


fixture = json.loads(FIXTURE.read_text())
for name, texts in fixture["templates"].items():
    source = (pathlib.Path(sys.argv[1]) / f"{name}.jinja").read_text()
    for conversation in texts:
        text = render(name, source, fixture["conversations"][conversation])
        if len(text) > LONGEST:
            sys.exit(f"{name} made {len(text)} characters of '{conversation}'.")
        texts[conversation] = text
json.dump(fixture, sys.stdout, ensure_ascii=False, indent=2)
print()
