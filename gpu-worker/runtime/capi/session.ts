import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { RunOptions, Session, SessionOptions, Tensors } from '../device.ts'
import { RunState } from '../run-state.ts'
import { Binding } from './binding.ts'
import type { Memory } from './memory.ts'
import { FATAL_ONLY, type Runtime } from './runtime.ts'
import type { WeightsFiles } from './weights.ts'

const LEVELS = { basic: 1, all: 99 } as const

export class CapiSession implements Session {
  readonly #runtime: Runtime
  /** The OrtSession. */
  readonly #pointer: bigint
  /** The OrtIoBinding. */
  readonly #bindings: bigint
  readonly #reads: Binding
  readonly #writes: Binding
  readonly #state: RunState

  private constructor(runtime: Runtime, pointer: bigint, release: () => void) {
    const { api } = runtime
    this.#runtime = runtime
    this.#pointer = pointer
    this.#bindings = api.call('CreateIoBinding', pointer)
    this.#reads = new Binding(runtime, 'Input', pointer, this.#bindings)
    this.#writes = new Binding(runtime, 'Output', pointer, this.#bindings)
    runtime.living.add(this)
    this.#state = new RunState(() => {
      api.call('ReleaseIoBinding', this.#bindings)
      api.call('ReleaseSession', pointer)
      runtime.living.delete(this)
      release()
    })
  }

  /** Loads a model on another thread. */
  static async open(runtime: Runtime, files: WeightsFiles, options: SessionOptions): Promise<CapiSession> {
    const { api, environment } = runtime
    const { path, initializers } = options.weights
    const weights = initializers.length > 0 ? files.use(path) : null
    const arena = options.arena === 'shared' ? runtime.arena : null
    arena?.use()
    const release = () => {
      arena?.release()
      if (weights) files.release(path)
    }
    const settings = api.call('CreateSessionOptions')
    try {
      configure(runtime, settings, options)
      for (const initializer of initializers) {
        if (weights) api.call('AddInitializer', settings, initializer.name, weights.value(initializer))
      }
      const pointer = await api.later(
        'CreateSessionFromArrayWithPrepackedWeightsContainer',
        environment,
        options.model,
        options.model.byteLength,
        settings,
        weights?.packed ?? null,
      )
      return new CapiSession(runtime, pointer, release)
    } catch (error) {
      release()
      throw error
    } finally {
      api.call('ReleaseSessionOptions', settings)
    }
  }

  async run(inputs: Tensors, outputs: Tensors, { brief = false }: RunOptions = {}): Promise<void> {
    this.#state.begin()
    const held: Memory[] = []
    try {
      const tensors = [...this.#reads.bind(inputs), ...this.#writes.bind(outputs)]
      for (const tensor of tensors) held.push(tensor.hold())
      const { api } = this.#runtime
      if (brief) {
        // Whoever called in the meantime is heard between two runs.
        await setImmediate()
        api.call('RunWithBinding', this.#pointer, null, this.#bindings)
      } else {
        await api.later('RunWithBinding', this.#pointer, null, this.#bindings)
      }
    } catch (error) {
      this.#reads.forget()
      this.#writes.forget()
      throw error
    } finally {
      for (const memory of held) memory.release()
      this.#state.end()
    }
  }

  /** During a run, it takes effect when that has ended. */
  dispose(): void {
    this.#state.dispose()
  }
}

function configure(
  { api, threads, processor }: Runtime,
  settings: bigint,
  { weights, optimization = 'all', prepacking = true, arena = 'own' }: SessionOptions,
): void {
  api.call('SetIntraOpNumThreads', settings, threads)
  api.call('SetInterOpNumThreads', settings, 1)
  api.call('SetSessionLogSeverityLevel', settings, FATAL_ONLY)
  api.call('SetSessionGraphOptimizationLevel', settings, LEVELS[optimization])
  // A pattern of memory would be kept for every length of text that ever came.
  api.call('DisableMemPattern', settings)
  const entries = {
    'session.model_external_initializers_file_folder_path': dirname(weights.path),
    // Threads that wait within a run spin for as long as is fastest on cores of their own, and no longer, for others
    // may share the cores; between runs they don't.
    'session.intra_op.spin_duration_us': '100',
    'session.force_spinning_stop': '1',
    'session.use_env_allocators': arena === 'shared' ? '1' : '0',
    'session.disable_prepacking': prepacking ? '0' : '1',
  }
  for (const [key, value] of Object.entries(entries)) api.call('AddSessionConfigEntry', settings, key, value)
  processor.configure(settings)
}
