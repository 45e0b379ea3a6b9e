/** A complex number and a bound on how far rounding may have moved it. */
export type Complex = { re: number; im: number; error: number }

const EPSILON = 2 ** -52

export const real = (re: number, error = Math.abs(re) * EPSILON): Complex => ({ re, im: 0, error })
export const size = ({ re, im }: Complex) => Math.hypot(re, im)

const rounded = (re: number, im: number, error: number): Complex => ({
  re,
  im,
  error: error + Math.hypot(re, im) * EPSILON,
})

export const plus = (a: Complex, b: Complex) => rounded(a.re + b.re, a.im + b.im, a.error + b.error)

export const times = (a: Complex, b: Complex) =>
  rounded(
    a.re * b.re - a.im * b.im,
    a.re * b.im + a.im * b.re,
    a.error * size(b) + b.error * size(a) + 2 * EPSILON * size(a) * size(b),
  )

type Map = (z: Complex) => Complex

const bare = (re: number, im: number): Complex => ({ re, im, error: 0 })

/** A function with the bound that its argument's own bound comes to. */
const tracked =
  (run: Map): Map =>
  (z) => {
    const value = run(z)
    const after = run({ ...z, re: z.re + z.error })
    const moved = Number.isNaN(after.re) ? run({ ...z, re: z.re - z.error }) : after
    const error = size(bare(moved.re - value.re, moved.im - value.im))
    return { ...value, error: 2 * error + 4 * EPSILON * size(value) }
  }

const bareExp: Map = ({ re, im }) =>
  im === 0 ? bare(Math.exp(re), 0) : bare(Math.exp(re) * Math.cos(im), Math.exp(re) * Math.sin(im))
const bareLog: Map = (z) => bare(Math.log(size(z)), Math.atan2(z.im, z.re))
const bareSin: Map = ({ re, im }) =>
  im === 0 ? bare(Math.sin(re), 0) : bare(Math.sin(re) * Math.cosh(im), Math.cos(re) * Math.sinh(im))
const bareCos: Map = ({ re, im }) =>
  im === 0 ? bare(Math.cos(re), 0) : bare(Math.cos(re) * Math.cosh(im), -Math.sin(re) * Math.sinh(im))
const bareRoot: Map = (z) => {
  if (z.im === 0) return z.re < 0 ? bare(0, Math.sqrt(-z.re)) : bare(Math.sqrt(z.re), 0)
  const [length, angle] = [Math.sqrt(size(z)), Math.atan2(z.im, z.re) / 2]
  return bare(length * Math.cos(angle), length * Math.sin(angle))
}

/** A real function where it is defined, elsewhere no value: complex arguments of these do not occur in answers. */
const onReals = (run: (x: number) => number): Map =>
  tracked(({ re, im }) => (im === 0 ? bare(run(re), 0) : bare(Number.NaN, 0)))

export const exp = tracked(bareExp)
export const log = tracked(bareLog)
export const sin = tracked(bareSin)
export const cos = tracked(bareCos)
export const squareRoot = tracked(bareRoot)
export const arcsin = onReals(Math.asin)
export const arccos = onReals(Math.acos)
export const arctan = onReals(Math.atan)
export const sinh = onReals(Math.sinh)
export const cosh = onReals(Math.cosh)
export const tanh = onReals(Math.tanh)
export const cbrt = onReals(Math.cbrt)
export const floor = onReals(Math.floor)
export const ceil = onReals(Math.ceil)
export const gamma = onReals(gammaOf)
export const magnitude: Map = (z) => ({ re: size(z), im: 0, error: z.error + size(z) * EPSILON })

export function inverse(z: Complex): Complex {
  const square = z.re * z.re + z.im * z.im
  if (size(z) <= z.error) return bare(Number.NaN, 0)
  return rounded(z.re / square, -z.im / square, z.error / square + (2 * EPSILON) / size(z))
}

/** The principal value; whole powers of real numbers without the logarithm. */
export function raise(base: Complex, exponent: Complex): Complex {
  if (exponent.im === 0 && exponent.error <= EPSILON * Math.abs(exponent.re)) {
    if (exponent.re === -1) return inverse(base)
    if (base.im === 0 && (base.re >= 0 || Number.isInteger(exponent.re))) {
      return onReals((x) => x ** exponent.re)(base)
    }
    if (exponent.re === 0.5) return squareRoot(base)
    if (Number.isInteger(exponent.re) && Math.abs(exponent.re) <= 64) {
      const step = exponent.re < 0 ? inverse(base) : base
      let result = real(1, 0)
      for (let count = Math.abs(exponent.re); count > 0; count--) result = times(result, step)
      return result
    }
  }
  if (size(base) === 0) return exponent.re > 0 ? base : bare(Number.NaN, 0)
  return exp(times(exponent, log(base)))
}

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** Lanczos's approximation of the gamma function (g = 7, 9 terms), good to about 14 digits. */
function gammaOf(x: number): number {
  if (x < 0.5) {
    const sine = Math.sin(Math.PI * x)
    return Number.isInteger(x) ? Number.NaN : Math.PI / (sine * gammaOf(1 - x))
  }
  const series = LANCZOS.reduce((total, weight, index) => total + weight / (x + index), 0.99999999999980993)
  const shifted = x + 6.5
  return Math.sqrt(2 * Math.PI) * shifted ** (x - 0.5) * Math.exp(-shifted) * series
}
