import { type Section, shareOf, winnerOf } from './audit.ts'

/**
 * Whether a judge favours responses of its own model: among pairs that one `--self` response is in, how much more
 * often the judge lets it win than the labels do. Needs `authors` on the lines of the file.
 */
export const selfPreference: Section = {
  name: 'self-preference',
  async run({ judged, settings: { self } }) {
    const name = 'own responses: wins by the judge less wins by the labels'
    const limit = { atMost: 0.05 }
    if (self === null) {
      return { findings: [shareOf(name, 0, 0, { note: 'give --self NAME, an author in the file' })] }
    }
    const own = judged.flatMap(({ pair: { authors, label }, answer }) => {
      const [first, second] = authors ?? []
      const won = winnerOf(answer)
      if ((first === self) === (second === self) || won === null) return []
      return [{ mine: first === self ? 'first' : 'second', label, won }]
    })
    const byJudge = own.filter(({ mine, won }) => won === mine).length
    const byLabels = own.filter(({ mine, label }) => label === mine).length
    const note = own.length === 0 ? `no line has '${self}' as just one of its authors` : undefined
    return {
      findings: [shareOf(name, byJudge - byLabels, own.length, { limit, ...(note && { note }) })],
    }
  },
}
