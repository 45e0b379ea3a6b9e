/** A fenced code block of Markdown: what is written behind its opening fence, and its content. */
export type FencedBlock = { language: string; content: string }

const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)/

/** The fenced code blocks of a text (CommonMark 4.5), in order; one that is never closed goes to the end. */
export function fencedBlocks(text: string): FencedBlock[] {
  const blocks: FencedBlock[] = []
  let open: { fence: string; language: string; lines: string[] } | null = null
  const close = () => {
    if (open) blocks.push({ language: open.language, content: open.lines.join('\n') })
    open = null
  }
  for (const line of text.split(/\r?\n/)) {
    const [, fence = '', language = ''] = FENCE.exec(line) ?? []
    if (!open && fence) open = { fence, language: language.toLowerCase(), lines: [] }
    else if (open && fence.startsWith(open.fence) && line.trim() === fence) close()
    else open?.lines.push(line)
  }
  close()
  return blocks
}
