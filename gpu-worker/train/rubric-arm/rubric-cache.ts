import { createHash } from 'node:crypto'
import type { Message } from '../../../shared/protocol/message.ts'
import type { Criterion } from '../../../shared/protocol/rubric.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import type { Arm } from './arm.ts'

/** A rubric that can't be read is drawn anew so often; then its pairs are left out of the phase. Our choice. */
const TRIES = 3

/**
 * The one rubric of each prompt that a judge is trained by (systems.md 1.2, equations 6 and 9), drawn when its prompt
 * first comes up: the generator doesn't change meanwhile. By a hash of the prompt; null where none could be read.
 */
export class RubricCache {
  #texts = new Map<string, string | null>()

  replace(entries: Iterable<readonly [string, string | null]>): void {
    this.#texts = new Map(entries)
  }

  entries(): [string, string | null][] {
    return [...this.#texts]
  }

  /** The rubrics of these prompts, those drawn that are missing. */
  async of(
    arm: Arm,
    prompts: readonly Message[][],
    seed: number,
    signal: AbortSignal,
  ): Promise<(Criterion[] | null)[]> {
    const missing = new Map(
      prompts.map((prompt) => [keyOf(prompt), prompt] as const).filter(([key]) => !this.#texts.has(key)),
    )
    const drawn = new Map<string, string | null>()
    for (let round = 0; round < TRIES && missing.size > 0; round++) {
      const wanted = [...missing]
      const texts = await drawRubrics(
        arm,
        wanted.map(([, prompt]) => prompt),
        derivedSeed(seed, round),
        signal,
      )
      for (const [index, [key]] of wanted.entries()) {
        const text = texts[index] ?? null
        drawn.set(key, text)
        if (text !== null) missing.delete(key)
      }
    }
    for (const [key, text] of drawn) this.#texts.set(key, text)
    return prompts.map((prompt) => {
      const text = this.#texts.get(keyOf(prompt)) ?? null
      return text === null ? null : arm.form.readRubric(text).criteria
    })
  }
}

/** A rubric of each prompt, null where it can't be read. */
async function drawRubrics(
  { sampler, settings, form, secret }: Arm,
  prompts: readonly Message[][],
  seed: number,
  signal: AbortSignal,
): Promise<(string | null)[]> {
  const { max_new_tokens: maxTokens, temperature } = settings.generator
  const messages = await Promise.all(prompts.map((prompt) => form.generatorMessages(prompt, secret)))
  const drawn = await sampler.sample(
    messages.map((messages, index) => ({
      ...{ messages, role: 'generator', count: 1, maxTokens, temperature },
      seed: derivedSeed(seed, index),
    })),
    signal,
  )
  return drawn.map(([sample]) =>
    sample?.finish === 'stop' && form.readRubric(sample.text).criteria ? sample.text : null,
  )
}

function keyOf(prompt: readonly Message[]): string {
  return createHash('sha256').update(JSON.stringify(prompt)).digest('hex').slice(0, 32)
}
