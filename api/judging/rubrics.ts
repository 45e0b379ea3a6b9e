import { LRUCache } from 'lru-cache'
import { makeRubric, shardOf } from '../../shared/identity/id.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Rubric, RubricInput } from '../../shared/protocol/rubric.ts'
import { refuseOpposed } from '../../shared/rubric/lint/opposed.ts'
import type { Platform } from '../platform/platform.ts'

export type Rubrics = {
  /** The rubric that a request gives, by value or by id. Throws `rubric_not_found` and `invalid_rubric`. */
  resolve(organisation: string, given: string | RubricInput): Promise<Rubric>
  /** Files a caller's rubric, so that it can be named by its id. Throws `invalid_rubric`. */
  file(organisation: string, input: RubricInput): Promise<Rubric>
}

const KEPT = 1000

/** Most characters of what was given for an id that a message repeats. */
const LONGEST_ID = 64

/** Rubrics never change under their id, so what has been read once is kept in front of the desks. */
export function createRubrics(platform: Platform): Rubrics {
  const kept = new LRUCache<string, Rubric>({ max: KEPT })

  async function find(organisation: string, id: string): Promise<Rubric> {
    const known = kept.get(`${organisation} ${id}`)
    if (known) return known
    const found = await Promise.all(platform.desks().map((desk) => desk.rubric(organisation, id)))
    const rubric = found.find((answer) => answer !== null)
    if (!rubric) {
      throw new PlumblineError(
        'rubric_not_found',
        `No rubric has the id '${id.slice(0, LONGEST_ID)}': file it with POST /v1/rubrics or give it by value.`,
        { param: 'rubric' },
      )
    }
    kept.set(`${organisation} ${id}`, rubric)
    return rubric
  }

  return {
    async resolve(organisation, given) {
      if (typeof given === 'string') return find(organisation, given)
      refuseOpposed(given.criteria, 'rubric')
      return makeRubric(given.criteria, given.meta_rubric ?? null)
    },

    async file(organisation, input) {
      refuseOpposed(input.criteria, 'criteria')
      const rubric = await makeRubric(input.criteria, input.meta_rubric ?? null)
      await platform.desk(await shardOf(organisation, rubric.id)).fileRubric(organisation, rubric)
      return rubric
    },
  }
}
