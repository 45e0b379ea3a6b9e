/** LaTeX commands that stand for one sign. The double-struck curly brackets are those of a set: `{` only groups. */
export const SIGNS = new Map(
  Object.entries({
    '*': 'cdot times ast',
    '/': 'div',
    '±': 'pm',
    '∓': 'mp',
    '<': 'lt',
    '>': 'gt',
    '≤': 'le leq leqslant',
    '≥': 'ge geq geqslant',
    '≠': 'ne neq',
    '≈': 'approx simeq sim',
    '=': 'equiv',
    '∈': 'in',
    '∪': 'cup',
    '∩': 'cap',
    '∖': 'setminus backslash',
    '∞': 'infty',
    '∅': 'emptyset varnothing',
    '°': 'circ degree',
    '|': 'mid vert lvert rvert',
    '⦃': '{ lbrace',
    '⦄': '} rbrace',
    '⌊': 'lfloor',
    '⌋': 'rfloor',
    '⌈': 'lceil',
    '⌉': 'rceil',
    '(': 'langle lparen',
    ')': 'rangle rparen',
    '[': 'lbrack',
    ']': 'rbrack',
    '%': '%',
    $: '$',
    '&': '&',
    ':': 'colon',
    '…': 'ldots dots cdots dotsc',
  }).flatMap(([sign, commands]) => commands.split(' ').map((command): [string, string] => [command, sign])),
)

/** Signs that have more than one writing outside LaTeX. */
export const WRITINGS: [RegExp, string][] = [
  [/[\u2212\u2012-\u2014]/g, '-'],
  [/[×·⋅∙∗]/g, '*'],
  [/÷/g, '/'],
  [/<=|=<|⩽/g, '≤'],
  [/>=|⩾/g, '≥'],
  [/!=|<>/g, '≠'],
  [/\+\/-|\+-(?=\s?\d)/g, '±'],
  [/\*\*/g, '^'],
  [/[\u00a0\u2000-\u200b\u202f\u205f\ufeff]/g, ' '],
  [/π/g, ' pi '],
  [/√/g, ' sqrt '],
  [/∛/g, ' cbrt '],
  [/∣/g, '|'],
  [/½/g, '\\frac{1}{2}'],
  [/¼/g, '\\frac{1}{4}'],
  [/¾/g, '\\frac{3}{4}'],
  [/⅓/g, '\\frac{1}{3}'],
  [/⅔/g, '\\frac{2}{3}'],
]

/** Commands that change how something looks, not what it is. */
export const IGNORED = new Set(
  'left right big Big bigg Bigg bigl bigr Bigl Bigr displaystyle textstyle angle triangle quad qquad limits hline rm bf it , ; ! :'
    .split(' ')
    .concat(' '),
)

/** Commands whose argument is text, or letters in another face. */
export const TEXTS = new Set(
  'text textbf textit textrm texttt mbox hbox mathrm mathbf mathit mathsf mathcal mathbb operatorname boldsymbol'.split(
    ' ',
  ),
)

export const FUNCTIONS = new Set(
  (
    'sin cos tan cot sec csc arcsin arccos arctan asin acos atan sinh cosh tanh log ln lg exp ' +
    'gcd lcm max min abs sqrt cbrt floor ceil det'
  ).split(' '),
)

/** Words for names and signs in plain text; the Greek letters are commands as well. */
export const GREEK = new Set(
  (
    'alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau ' +
    'phi varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega pi ell'
  ).split(' '),
)
