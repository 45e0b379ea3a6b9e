import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { armTrajectory } from '../testing/arm-replies.ts'
import { formatReward } from './format-reward.ts'
import { itemsOf, listItems } from './items.ts'
import { readRubricText } from './rubric-text.ts'
import { readTrajectory, winnerIn } from './trajectory.ts'

const ITEMS = '1. The response has one verse. [Hard Rule]\n2. The response is clear. [Principle]'
const rubric = { criteria: readRubricText(ITEMS).criteria ?? [] }
const good = armTrajectory(ITEMS, 'B')

describe('a rubric as text', () => {
  it('is read line by line, and written again as it was', () => {
    expect(rubric.criteria).toEqual([
      { id: 'c01', rule: 'hard_rule', title: 'The response has one verse.' },
      { id: 'c02', rule: 'principle', title: 'The response is clear.' },
    ])
    expect(listItems(itemsOf(rubric.criteria))).toBe(ITEMS)
    expect(readRubricText('\n1) The response is right [PRINCIPLE]\r\n\n').criteria?.[0]).toEqual({
      id: 'c01',
      rule: 'principle',
      title: 'The response is right',
    })
  })

  it.each([
    ['nothing', ' \n', 'It has no item.'],
    ['an item without a tag', '1. The response is right.', 'does not end with [Hard Rule] or [Principle]'],
    ['a tag of another kind', '1. The response is right. [Soft Rule]', 'does not end with'],
    [
      'an item that begins otherwise',
      '1. Responses are right. [Principle]',
      "does not begin with 'The response'",
    ],
    ['an item without a text', '1. The response [Principle]', "does not begin with 'The response'"],
    ['a heading', '# Rubric\n1. The response is right. [Principle]', "does not begin with '1.'"],
    ['thoughts after it', `${ITEMS}\nI hope it helps.`, "Item 3 does not begin with '3.'"],
    ['a number left out', '1. The response is a. [Principle]\n3. The response is b. [Principle]', 'Item 2'],
    [
      'a list without end',
      Array.from({ length: 65 }, (_, n) => `${n + 1}. The response is ${n}. [Principle]`).join('\n'),
      'more than 64',
    ],
  ])('is refused for %s', (_name, text, fault) => {
    const read = readRubricText(text)
    expect(read.criteria).toBeNull()
    expect(read.fault).toContain(fault)
  })

  it('makes hard rules of what settles the matter in rubrics of another scheme', () => {
    const items = itemsOf([
      { id: 'a', level: 'fatal', title: 'A' },
      { id: 'b', level: 'important', title: 'B' },
      { id: 'c', category: 'essential', title: 'C' },
      { id: 'd', points: -3, title: 'D' },
      { id: 'e', weight: 1, title: 'E', criteria: [{ id: 'f', weight: 1, title: 'F' }] },
    ])
    expect(items.map(({ text, rule }) => `${text} ${rule}`)).toEqual([
      'A hard_rule',
      'B principle',
      'C hard_rule',
      'To be avoided: D principle',
      'F principle',
    ])
  })
})

