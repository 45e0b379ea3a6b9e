import { readSeparator, type WriteType } from './writer.ts'

/** Reads `[`, the items with commas between them, and `]`. */
export const writeArray: WriteType = (writer, from, plain, to) => {
  const { builder } = writer
  const { path, prefix, rest, minItems, maxItems } = plain
  if (minItems > maxItems) {
    writer.impossible(path, `has minItems ${minItems} above maxItems ${maxItems}`)
    return
  }
  let state = builder.state()
  builder.texts(from, ['['], state)
  const close = builder.state()
  builder.texts(close, [']'], to)
  const leading = prefix.slice(0, maxItems)
  // What may repeat begins with a comma: the first item is written by itself.
  const first = leading.length > 0 || maxItems === 0 ? leading : [rest]
  for (const [index, schema] of first.entries()) {
    if (index >= minItems) builder.jump(state, close)
    const [before, after] = [builder.state(), builder.state()]
    if (index === 0) builder.jump(state, before)
    else readSeparator(builder, state, ',', before)
    builder.call(before, writer.value(schema), after)
    state = after
  }
  const more = builder.state()
  const item = builder.state()
  const another = builder.rule(`another ${writer.value(rest)}`, (start, end) => {
    const before = builder.state()
    readSeparator(builder, start, ',', before)
    builder.call(before, writer.value(rest), end)
  })
  builder.jump(state, item)
  builder.call(item, another, more, minItems - first.length, maxItems - first.length)
  builder.jump(more, close)
}
