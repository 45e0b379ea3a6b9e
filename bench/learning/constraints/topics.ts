import topics from './topics.json' with { type: 'json' }

/** What the texts of the constraint task are about. */
export type Topic = {
  /** What a request calls it. */
  name: string
  /** Without commas, capitals and full stops, each with a word that no other sentence of the topic has. */
  sentences: readonly { key: string; body: string }[]
  /** How a sentence may begin; a comma may follow. */
  openers: readonly string[]
}

const OPENERS: Record<string, readonly string[]> = {
  day: ['At dawn', 'By noon', 'In the evening', 'Late at night', 'On Sundays', 'These days'],
  year: ['In spring', 'In summer', 'In autumn', 'In winter', 'Year after year', 'Before long'],
}

export const TOPICS: readonly Topic[] = topics.map(({ name, openers, sentences }) => ({
  name,
  openers: OPENERS[openers] ?? [],
  sentences: Object.entries(sentences).map(([key, body]) => ({ key, body })),
}))
