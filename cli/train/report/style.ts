/** Light and dark by the reader's setting, one column on a phone; nothing is fetched. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1b1b; --soft: #666; --line: #ddd; --paper: #fff; --panel: #f6f6f6 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --soft: #9a9a9a; --line: #3a3a3a; --paper: #151515; --panel: #1f1f1f }
}
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 76rem; color: var(--ink); background: var(--paper);
  font: 15px/1.45 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: .5rem 0 }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line) }
h3, h4 { margin: 1rem 0 .25rem; font-size: 1rem }
h4, .about, figcaption span, .begin { color: var(--soft); font-size: .85rem; font-weight: normal }
.about { margin: .2rem 0 }
.state { padding: .1rem .5rem; border: 1px solid currentColor; border-radius: 1rem; font-size: .85rem;
  font-weight: normal; vertical-align: middle }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .2rem 1rem; margin: .5rem 0 }
dt { color: var(--soft) }
dd { margin: 0 }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1rem }
figure { margin: 0; padding: .6rem; background: var(--panel); border-radius: .4rem; min-width: 0 }
figure > svg { width: 100%; height: auto; display: block }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1rem; padding: 0; margin: .4rem 0; font-size: .85rem }
.sample { border-bottom: 1px solid var(--line); padding: .3rem 0 }
summary { cursor: pointer }
.sample > summary { white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.reward { font-variant-numeric: tabular-nums }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; padding: .6rem; background: var(--panel);
  border-radius: .4rem; font: 13px/1.4 ui-monospace, monospace; max-height: 24rem; overflow-y: auto }
.table { overflow-x: auto }
table { border-collapse: collapse; font-size: .9rem }
td, th { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
`
