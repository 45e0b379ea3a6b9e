import type { Desk } from '../desk/port.ts'
import { fromLines } from './event-lines.ts'
import type { JudgmentShard } from './judgment-shard.ts'

/**
 * The desk in a Durable Object, called from a Worker. Values cross as JSON text, which both sides have
 * anyway: the object reads it from a row, the Worker sends it to a caller.
 */
export function remoteDesk(stub: DurableObjectStub<JudgmentShard>): Desk {
  return {
    judge: async (assignment) => JSON.parse(await stub.judge(JSON.stringify(assignment))),
    watch: async (assignment) => fromLines(await stub.watch(JSON.stringify(assignment))),
    read: async (organisation, id) => JSON.parse(await stub.read(organisation, id)),
    list: async (organisation, before, limit) => JSON.parse(await stub.list(organisation, before, limit)),
    rubric: async (organisation, id) => JSON.parse(await stub.rubric(organisation, id)),
    fileRubric: (organisation, rubric) => stub.fileRubric(organisation, JSON.stringify(rubric)),
    chargeChat: (charge) => stub.chargeChat(JSON.stringify(charge)),
    usage: async (organisation) => JSON.parse(await stub.usage(organisation)),
  }
}
