from __future__ import annotations

import json

import pytest

from plumbline.columns import samples_of
from plumbline.samples import bytes_of, label_of, prompt_of, response_of, rewards_of


def test_prompts_and_completions_of_conversations():
    prompt = [
        {"role": "developer", "content": "Be short."},
        {"role": "user", "content": [{"type": "text", "text": "2+2?"}]},
        {"role": "assistant", "content": ""},
    ]
    assert prompt_of(prompt) == [{"role": "system", "content": "Be short."}, {"role": "user", "content": "2+2?"}]
    assert response_of([{"role": "assistant", "content": "4"}]) == "4"
    assert (
        response_of(
            [
                {"role": "assistant", "content": "Let me look."},
                {"role": "tool", "content": "4"},
                {"role": "assistant", "content": "4"},
            ]
        )
        == "Let me look.\n\n4"
    )
    assert response_of("4") == "4"


def test_what_is_no_text_is_refused_and_not_left_out():
    with pytest.raises(TypeError, match="image_url"):
        prompt_of([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}])


def test_labels_are_text_numbers_or_json():
    class Scalar:
        def tolist(self):
            return 3.5

    assert [label_of(value) for value in (None, float("nan"), "a", 4, 0.5, True, Scalar(), {"b": [1]})] == [
        None,
        None,
        "a",
        "4",
        "0.5",
        "true",
        "3.5",
        '{"b": [1]}',
    ]


def test_columns_become_labels_and_every_sample_gets_an_id(monkeypatch):
    samples = samples_of(["p", "p"], ["x", "x"], {"answer": ["1", 2], "trainer_state": None})
    assert [one.label for one in samples] == ["1", "2"]
    assert samples[0].id != samples[1].id
    monkeypatch.setenv("PLUMBLINE_LABEL", "gold")
    with pytest.raises(KeyError, match="gold"):
        samples_of(["p"], ["x"], {"answer": ["1"]})
    monkeypatch.delenv("PLUMBLINE_LABEL")
    with pytest.raises(ValueError, match="3 labels for 1"):
        samples_of(["p"], ["x"], {"answer": ["1", "2", "3"]})


def test_calls_of_tools_are_what_was_said_and_thoughts_are_not():
    call = {"type": "function", "function": {"name": "add", "arguments": "{}"}}
    said = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": "4"},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "so"}, {"type": "text", "text": "4"}]},
    ]
    assert response_of(said) == f"<tool_call>\n{json.dumps(call)}\n</tool_call>\n\n4"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("a\ud83d", "a\ufffd"),
        ("\udc00b", "\ufffdb"),
        ("\ud83dx", "\ufffdx"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\x00\u2028é", "\x00\u2028é"),
    ],
)
def test_any_text_reaches_the_service_as_well_formed_unicode(text, sent):
    assert json.loads(bytes_of({"response": text}).decode()) == {"response": sent}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "0.5", []])
def test_a_reward_that_is_no_finite_number_is_refused(value):
    reply = {"rewards": [{"reward": value, "score": None, "judgments": [], "error": None}]}
    with pytest.raises(ValueError, match="finite number or null"):
        rewards_of(reply, 1)


def test_columns_of_another_length_are_refused():
    with pytest.raises(ValueError, match="1 prompts for 2 completions"):
        samples_of(["p"], ["x", "y"], {})
