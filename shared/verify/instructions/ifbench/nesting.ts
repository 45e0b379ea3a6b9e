import { defineInstruction, instruction } from '../instruction.ts'
import { isBlank, strip } from '../python-text.ts'
import { splitSentences } from '../sentences.ts'

/** The `format:*` of IFBench that look at marks and lines. */
export const parentheses = defineInstruction({
  kind: 'format:parentheses',
  summary: 'Brackets nested five deep; the innermost is closed.',
  schema: instruction('format:parentheses', {}),
  check(response) {
    const passed = closesFiveDeep(response)
    return { passed, expected: 'brackets five deep', received: passed ? 'brackets so deep' : 'none so deep' }
  },
})

const OPENING: Record<string, string> = { ')': '(', ']': '[', '}': '{' }

/** A closing bracket that fits no open one starts the count again. */
function closesFiveDeep(text: string): boolean {
  let open: string[] = []
  let deepest = 0
  for (const mark of text.match(/[()[\]{}]/g) ?? []) {
    const opening = OPENING[mark]
    if (opening === undefined) {
      open.push(mark)
      deepest = Math.max(deepest, open.length)
    } else if (open.at(-1) === opening) {
      open.pop()
      if (deepest >= 5) return true
    } else {
      open = []
      deepest = 0
    }
  }
  return false
}

export const quotes = defineInstruction({
  kind: 'format:quotes',
  summary: 'Double and single quotes in turn, nested three deep.',
  schema: instruction('format:quotes', {}),
  check(response) {
    const passed = closesThreeDeep(response)
    return { passed, expected: 'quotes three deep', received: passed ? 'quotes so deep' : 'none so deep' }
  },
})

/** A quote like the innermost open one closes it: three are to be closed, an apostrophe counting as a quote. */
function closesThreeDeep(text: string): boolean {
  const open: string[] = []
  let deepest = 0
  for (const mark of text.match(/["']/g) ?? []) {
    if (open.at(-1) === mark) open.pop()
    else open.push(mark)
    deepest = Math.max(deepest, open.length)
    if (deepest - open.length >= 3) return true
  }
  return false
}

export const lineIndent = defineInstruction({
  kind: 'format:line_indent',
  summary: 'Each line is indented further than the one before.',
  schema: instruction('format:line_indent', {}),
  check(response) {
    const indents = keptLines(response.split('\n')).map(
      (line) => line.length - line.replace(/^ +/, '').length,
    )
    const at = indents.findIndex((indent, index) => index > 0 && indent <= (indents[index - 1] ?? 0))
    return {
      passed: at < 0,
      expected: 'each line indented further',
      received: at < 0 ? `${indents.length} lines, each further` : `not so in line ${at + 1}`,
    }
  },
})

/**
 * The lines that the reference looks at. It takes blank ones out while it goes through the list, so that it passes over
 * the line behind each; and what it takes out is the first that is equal. Blank lines in a row are not all gone.
 */
function keptLines(lines: string[]): string[] {
  const gone = new Set<number>()
  const passedOver = new Map<string, Places>()
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (!isBlank(line)) continue
    const places = placesOf(passedOver, line)
    places.all.push(index)
    gone.add(places.all[places.gone++] ?? index)
    index++
    const skipped = lines[index]
    if (skipped !== undefined && isBlank(skipped)) placesOf(passedOver, skipped).all.push(index)
  }
  return lines.filter((_, index) => !gone.has(index))
}

/** Where equal blank lines are, and how many of them, from the first on, are taken out. */
type Places = { all: number[]; gone: number }

function placesOf(known: Map<string, Places>, line: string): Places {
  const places = known.get(line) ?? { all: [], gone: 0 }
  known.set(line, places)
  return places
}

export const subBullets = defineInstruction({
  kind: 'format:sub-bullets',
  summary: 'A "-" behind each "*" before the next.',
  schema: instruction('format:sub-bullets', {}),
  check(response) {
    const bullets = response.split('*').slice(1)
    const without = bullets.filter((bullet) => !bullet.includes('-')).length
    return {
      passed: without === 0,
      expected: 'a - behind each *',
      received: `${bullets.length} bullets, ${without} without`,
    }
  },
})

export const noBulletsBullets = defineInstruction({
  kind: 'format:no_bullets_bullets',
  summary: 'At least two sentences, then at least two lines that begin with *, and nothing else.',
  schema: instruction('format:no_bullets_bullets', {}),
  check(response) {
    const { sentences, bullets, fault } = readBullets(response.split('\n'))
    return {
      passed: fault === null && bullets >= 2,
      expected: 'two sentences, then two bullets',
      received: fault ?? `${sentences} sentences, then ${bullets} bullets`,
    }
  },
})

function readBullets(lines: string[]): { sentences: number; bullets: number; fault: string | null } {
  let [sentences, bullets] = [0, 0]
  // a blank line ends the sentences as a bullet does: the reference keeps the list of them as its flag
  let reading = true
  for (const line of lines) {
    const text = strip(line)
    if (text.startsWith('*')) {
      reading = false
      bullets++
      if (sentences < 2) return { sentences, bullets, fault: 'bullets before two sentences' }
    } else if (reading) {
      const found = text === '' ? 0 : splitSentences(text).length
      reading = found > 0
      sentences += found
    } else return { sentences, bullets, fault: 'text behind the sentences' }
  }
  return { sentences, bullets, fault: null }
}
