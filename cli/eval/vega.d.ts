/** The part of Vega that draws our plots; its own types are a hundred times as long. */
declare module 'vega' {
  export type Spec = object
  export function parse(spec: Spec): object
  export class View {
    constructor(runtime: object, options: { renderer: 'none' })
    toSVG(): Promise<string>
  }
}

declare module 'vega-lite' {
  export function compile(spec: object): { spec: object }
}
