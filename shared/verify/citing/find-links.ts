/** Links that stand in a text: bare, in angle brackets, or as the target of a Markdown link. */
const LINK = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s<>"'`\\^{}|]{1,2048}/gi
const CLOSING = new Set('.,;:!?*_])')

export function findLinks(text: string): string[] {
  return (text.match(LINK) ?? []).map(trimmed)
}

/** Without what the sentence around it closes with; a bracket that the link itself opened belongs to it. */
function trimmed(link: string): string {
  let end = link.length
  while (end > 0 && CLOSING.has(link.charAt(end - 1))) end--
  const body = link.slice(0, end)
  const opened = body.split('(').length - body.split(')').length
  return opened > 0 && link[end] === ')' ? `${body})` : body
}
