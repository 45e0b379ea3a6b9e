/** A response of the constraint task before it is written out: each constraint sets or breaks a part of it. */
export type Draft = {
  /** Words that may follow an opener, which a comma may follow: sentences without capitals and full stops. */
  sentences: readonly { opener: string | null; body: string }[]
  /** Whether a comma follows each opener. */
  commas: boolean
  letters: 'usual' | 'lower'
  bullets: boolean
  /** A line of its own, `Part 1`. */
  section: boolean
  /** Between << and >>, on a line of its own. */
  title: string | null
  /** The last words. */
  ending: string | null
  postscript: string | null
  /** The number of the sentence whose last word stands between stars. */
  highlighted: boolean
  /** A placeholder in square brackets for the writer's name. */
  placeholder: string | null
  /** Whether it all stands in double quotes. */
  quoted: boolean
}

/** The text of a draft. */
export function writeOut(draft: Draft): string {
  const sentences = draft.sentences.map(({ opener, body }, index) => {
    const words = draft.highlighted && index === 0 ? body.replace(/\S+$/, '*$&*') : body
    const whole = opener === null ? words : `${opener}${draft.commas ? ',' : ''} ${words}`
    return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}.`
  })
  const body = draft.bullets ? sentences.map((one) => `- ${one}`).join('\n') : sentences.join(' ')
  const separator = draft.bullets ? '\n' : ' '
  const text = [body, draft.placeholder, draft.ending].filter((part) => part !== null).join(separator)
  const framed = [
    draft.title && `<<${draft.title}>>`,
    draft.section ? 'Part 1' : null,
    text,
    draft.postscript && `P.S. ${draft.postscript}`,
  ]
  const whole = framed.filter((part) => part !== null).join('\n')
  return inLetters(draft.quoted ? `"${whole}"` : whole, draft.letters)
}

function inLetters(text: string, letters: Draft['letters']): string {
  return letters === 'usual' ? text : text.toLowerCase()
}
