import { GraderFault } from '../fault.ts'
import type { Formula, FunctionName, Operator } from './parse.ts'

const OPERATORS: Record<Operator, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
}

const CALLS: Record<FunctionName, (...values: number[]) => number> = {
  min: Math.min,
  max: Math.max,
  abs: Math.abs,
  floor: Math.floor,
  ceil: Math.ceil,
  exp: Math.exp,
  sqrt: Math.sqrt,
  log: Math.log,
}

/**
 * The value of a formula; `log` is the natural one. Throws `GraderFault` (`other_error`) where it is no finite number:
 * a division by 0, the root or the logarithm of a number below 0.
 */
export function evaluateFormula(formula: Formula, values: ReadonlyMap<string, number>): number {
  const value = compute(formula, values)
  if (Number.isFinite(value)) return value
  throw new GraderFault({ other_error: true }, `'calculate_output' gives ${value}, which is no reward.`)
}

/** The names that a formula reads, each as often as it does. */
export function variablesOf(formula: Formula): string[] {
  switch (formula.kind) {
    case 'number':
      return []
    case 'variable':
      return [formula.name]
    case 'negate':
      return variablesOf(formula.of)
    case 'binary':
      return [...variablesOf(formula.left), ...variablesOf(formula.right)]
    case 'call':
      return formula.arguments.flatMap(variablesOf)
  }
}

function compute(formula: Formula, values: ReadonlyMap<string, number>): number {
  switch (formula.kind) {
    case 'number':
      return formula.value
    case 'variable':
      return values.get(formula.name) ?? Number.NaN
    case 'negate':
      return -compute(formula.of, values)
    case 'binary':
      return OPERATORS[formula.operator](compute(formula.left, values), compute(formula.right, values))
    case 'call':
      return CALLS[formula.function](...formula.arguments.map((one) => compute(one, values)))
  }
}
