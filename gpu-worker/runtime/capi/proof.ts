import { PlumblineError } from '../../../shared/protocol/error.ts'
import { Graph } from '../../onnx/graph.ts'
import { DTYPES } from '../../onnx/types.ts'
import { type Api, textAt } from './api.ts'
import { openCpu } from './cpu.ts'
import { availableProviders } from './providers.ts'
import { openEnvironment, Runtime } from './runtime.ts'
import { sessionPorts } from './session-ports.ts'
import { CapiTensor } from './tensor.ts'

/** One number, with axes enough to tell their count from the type's. */
const SHAPE = [1, 1]

/**
 * Proves that functions are where the table says: known ones, spread over it, must answer as they do in the version
 * that it was written for. First come two that do no harm wherever the call ends up, high in the table, so that a
 * library with one entry more or less is refused before anything else is called. After them, each is given only what
 * proven ones have made. Throws `not_configured`.
 */
export function proveApi(api: Api, version: string): void {
  if (provesHeight(api) && answers(api)) return
  throw new PlumblineError(
    'not_configured',
    `onnxruntime ${version} answers otherwise than the worker's table of its functions expects: install the onnxruntime-node that package.json names, or set PLUMBLINE_RUNTIME=stock.`,
  )
}

/** Our library is built neither for training nor for Ascend processors: the one answers null, the other a status. */
function provesHeight(api: Api): boolean {
  if (api.call('GetTrainingApi', 0)) return false
  return Boolean(api.call('SessionOptionsAppendExecutionProvider_CANN', null, null))
}

function answers(api: Api): boolean {
  try {
    return provesStatuses(api) && provesTexts(api) && provesRun(api)
  } catch {
    return false
  }
}

function provesStatuses(api: Api): boolean {
  const [code, text] = [7, 'a sentence']
  const status = api.call('CreateStatus', code, text)
  const proven =
    api.call('GetErrorCode', status) === code && textAt(api.call('GetErrorMessage', status)) === text
  if (proven) api.call('ReleaseStatus', status)
  return proven
}

function provesTexts(api: Api): boolean {
  return (
    textAt(api.call('GetBuildInfoString')).startsWith('ORT Build Info') &&
    availableProviders(api).includes('CPUExecutionProvider')
  )
}

/** Adds numbers with a small model, one of whose constants is replaced as weights are. */
function provesRun(api: Api): boolean {
  const runtime = new Runtime(api, openCpu(api), openEnvironment(api), 1)
  const [x, y, constant, sum] = [10, 20, 12, 0].map((number) => {
    const tensor = CapiTensor.allocate(runtime, 'float32', SHAPE)
    tensor.write(Float32Array.of(number))
    return tensor
  })
  if (!x || !y || !constant || !sum || !provesTensor(api, x)) return false
  runAddition(runtime, { x, y }, constant, { sum })
  const proven = sum.read()[0] === 42
  for (const tensor of [x, y, constant, sum]) tensor.dispose()
  runtime.dispose()
  return proven
}

/** A tensor's type and sizes come back. */
function provesTensor(api: Api, { value }: CapiTensor): boolean {
  const info = api.call('GetTensorTypeAndShape', value)
  const sizes = new BigInt64Array(16)
  const axes = api.call('GetDimensionsCount', info)
  const element = api.call('GetTensorElementType', info)
  if (axes === SHAPE.length) api.call('GetDimensions', info, sizes, axes)
  api.call('ReleaseTensorTypeAndShapeInfo', info)
  return element === DTYPES.float32.onnx && sizes[1] === 1n
}

type Bound = Readonly<Record<string, CapiTensor>>

function runAddition(
  { api, environment }: Runtime,
  inputs: Bound,
  constant: CapiTensor,
  outputs: Bound,
): void {
  const g = new Graph()
  const [x, y] = [g.input('x', 'float32', SHAPE), g.input('y', 'float32', SHAPE)]
  const zero = g.floats('constant', Float32Array.of(0), SHAPE)
  g.output('sum', g.op('Add', [g.op('Add', [x, y], x), zero], x))
  const model = g.encode()
  const settings = api.call('CreateSessionOptions')
  api.call('AddInitializer', settings, 'constant', constant.value)
  const packed = api.call('CreatePrepackedWeightsContainer')
  const session = api.call(
    'CreateSessionFromArrayWithPrepackedWeightsContainer',
    environment,
    model,
    model.byteLength,
    settings,
    packed,
  )
  if (!provesPorts(api, session)) throw new TypeError('the model was read otherwise than it was written')
  const binding = api.call('CreateIoBinding', session)
  for (const [name, { value }] of Object.entries(inputs)) api.call('BindInput', binding, name, value)
  for (const [name, { value }] of Object.entries(outputs)) api.call('BindOutput', binding, name, value)
  api.call('RunWithBinding', session, null, binding)
  api.call('ReleaseIoBinding', binding)
  api.call('ReleaseSession', session)
  api.call('ReleasePrepackedWeightsContainer', packed)
  api.call('ReleaseSessionOptions', settings)
}

function provesPorts(api: Api, session: bigint): boolean {
  const described = (side: 'Input' | 'Output') =>
    Array.from(sessionPorts(api, session, side).values(), ({ name, dtype }) => `${name} ${dtype}`).join()
  return described('Input') === 'x float32,y float32' && described('Output') === 'sum float32'
}
