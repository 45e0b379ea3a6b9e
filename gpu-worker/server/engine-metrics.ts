import { Counter, Gauge, type Registry } from 'prom-client'
import type { Engine, EngineStats } from '../generate/engine.ts'

/** Values by label; those of a figure without a label lie under ''. */
type Figure<From> = {
  name: string
  help: string
  label?: string
  read(from: From): Record<string, number>
}

/** Since the engine was opened. */
const TOTALS: Figure<EngineStats>[] = [
  {
    name: 'plumbline_tokens_total',
    help: 'Tokens: of prompts, those of them that came from the cache, and of completions.',
    label: 'kind',
    read: ({ tokens }) => tokens,
  },
  {
    name: 'plumbline_forward_passes_total',
    help: 'Forward passes.',
    read: ({ passes }) => ({ '': passes.count }),
  },
  {
    name: 'plumbline_forward_pass_rows_total',
    help: 'Rows of forward passes; its rate over that of the passes is the occupancy of a batch.',
    read: ({ passes }) => ({ '': passes.rows }),
  },
  {
    name: 'plumbline_forward_pass_tokens_total',
    help: 'New tokens of forward passes.',
    read: ({ passes }) => ({ '': passes.tokens }),
  },
  {
    name: 'plumbline_forward_pass_seconds_total',
    help: 'Time spent in forward passes.',
    read: ({ passes }) => ({ '': passes.milliseconds / 1000 }),
  },
  {
    name: 'plumbline_prefix_cache_lookups_total',
    help: 'Prompts that found a prefix in the cache, and that found none.',
    label: 'result',
    read: ({ prefix }) => ({ hit: prefix.hits, miss: prefix.misses }),
  },
  {
    name: 'plumbline_prefix_cache_evictions_total',
    help: 'Prefixes thrown out of the cache.',
    read: ({ prefix }) => ({ '': prefix.evictions }),
  },
]

/** How things are now. */
const STATES: Figure<Engine>[] = [
  {
    name: 'plumbline_kv_bytes',
    help: 'Keys and values in memory: of calls under way, and kept for prompts that begin alike.',
    label: 'state',
    read: (engine) => {
      const { running, cached } = engine.stats().kv
      return { running, cached }
    },
  },
  {
    name: 'plumbline_kv_limit_bytes',
    help: 'The most memory that keys and values may take.',
    read: (engine) => ({ '': engine.stats().kv.limit }),
  },
  {
    name: 'plumbline_engine_calls',
    help: 'Calls of the engine that wait, and that are being answered.',
    label: 'state',
    read: ({ load }) => ({ queued: load.queued, running: load.running }),
  },
]

/** Has the registry read the engine's figures whenever it is read itself. */
export function registerEngine(registry: Registry, engine: Engine): void {
  const registers = [registry]
  for (const { name, help, label, read } of TOTALS) {
    new Counter({
      ...{ name, help, registers, labelNames: label ? [label] : [] },
      collect() {
        this.reset()
        for (const [key, value] of Object.entries(read(engine.stats()))) {
          this.inc(label ? { [label]: key } : {}, value)
        }
      },
    })
  }
  for (const { name, help, label, read } of STATES) {
    new Gauge({
      ...{ name, help, registers, labelNames: label ? [label] : [] },
      collect() {
        for (const [key, value] of Object.entries(read(engine)))
          this.set(label ? { [label]: key } : {}, value)
      },
    })
  }
  const { id, family, precision, digest } = engine.model
  new Gauge({
    name: 'plumbline_model_info',
    help: 'The model that is served; always 1.',
    registers,
    labelNames: ['model', 'family', 'precision', 'digest'],
  }).set({ model: id, family, precision, digest }, 1)
}
