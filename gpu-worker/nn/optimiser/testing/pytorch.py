"""Writes pytorch.json: five steps of torch.optim.AdamW behind torch.nn.utils.clip_grad_norm_."""

import json

import torch

BASE = torch.tensor([0.3, -2.0, 0.001, 1e-6, 0.0, 4.0])


def steps(weight_decay: float, max_gradient_norm: float) -> dict:
    theta = torch.nn.Parameter(torch.tensor([0.5, -1.25, 2.0, 0.01, -0.75, 3.0]))
    adamw = torch.optim.AdamW([theta], lr=0.01, weight_decay=weight_decay)
    parameters = []
    for t in range(1, 6):
        theta.grad = BASE * (1.0 if t % 2 else -0.5) + 0.01 * t
        torch.nn.utils.clip_grad_norm_([theta], max_gradient_norm)
        adamw.step()
        parameters.append(theta.tolist())
    state = adamw.state[theta]
    return {
        "weight_decay": weight_decay,
        "max_gradient_norm": max_gradient_norm,
        "parameters": parameters,
        "first": state["exp_avg"].tolist(),
        "second": state["exp_avg_sq"].tolist(),
    }


print(json.dumps({"torch": torch.__version__, "cases": [steps(0.0, 1e9), steps(0.1, 1.0)]}))
