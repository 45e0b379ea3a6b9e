import type { DeviceTensor, Tensors } from '../device.ts'
import { type Ports, tensorsOf } from '../ports.ts'
import type { Runtime } from './runtime.ts'
import { sessionPorts } from './session-ports.ts'
import { CapiTensor } from './tensor.ts'

/**
 * The tensors that a session reads, or those that it writes. A tensor stays bound under its name until another takes
 * its place, so that a run tells the runtime only what has changed.
 */
export class Binding {
  readonly #runtime: Runtime
  readonly #side: 'Input' | 'Output'
  /** The session's OrtIoBinding. */
  readonly #pointer: bigint
  readonly #ports: Ports
  readonly #bound = new Map<string, DeviceTensor>()

  constructor(runtime: Runtime, side: 'Input' | 'Output', session: bigint, pointer: bigint) {
    this.#runtime = runtime
    this.#side = side
    this.#pointer = pointer
    this.#ports = sessionPorts(runtime.api, session, side)
  }

  /** Binds every port to the tensor of its name. Throws `TypeError` for a tensor that can't be bound. */
  bind(tensors: Tensors): CapiTensor[] {
    const ordered = tensorsOf(this.#ports, tensors)
    return Array.from(this.#ports.keys(), (name, i) => {
      const tensor = ordered[i]
      if (!(tensor instanceof CapiTensor) || tensor.runtime !== this.#runtime) {
        throw new TypeError(`${name} is a tensor of another device`)
      }
      const { value } = tensor
      if (this.#bound.get(name) !== tensor) {
        this.#runtime.api.call(`Bind${this.#side}`, this.#pointer, name, value)
        this.#bound.set(name, tensor)
      }
      return tensor
    })
  }

  /** After a run that failed, everything is bound again. */
  forget(): void {
    this.#bound.clear()
  }
}
