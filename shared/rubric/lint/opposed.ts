import { PlumblineError } from '../../protocol/error.ts'
import type { Criterion } from '../../protocol/rubric.ts'
import { boundOf, type Claim, denialOf, qualityOf } from './claims.ts'

/** Two criteria that no response can meet together, and why. */
export type Opposed = { ids: [string, string]; reason: string }

/**
 * The first two criteria of a caller's rubric that contradict each other beyond doubt, or null. Precision comes before
 * recall: seen are a criterion and its plain denial ("Cites sources", "Does not cite sources"), and two opposite
 * claims of the response as a whole: its length in numbers or as short and long, its register, language or format.
 * Siblings are held against each other, and those alone that are to be met: points below 0 mark what is to be avoided.
 */
export function opposedCriteria(criteria: Criterion[]): Opposed | null {
  const told = new Map<string, Told[]>()
  for (const { id, title, description, points = 1 } of criteria) {
    if (points < 0) continue
    for (const claim of claimsOf(title, description)) {
      const earlier = told.get(claim.about) ?? []
      const other = earlier.find((one) => excludes(one.claim, claim))
      if (other) return { ids: [other.id, id], reason: `${other.claim.says} and ${claim.says}` }
      // of those that say the same one is enough to find what excludes it
      if (earlier.every(({ claim: { says } }) => says !== claim.says)) {
        told.set(claim.about, [...earlier, { id, claim }])
      }
    }
  }
  for (const { criteria: below } of criteria) {
    const found = below ? opposedCriteria(below) : null
    if (found) return found
  }
  return null
}

/** Throws `invalid_rubric` naming both criteria where two contradict each other. */
export function refuseOpposed(criteria: Criterion[], param: string): void {
  const found = opposedCriteria(criteria)
  if (found === null) return
  const [one, other] = found.ids.map((id) => `'${id}'`)
  const message = `The criteria ${one} and ${other} contradict each other (${found.reason}): change one or leave it out.`
  throw new PlumblineError('invalid_rubric', message, { param })
}

type Told = { id: string; claim: Claim }

function claimsOf(title: string, description: string | undefined): Claim[] {
  const whole = description === undefined ? title : `${title}: ${description}`
  // A title may be denied in what describes it, so that it stands for itself only where nothing does.
  const claims = [qualityOf(whole), boundOf(whole), description === undefined ? denialOf(title) : null]
  return claims.filter((claim) => claim !== null)
}

const excludes = (one: Claim, other: Claim) => one.least > other.most || other.least > one.most
