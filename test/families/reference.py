"""Prints the logits that transformers computes for a model folder: python reference.py FOLDER TOKEN..."""

import json
import sys

import torch
import transformers

folder, *tokens = sys.argv[1:]
model = transformers.AutoModelForCausalLM.from_pretrained(
    folder, dtype=torch.float32, attn_implementation="eager"
)
model.eval()
with torch.no_grad():
    logits = model(torch.tensor([[int(token) for token in tokens]])).logits[0]
print(json.dumps(logits.tolist()))
