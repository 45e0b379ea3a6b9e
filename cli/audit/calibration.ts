import { coverageCurve, thresholdFor } from '../../shared/calibration/abstention.ts'
import {
  brierScore,
  expectedCalibrationError,
  type Forecast,
  reliabilityCurve,
} from '../../shared/calibration/forecast.ts'
import { fitTemperature, scaled, TEMPERATURE_RANGE } from '../../shared/calibration/temperature.ts'
import type { Finding } from '../finding.ts'
import { type Judged, type Section, winnerOf } from './audit.ts'

const THRESHOLDS = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]

const TOO_FEW = 'twenty winners on labelled pairs are needed'

/** A temperature this near to the end of its range says that no temperature mends the confidence. */
const HOPELESS = 0.99 * TEMPERATURE_RANGE.max

/**
 * Whether confidence means what it says: the reliability curve against the labels, the temperature that would mend
 * it, and the threshold from which on enough of the answers are right. The temperature is fitted on every other
 * pair, and the error after it is that of the rest, which it has not seen.
 */
export const calibration: Section = {
  name: 'calibration',
  async run({ judged, settings: { target } }) {
    const forecasts = judged.flatMap(forecastOf)
    const [seen, unseen] = [
      forecasts.filter((_, at) => at % 2 === 0),
      forecasts.filter((_, at) => at % 2 === 1),
    ]
    const temperature = fitTemperature(seen)
    const mended = unseen.map(({ confidence, right }) => ({
      confidence: temperature === null ? confidence : scaled(confidence, temperature),
      right,
    }))
    const already = judged.some(({ answer }) => answer.judgment?.calibrated === true)
    const threshold = thresholdFor(forecasts, target)
    const figure = (
      name: string,
      value: number | null,
      of: number,
      rest: Partial<Finding> = {},
    ): Finding => ({
      name,
      value,
      unit: 'index',
      of,
      ...rest,
    })
    const few = temperature === null ? { note: TOO_FEW } : {}
    const answered = forecasts.filter(({ confidence }) => confidence >= (threshold ?? 2)).length
    const reach = threshold === null ? 'no threshold gets there' : `${answered} of them are that sure`
    return {
      findings: [
        figure('expected calibration error', errorOf(forecasts), forecasts.length, {
          limit: { atMost: 0.1 },
        }),
        figure('Brier score', brierScore(forecasts), forecasts.length),
        figure('temperature', temperature, seen.length, { note: adviceOf(temperature, already) }),
        figure('error on unseen pairs, as it is', errorOf(unseen), unseen.length),
        figure(
          'error on unseen pairs, at the temperature',
          temperature === null ? null : errorOf(mended),
          mended.length,
          few,
        ),
        figure(
          `confidence from which ${+(target * 100).toFixed(2)} % are right`,
          threshold,
          forecasts.length,
          { note: reach },
        ),
      ],
      detail: {
        reliability: reliabilityCurve(forecasts),
        coverage: coverageCurve(forecasts, THRESHOLDS),
        model_entry:
          temperature === null || already || temperature > HOPELESS
            ? null
            : { calibration: { temperature, pairs: seen.length } },
      },
    }
  },
}

/** What to do with a temperature, as the note beside it. */
function adviceOf(temperature: number | null, already: boolean): string {
  if (temperature === null) return TOO_FEW
  if (temperature > HOPELESS) return 'confidence says nothing of what is right'
  if (already) return 'on top of the entry’s own calibration: its temperature times this'
  return `in the model entry: "calibration": {"temperature": ${temperature.toFixed(3)}}`
}

/** The confidence of a winner and whether the label says the same; nothing of ties and of verifiers. */
export function forecastOf({ pair, answer }: Judged): Forecast[] {
  const winner = winnerOf(answer)
  const confidence = answer.judgment?.confidence ?? null
  if (winner === null || winner === 'tie' || pair.label === 'tie' || confidence === null) return []
  if (answer.judgment?.decided_by === 'verifier') return []
  return [{ confidence, right: winner === pair.label }]
}

const errorOf = (forecasts: Forecast[]) => expectedCalibrationError(reliabilityCurve(forecasts))
