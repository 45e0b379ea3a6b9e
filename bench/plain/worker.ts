import { plainApp } from './app.ts'

let app: ReturnType<typeof plainApp> | undefined

export default {
  fetch(request: Request, env: { REPLY: string }): Response | Promise<Response> {
    app ??= plainApp(env.REPLY)
    return app.fetch(request)
  },
}
