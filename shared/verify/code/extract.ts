import type { SandboxLanguage } from '../sandbox.ts'
import { fencedBlocks } from './fences.ts'

/** Where the program is in a response. */
export const EXTRACTS = ['last_block', 'first_block', 'all_blocks', 'response'] as const
export type Extract = (typeof EXTRACTS)[number]

/** What models write behind the fence of a program. */
const NAMES: { [Language in SandboxLanguage]: readonly string[] } = {
  javascript: ['javascript', 'js', 'node', 'mjs', 'cjs', 'jsx'],
  python: ['python', 'py', 'python3', 'py3'],
}

/**
 * The program of a response: of its fenced blocks in the language, or where there is none in those without a
 * language, the last, the first or all of them one after another; the whole response where nothing is fenced.
 */
export function programOf(response: string, language: SandboxLanguage, extract: Extract): string {
  if (extract === 'response') return response
  const blocks = fencedBlocks(response)
  const ofLanguage = blocks.filter((block) => NAMES[language].includes(block.language))
  const unnamed = blocks.filter((block) => block.language === '')
  const found = (ofLanguage.length > 0 ? ofLanguage : unnamed).map(({ content }) => content)
  if (found.length === 0) return response
  if (extract === 'all_blocks') return found.join('\n\n')
  return found.at(extract === 'first_block' ? 0 : -1) ?? response
}
