import { Message } from './proto.ts'
import { type Attribute, DTYPES, type DType, type External, type Shape, type Value } from './types.ts'

const IR_VERSION = 10
const OPSETS = [
  { domain: '', version: 21 },
  { domain: 'com.microsoft', version: 1 },
]

type NodeOptions = { domain?: string; attributes?: Record<string, Attribute> }
type Result = { dtype: DType; shape: Shape }

/** An operator's use in a graph. An absent optional input is null. */
export type Node = NodeOptions & {
  readonly op: string
  readonly inputs: readonly (Value | null)[]
  readonly outputs: readonly Value[]
}

/**
 * Builds an ONNX model, node by node in an order that can be executed. Field numbers are those of onnx.proto.
 * Weights are external, so a model of any size stays a small message.
 */
export class Graph {
  #nodes: Node[] = []
  #inputs: Value[] = []
  #outputs: Value[] = []
  #initializers = new Map<string, Message>()
  #integers = new Map<string, readonly number[]>()
  /** What a value is called in the model, where it is an output. */
  #names = new Map<string, string>()
  #count = 0

  /** In the order that they are executed in. */
  get nodes(): readonly Node[] {
    return this.#nodes
  }

  input(name: string, dtype: DType, shape: Shape): Value {
    const value = { name, dtype, shape }
    this.#inputs.push(value)
    return value
  }

  /** Names what a node computes an output of the model: the node then writes straight to the memory that is bound to it. */
  output(name: string, value: Value): void {
    if (!this.#nodes.some((node) => node.outputs.some((output) => output.name === value.name))) {
      throw new TypeError(`${value.name} is computed by no node, so it can't be the output ${name}`)
    }
    if (this.#names.has(value.name)) throw new TypeError(`${value.name} is already an output`)
    this.#names.set(value.name, name)
    this.#outputs.push({ ...value, name })
  }

  /** A tensor whose bytes lie in a file beside the model. Asked for again, the same value returns. */
  weight(name: string, dtype: DType, shape: readonly number[], external: External): Value {
    if (!this.#initializers.has(name)) {
      const tensor = tensorMessage(name, dtype, shape).int(14, 1)
      for (const [key, value] of Object.entries(external)) {
        tensor.message(13, new Message().string(1, key).string(2, String(value)))
      }
      this.#initializers.set(name, tensor)
    }
    return { name, dtype, shape }
  }

  /** A small int64 constant: sizes, axes, indices. */
  ints(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    const name = `int64:${values.join(',')}:${shape.join('x')}`
    if (!this.#initializers.has(name)) {
      const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
      this.#initializers.set(name, tensorMessage(name, 'int64', shape).bytes(9, raw))
      this.#integers.set(name, values)
    }
    return { name, dtype: 'int64', shape }
  }

  /** What `ints` was given for a value; null where it isn't one of those. */
  integers(value: Value): readonly number[] | null {
    return this.#integers.get(value.name) ?? null
  }

  isConstant(value: Value): boolean {
    return this.#initializers.has(value.name)
  }

  /** A constant that is carried in the model itself. */
  floats(name: string, values: Float32Array | Float64Array, shape: readonly number[]): Value {
    const dtype = values instanceof Float64Array ? 'float64' : 'float32'
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    this.#initializers.set(name, tensorMessage(name, dtype, shape).bytes(9, raw))
    return { name, dtype, shape }
  }

  /** Appends a node. An absent optional input is null. */
  node(
    op: string,
    inputs: readonly (Value | null)[],
    results: readonly Result[],
    options: NodeOptions = {},
  ): Value[] {
    const outputs = results.map((result) => ({ ...result, name: `${op}_${this.#count++}` }))
    this.#nodes.push({ op, inputs, outputs, ...options })
    return outputs
  }

  /** Appends a node with one output. */
  op(op: string, inputs: readonly (Value | null)[], result: Result, options: NodeOptions = {}): Value {
    const [value] = this.node(op, inputs, [result], options)
    if (value === undefined) throw new TypeError(`${op} has no output`)
    return value
  }

  /** Those that an output depends on. */
  get liveNodes(): readonly Node[] {
    const read = new Set(this.#names.keys())
    const live = this.#nodes.toReversed().filter(({ inputs, outputs }) => {
      if (!outputs.some(({ name }) => read.has(name))) return false
      for (const input of inputs) if (input) read.add(input.name)
      return true
    })
    return live.reverse()
  }

  isOutput(value: Value): boolean {
    return this.#names.has(value.name)
  }

  /** The ModelProto. Nodes that no output depends on are left out. */
  encode(): Uint8Array {
    const graph = new Message()
    for (const node of this.liveNodes) graph.message(1, this.#nodeMessage(node))
    graph.string(2, 'plumbline')
    for (const tensor of this.#initializers.values()) graph.message(5, tensor)
    for (const value of this.#inputs) graph.message(11, valueMessage(value))
    for (const value of this.#outputs) graph.message(12, valueMessage(value))
    const model = new Message().int(1, IR_VERSION).string(2, 'plumbline').message(7, graph)
    for (const { domain, version } of OPSETS) {
      model.message(8, new Message().string(1, domain).int(2, version))
    }
    return model.encode()
  }

  #nodeMessage({ op, inputs, outputs, domain, attributes = {} }: Node): Message {
    const name = (value: Value) => this.#names.get(value.name) ?? value.name
    const node = new Message()
    for (const input of inputs) node.string(1, input ? name(input) : '')
    for (const output of outputs) node.string(2, name(output))
    node.string(3, outputs[0]?.name ?? op).string(4, op)
    for (const [key, value] of Object.entries(attributes)) node.message(5, attributeMessage(key, value))
    return domain === undefined ? node : node.string(7, domain)
  }
}

/** A bare number is an integer attribute: a float is written as `{ float }`, since 1 could be either. */
function attributeMessage(name: string, value: Attribute): Message {
  const attribute = new Message().string(1, name)
  if (typeof value === 'number') return attribute.int(3, value).int(20, 2)
  if (typeof value === 'string') return attribute.string(4, value).int(20, 3)
  if ('float' in value) return attribute.float(2, value.float).int(20, 1)
  for (const entry of value) attribute.int(8, entry)
  return attribute.int(20, 7)
}

function tensorMessage(name: string, dtype: DType, shape: readonly number[]): Message {
  const tensor = new Message()
  for (const dim of shape) tensor.int(1, dim)
  return tensor.int(2, DTYPES[dtype].onnx).string(8, name)
}

function valueMessage({ name, dtype, shape }: Value): Message {
  const dims = new Message()
  for (const dim of shape) {
    dims.message(1, typeof dim === 'number' ? new Message().int(1, dim) : new Message().string(2, dim))
  }
  const tensor = new Message().int(1, DTYPES[dtype].onnx).message(2, dims)
  return new Message().string(1, name).message(2, new Message().message(1, tensor))
}