describe('a trajectory', () => {
  it('is read in its parts', () => {
    const text = good.replace('it is better', 'it rhymes,\nand scans')
    expect(readTrajectory(text).trajectory).toEqual({
      gatekeeper: 'the first one',
      first: [
        { criterion: 1, rule: 'hard_rule', justification: 'it says so' },
        { criterion: 2, rule: 'principle', justification: 'it says so' },
      ],
      second: [
        { criterion: 1, rule: 'hard_rule', justification: 'it says so' },
        { criterion: 2, rule: 'principle', justification: 'it says so' },
      ],
      justification: 'it rhymes,\nand scans',
      winner: 'second',
    })
  })

  it.each([
    ['Winner: Response A', 'first'],
    ['Winner: B', 'second'],
    ['**Winner:** Response B', 'second'],
    ['Winner: Response A\nno, on second thought\nWinner: Response B\n', null],
    ['Winner: Response A\n--- Final Judgment ---\nWinner: Response B', 'second'],
    ['winner： <Response B>. ', 'second'],
    ['### **Winner: [A]**\r', 'first'],
    ['Winner: Response C', null],
    ['Winner: AB', null],
    ['Winner: Response A is not it', null],
    ['Winner: Response A\nWinner: neither', null],
    ['Winner: Response A or Response B', null],
    ['Winner: Tie', null],
    ['The winner: Response A', null],
    ['Response A is the winner', null],
    ['', null],
  ])('%j names %s', (text, winner) => expect(winnerIn(text)).toBe(winner))

  it.each([
    ['without a section', good.replace('--- Analysis ---\n', ''), "It has no line '--- Analysis ---'."],
    ['with a section twice', `${good}\n--- Analysis ---`, 'more than one line'],
    [
      'with its sections out of order',
      `${good.split('--- Final')[0]}--- Final Judgment ---\nWinner: A`
        .replace('--- Compliance Check ---', '')
        .concat('\n--- Compliance Check ---'),
      'not in their order',
    ],
    ['that stops before the winner', good.replace(/\nWinner.*$/, ''), 'does not name one winner'],
    ['that names both', `${good}\nWinner: Response A`, 'does not name one winner'],
    [
      'whose winner is named too early',
      good.replace(/\nWinner.*$/, '').replace('it says so', 'x\nWinner: Response A'),
      'does not name one winner',
    ],
  ])('%s has no winner', (_name, text, fault) => {
    const read = readTrajectory(text)
    expect(read.trajectory).toBeNull()
    expect(read.fault).toContain(fault)
  })

  it('is read from any text without failing, and in no time however long its lines are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...good.split('\n'), '- Criterion 1 [', 'Winner:', '**'), { maxLength: 20 }),
        (lines) => {
          const text = lines.join('\n')
          const { reward, faults } = formatReward(text, rubric)
          expect(reward).toBe(faults.length === 0 ? 1 : 0)
          if (readTrajectory(text).trajectory) expect(winnerIn(text)).not.toBeNull()
        },
      ),
    )
    const started = performance.now()
    for (const filler of [' ', '*', '[', '- Criterion 1 [', 'Winner:', '1. ']) {
      formatReward(good.replace('it is better', filler.repeat(500_000)), rubric)
      readRubricText(`1. The response ${filler.repeat(500_000)}`)
    }
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

describe('the format reward', () => {
  it('is 1 for the whole form', () => {
    expect(formatReward(good, rubric)).toEqual({ reward: 1, faults: [] })
    expect(formatReward(`${good}\n\n`, rubric)).toEqual({ reward: 1, faults: [] })
  })

  const note = '- Criterion 2 [Principle]: Justification: it says so'
  it.each([
    ['a criterion left out', good.replace(`${note}\n`, ''), 'no line for criterion 2 under Response A'],
    ['a criterion twice', good.replace(note, `${note}\n${note}`), 'more than one line for criterion 2'],
    [
      'a criterion too many',
      good.replace(note, `${note}\n- Criterion 3 [Principle]: Justification: x`),
      'which the rubric lacks',
    ],
    ['another tag', good.replace('2 [Principle]', '2 [Hard Rule]'), 'does not have its tag [Principle]'],
    [
      'an empty justification',
      good.replace(note, '- Criterion 2 [Principle]: Justification:'),
      'has no justification',
    ],
    [
      'no overall justification',
      good.replace('Justification: it is better\n', ''),
      'The final judgment has no justification',
    ],
    ['the winner twice', `${good}\nWinner: Response B`, 'more than one line that names a winner'],
    ['two winners', `${good}\nWinner: Response A`, 'does not name one winner'],
    ['words after the winner', `${good}\nThat is all.`, 'Something stands after'],
    ['no form at all', 'Winner: Response A', "no line '--- Compliance Check ---'"],
  ])('is 0 for %s, and says so', (_name, text, fault) => {
    const { reward, faults } = formatReward(text, rubric)
    expect(reward).toBe(0)
    expect(faults.join(' ')).toContain(fault)
  })
})
