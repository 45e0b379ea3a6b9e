import { dirname } from 'node:path'
import * as ort from 'onnxruntime-node'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Session, SessionOptions, Tensors } from '../device.ts'
import type { Living } from '../living.ts'
import { DTYPE_NAMES, type Ports, portMap, tensorsOf } from '../ports.ts'
import { RunState } from '../run-state.ts'
import { StockTensor } from './tensor.ts'

/**
 * A session over onnxruntime-node's own binding: it reads inputs in place, makes every output anew and copies it into
 * the tensor that is bound to it. A run blocks the thread it is made on.
 */
export class StockSession implements Session {
  readonly #living: Living
  readonly #session: ort.InferenceSession
  readonly #reads: Ports
  readonly #writes: Ports
  readonly #state: RunState

  private constructor(living: Living, session: ort.InferenceSession) {
    this.#living = living
    this.#session = session
    this.#reads = ports(session.inputMetadata)
    this.#writes = ports(session.outputMetadata)
    this.#state = new RunState(() => {
      living.delete(this)
      void session.release()
    })
    living.add(this)
  }

  static async open(
    living: Living,
    threads: number,
    { model, weights, optimization = 'all', prepacking = true }: SessionOptions,
  ) {
    const folder = dirname(weights.path)
    const session = await told(() =>
      ort.InferenceSession.create(model, {
        executionProviders: ['cpu'],
        graphOptimizationLevel: optimization,
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        enableMemPattern: false,
        // What goes wrong is thrown: it need not be printed too.
        logSeverityLevel: 4,
        extra: {
          session: {
            model_external_initializers_file_folder_path: folder,
            disable_prepacking: prepacking ? '0' : '1',
          },
        },
      }),
    )
    return new StockSession(living, session)
  }

  async run(inputs: Tensors, outputs: Tensors): Promise<void> {
    this.#state.begin()
    try {
      const feeds = this.#tensors(this.#reads, inputs).map(
        ([name, tensor]) => [name, tensor.wrapped] as const,
      )
      const outs = this.#tensors(this.#writes, outputs)
      const names = outs.map(([name]) => name)
      const made = await told(() => this.#session.run(Object.fromEntries(feeds), names))
      for (const [name, tensor] of outs) tensor.take(made[name])
    } finally {
      this.#state.end()
    }
  }

  dispose(): void {
    this.#state.dispose()
  }

  /** By name, in the model's order. */
  #tensors(ports: Ports, tensors: Tensors): [string, StockTensor][] {
    const ordered = tensorsOf(ports, tensors)
    return Array.from(ports.keys(), (name, i) => {
      const tensor = ordered[i]
      if (!(tensor instanceof StockTensor) || tensor.living !== this.#living) {
        throw new TypeError(`${name} is a tensor of another device`)
      }
      tensor.refuseDisposed()
      return [name, tensor]
    })
  }
}

function ports(metadata: readonly ort.InferenceSession.ValueMetadata[]): Ports {
  return portMap(
    metadata.map((port) => ({
      name: port.name,
      dtype: DTYPE_NAMES.find((dtype) => port.isTensor && port.type === dtype) ?? null,
    })),
  )
}

/** Gives the binding's errors the runtime's code. */
async function told<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (cause) {
    throw new PlumblineError(
      'internal',
      `The runtime failed: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    )
  }
}
