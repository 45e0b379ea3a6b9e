import { coverageCurve, thresholdFor } from '../../shared/calibration/abstention.ts'
import {
  brierScore,
  expectedCalibrationError,
  type Forecast,
  reliabilityCurve,
} from '../../shared/calibration/forecast.ts'
import { fitTemperature, scaled } from '../../shared/calibration/temperature.ts'
import type { Finding } from '../finding.ts'
import { type Judged, type Section, winnerOf } from './audit.ts'

const THRESHOLDS = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]

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
    const limit = { atMost: 0.1 }
    const few = temperature === null ? { note: 'ten labelled pairs are needed' } : {}
    return {
      findings: [
        figure('expected calibration error', errorOf(forecasts), forecasts.length, { limit }),
        figure('Brier score', brierScore(forecasts), forecasts.length),
        figure('temperature', temperature, seen.length, few),
        figure('error on unseen pairs, as it is', errorOf(unseen), unseen.length),
        figure('error on unseen pairs, at the temperature', errorOf(mended), mended.length, few),
        figure(
          `confidence from which ${target * 100} % are right`,
          thresholdFor(forecasts, target),
          forecasts.length,
          {
            note: 'null: no threshold gets there',
          },
        ),
      ],
      detail: {
        reliability: reliabilityCurve(forecasts),
        coverage: coverageCurve(forecasts, THRESHOLDS),
        model_entry: temperature === null ? null : { calibration: { temperature, pairs: seen.length } },
      },
    }
  },
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
