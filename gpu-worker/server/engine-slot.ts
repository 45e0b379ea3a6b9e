import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Engine } from '../generate/engine.ts'

/** What the server can say of its model at any moment. */
export type SlotState =
  | { status: 'loading' }
  | { status: 'ready'; engine: Engine }
  | { status: 'failed'; message: string }

/** The place of the one model that a worker serves: the server answers while it is still empty. */
export type EngineSlot = {
  state(): SlotState
  /** The model. Throws `loading` until it is there, `not_configured` when it could not be loaded or has ended. */
  engine(): Engine
}

/** A slot that is filled when the engine has been opened. When it could not be, or ends by itself, it says why. */
export function engineSlot(opening: Promise<Engine>): EngineSlot {
  let state: SlotState = { status: 'loading' }
  const fail = (error: unknown) => {
    state = { status: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
  opening.then((engine) => {
    state = { status: 'ready', engine }
    engine.failure.then(fail)
  }, fail)
  return {
    state: () => state,
    engine() {
      if (state.status === 'ready') return state.engine
      if (state.status === 'failed') throw new PlumblineError('not_configured', state.message)
      throw new PlumblineError('loading', 'The model is being loaded: try again in a few seconds.', {
        transient: true,
      })
    },
  }
}
