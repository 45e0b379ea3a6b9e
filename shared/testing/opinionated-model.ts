import type { Choice, Generation, LanguageModel } from '../model/language-model.ts'
import type { Message } from '../protocol/message.ts'
import type { Instantiation, VerdictMethod } from '../protocol/model-entry.ts'
import { ARM_ITEMS, armTrajectory } from './arm-replies.ts'

/**
 * A deterministic `LanguageModel` for tests, at the border where a real model stands: it likes a response in
 * proportion to how often it says GOOD, whichever place it is shown in, plus `lean` towards the first place.
 */
export function opinionatedModel(options: {
  instantiate: Instantiation
  verdicts: VerdictMethod
  lean?: number
  /** Takes the place of the reply to a stage, by the name of its schema; `items` and `trajectory` have none. */
  replies?: Record<string, (text: string) => string | Error>
}): LanguageModel & { calls: string[] } {
  const calls: string[] = []
  const lean = options.lean ?? 0
  return {
    identity: 'opinionated',
    instantiate: options.instantiate,
    verdicts: options.verdicts,
    calls,
    async generate(messages, { schema } = {}): Promise<Generation> {
      const text = textOf(messages)
      const stage = schema?.name ?? (sectionOf(text, 'response_a') ? 'trajectory' : 'items')
      calls.push(stage)
      const reply = options.replies?.[stage]?.(text) ?? replyTo(stage, text, lean)
      if (reply instanceof Error) throw reply
      return {
        text: reply,
        finish: 'stop',
        tokens: { prompt: text.length, completion: reply.length, cached: 0 },
      }
    },
    async choose(messages, choices): Promise<Choice> {
      calls.push('choose')
      const text = textOf(messages)
      const preference = Math.max(-2, Math.min(2, likingOf(text) + lean))
      const weights = choices.map((label) => {
        const meaning = new RegExp(`^${label} = (.*)$`, 'm').exec(text)?.[1] ?? ''
        return Math.exp(-((worthOf(meaning, text) - preference) ** 2))
      })
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      return {
        probabilities: weights.map((weight) => weight / total),
        tokens: { prompt: text.length, completion: 1, cached: 0 },
      }
    },
  }
}

const textOf = (messages: Message[]) => messages.map(({ content }) => content).join('\n')
const goods = (text: string) => text.split('GOOD').length - 1

function sectionOf(text: string, label: string): string {
  return new RegExp(`<${label} ([0-9a-f]{8})>\\n([\\s\\S]*?)\\n</${label} \\1>`).exec(text)?.[2] ?? ''
}

function likingOf(text: string): number {
  const single = sectionOf(text, 'response')
  if (single) return goods(single) > 0 ? 1 : -1
  return goods(sectionOf(text, 'response_a')) - goods(sectionOf(text, 'response_b'))
}

function worthOf(meaning: string, text: string): number {
  // what matters depends on the prompt, so that rubrics are adaptive
  if (meaning.startsWith('yes, it matters')) return (text.length % 7) / 7
  if (meaning.startsWith('yes')) return 1
  if (meaning.startsWith('no,')) return -1
  const rated = /^(\d+) of 10$/.exec(meaning)
  if (rated) return (Number(rated[1]) - 5.5) / 2.25
  return { 'A is much better': 2, 'A is better': 1, 'B is better': -1, 'B is much better': -2 }[meaning] ?? 0
}

function replyTo(stage: string, text: string, lean: number): string {
  if (stage === 'items') return ARM_ITEMS
  if (stage !== 'trajectory') return JSON.stringify(answer(stage, text, lean))
  return armTrajectory(sectionOf(text, 'criteria'), likingOf(text) + lean < 0 ? 'B' : 'A')
}

function answer(stage: string, text: string, lean: number): unknown {
  const verdict = Math.max(-2, Math.min(2, likingOf(text) + lean))
  switch (stage) {
    case 'intent':
      return {
        kind: 'question',
        primary_need: 'an answer',
        secondary_needs: [],
        requirements: [],
        reading: 'literal',
      }
    case 'domain': {
      const code = sectionOf(text, 'prompt').includes('CODE') ? 0.9 : 0.3
      const others = ['general', 'safety', 'medicine', 'mathematics', 'factual-qa']
      const rest = others.map((name) => ({ name, probability: (1 - code) / others.length }))
      return { domains: [{ name: 'code', probability: code }, ...rest] }
    }
    case 'difference':
      return { differences: [{ about: 'quality', response_a: 'one way', response_b: 'another way' }] }
    case 'rubric':
      return {
        criteria: [
          { title: 'Is right', description: 'The answer is correct.', level: 'core', clause: 'correctness' },
          { title: 'Is clear', description: 'The answer is clear.', level: 'important', clause: 'clarity' },
          { title: 'Is welcome', description: 'The answer pleases.', level: 'highlight', clause: null },
        ],
      }
    case 'verdicts':
      return {
        verdicts: criteriaIn(text).map((criterion) => ({
          criterion,
          evidence: 'GOOD',
          reason: 'it says so',
          verdict,
        })),
      }
    case 'met':
      return {
        verdicts: criteriaIn(text).map((criterion) => ({
          criterion,
          evidence: 'GOOD',
          reason: 'it says so',
          met: verdict > 0,
        })),
      }
    case 'direct':
      return { reason: 'it says so', verdict }
    case 'rate':
      return { explanation: 'it says so', rating: verdict > 0 ? 9 : 2 }
    case 'single':
      return {
        question_analysis: {
          analysis: '',
          question_type: '',
          primary_need: '',
          secondary_needs: [],
          user_context: '',
        },
        rubric_list: [{ rubric_id: 1, title: 'Is right', description: '', type: 'core' }],
        rubric_compares: [
          {
            rubric_idx: 1,
            rubric_name: 'Is right',
            type: 'core',
            evidences: 'GOOD',
            reason: 'it says so',
            chosen: verdict > 0 ? 'A' : verdict < 0 ? 'B' : 'S',
            score: verdict,
          },
        ],
      }
    default:
      return {}
  }
}

function criteriaIn(text: string): string[] {
  return [...sectionOf(text, 'criteria').matchAll(/^([^:\n]+): /gm)].flatMap(([, id]) =>
    id === undefined ? [] : [id],
  )
}
