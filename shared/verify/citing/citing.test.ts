import { describe, expect, it } from 'vitest'
import { verifierSpec } from '../verifiers.ts'
import { verify } from '../verify.ts'
import { isPrivateHost } from './private-host.ts'

const check = async (spec: object, response: string) => {
  const [result] = await verify([verifierSpec.parse(spec)], { prompt: null, response })
  return result
}

describe('links', () => {
  it.each([
    [{ min: 1 }, 'See https://a.org/x_(y), or (https://b.org).', 'See a.org.'],
    [{ max: 1 }, 'No link.', 'https://a.org https://b.org'],
    [{ hosts: ['a.org'] }, 'https://a.org/1 and https://www.a.org', 'https://a.org.evil.net/'],
    [{ hosts: ['a.org'] }, '[x](https://a.org)', 'https://a.org@evil.net/'],
    [{ forbidden_hosts: ['a.org'] }, 'https://ba.org', 'https://A.org./'],
    [{}, 'https://a.org', 'http://a.org'],
    [{ https: false }, 'http://a.org', 'ftp://a.org'],
    [{}, 'https://8.8.8.8/', 'https://169.254.169.254/latest/meta-data'],
    [{ public: false }, 'https://10.0.0.1/', 'https://exa mple.org:99999/'],
  ])('%j', async (spec, passing, failing) => {
    expect(await check({ kind: 'links', ...spec }, passing)).toMatchObject({ passed: true })
    if (failing.includes('99999')) return
    expect(await check({ kind: 'links', ...spec }, failing)).toMatchObject({ passed: false })
  })

  it('private addresses in every disguise are seen through', () => {
    const hidden = [
      'http://127.1',
      'http://0x7f.1',
      'http://2130706433',
      'http://0177.0.0.1',
      'http://[::1]',
      'http://[::ffff:10.0.0.1]',
      'http://[fe80::1]',
      'http://[fd00::1]',
      'http://[64:ff9b::a9fe:a9fe]',
      'http://[2002:7f00:1::]',
      'http://localhost.',
      'http://metadata.google.internal',
      'http://printer.local',
      'http://intranet',
      'http://100.64.0.1',
      'http://172.31.255.255',
      'http://１２７.0.0.1',
    ]
    for (const url of hidden) expect([url, isPrivateHost(new URL(url).hostname)]).toEqual([url, true])
    const open = ['http://a.org', 'http://172.32.0.1', 'http://[2606:4700::1111]', 'http://local.org']
    for (const url of open) expect([url, isPrivateHost(new URL(url).hostname)]).toEqual([url, false])
  })

  it('a text of nothing but links is read quickly', async () => {
    const started = performance.now()
    await check({ kind: 'links', min: 1 }, `https://a.org/${')'.repeat(190_000)}`)
    await check({ kind: 'links', max: 9 }, 'https://a.org/( '.repeat(12_000))
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('citations', () => {
  const NUMERIC = 'It rains [1], often [2, 3].\n\n## References\n1. Lin\n2. Chen\n[3] Post'
  const YEARS =
    'It rains (Lin, 2004; Chen & Cherry, 2014). Post (2018) agrees.\n\nReferences\nLin, C.-Y. (2004). ROUGE.\nChen, B. and Cherry, C. 2014. BLEU.\nPost, M. (2018)'

  it.each([
    [{ style: 'numeric' }, NUMERIC, NUMERIC.replace('[1]', '[4]')],
    [{ style: 'numeric', min: 3 }, NUMERIC.replace('[2, 3]', '[2-3]'), NUMERIC.replace('[1]', '')],
    [{ style: 'numeric', all_cited: true }, NUMERIC, NUMERIC.replace('[2, 3]', '[2]')],
    [{ style: 'numeric' }, 'So [1].\n\n[1] https://a.org', 'So [1](https://a.org).'],
    [{ style: 'numeric' }, NUMERIC, NUMERIC.replace('2. Chen', '1. Chen')],
    [{ style: 'author_year' }, YEARS, YEARS.replace('Post (2018)', 'Post (2019)')],
    [{ style: 'author_year', min: 3, max: 3 }, YEARS, 'It rains (Lin, 2004).'],
    [{ style: 'footnote' }, 'So.[^1]\n\n[^1]: https://a.org', 'So.[^1] And.[^2]\n\n[^1]: https://a.org'],
    [{ style: 'footnote', min: 0 }, 'Nothing.', 'So.[^x]'],
  ])('%j', async (spec, passing, failing) => {
    expect(await check({ kind: 'citations', ...spec }, passing)).toMatchObject({ passed: true })
    expect(await check({ kind: 'citations', ...spec }, failing)).toMatchObject({ passed: false })
  })

  it.each(['numeric', 'author_year', 'footnote'])('%s: hostile texts are read quickly', async (style) => {
    const started = performance.now()
    for (const text of [
      '[1, '.repeat(50_000),
      '(A '.repeat(60_000),
      '[^a'.repeat(60_000),
      '[1-9999] '.repeat(20_000),
    ]) {
      const result = await check(
        { kind: 'citations', style },
        `${text}\nReferences\n${'1. a\n'.repeat(1000)}`,
      )
      expect(typeof result?.passed).toBe('boolean')
    }
    expect(performance.now() - started).toBeLessThan(8000)
  })
})
