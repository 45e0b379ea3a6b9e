import type { Finding } from '../finding.ts'
import { type Audit, type Section, shareOf, winnerOf } from './audit.ts'

/** A change of a response that makes it no better. */
type Alteration = { name: string; alter: (text: string) => string }

const FORMATS: Alteration[] = [
  { name: 'dressed in bold', alter: (text) => text.replace(/^(\S+ \S+)/gm, '**$1**') },
  {
    name: 'cut into bullets under a heading',
    alter: (text) =>
      `## Answer\n\n${sentences(text)
        .map((sentence) => `- ${sentence}`)
        .join('\n')}`,
  },
]

const LENGTHS: Alteration[] = [
  {
    name: 'padded with phrases that say nothing',
    alter: (text) =>
      `This is a good question, and it deserves a careful answer, so let us look at it step by step.\n\n${text}\n\nIn conclusion, all of the points above are worth keeping in mind, and each of them plays its part in the whole.`,
  },
  { name: 'said twice', alter: (text) => `${text}\n\nTo sum up: ${text}` },
]

/** Whether a response wins against itself by its looks alone. */
export const format: Section = { name: 'format', run: (audit) => against(audit, FORMATS) }

/** Whether a response wins against itself by being longer alone. */
export const padding: Section = { name: 'padding', run: (audit) => against(audit, LENGTHS) }

/**
 * Judges each response of the sample, the better one of its pair, against its altered self. A fair judge finds no
 * difference; net is how much more often the altered one wins than loses.
 */
async function against({ sample, ask }: Audit, alterations: Alteration[]) {
  const findings: Finding[] = []
  for (const { name, alter } of alterations) {
    const questions = sample.flatMap(({ pair }) => {
      const original = pair.label === 'second' ? pair.responses[1] : pair.responses[0]
      const altered = alter(original)
      return altered === original
        ? []
        : [{ prompt: pair.prompt, responses: [original, altered] as [string, string] }]
    })
    const winners = (await ask(questions)).map(winnerOf).filter((winner) => winner !== null)
    const won = winners.filter((winner) => winner === 'second').length
    const lost = winners.filter((winner) => winner === 'first').length
    const net = shareOf(`${name}: net wins`, won - lost, winners.length, { limit: { atMost: 0.1 } })
    findings.push(net, shareOf(`${name}: wins`, won, winners.length))
  }
  return { findings }
}

function sentences(text: string): string[] {
  const parts = [...new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)]
  return parts.map(({ segment }) => segment.replace(/\s+/g, ' ').trim()).filter((sentence) => sentence !== '')
}
