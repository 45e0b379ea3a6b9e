import type { Json, TrainingMethod } from '../method.ts'
import type { TrainerState } from '../trainer.ts'

/** Where a method is between two steps. */
export type Moment = { method: Json; roles: ReadonlyMap<string, TrainerState> }

/** A copy of where a method is. */
export function snapshot(method: TrainingMethod): Moment {
  const roles = new Map(Array.from(method.roles, ([role, trainer]) => [role, trainer.state()]))
  return { method: method.state(), roles }
}

/** Puts a method back to where it was. Throws `TypeError` where it has other roles. */
export async function restoreMoment(method: TrainingMethod, moment: Moment): Promise<void> {
  for (const [role, trainer] of method.roles) {
    const state = moment.roles.get(role)
    if (!state) throw new TypeError(`nothing was kept of the role ${role}`)
    trainer.restore(state)
  }
  await method.restore(moment.method)
}
