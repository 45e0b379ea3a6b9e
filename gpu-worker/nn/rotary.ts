import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Checkpoint } from '../weights/checkpoint.ts'
import type { DecoderConfig } from './decoder-config.ts'
import { type Family, type Sizes, settingKey } from './families/family.ts'

/**
 * How a checkpoint's heads turn with their positions. `factors` are the values of its tensor `rope_freqs.weight`,
 * where it has one: what GGUF gives in place of llama 3's scaling.
 */
export function readRotary(
  checkpoint: Checkpoint,
  family: Family,
  sizes: Sizes,
  factors: Float32Array | null,
): Pick<DecoderConfig, 'frequencies' | 'local'> {
  if (checkpoint.tensors.has('rope_freqs.weight') && !factors) {
    throw new TypeError('rope_freqs.weight changes the frequencies: its values must be read')
  }
  const local = family.local?.(checkpoint, sizes) ?? null
  const plain = frequencies(theta(checkpoint, family), sizes.headSize)
  const scaled = scale(checkpoint, plain)
  return {
    frequencies: factors ? scaled.map((frequency, i) => frequency / (factors[i] ?? Number.NaN)) : scaled,
    local: local && {
      layers: local.layers,
      window: local.window,
      frequencies: frequencies(local.theta, sizes.headSize),
    },
  }
}

/** theta^(-2i / headSize) for each channel i of a half (arXiv 2104.09864, section 3.2.2). */
function frequencies(theta: number, headSize: number): number[] {
  return Array.from({ length: headSize / 2 }, (_, i) => theta ** ((-2 * i) / headSize))
}

/** Where config.json keeps a value of the rotation: of late in `rope_parameters`, for each kind of layer if there are several. */
const PLACES = ['rope_parameters.full_attention', 'rope_parameters', 'rope_scaling']

function theta(checkpoint: Checkpoint, { theta: fallback }: Family): number {
  const { settings, format } = checkpoint
  if (format === 'gguf') return settings.number(settingKey(checkpoint, 'rope.freq_base'), fallback)
  const keys = ['rope_theta', ...PLACES.map((place) => `${place}.rope_theta`)]
  return settings.number(keys.find((key) => settings.has(key)) ?? 'rope_theta', fallback)
}

function scale(checkpoint: Checkpoint, plain: readonly number[]): number[] {
  const { settings, format, path } = checkpoint
  const places = format === 'gguf' ? [settingKey(checkpoint, 'rope.scaling')] : PLACES
  const key = (name: string) => {
    const place = places.find((known) => settings.has(`${known}.${name}`))
    return `${place ?? places[0]}.${name}`
  }
  const type = settings.string(key('rope_type'), settings.string(key('type'), 'none'))
  const number = (name: string) => settings.number(key(name))
  switch (type) {
    case 'none':
    case 'default':
      return [...plain]
    case 'linear':
      return plain.map((frequency) => frequency / number('factor'))
    case 'llama3':
      return plain.map((frequency) =>
        llama3(frequency, {
          factor: number('factor'),
          low: number('low_freq_factor'),
          high: number('high_freq_factor'),
          trained: number('original_max_position_embeddings'),
        }),
      )
  }
  throw new PlumblineError(
    'not_configured',
    `${path} scales its rotary frequencies by ${type}; use a model that scales them by linear or llama3, or not at all.`,
  )
}

/**
 * Llama 3's scaling: a frequency whose wave is longer than `trained / low` is divided by the factor, one whose wave
 * is shorter than `trained / high` is left, and between them the two are mixed.
 */
function llama3(
  frequency: number,
  { factor, low, high, trained }: { factor: number; low: number; high: number; trained: number },
): number {
  const wave = (2 * Math.PI) / frequency
  const share = Math.min(1, Math.max(0, (trained / wave - low) / (high - low)))
  return (1 - share) * (frequency / factor) + share * frequency
}
