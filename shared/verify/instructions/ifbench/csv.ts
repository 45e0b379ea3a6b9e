import { defineInstruction, type Finding, instruction } from '../instruction.ts'
import { SPACE, strip, WORD } from '../python-text.ts'
import { parseCsv } from './parse-csv.ts'

/** The `custom:csv_*` of IFBench. */
export const csvCity = defineInstruction({
  kind: 'custom:csv_city',
  summary: 'Comma-separated values: a header of ID, Country, City, Year, Count, and seven rows.',
  schema: instruction('custom:csv_city', {}),
  check(response) {
    const rows = parseCsv(response, ',')
    const header = rows?.[0]?.join(',') === 'ID,Country,City,Year,Count' && rows[0].length === 5
    return finding(rows, header, 7, () => true)
  },
})

const spelled = (names: string[], divider: string) =>
  new RegExp(`^${names.map((name) => `(?:${name}|"${name}")`).join(divider)}$`)
const PRODUCT_HEADER = spelled(['ProductID', 'Category', 'Brand', 'Price', 'Stock'], ',[ \\t]*')
const STUDENT_HEADER = spelled(['StudentID', 'Subject', 'Grade', 'Semester', 'Score'], '\\t *')
const firstLine = (text: string) => strip(text.split('\n', 1)[0] ?? '')
/** So that the quotes around a field stay part of it. */
const quotesDoubled = (text: string) => text.replaceAll('"', '"""')

export const csvSpecialCharacter = defineInstruction({
  kind: 'custom:csv_special_character',
  summary:
    'Comma-separated values: a header of ProductID, Category, Brand, Price, Stock, 14 rows, and a special character in double quotes.',
  schema: instruction('custom:csv_special_character', {}),
  check(response) {
    const rows = parseCsv(quotesDoubled(response), ',')
    // rows behind the first special character are not looked at, in the reference either
    const special = rows?.findIndex((row, index) => index > 0 && row.some(isSpecial)) ?? -1
    const looked = special < 0 ? rows : [...(rows ?? []).slice(0, special + 1)]
    const passed =
      PRODUCT_HEADER.test(firstLine(response)) &&
      rows?.length === 15 &&
      special > 0 &&
      (looked ?? []).slice(1).every((row) => row.length === 5)
    return {
      passed,
      expected: 'a header, 14 rows, a quoted special character',
      received: `${rows?.length ?? 'no'} rows, ${special > 0 ? 'a' : 'no'} special character`,
    }
  },
})

const SPECIAL = new RegExp(`[^${SPACE}${WORD}]`, 'u')

/** A field that begins with a double quote and has a character that is no letter, digit or space before a later one. */
function isSpecial(field: string): boolean {
  const line = field.split('\n', 1)[0] ?? ''
  return line.startsWith('"') && SPECIAL.test(line.slice(1, Math.max(1, line.lastIndexOf('"'))))
}

export const csvQuotes = defineInstruction({
  kind: 'custom:csv_quotes',
  summary:
    'Tab-separated values: a header of StudentID, Subject, Grade, Semester, Score, and three rows, each field in double quotes.',
  schema: instruction('custom:csv_quotes', {}),
  check(response) {
    const rows = parseCsv(quotesDoubled(response), '\t')
    return finding(rows, STUDENT_HEADER.test(firstLine(response)), 3, (field) => isQuoted(strip(field)))
  },
})

/** One quote alone is both the first and the last character. */
const isQuoted = (field: string) => field.startsWith('"') && field.endsWith('"')

/** Five columns throughout, so many rows below a good header, and each field as it should be. */
function finding(
  rows: string[][] | null,
  header: boolean,
  wanted: number,
  fits: (field: string) => boolean,
): Finding {
  const wide = rows?.every((row) => row.length === 5 && row.every(fits)) ?? false
  return {
    passed: header && wide && rows?.length === wanted + 1,
    expected: `a header and ${wanted} rows of five fields`,
    received: `${rows?.length ?? 'unreadable'} rows, ${header ? 'the' : 'another'} header`,
  }
}
