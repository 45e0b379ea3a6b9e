import type { SandboxLanguage } from '../sandbox.ts'

const REASONS: Record<SandboxLanguage, string> = {
  javascript: 'Nothing here runs JavaScript: name "javascript" in the sandbox of a worker\'s model entry.',
  python:
    'Nothing here runs Python: start a worker with --python, and name "python" in the sandbox of its model entry.',
}

/** Why a check that needs a program run could not tell, and what to change. */
export const noSandbox = (language: SandboxLanguage): string => REASONS[language]
