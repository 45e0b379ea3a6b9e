import type { Sample, SampleRequest, Sampler } from '../sampler.ts'

/** What was asked, and what sample of a request it is. */
export type Scripted = { request: SampleRequest; content: string; index: number }

export type ScriptedSampler = Sampler & { asked: SampleRequest[] }

/** A sampler without a model, whose replies are said; a text that ends with … is cut off there. Each character is a token. */
export function scriptedSampler(reply: (scripted: Scripted) => string): ScriptedSampler {
  const asked: SampleRequest[] = []
  const encode = (text: string) => Array.from(text, (letter) => letter.codePointAt(0) ?? 0)
  const sampleOf = (text: string): Sample => {
    const cut = text.endsWith('…')
    const written = cut ? text.slice(0, -1) : text
    const tokens = [...encode(written), ...(cut ? [] : [0])]
    return {
      tokens,
      text: written,
      logprobs: new Float32Array(tokens.length).fill(-1),
      finish: cut ? 'length' : 'stop',
    }
  }
  return {
    asked,
    prompt: (messages) => encode(messages.map(({ content }) => content).join('\n')),
    encode,
    decode: (tokens) => String.fromCodePoint(...tokens),
    end: 0,
    async sample(requests) {
      asked.push(...requests)
      return requests.map((request) => {
        const content = request.messages.at(-1)?.content ?? ''
        return Array.from({ length: request.count }, (_, index) =>
          sampleOf(reply({ request, content, index })),
        )
      })
    },
    choose: async () => [],
    load: async () => {},
  }
}
