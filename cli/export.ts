import { Command, Option } from 'commander'
import { type DpoOptions, exportDpo } from './export/dpo.ts'
import { exportRubricArm, type RubricArmOptions } from './export/rubric-arm.ts'
import { TRAINERS } from './export/trainers/trainers.ts'
import { reportFailures } from './failure.ts'
import { addJudgingOptions, toCount, toNumber } from './judging-options.ts'

/** `plumbline export`: what trainers elsewhere need. */
export function exportCommand(): Command {
  return new Command('export')
    .description('Write training data and configuration for trainers.')
    .addCommand(rubricArmCommand())
    .addCommand(dpoCommand())
}

function rubricArmCommand(): Command {
  return new Command('rubric-arm')
    .description(
      'Write the phases of a Rubric-ARM training from labelled pairs, with the settings of the paper.',
    )
    .argument('<file>', 'labelled pairs, as eval reads them')
    .addOption(
      new Option('--for <trainer>', 'the trainer').choices(Object.keys(TRAINERS)).makeOptionMandatory(),
    )
    .option('--output <folder>', 'where to write to', 'rubric-arm')
    .option('--parts <n>', 'disjoint parts that the pairs are cut into', toCount, 3)
    .option('--part <n>', 'the part whose judge phase is written: its rubrics are asked for now', toCount, 1)
    .option('--model <id>', 'the model entry whose generator writes the rubrics')
    .option(
      '--rubrics <path>',
      'rubrics that are there already: lines {"id": pair, "rubric": text or object}',
    )
    .option('--trajectories <path>', 'warm-up data: lines {"id": pair, "rubric", "trajectory", "order"?}')
    .option('--base <model>', 'what the judge and the generator start from', 'Qwen/Qwen3-8B')
    .option('--url <url>', 'where the trainer finds the service (default: PLUMBLINE_URL)')
    .option('--seed <n>', 'seed of the cut and of the shuffled orders', toNumber, 0)
    .option('--limit <n>', 'only the first n pairs', toCount)
    .option('--concurrency <n>', 'pairs asked for at once', toCount, 4)
    .option('--retry-nulls', 'ask again for rubrics that failed')
    .action((file: string, options: RubricArmOptions) =>
      reportFailures(false, () => exportRubricArm(file, options)),
    )
}

function dpoCommand(): Command {
  const command = new Command('dpo')
    .description('Judge pairs of responses in both orders and keep those on which the orders agree, for DPO.')
    .argument('<file>', 'lines {"id"?, "prompt", "responses": [a, b]}')
    .addOption(
      new Option('--for <trainer>', 'the trainer').choices(['trl', 'openrlhf', 'ms-swift']).default('trl'),
    )
    .option('--output <path>', 'the pairs that were kept', 'dpo.jsonl')
    .option('--limit <n>', 'only the first n pairs', toCount)
    .option('--concurrency <n>', 'pairs judged at once', toCount, 4)
    .option('--retry-nulls', 'judge pairs again that were left without a winner')
  return addJudgingOptions(command).action((file: string, options: DpoOptions) =>
    reportFailures(false, () => exportDpo(file, options)),
  )
}
