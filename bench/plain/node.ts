import { serve } from '@hono/node-server'
import { plainApp } from './app.ts'

const { REPLY = '', PORT } = process.env
serve({ fetch: plainApp(REPLY).fetch, port: Number(PORT), hostname: '127.0.0.1' })
