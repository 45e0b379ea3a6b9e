import { PlumblineError } from '../../shared/protocol/error.ts'
import type { DType } from '../onnx/types.ts'
import type { HostArray } from '../runtime/host-array.ts'
import type { Adapter } from '../weights/adapter.ts'
import { toBfloat16, toFloat16 } from '../weights/store/narrow-floats.ts'
import type { DecoderConfig } from './decoder-config.ts'
import { linearParts, linearShape } from './linear-shapes.ts'
import { ADAPTER_ROLES, type AdapterRole, type LoraSite, PORTS } from './ports.ts'

/** What one of the graph's ports takes. */
export type BankArray = { port: string; dims: readonly number[]; values: HostArray }

/** Adapters of a bank that stand side by side, by their places: from the first to the last. */
export type BankSpan = { first: number; last: number }

/** Adapters side by side, so that rows of one batch may each use another. */
export type AdapterBank = {
  /** What each of the stacked matrices has: rows, which are the ranks of all adapters, and columns. */
  ports: readonly { port: string; role: AdapterRole; dims: readonly [number, number] }[]
  /** The rows of a role's matrices that hold one adapter's ranks; none where it leaves the role alone. */
  own(role: AdapterRole, place: number): { from: number; count: number }
  /** The stacked matrices of all layers: [ranks of all adapters, columns], computed each time. */
  readonly matrices: readonly (BankArray & { role: AdapterRole })[]
  /** The rows of a role's matrices that hold some adapters' ranks: at least one. */
  ranks(role: AdapterRole, span: BankSpan): { from: number; count: number }
  /** The gates of a batch over a span's ranks: for each row the place of its adapter in the bank, null for none. */
  gates(rows: readonly (number | null)[], span: BankSpan): BankArray[]
}

/** Some consecutive ranks of a stack: those of one adapter at one site. */
type Band = {
  adapter: number
  site: LoraSite
  from: number
  rank: number
  columns: { from: number; count: number }
}

/**
 * Stacks adapters along the axis of their ranks, in the type that the graph computes in. Throws `invalid_request` for
 * an adapter whose matrices don't fit the model.
 */
export function adapterBank(config: DecoderConfig, adapters: readonly Adapter[], type: DType): AdapterBank {
  for (const adapter of adapters) checkAdapter(config, adapter)
  const stacks = ADAPTER_ROLES.map((role) => {
    const bands = bandsOf(config, adapters, role)
    const last = bands.at(-1)
    // A role that no adapter changes keeps one rank of zeros: an empty product is no business of a kernel.
    return { role, bands, ranks: last ? last.from + last.rank : 1 }
  })
  const layers = Array.from({ length: config.layers }, (_, layer) => layer)
  return {
    ports: stacks.flatMap(({ role, ranks }) =>
      layers.flatMap((layer) => {
        const [out, inner] = linearShape(config, role)
        return [
          { role, port: PORTS.loraA(layer, role), dims: [ranks, inner] as const },
          { role, port: PORTS.loraB(layer, role), dims: [ranks, out] as const },
        ]
      }),
    ),
    own(role, place) {
      const bands = stacks.find((stack) => stack.role === role)?.bands ?? []
      const within = bands.filter(({ adapter }) => adapter === place)
      return { from: within[0]?.from ?? 0, count: within.reduce((sum, { rank }) => sum + rank, 0) }
    },
    get matrices() {
      return stacks.flatMap((stack) =>
        layers.flatMap((layer) => stackedMatrices(config, adapters, layer, stack, type)),
      )
    },
    ranks: (role, span) => spanRanks(stacks.find((stack) => stack.role === role)?.bands ?? [], span),
    gates: (rows, span) =>
      stacks.map(({ role, bands }) => {
        const { from: start, count } = spanRanks(bands, span)
        const values = new Float32Array(rows.length * count)
        for (const [row, chosen] of rows.entries()) {
          for (const { adapter, from, rank } of bands) {
            if (adapter !== chosen) continue
            const at = row * count + from - start
            values.fill(adapters[adapter]?.scaling ?? 0, at, at + rank)
          }
        }
        return { port: PORTS.loraGate(role), dims: [rows.length, 1, count], values: inType(values, type) }
      }),
  }
}

/** Of adapters that leave the role alone, the first rank of all, to which no gate opens. */
function spanRanks(bands: readonly Band[], { first, last }: BankSpan): { from: number; count: number } {
  const within = bands.filter(({ adapter }) => adapter >= first && adapter <= last)
  return { from: within[0]?.from ?? 0, count: within.reduce((sum, { rank }) => sum + rank, 0) || 1 }
}

function bandsOf(config: DecoderConfig, adapters: readonly Adapter[], role: AdapterRole): Band[] {
  const bands: Band[] = []
  let from = 0
  for (const [adapter, { rank, matrices }] of adapters.entries()) {
    const sites = new Set(Array.from(matrices.keys(), (key) => key.slice(key.indexOf('.') + 1)))
    let column = 0
    for (const { site, rows } of linearParts(config, role)) {
      if (sites.has(site)) {
        bands.push({ adapter, site, from, rank, columns: { from: column, count: rows } })
        from += rank
      }
      column += rows
    }
  }
  return bands
}

function stackedMatrices(
  config: DecoderConfig,
  adapters: readonly Adapter[],
  layer: number,
  { role, bands, ranks }: { role: AdapterRole; bands: readonly Band[]; ranks: number },
  type: DType,
): AdapterBank['matrices'] {
  const [out, inner] = linearShape(config, role)
  const a = new Float32Array(ranks * inner)
  const b = new Float32Array(ranks * out)
  for (const { adapter, site, from, rank, columns } of bands) {
    const matrices = adapters[adapter]?.matrices.get(`${layer}.${site}`)
    if (!matrices) continue
    a.set(matrices.a, from * inner)
    for (let row = 0; row < columns.count; row++) {
      for (let i = 0; i < rank; i++) {
        b[(from + i) * out + columns.from + row] = matrices.b[row * rank + i] ?? 0
      }
    }
  }
  return [
    { role, port: PORTS.loraA(layer, role), dims: [ranks, inner], values: inType(a, type) },
    { role, port: PORTS.loraB(layer, role), dims: [ranks, out], values: inType(b, type) },
  ]
}

/** Throws `invalid_request` for an adapter whose matrices are of other sizes than the model's layers. */
export function checkAdapter(config: DecoderConfig, { rank, matrices }: Adapter): void {
  const known = new Map(
    ADAPTER_ROLES.flatMap((role) => {
      const [, inner] = linearShape(config, role)
      return linearParts(config, role).map(({ site, rows }) => [site, { inner, rows }] as const)
    }),
  )
  for (const [key, { a, b }] of matrices) {
    const [layer, site] = key.split('.')
    const sizes = [...known].find(([name]) => name === site)?.[1]
    const fits = sizes && a.length === rank * sizes.inner && b.length === rank * sizes.rows
    if (fits && Number(layer) < config.layers) continue
    throw new PlumblineError(
      'invalid_request',
      `The adapter's matrices for ${site} of layer ${layer} don't fit the model that is loaded; train it on that model.`,
    )
  }
}

function inType(values: Float32Array, type: DType): HostArray {
  if (type === 'float32') return values
  const narrow = type === 'bfloat16' ? toBfloat16(values) : toFloat16(values)
  if (narrow) return narrow
  throw new PlumblineError(
    'invalid_request',
    `The adapter holds a number that is too large for ${type}; serve the model as float32 or bfloat16.`,
  )
}
