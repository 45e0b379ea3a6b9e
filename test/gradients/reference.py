"""Losses and gradients of a model folder by transformers, peft and autograd, in float64.

python reference.py FOLDER < job.json, where the job is {"rows": [{"prompt", "branches"}], "steps": [{"lora", "loss", "columns",
"entries"}]}: entries name the tensors whose gradients are wanted, those of one line side by side. Prints a list of
{"loss", "logprobs", "gradient"}.
"""

import json
import sys
import warnings

import peft
import torch
import transformers

transformers.utils.logging.disable_progress_bar()
warnings.simplefilter("ignore", FutureWarning)


def branch_logprobs(model, prompt, branch):
    """The log-probability of each token of a branch, with the prompt before it in a text of its own."""
    logits = model(torch.tensor([prompt + branch])).logits[0, len(prompt) - 1 : -1]
    return torch.log_softmax(logits, dim=-1)[torch.arange(len(branch)), torch.tensor(branch)]


def supervised(trees, loss):
    return sum(-(branch["weight"] * branch["logprobs"]).sum() for tree in trees for branch in tree)


def dpo(trees, loss):
    total = 0
    for preferred, other in trees:
        ratio = [(branch["logprobs"] - branch["reference"]).sum() for branch in (preferred, other)]
        preference = -torch.nn.functional.logsigmoid(loss["beta"] * (ratio[0] - ratio[1]))
        likelihood = preferred["logprobs"].mean()
        total = total + preferred["weight"][0] * (preference - loss["supervised"] * likelihood)
    return total


def policy(trees, loss):
    total = 0
    for branch in (branch for tree in trees for branch in tree):
        logprobs, advantage = branch["logprobs"], branch["advantage"]
        old = branch["old"] if loss["old"] == "given" else logprobs.detach()
        ratio = torch.exp(logprobs - old)
        clipped = torch.clamp(ratio, 1 - loss["clip"]["low"], 1 + loss["clip"]["high"])
        gain = torch.minimum(ratio * advantage, clipped * advantage)
        away = branch["reference"] - logprobs
        penalty = torch.exp(away) - away - 1
        importance = torch.exp(old - branch["rollout"]).clamp(max=loss["truncation"])
        total = total + (branch["weight"] * importance * (-gain + loss["kl"] * penalty)).sum()
    return total


LOSSES = {"supervised": supervised, "dpo": dpo, "policy": policy}


def with_adapter(model, lora):
    config = peft.LoraConfig(r=lora["rank"], lora_alpha=lora["alpha"], target_modules=lora["targets"])
    adapted = peft.get_peft_model(model, config)
    parameters = dict(adapted.named_parameters())
    for name, values in lora["values"].items():
        parameter = parameters[adapter_name(name)]
        parameter.data = torch.tensor(values, dtype=torch.float64).reshape(parameter.shape)
    return adapted


def adapter_name(name):
    return "base_model.model." + name.replace(".weight", ".default.weight")


def step(model, rows, job):
    columns = {name: torch.tensor(values, dtype=torch.float64) for name, values in job["columns"].items()}
    trees, place = [], 0
    for row in rows:
        tree = []
        for branch in row["branches"]:
            part = {name: values[place : place + len(branch)] for name, values in columns.items()}
            tree.append({"logprobs": branch_logprobs(model, row["prompt"], branch), **part})
            place += len(branch)
        trees.append(tree)
    loss = LOSSES[job["loss"]["kind"]](trees, job["loss"])
    model.zero_grad()
    loss.backward()
    parameters = dict(model.named_parameters())
    named = adapter_name if job["lora"] else lambda name: name
    gradient = [parameters[named(name)].grad.flatten() for names in job["entries"] for name in names]
    logprobs = torch.cat([branch["logprobs"] for tree in trees for branch in tree])
    return {
        "loss": loss.item(),
        "logprobs": logprobs.tolist(),
        "gradient": torch.cat(gradient).tolist(),
    }


job = json.load(sys.stdin)
results = []
for part in job["steps"]:
    model = transformers.AutoModelForCausalLM.from_pretrained(
        sys.argv[1], dtype=torch.float64, attn_implementation="eager"
    )
    model.eval()
    if part["lora"]:
        model = with_adapter(model, part["lora"])
    results.append(step(model, job["rows"], part))
print(json.dumps(results))
