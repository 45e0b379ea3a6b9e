/** A shell script that runs one command from the folder of the export, an argument a line. */
export function script(about: string, exported: Record<string, string>, command: string[]): string {
  const variables = Object.entries(exported).map(([name, value]) => `export ${name}="\${${name}:-${value}}"`)
  return [
    '#!/usr/bin/env bash',
    `# ${about}`,
    'set -euo pipefail',
    'cd "$(dirname "$0")/.."',
    ...variables,
    `${command.join(' \\\n  ')} "$@"`,
    '',
  ].join('\n')
}

/** A word of a shell command, quoted where it needs to be. */
export const word = (text: string | number): string =>
  /^[\w./:=@%+,-]+$/.test(String(text)) ? String(text) : `'${String(text).replaceAll("'", `'\\''`)}'`
