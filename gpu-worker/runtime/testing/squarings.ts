import { Graph } from '../../onnx/graph.ts'
import { openDevice } from '../open-device.ts'

/**
 * Opens a device, multiplies a matrix of equal rows, each adding up to one, by itself `times` times in one run, which
 * leaves it what it was, and gives an element times the side: 1.
 */
export async function squarings(side: number, times: number, whileRunning = () => {}): Promise<number> {
  const device = await openDevice({ provider: 'cpu', threads: 1 })
  const g = new Graph()
  const matrix = g.input('matrix', 'float32', [side, side])
  let product = matrix
  for (let i = 0; i < times; i++) product = g.op('MatMul', [product, matrix], matrix)
  g.output('product', product)
  const session = await device.openSession({ model: g.encode(), weights: { path: '', initializers: [] } })
  const tensors = [matrix, product].map(() => device.allocate('float32', [side, side]))
  const [input, output] = tensors
  if (!input || !output) throw new TypeError('two tensors')
  input.write(new Float32Array(side * side).fill(1 / side))
  const running = session.run({ matrix: input }, { product: output })
  whileRunning()
  await running
  const result = Number(output.read()[side + 1]) * side
  for (const each of [session, ...tensors, device]) each.dispose()
  return result
}
