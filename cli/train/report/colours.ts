/** Of phases, by their place: told apart by people who see few colours (Okabe and Ito), and clear of white and of black. */
const PALETTE = ['#0b84c6', '#d55e00', '#009e73', '#b5679a', '#b8860b', '#6a7fdb', '#3aa6a6', '#8a8a8a']

export const colourOf = (place: number): string => PALETTE[place % PALETTE.length] ?? 'currentColor'
