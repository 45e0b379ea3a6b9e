import { basename } from 'node:path'
import { COMMON, GPUS, GRPO, SFT, SFT_COMMON } from './hyperparameters.ts'
import type { RubricArmOptions } from './rubric-arm.ts'
import type { Trainer } from './trainers/trainer.ts'

type About = {
  file: string
  options: RubricArmOptions
  trainer: Trainer
  url: string
}

/** The steps of a training, for the folder of an export. */
export function readme({ file, options, trainer, url }: About): string {
  const { parts, output } = options
  const files = { model: options.base, data: '', output: '' }
  const phase = trainer.config({ ...files, name: 'judge', part: 1 }, url)
  const supervised = trainer.warmUpConfig({ ...files, name: 'judge' })
  const run = (name: string) => phase.run(`part-N/${name}.${phase.extension}`)
  const warmUp = (name: string) => supervised.run(`sft/${name}.${supervised.extension}`)
  const begin = options.trajectories
    ? `Warm both models up by supervised training: \`${warmUp('judge')}\` and \`${warmUp('generator')}\`. Part 1 begins from what comes out.`
    : 'Warm both models up by supervised training; with --trajectories the data and the files that run it are written, too. Without, part 1 begins from the base model.'
  const same = [
    `--for ${options.for} --output ${output} --parts ${parts} --seed ${options.seed} --base ${options.base}`,
    ...(options.limit === undefined ? [] : [`--limit ${options.limit}`]),
    ...(options.trajectories === undefined ? [] : [`--trajectories ${basename(options.trajectories)}`]),
  ]
  const again = `plumbline export rubric-arm ${file} ${same.join(' ')} --part N --model GENERATOR`
  const python = trainer.python
    ? [
        '`plumbline_reward.py` asks for the rewards; `PLUMBLINE_URL` and `PLUMBLINE_API_KEY` tell it where and as whom. A reward that could not be made, as when the judge of the generator phase fails, ends a training that has no way to leave it out; `PLUMBLINE_ON_ERROR=0` puts a number of your own there instead.',
      ]
    : [
        'The reward URL is in the scripts; put a URL token before its path, as `http://host/k/TOKEN/rlhf/...` (`plumbline keys token` makes one), and `&on_error=0` for a number of your own where a reward could not be made.',
      ]
  return `# Rubric-ARM by ${options.for}

Written by \`plumbline export rubric-arm\` from ${file}: ${parts} disjoint parts, each with a judge phase and a generator phase, in this order (swapped, the paper loses 2.4 points). Rewards come from Plumbline at ${url}.

${python.join('\n')}

## Steps

0. ${begin}
1. For N = 1 to ${parts}:
   1. Serve the generator as it now is, behind an OpenAI-compatible URL, as an entry of \`PLUMBLINE_MODELS\` with \`"judges": "here"\`. Write the judge phase with its rubrics: \`${again}\`. Each prompt gets one rubric, used for all steps of the phase; the order of each pair is shuffled. A run that was stopped goes on from \`rubrics.jsonl\`.
   2. Train the judge: \`${run('judge')}\`. Its reward is R_acc + R_fmt, 0 to 2.
   3. Serve the judge that comes out, as Plumbline's default model, and train the generator: \`${run('generator')}\`. Its reward is 1 where that judge, asked once and greedily, is right by its rubric, else 0.

The model of part N is what part N - 1 wrote: the judge's lies at \`${trainer.saved('checkpoints/part-N-judge')}\`. Batch sizes are for ${GPUS} GPUs.

## Settings of the paper (its Tables 9 to 11)

| | generator | judge |
|---|---|---|
| completions a prompt (G) | ${GRPO.generator.group} | ${GRPO.judge.group} |
| completions a batch | ${GRPO.generator.group * GRPO.generator.prompts} | ${GRPO.judge.group * GRPO.judge.prompts} |
| tokens a completion | ${GRPO.generator.completion} | ${GRPO.judge.completion} |

Learning rate ${COMMON.learningRate}, temperature ${COMMON.temperature}, ${COMMON.innerIterations} inner iterations, ${COMMON.epochs} epoch a phase, clip ${COMMON.clipLow} / ${COMMON.clipHigh}, KL ${COMMON.klBeta}, thinking off. Warm-up as OpenRubrics did it: generator ${SFT.generator.epochs} epoch, batch ${SFT.generator.batch}, learning rate ${SFT.generator.learningRate}, ${SFT.generator.cutoff} tokens; judge ${SFT.judge.epochs} epochs, batch ${SFT.judge.batch}, ${SFT.judge.learningRate}, ${SFT.judge.cutoff} tokens; ${SFT_COMMON.scheduler} with ${SFT_COMMON.warmUp} warm-up.

Our reconstruction, since the paper does not say: the rule and value of R_fmt (1 for the whole form, else 0); that the order shown to the greedy judge in the generator phase is drawn for each pair; that the batch counts completions.

## Of this trainer

- The options are those of ${trainer.version}, whose own parsers take them. No training at full size was run with them.
${trainer.notes.map((note) => `- ${note}`).join('\n')}
`
}
