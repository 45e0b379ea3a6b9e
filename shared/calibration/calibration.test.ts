import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coverageCurve, thresholdFor } from './abstention.ts'
import { brierScore, expectedCalibrationError, type Forecast, reliabilityCurve } from './forecast.ts'
import { fitTemperature, scaled, TEMPERATURE_RANGE } from './temperature.ts'

const forecast = fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), right: fc.boolean() })

/** `of` forecasts of one confidence, `right` of them right. */
const repeated = (confidence: number, right: number, of: number): Forecast[] =>
  Array.from({ length: of }, (_, index) => ({ confidence, right: index < right }))

describe('reliability', () => {
  it('is without error where each confidence comes true as often as it says', () => {
    const honest = [...repeated(0.25, 5, 20), ...repeated(0.75, 15, 20)]
    expect(expectedCalibrationError(reliabilityCurve(honest))).toBeCloseTo(0, 12)
    expect(brierScore(honest)).toBeCloseTo(0.1875, 12)
  })

  it('is off by the whole difference where a judge is always sure and half right', () => {
    const sure = repeated(1, 5, 10)
    expect(expectedCalibrationError(reliabilityCurve(sure))).toBe(0.5)
    expect(reliabilityCurve(sure).at(-1)).toEqual({
      from: 0.9,
      to: 1,
      count: 10,
      confidence: 1,
      accuracy: 0.5,
    })
  })

  it('counts every forecast in one bin, and has no figure of none', () => {
    fc.assert(
      fc.property(fc.array(forecast), (all) => {
        const counted = reliabilityCurve(all).reduce((sum, { count }) => sum + count, 0)
        expect(counted).toBe(all.length)
      }),
    )
    expect(brierScore([])).toBeNull()
    expect(expectedCalibrationError(reliabilityCurve([]))).toBeNull()
  })
})

describe('temperature', () => {
  it('finds the temperature that made the confidences', () => {
    const honest = [0.6, 0.7, 0.8, 0.9].flatMap((p) => repeated(p, p * 1000, 1000))
    const sharpened = honest.map(({ confidence, right }) => ({ confidence: scaled(confidence, 0.4), right }))
    expect(fitTemperature(honest)).toBeCloseTo(1, 3)
    expect(fitTemperature(sharpened)).toBeCloseTo(2.5, 2)
  })

  it('goes to the end of its range where confidence says nothing or the opposite', () => {
    expect(fitTemperature([...repeated(0.9, 50, 100), ...repeated(0.6, 50, 100)])).toBeCloseTo(
      TEMPERATURE_RANGE.max,
      3,
    )
    expect(fitTemperature(repeated(0.9, 0, 100))).toBeCloseTo(TEMPERATURE_RANGE.max, 3)
  })

  it('never makes the calibration data less likely, keeps order and stays in [0, 1]', () => {
    fc.assert(
      fc.property(fc.array(forecast, { minLength: 10 }), (all) => {
        const temperature = fitTemperature(all) ?? Number.NaN
        const nats = (at: number) =>
          all.reduce((sum, { confidence, right }) => {
            const p = scaled(confidence, at)
            return sum - Math.log(right ? p : 1 - p)
          }, 0)
        expect(nats(temperature)).toBeLessThanOrEqual(nats(1) + 1e-9)
        expect(scaled(0.2, temperature)).toBeLessThanOrEqual(scaled(0.8, temperature))
      }),
    )
    expect(fitTemperature(repeated(0.5, 1, 9))).toBeNull()
  })
})

describe('abstention', () => {
  const ranked = [...repeated(0.9, 9, 10), ...repeated(0.6, 5, 10)]

  it('trades answers for accuracy', () => {
    expect(coverageCurve(ranked, [0, 0.7, 0.95])).toEqual([
      { threshold: 0, coverage: 1, accuracy: 0.7 },
      { threshold: 0.7, coverage: 0.5, accuracy: 0.9 },
      { threshold: 0.95, coverage: 0, accuracy: null },
    ])
  })

  it('finds the lowest threshold that is right often enough, or none', () => {
    expect(thresholdFor(ranked, 0.9)).toBe(0.9)
    expect(thresholdFor(ranked, 0.7)).toBe(0.6)
    expect(thresholdFor(ranked, 0.95)).toBeNull()
  })
})
