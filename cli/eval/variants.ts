import type { MetaRubricInput } from '../../shared/protocol/rubric.ts'
import { Failure } from '../failure.ts'
import type { Fields } from './ask.ts'
import type { Result } from './result.ts'
import type { Suite, Task } from './task.ts'

/** The parts of OpenRS that can be left out to see what they are worth. */
export const ABLATIONS = [
  'difference',
  'adaptive',
  'meta-rubric',
  'aggregation',
  'verifiers',
  'rubric',
] as const
export type Ablation = (typeof ABLATIONS)[number]

/** One way to do the same tasks. */
export type Variant = {
  name: string
  /** What is left out or changed, in a sentence. */
  about: string
  fieldsOf(task: Task, full: Result | undefined): Fields
  withConstraints: boolean
}

/** A meta-rubric that says nothing: what a judge makes of the task alone. */
const BARE: MetaRubricInput = {
  name: 'bare',
  version: 1,
  language: 'en',
  title: 'Bare',
  description: 'No guidance: whatever makes one response better than another.',
  principles: [],
  clauses: [
    {
      id: 'better',
      level: 'core',
      title: 'Is the better response',
      description: 'All in all, it serves the person who asked better.',
      applies: 'Always.',
    },
  ],
}

/** The whole system, as the other variants are measured against it. */
export const full = (fields: Fields): Variant => ({
  name: 'full',
  about: 'nothing left out',
  fieldsOf: () => fields,
  withConstraints: true,
})

/** The variant that leaves one part out. `clauses` are those of the meta-rubric in use. */
export function ablate(part: Ablation, fields: Fields, clauses: MetaRubricInput['clauses']): Variant {
  const { rubric: _r, meta_rubric: _m, rubric_from: _f, mode: _mode, ...bare } = fields
  const of = (about: string, changed: Fields, withConstraints = true): Variant => ({
    name: `without ${part}`,
    about,
    fieldsOf: () => changed,
    withConstraints,
  })
  switch (part) {
    case 'difference':
      return of('the rubric is made from the prompt alone', { ...fields, rubric_from: 'prompt' })
    case 'adaptive':
      return of('one rubric for all pairs: every clause of the meta-rubric', {
        ...bare,
        rubric: fixed(clauses),
      })
    case 'meta-rubric':
      return of('the rubric is made without guidance', { ...fields, meta_rubric: BARE })
    case 'aggregation':
      return {
        ...of('the judge reads the same rubric and names the winner itself', bare),
        fieldsOf: (_, result) => {
          const rubric = result?.task === 'pair' ? result.rubric : null
          return { ...bare, protocol: 'rubric-arm', ...(rubric !== null && { rubric }) }
        },
      }
    case 'verifiers':
      return of('constraints are not checked', fields, false)
    case 'rubric':
      return of('no rubric at all: the judge says which is better', { ...bare, protocol: 'direct' })
  }
}

const fixed = (clauses: MetaRubricInput['clauses']) => ({
  criteria: clauses.map(({ id, level, title, description }) => ({
    id,
    level,
    title,
    description,
    clause: id,
  })),
})

/** Throws a `Failure` where leaving a part out would change nothing. */
export function requireParts(parts: readonly Ablation[], suite: Suite): void {
  const pairs = suite.tasks.flatMap((task) => (task.kind === 'pair' ? [task.pair] : []))
  if (pairs.length === 0) throw new Failure(`--ablate is for pairs, and ${suite.name} has none.`)
  if (parts.includes('verifiers') && !pairs.some(({ constraints }) => constraints?.length)) {
    throw new Failure('--ablate verifiers needs pairs with constraints: no line has any.')
  }
}
