import { DTYPES, type DType } from '../../onnx/types.ts'
import { DTYPE_NAMES, type Port, type Ports, portMap } from '../ports.ts'
import { type Api, textAt } from './api.ts'

type Side = 'Input' | 'Output'

/** What an OrtSession takes or gives, in the model's order. */
export function sessionPorts(api: Api, session: bigint, side: Side): Ports {
  const count = api.call(`SessionGet${side}Count`, session)
  return portMap(Array.from({ length: count }, (_, index) => readPort(api, session, side, index)))
}

function readPort(api: Api, session: bigint, side: Side, index: number): Port {
  const allocator = api.call('GetAllocatorWithDefaultOptions')
  const text = api.call(`SessionGet${side}Name`, session, index, allocator)
  const name = textAt(text)
  api.call('AllocatorFree', allocator, text)
  const type = api.call(`SessionGet${side}TypeInfo`, session, index)
  const element = api.call('GetTensorElementType', api.call('CastTypeInfoToTensorInfo', type))
  api.call('ReleaseTypeInfo', type)
  return { name, dtype: dtypeOf(element) }
}

function dtypeOf(onnx: number): DType | null {
  return DTYPE_NAMES.find((name) => DTYPES[name].onnx === onnx) ?? null
}
