"""Times the reference of IFEval that the given Python has (lm-eval), on cases read as JSON lines from a file.

Prints one JSON object: how many checks a second, counted over whole passes of at least the given seconds.
"""

import importlib
import json
import logging
import sys
import time


def main(path: str, seconds: float) -> None:
    logging.disable(logging.CRITICAL)
    registry = importlib.import_module("lm_eval.tasks.ifeval.instructions_registry").INSTRUCTION_DICT
    cases = [json.loads(line) for line in open(path, encoding="utf-8")]
    checks = []
    for case in cases:
        instruction = registry[case["kind"]](case["kind"])
        instruction.build_description(**case["kwargs"])
        checks.append((instruction, case["response"]))
    # a first pass loads what is loaded once, as ours is warmed up too
    for instruction, response in checks:
        response.strip() and instruction.check_following(response)
    started = time.perf_counter()
    done = 0
    while time.perf_counter() - started < seconds:
        for instruction, response in checks:
            text = f"{response}\n{done}"
            text.strip() and instruction.check_following(text)
        done += len(checks)
    print(json.dumps({"checks_per_second": done / (time.perf_counter() - started)}))


main(sys.argv[1], float(sys.argv[2]))
