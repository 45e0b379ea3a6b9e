import { statementOf } from '../judge/statement.ts'
import { type Criterion, everyCriterion, type Rule } from '../protocol/rubric.ts'

/** How the kinds are written in rubrics and in what a judge writes (systems.md 1.4). */
export const RULE_TAGS: Record<Rule, string> = { hard_rule: '[Hard Rule]', principle: '[Principle]' }

/** One line of a rubric as Rubric-ARM knows it. */
export type Item = { text: string; rule: Rule }

/**
 * The criteria of any rubric as items, in order; of a tree, its leaves. A rubric of another scheme has hard rules
 * where missing a criterion settles the matter (`fatal`, `core`, `essential`) and principles elsewhere: our choice.
 * What is to be avoided (points below 0) says so.
 */
export function itemsOf(criteria: Criterion[]): Item[] {
  const leaves = everyCriterion(criteria).filter((one) => one.criteria === undefined)
  return leaves.map((one) => ({ text: stated(one), rule: ruleOf(one) }))
}

/** The items as a prompt shows them: numbered from 1, each on a line that ends with its tag. */
export function listItems(items: Item[]): string {
  return items.map(({ text, rule }, index) => `${index + 1}. ${text} ${RULE_TAGS[rule]}`).join('\n')
}

/** The kind of a criterion of any scheme. */
export function ruleOf({ rule, level, category }: Pick<Criterion, 'rule' | 'level' | 'category'>): Rule {
  if (rule !== undefined) return rule
  return level === 'fatal' || level === 'core' || category === 'essential' ? 'hard_rule' : 'principle'
}

function stated(criterion: Criterion): string {
  const statement = statementOf(criterion)
  return (criterion.points ?? 0) < 0 ? `To be avoided: ${statement}` : statement
}
