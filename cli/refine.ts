import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { Command } from 'commander'
import { createBench } from '../shared/refine/measure/bench.ts'
import { type LabelledPair, sumCost } from '../shared/refine/measure/pair.ts'
import { splitPairs } from '../shared/refine/measure/split.ts'
import { type RecordedGroup, trainingGroups } from '../shared/refine/propose/training-groups.ts'
import { finalTest } from '../shared/refine/search/final-test.ts'
import type { Member } from '../shared/refine/search/member.ts'
import { type SearchResult, search } from '../shared/refine/search/search.ts'
import { sentenceOf } from '../shared/rubric/lint/fault.ts'
import { lintLayer } from '../shared/rubric/lint.ts'
import { nameOf } from '../shared/rubric/name.ts'
import { Refusal, type Service, serviceFrom } from './client.ts'
import { readPairs } from './eval/layouts/layouts.ts'
import { Failure, reportFailures } from './failure.ts'
import { goesOn, interruptible } from './interruptible.ts'
import { propose, publish } from './refine/filing.ts'
import { layersTested, openJournal } from './refine/journal.ts'
import { judgeThrough } from './refine/judging.ts'
import { fetchLayer, journalKey } from './refine/layer.ts'
import { addRefineOptions, type RefineOptions, searchOptions } from './refine/options.ts'
import { makeTeller, mostJudgments } from './refine/progress.ts'
import { createProposing } from './refine/proposing.ts'
import { lineOf, type Report, renderReport } from './refine/report.ts'
import { writeText } from './write-text.ts'

/** Pairs below which a split leaves nothing to choose by. */
const LEAST_PAIRS = 10

/** `plumbline refine FILE`: a better meta-rubric, searched on labelled pairs. */
export function refineCommand(): Command {
  const command = new Command('refine')
    .description(
      'Search for a better meta-rubric on labelled pairs. Of a general layer the result is reported, and filed with --publish; edits of a domain layer become proposals for a person.',
    )
    .argument('<file>', 'pairs as for eval; "group" is the domain')
  return addRefineOptions(command).action((file: string, options: RefineOptions) =>
    reportFailures(options.json ?? false, () => run(file, options)),
  )
}

async function run(file: string, options: RefineOptions): Promise<void> {
  const service = serviceFrom(process.env)
  const journalPath = options.journal ?? `${basename(file)}.${options.layer.split('@')[0]}.journal.jsonl`
  await interruptible(goesOn(`the answers so far are in '${journalPath}'`), async (signal) => {
    const report = await refine(service, file, journalPath, options, signal)
    const text = JSON.stringify(report)
    if (options.output !== undefined) writeText(options.output, `${text}\n`)
    console.log(options.json ? text : `${renderReport(report)}\njournal       ${journalPath}`)
    if (report.filed.refused !== null) process.exitCode = 1
  })
}

async function refine(
  service: Service,
  file: string,
  journalPath: string,
  options: RefineOptions,
  signal: AbortSignal,
): Promise<Report> {
  const pairs = readLabelled(file, options.limit)
  const journal = openJournal(journalPath)
  const subject = await fetchLayer(service, journal.heading?.layer ?? options.layer)
  const { layer, base, library } = subject
  const { model, votes, mode, orders } = options
  const fields = {
    ...(model && { model }),
    ...(votes && { votes }),
    ...(mode && { mode }),
    ...(orders && { orders }),
  }
  const of = await journalKey(subject, pairs, fields, options.seed)
  if (journal.heading === null) journal.begin({ of, layer: nameOf(layer), secret: randomUUID() })
  else if (journal.heading.of !== of || ![layer.name, nameOf(layer)].includes(options.layer)) {
    throw new Failure(`'${journalPath}' is of another layer, file, judge or seed: name another --journal.`)
  }

  const split = await splitPairs(pairs, options.seed)
  const searching = searchOptions(options, layer.extends !== undefined)
  const most = mostJudgments(searching, split)
  const teller = makeTeller(process.stderr, most, journal.trials.size)
  const judgeOne = judgeThrough({
    service,
    journal,
    seed: layer,
    base,
    fields,
    signal,
    judged: teller.judged,
  })
  const bench = createBench({
    judgeOne,
    atOnce: options.concurrency,
    budget: options.budget ?? Number.POSITIVE_INFINITY,
    reserve: searching.apply ? 2 * split.test.length : 0,
  })
  const proposing = await createProposing(service, options, journal, library, signal)
  let result: SearchResult
  let test: Report['test'] = null
  try {
    result = await search(layer, split, searching, {
      judge: bench.judge,
      propose: proposing.propose,
      lint: (child) => lintLayer(child, library).map(sentenceOf),
      tell: teller.tell,
    })
    const { seed, best } = result
    if (best !== seed) {
      const found = await finalTest(seed, best, split.test, bench, searching.penalties)
      test = found && { ...found, others: layersTested(journal, split.test, [seed.hash, best.hash]) }
    }
  } finally {
    teller.stop()
  }
  if (options.groups !== undefined)
    writeGroups(options.groups, trainingGroups(proposing.groups, result.members))
  const filed = await fileResult().catch(refusedFiling)
  return {
    layer: nameOf(layer),
    pairs: { train: split.train.length, dev: split.dev.length, test: split.test.length },
    options: searching,
    stopped: result.stopped,
    generations: result.generations,
    members: result.members.map(withoutLayer),
    kept: lineOf(result).map(withoutLayer),
    best: { hash: result.best.hash, layer: result.best.layer },
    test,
    spent: { judgments: bench.judgments(), judging: bench.spent(), proposing: sumCost(proposing.costs) },
    filed,
  }

  async function fileResult(): Promise<Report['filed']> {
    const { seed, best } = result
    if (searching.apply) {
      const wanted = options.publish && best !== seed
      return { ...NOT_FILED, version: wanted ? await publish(service, result, options, signal) : null }
    }
    if (options.dryRun) return NOT_FILED
    return {
      ...NOT_FILED,
      proposals: await propose(service, result, split.dev, bench, searching, options.by),
    }
  }
}

/** A training file of recorded groups, a line each. */
function writeGroups(path: string, groups: RecordedGroup[]): void {
  writeText(path, groups.map((group) => `${JSON.stringify(group)}\n`).join(''))
}

const NOT_FILED: Report['filed'] = { version: null, proposals: [], refused: null }

/** The search is not lost with its filing. */
function refusedFiling(error: unknown): Report['filed'] {
  if (error instanceof Refusal) return { ...NOT_FILED, refused: error.message }
  throw error
}

function readLabelled(file: string, limit: number | undefined): LabelledPair[] {
  const pairs = readPairs(file).slice(0, limit)
  if (pairs.length < LEAST_PAIRS) {
    throw new Failure(
      `'${file}' has ${pairs.length} pairs, too few to learn from and choose by: give ${LEAST_PAIRS} at least.`,
    )
  }
  return pairs.map(({ id, prompt, responses, label, group }) => ({
    id,
    prompt,
    responses,
    label,
    domain: group,
  }))
}

function withoutLayer({ layer: _, ...member }: Member): Omit<Member, 'layer'> {
  return member
}
