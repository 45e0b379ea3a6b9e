import type { RunSettings } from '../../../shared/protocol/run.ts'
import { groupKey, memberKey, promptKey } from '../../../shared/runs/keys.ts'
import { beginStep } from '../../../shared/runs/phases.ts'
import { recordEvaluation } from '../../../shared/runs/record-scores.ts'
import type { RunState } from '../../../shared/runs/state.ts'
import type { Sql } from '../sql.ts'
import { movingScores } from './class-scores.ts'
import { createEntrance } from './entrance.ts'
import { createListeners } from './listeners.ts'
import type { RunRecords } from './port.ts'
import { createGroupRows, prepareGroupRows } from './sql-groups.ts'
import { openRunRows } from './sql-runs.ts'

/** The records of runs in one SQLite, and in memory the calls that wait. `now` is Unix time in milliseconds. */
export function createRunRecords(sql: Sql, now: () => number): RunRecords {
  const runs = openRunRows(sql)
  prepareGroupRows(sql)
  const entrance = createEntrance(sql, runs, now)
  const listeners = createListeners()

  function change(
    organisation: string,
    run: string,
    next: (settings: RunSettings, state: RunState) => RunState,
  ): void {
    const known = runs.find(organisation, run)
    if (known) runs.save(organisation, run, next(known.settings, known.state))
  }

  return {
    create: async (organisation, id, settings) =>
      sql.transaction(() => {
        runs.add(organisation, id, settings, now())
        const run = runs.show(organisation, id)
        if (!run) throw new Error(`The run ${id} is not there though it was just filed.`)
        return run
      }),
    read: async (organisation, id) => runs.show(organisation, id),
    list: async (organisation, ask) => runs.list(organisation, ask),

    async enter(organisation, run, asked) {
      if (!runs.find(organisation, run)) return null
      const key = await groupKey(asked.prompt, asked.way)
      const prompt = asked.anchored ? await promptKey(asked.prompt) : null
      const members = await Promise.all(
        asked.members.map(async (member) => ({ member, key: await memberKey(member) })),
      )
      // one after another within one turn, so that no other call comes between them
      return Promise.all(
        members.map((member) =>
          entrance.enter({ organisation, id: run }, { ...asked, key, promptKey: prompt }, member),
        ),
      )
    },
    async leave(_organisation, _run, call) {
      entrance.leave(call)
      return null
    },
    async vacate(organisation, run, group, members) {
      const keys = await Promise.all(members.map(memberKey))
      return sql.transaction(() => {
        for (const key of keys) createGroupRows(sql, organisation, run).vacate(group, key, 1)
        return null
      })
    },

    async record(organisation, run, group, { found, anchor, spent }) {
      const keyed = await Promise.all(
        found.map(async ([member, recorded]) => ({ key: await memberKey(member), recorded })),
      )
      const kept = sql.transaction(() => {
        const rows = createGroupRows(sql, organisation, run)
        movingScores(rows, runs, { organisation, run, group }, spent, () =>
          keyed.flatMap(({ key, recorded }) =>
            Array.from({ length: rows.record(group, key, recorded, now()) }, () => recorded),
          ),
        )
        if (anchor !== null) rows.anchor(group, anchor)
        return keyed.map(({ key, recorded }) => rows.recorded(group, key) ?? recorded)
      })
      listeners.tell(`${organisation} ${run} ${group}`)
      return kept
    },
    async heard(organisation, run, group, members, ms) {
      const rows = createGroupRows(sql, organisation, run)
      const keys = await Promise.all(members.map(memberKey))
      const known = () => keys.map((key) => rows.recorded(group, key))
      if (known().includes(null)) await listeners.listen(`${organisation} ${run} ${group}`, ms)
      return known()
    },
    groups: async (organisation, run, ask) =>
      createGroupRows(sql, organisation, run)
        .stored(ask)
        .map((group) => ({ ...group, waiting: entrance.waiting({ organisation, id: run }, group.id) })),
    async group(organisation, run, id) {
      const group = createGroupRows(sql, organisation, run).storedGroup(id)
      return group && { ...group, waiting: entrance.waiting({ organisation, id: run }, id) }
    },

    async keepAnchors(organisation, run, anchors) {
      const keyed = await Promise.all(
        anchors.map(async ({ prompt, response }) => [await promptKey(prompt), response] as const),
      )
      return sql.transaction(() => {
        for (const [prompt, response] of keyed) runs.keepAnchor(organisation, run, prompt, response)
        return null
      })
    },
    anchor: async (organisation, run, prompt) => runs.anchor(organisation, run, await promptKey(prompt)),

    evaluated: async (organisation, run, found, spent) =>
      sql.transaction(() => {
        change(organisation, run, (settings, state) => recordEvaluation(settings, state, found, spent))
        return null
      }),
    beginStep: async (organisation, run) =>
      sql.transaction(() => {
        change(organisation, run, beginStep)
        createGroupRows(sql, organisation, run).abandon()
        return runs.show(organisation, run)
      }),
  }
}
