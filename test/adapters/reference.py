"""
Does with transformers and peft what is asked for as JSON on standard input, and prints the results as JSON.

{"kind": "score", "model": FOLDER, "adapter": FOLDER or null, "tokens": [...]} gives the log-probability of each token but
the first, and whether peft, asked for the adapter that it has loaded, gives back the very tensors of the file.
{"kind": "make", "model": FOLDER, "adapter": FOLDER, "seed": n, "config": {...}} saves an adapter of random numbers.
"""

import json
import sys
import warnings

import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from safetensors.torch import load_file


def base(folder):
    return transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    )


def score(model, adapter, tokens):
    net = base(model)
    unchanged = True
    if adapter is not None:
        net = PeftModel.from_pretrained(net, adapter)
        loaded = get_peft_model_state_dict(net)
        kept = load_file(f"{adapter}/adapter_model.safetensors")
        unchanged = loaded.keys() == kept.keys() and all(
            torch.equal(loaded[name], kept[name]) for name in kept
        )
    net.eval()
    with torch.no_grad():
        logs = torch.log_softmax(net(torch.tensor([tokens])).logits[0], dim=-1)
    picked = [logs[i, token].item() for i, token in enumerate(tokens[1:])]
    return {"logprobs": picked, "unchanged": unchanged}


def make(model, adapter, seed, config):
    torch.manual_seed(seed)
    net = get_peft_model(base(model), LoraConfig(task_type="CAUSAL_LM", **config))
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if "lora_" in name:
                parameter.copy_(0.1 * torch.randn_like(parameter))
    net.save_pretrained(adapter)
    return {}


KINDS = {"score": score, "make": make}
transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
warnings.simplefilter("ignore")
results = []
for job in json.load(sys.stdin):
    kind = job.pop("kind")
    results.append(KINDS[kind](**job))
print(json.dumps(results))
