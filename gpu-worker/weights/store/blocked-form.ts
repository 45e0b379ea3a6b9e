import type { Checkpoint, CheckpointTensor } from '../checkpoint.ts'
import { partTensor } from './part-rows.ts'
import type { PlannedWeight, Precision } from './plan.ts'

/** How a linear layer is cut into blocks along its inputs. */
export type BlockedForm = { bits: 4 | 8; block: 32 | 64; zeros: boolean }

const FOUR_BITS = new Set(['Q4_0', 'Q4_1', 'Q4_K'])
const FLOATS = new Set(['F32', 'F16', 'BF16'])

/**
 * The form of each linear layer of a plan that is stored in blocks; the others stay floats: those whose inputs make
 * no whole blocks. A checkpoint that is quantised keeps its own blocks of 32, so that Q4_0 and Q8_0 lose nothing. One
 * that mixes four bits with more (Q4_K_M) keeps more than four for the layers that it thought need them. Of floats,
 * four bits have blocks of 32 too, and the head has eight bits: on SmolLM2 that halves the divergence.
 */
export function blockedForms(
  checkpoint: Checkpoint,
  plan: readonly PlannedWeight[],
  precision: Precision,
): ReadonlyMap<string, BlockedForm> {
  const forms = new Map<string, BlockedForm>()
  if (precision !== 'int4' && precision !== 'int8') return forms
  const linear = plan.filter(({ role }) => role === 'linear' || role === 'head')
  const tensorsOf = ({ parts }: PlannedWeight) => parts.map((part) => partTensor(checkpoint, part))
  const mixed = linear.some((weight) => tensorsOf(weight).some(isFourBits))
  for (const weight of linear) {
    const columns = weight.shape[1] ?? 0
    if (weight.shape.length !== 2 || columns % 32 !== 0) continue
    const tensors = tensorsOf(weight)
    const plain = tensors.every(({ encoding }) => FLOATS.has(encoding.name))
    const fine =
      precision === 'int8' || (mixed ? !mostly(tensors, isFourBits) : plain && weight.role === 'head')
    const bits = fine ? 8 : 4
    const block = plain && fine && columns % 64 === 0 ? 64 : 32
    const exact =
      weight.parts.every(({ plus }) => !plus) && tensors.every(({ encoding }) => encoding.name === 'Q4_0')
    forms.set(weight.name, { bits, block, zeros: bits === 4 && !exact })
  }
  return forms
}

function isFourBits({ encoding }: CheckpointTensor): boolean {
  return FOUR_BITS.has(encoding.name)
}

/** Whether most of the elements are in tensors of that kind. */
function mostly(tensors: readonly CheckpointTensor[], kind: (tensor: CheckpointTensor) => boolean): boolean {
  const rows = (some: readonly CheckpointTensor[]) =>
    some.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0)
  return 2 * rows(tensors.filter(kind)) >= rows(tensors)
}
