import { writeFileSync } from 'node:fs'
import { trainingSettingsPage } from './training-settings.ts'

writeFileSync(new URL('../../docs/training-settings.md', import.meta.url), trainingSettingsPage())
