"""One step of LoRA training with transformers and peft for each line that comes in: what steps-process.ts does.

A model of the sizes that are asked for, with weights made up: how fast it is doesn't depend on them. Forward, backward
and adding the gradients up are the step; the optimiser is not in it. `logits` says which tokens pass the head: those
that count, or all, as transformers' own Trainer has it.
"""

import json
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

SITES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def answer(since):
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    print(json.dumps({"seconds": time.monotonic() - since, "peakBytes": peak}), flush=True)


order = json.loads(sys.argv[1])
torch.set_num_threads(order["threads"])
torch.manual_seed(0)
since = time.monotonic()
sizes = order["model"]
base = LlamaForCausalLM(
    LlamaConfig(
        vocab_size=sizes["vocabulary"],
        hidden_size=sizes["hidden"],
        intermediate_size=sizes["feedForward"],
        num_hidden_layers=sizes["layers"],
        num_attention_heads=sizes["heads"],
        num_key_value_heads=sizes["kvHeads"],
        head_dim=sizes["headSize"],
        rms_norm_eps=sizes["normEpsilon"],
        max_position_embeddings=sizes["context"],
        tie_word_embeddings=True,
        use_cache=False,
    )
)
rank = order["rank"]
model = get_peft_model(base, LoraConfig(r=rank, lora_alpha=rank, lora_dropout=0.0, target_modules=SITES))
if order["recompute"] == "layers":
    model.enable_input_require_grads()
    model.gradient_checkpointing_enable()
model.train()
length = order["prompt"] + order["branch"]
rows = order["rows"]
tokens = torch.randint(0, sizes["vocabulary"], (rows, length))
counted = torch.arange(order["prompt"] - 1, length - 1)
answer(since)

for _ in sys.stdin:
    since = time.monotonic()
    if order["logits"] == "all":
        labels = tokens.clone()
        labels[:, : order["prompt"]] = -100
        loss = model(input_ids=tokens, labels=labels).loss
    else:
        logits = model(input_ids=tokens, logits_to_keep=counted).logits
        wanted = tokens[:, order["prompt"] :].reshape(-1)
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, sizes["vocabulary"]), wanted)
    loss.backward()
    answer(since)
