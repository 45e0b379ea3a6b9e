import { bareList, type Expression, negative, some, withChildren } from './expression.ts'

/**
 * Every ± written out: 1 ± x becomes the two values 1 + x and 1 - x, upper signs together and lower signs together.
 * Inside a set or a bare list the two join the other items.
 */
export function expandSigns(expression: Expression): Expression {
  if (!hasSign(expression)) return expression
  if (expression.kind === 'relation' || expression.kind === 'set-operation') {
    return withChildren(expression, expandSigns)
  }
  if (expression.kind === 'list' && (expression.open === '{' || expression.open === '')) {
    return { ...expression, items: expression.items.flatMap(expanded) }
  }
  return bareList(expanded(expression))
}

const hasSign = (expression: Expression) => some(expression, (part) => part.kind === 'plus-minus')

function expanded(expression: Expression): Expression[] {
  if (!hasSign(expression)) return [expression]
  if (expression.kind === 'relation') return [expandSigns(expression)]
  return [signed(expression, 1), signed(expression, -1)]
}

function signed(expression: Expression, sign: 1 | -1): Expression {
  if (expression.kind !== 'plus-minus') return withChildren(expression, (part) => signed(part, sign))
  const value = signed(expression.value, sign)
  return expression.sign === sign ? value : negative(value)
}
