import { DTYPES, type DType } from '../onnx/types.ts'
import type { DeviceTensor, Tensors } from './device.ts'

/** An input or output of a loaded model. The type is null for one that our graphs don't use. */
export type Port = { readonly name: string; readonly dtype: DType | null }
export type Ports = ReadonlyMap<string, Port>

export const DTYPE_NAMES = Object.keys(DTYPES).filter((name): name is DType => name in DTYPES)

/** Ports by name, in their order. */
export function portMap(ports: readonly Port[]): Ports {
  return new Map(ports.map((port) => [port.name, port]))
}

/** The tensors in the order of the ports. Throws `TypeError` for one that is missing, unknown or of another type. */
export function tensorsOf(ports: Ports, tensors: Tensors): DeviceTensor[] {
  for (const name in tensors) {
    if (!ports.has(name)) throw new TypeError(`the model has no ${name}`)
  }
  return Array.from(ports.values(), ({ name, dtype }) => {
    const tensor = tensors[name]
    if (!tensor) throw new TypeError(`the model's ${name} needs a tensor`)
    if (tensor.dtype !== dtype) {
      throw new TypeError(
        `${name} is ${tensor.dtype}, and the model has ${dtype ?? 'a type that we do not use'}`,
      )
    }
    return tensor
  })
}
