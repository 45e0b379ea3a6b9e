/** Matches any of the strings, as a captured group, so that `split` keeps them. Matches nothing for none. */
export function controlPattern(strings: Iterable<string>): RegExp {
  const longestFirst = [...strings].sort((a, b) => b.length - a.length)
  return longestFirst.length === 0 ? /(?!)/ : new RegExp(`(${longestFirst.map(literally).join('|')})`, 'u')
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

/**
 * The text with a mark put into every control string that it contains, so that none of them can be read as
 * a control token. Removing the mark gives the text back: it must not occur in it.
 */
export function disarm(text: string, control: Iterable<string>, mark: string): string {
  const opening = new RegExp(`(?=${controlPattern(control).source}).`, 'gsu')
  return text.replace(opening, (character) => character + mark)
}
