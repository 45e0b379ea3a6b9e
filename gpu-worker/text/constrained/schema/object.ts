import { fits } from './fits.ts'
import type { Plain, Schema } from './plain.ts'
import { writeText } from './string.ts'
import { readSeparator, type Writer, type WriteType } from './writer.ts'

/**
 * Reads `{`, the listed properties in their order, those that aren't required or not, then others where the schema
 * says what they are (or says nothing of its properties at all), and `}`.
 */
export const writeObject: WriteType = (writer, from, plain, to) => {
  const { builder } = writer
  const listed = listedProperties(plain)
  const open = builder.state()
  const close = builder.state()
  builder.texts(from, ['{'], open)
  builder.texts(close, ['}'], to)
  // Two states before each property: nothing is written yet, or a comma must come first.
  let bare = open
  let comma = builder.state()
  for (const [name, schema] of listed) {
    const [nextBare, nextComma, key] = [builder.state(), builder.state(), builder.state()]
    builder.jump(bare, key)
    readSeparator(builder, comma, ',', key)
    const [colon, value] = [builder.state(), builder.state()]
    builder.texts(key, [JSON.stringify(name)], colon)
    readSeparator(builder, colon, ':', value)
    builder.call(value, property(writer, plain, name, schema), nextComma)
    if (!plain.required.has(name)) {
      builder.jump(bare, nextBare)
      builder.jump(comma, nextComma)
    }
    bare = nextBare
    comma = nextComma
  }
  builder.jump(bare, close)
  builder.jump(comma, close)
  const others = plain.additional ?? (listed.size === 0 ? [] : null)
  if (others && writer.cases(others).length > 0) writeOthers(writer, plain, others, { bare, comma, close })
}

/** The properties that the schema lists, and those that it only requires; a name that it forbids has no value. */
function listedProperties({ properties, required, additional }: Plain): Map<string, Schema> {
  const unlisted = [...required].filter((name) => !properties.has(name))
  return new Map([...properties, ...unlisted.map((name) => [name, additional ?? []] as const)])
}

/** Reads properties that aren't listed, as many as the model likes, after those that are. */
function writeOthers(
  writer: Writer,
  plain: Plain,
  schema: Schema,
  { bare, comma, close }: { bare: number; comma: number; close: number },
): void {
  const { builder } = writer
  const member = builder.rule(`member ${bare}`, (from, to) => {
    const [colon, value] = [builder.state(), builder.state()]
    writeName(writer, from, plain, colon)
    readSeparator(builder, colon, ':', value)
    builder.call(value, writer.value(schema), to)
  })
  const another = builder.rule(`another member ${bare}`, (from, to) => {
    const before = builder.state()
    readSeparator(builder, from, ',', before)
    builder.call(before, member, to)
  })
  const more = builder.state()
  builder.call(bare, member, more)
  builder.jump(comma, more)
  builder.call(more, another, close, 0, Number.POSITIVE_INFINITY)
}

/** Reads a name that fits `propertyNames` and isn't listed. */
function writeName(writer: Writer, from: number, plain: Plain, to: number): void {
  const taken = [...listedProperties(plain).keys()]
  for (const names of writer.cases(plain.names)) {
    const listed = names.values?.filter(
      (name) => typeof name === 'string' && fits(name, names, writer.languages),
    )
    if (listed) {
      const free = listed.filter((name) => !taken.some((other) => other === name))
      writer.builder.texts(
        from,
        free.map((name) => JSON.stringify(name)),
        to,
      )
    } else if (names.types.includes('string')) writeText(writer, from, names, taken, to)
  }
}

/** The value of a listed property: none where `propertyNames` forbids its name. */
function property(writer: Writer, plain: Plain, name: string, schema: Schema): number {
  const fitting =
    plain.names.length === 0 || writer.cases(plain.names).some((names) => fits(name, names, writer.languages))
  return writer.value(fitting ? schema : [{ path: `${plain.path}/propertyNames excludes it`, schema: false }])
}
