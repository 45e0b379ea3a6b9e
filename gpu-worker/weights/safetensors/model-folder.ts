/** The files of a model as Hugging Face lays them out in a folder. */

export const WEIGHTS_FILE = 'model.safetensors'
export const WEIGHTS_INDEX = 'model.safetensors.index.json'

/** What stands beside the weights and is read. The first two must be there. */
export const DESCRIPTIONS = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'generation_config.json',
  'chat_template.jinja',
  'chat_template.json',
]
const SHARD = /^model-\d+-of-\d+\.safetensors$/

/** Those of a folder's files that make a model; null where some are missing. */
export function modelFiles(names: readonly string[]): string[] | null {
  const has = (name: string) => names.includes(name)
  const weights = has(WEIGHTS_INDEX)
    ? [WEIGHTS_INDEX, ...names.filter((name) => SHARD.test(name))]
    : [WEIGHTS_FILE].filter(has)
  const whole = weights.length > 0 && has('config.json') && has('tokenizer.json')
  return whole ? [...DESCRIPTIONS.filter(has), ...weights].sort() : null
}
