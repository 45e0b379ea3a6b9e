import type { TrainingModel } from '../../nn/training/training-model.ts'
import { TRAINING_PORTS as PORTS } from '../../nn/training/training-ports.ts'
import type { Device, DeviceTensor, Session } from '../../runtime/device.ts'
import type { HostArray } from '../../runtime/host-array.ts'

/** What is bound from outside: the flat vectors. `gradient` is added to in place; graphs that only score have none. */
export type Vectors = { parameters: DeviceTensor; gradient: DeviceTensor | null }

export type Found = { loss: number; logprobs: Float32Array; entropies: Float32Array }

const OUTSIDE: ReadonlySet<string> = new Set([PORTS.parameters, PORTS.gradient, PORTS.newGradient])

/** A training graph in a session, with the small tensors that go in and out. */
export class TrainingSession {
  readonly #session: Session
  readonly #inputs: ReadonlyMap<string, DeviceTensor>
  readonly #outputs: ReadonlyMap<string, DeviceTensor>

  private constructor(
    session: Session,
    inputs: ReadonlyMap<string, DeviceTensor>,
    outputs: ReadonlyMap<string, DeviceTensor>,
  ) {
    this.#session = session
    this.#inputs = inputs
    this.#outputs = outputs
  }

  static async open(
    device: Device,
    path: string,
    { model, initializers, ...ports }: TrainingModel,
  ): Promise<TrainingSession> {
    const weights = { path, initializers }
    const session = await device.openSession({ model, weights, prepacking: false, arena: 'shared' })
    const allocated = (list: TrainingModel['inputs']) =>
      new Map(
        list
          .filter(({ name }) => !OUTSIDE.has(name))
          .map(({ name, dtype, dims }) => [name, device.allocate(dtype, dims)]),
      )
    return new TrainingSession(session, allocated(ports.inputs), allocated(ports.outputs))
  }

  /** Of `values` those that the graph has ports for are written to them; it must have one for each port. */
  async run(values: ReadonlyMap<string, HostArray>, { parameters, gradient }: Vectors): Promise<Found> {
    for (const [name, tensor] of this.#inputs) {
      const given = values.get(name)
      if (!given) throw new TypeError(`nothing was given for ${name}`)
      tensor.write(given)
    }
    await this.#session.run(
      {
        ...Object.fromEntries(this.#inputs),
        [PORTS.parameters]: parameters,
        ...(gradient && { [PORTS.gradient]: gradient }),
      },
      { ...Object.fromEntries(this.#outputs), ...(gradient && { [PORTS.newGradient]: gradient }) },
    )
    return {
      loss: gradient ? Number(this.#outputs.get(PORTS.loss)?.read()[0]) : 0,
      logprobs: this.#floats(PORTS.logprobs),
      entropies: this.#floats(PORTS.entropies),
    }
  }

  dispose(): void {
    this.#session.dispose()
    for (const tensor of [...this.#inputs.values(), ...this.#outputs.values()]) tensor.dispose()
  }

  #floats(name: string): Float32Array {
    const values = this.#outputs.get(name)?.read()
    if (values instanceof Float32Array) return values
    throw new TypeError(`${name} is float32`)
  }
}
