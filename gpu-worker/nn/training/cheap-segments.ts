import type { Segment } from '../../onnx/gradients/recompute.ts'
import type { Graph } from '../../onnx/graph.ts'
import type { Linears } from '../block.ts'

/**
 * Collects the parts of a graph that are large to keep and cheap to compute again: attention's weights (arXiv 2205.05198,
 * section 5), and what the feed-forward block makes of gate and up. The product that reads them is of the part, so that
 * its gradient reads them computed anew; itself it runs once.
 */
export class CheapSegments {
  readonly #graph: Graph
  readonly found: Segment[] = []

  constructor(graph: Graph) {
    this.#graph = graph
  }

  /** Whatever nodes `body` appends are a segment. */
  of<T>(body: () => T): T {
    const from = this.#graph.nodes.length
    const made = body()
    this.found.push({ from, to: this.#graph.nodes.length })
    return made
  }

  /** The same maps; between the end of `gateAndUp` and that of `down` lies a segment. */
  between(linears: Linears): Linears {
    let from = 0
    return {
      ...linears,
      gateAndUp: (x, layer) => {
        const made = linears.gateAndUp(x, layer)
        from = this.#graph.nodes.length
        return made
      },
      down: (x, layer) => {
        const made = linears.down(x, layer)
        this.found.push({ from, to: this.#graph.nodes.length })
        return made
      },
    }
  }
}
