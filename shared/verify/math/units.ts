/** What a unit measures and how many of the dimension's first unit it is, as a fraction [top, bottom]. */
export type Unit = { dimension: string; top: bigint; bottom: bigint }

type Row = [names: string, top: bigint, bottom?: bigint]

const TABLE: Record<string, Row[]> = {
  length: [
    ['m meter meters metre metres', 1n],
    ['mm millimeter millimeters millimetre millimetres', 1n, 1000n],
    ['cm centimeter centimeters centimetre centimetres', 1n, 100n],
    ['km kilometer kilometers kilometre kilometres', 1000n],
    ['in inch inches', 254n, 10000n],
    ['ft foot feet', 3048n, 10000n],
    ['yd yard yards', 9144n, 10000n],
    ['mi mile miles', 1609344n, 1000n],
  ],
  mass: [
    ['g gram grams', 1n],
    ['mg milligram milligrams', 1n, 1000n],
    ['kg kilogram kilograms', 1000n],
    ['oz ounce ounces', 28349523125n, 1000000000n],
    ['lb lbs pound pounds', 45359237n, 100000n],
  ],
  time: [
    ['s sec second seconds', 1n],
    ['ms millisecond milliseconds', 1n, 1000n],
    ['min mins minute minutes', 60n],
    ['h hr hrs hour hours', 3600n],
    ['day days', 86400n],
    ['week weeks', 604800n],
  ],
  volume: [
    ['l liter liters litre litres', 1n],
    ['ml milliliter milliliters millilitre millilitres', 1n, 1000n],
  ],
  money: [
    ['$ dollar dollars usd', 1n],
    ['cent cents ¢', 1n, 100n],
  ],
  euro: [['€ euro euros eur', 1n]],
  pound: [['£ gbp', 1n]],
  yen: [['¥ yen jpy', 1n]],
  angle: [['° degree degrees deg', 1n]],
  radian: [['rad radian radians', 1n]],
  morning: [['am a.m.', 1n]],
  afternoon: [['pm p.m.', 1n]],
  share: [['% percent pct', 1n]],
}

const UNITS = new Map<string, Unit>(
  Object.entries(TABLE).flatMap(([dimension, rows]) =>
    rows.flatMap(([names, top, bottom = 1n]) =>
      names.split(' ').map((name): [string, Unit] => [name, { dimension, top, bottom }]),
    ),
  ),
)

/** The unit of that name, case aside; a square or cube is written `cm^2`. Null for a word that is no known unit. */
export function findUnit(name: string): Unit | null {
  const [word = '', exponent = '1'] = name.toLowerCase().split('^')
  const unit = UNITS.get(word)
  if (unit === undefined || !/^[1-9]$/.test(exponent)) return null
  const power = BigInt(exponent)
  if (power === 1n) return unit
  return { dimension: `${unit.dimension}^${exponent}`, top: unit.top ** power, bottom: unit.bottom ** power }
}

/** Unit names of one letter are variables unless they are set as text: 3m is 3 times m. */
export const isUnitWord = (word: string): boolean => word.length > 1 && UNITS.has(word.toLowerCase())
