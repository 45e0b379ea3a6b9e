import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'

/**
 * Fields of OpenAI's and vLLM's requests that would make another reply and that this worker doesn't do, with
 * the values that ask for nothing. Any other field that it doesn't know changes nothing and is ignored.
 */
const ASKS_FOR_NOTHING: { readonly [field: string]: readonly unknown[] } = {
  functions: [[]],
  function_call: ['none', 'auto'],
  modalities: [['text']],
  audio: [],
  web_search_options: [],
  logit_bias: [{}],
  presence_penalty: [0],
  frequency_penalty: [0],
  repetition_penalty: [1],
  length_penalty: [1],
  top_k: [-1, 0],
  min_p: [0],
  best_of: [1],
  use_beam_search: [false],
  min_tokens: [0],
  ignore_eos: [false],
  stop_token_ids: [[]],
  include_stop_str_in_output: [false],
  bad_words: [[]],
  allowed_token_ids: [],
  logits_processors: [[]],
  prompt_logprobs: [],
  echo: [false],
  add_generation_prompt: [true],
  continue_final_message: [false],
  chat_template: [],
  chat_template_kwargs: [{}],
  documents: [[]],
  guided_grammar: [],
}

/** Throws `invalid_request` for the first field that asks for what this worker doesn't do. */
export function refuseUnsupported(body: { readonly [field: string]: unknown }): void {
  for (const [field, harmless] of Object.entries(ASKS_FOR_NOTHING)) {
    const value = Object.hasOwn(body, field) ? body[field] : null
    if (value === null || value === undefined) continue
    if (harmless.some((one) => canonicalJson(one) === canonicalJson(value))) continue
    throw new PlumblineError('invalid_request', `This worker doesn't support '${field}': leave it out.`, {
      param: field,
    })
  }
}
