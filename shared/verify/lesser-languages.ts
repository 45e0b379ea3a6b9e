const NEPALI = wordSet(
  'र छ छन् हो हुन् हुन्छ गर्न गर्नु गर्छ पनि भएको थियो यो यस त्यो तपाईं तपाईंको हामी मेरो लागि छैन गरेको सक्नुहुन्छ भने धेरै यी छु छौं गर्ने हुने तर',
)
const HINDI_OR_MARATHI = wordSet(
  'है हैं का की के में और से यह था थी थे नहीं आप हम मैं लिए कि भी एक आहे आणि आहेत नाही मध्ये हे ते ही तो या करण्यासाठी',
)
const SWAHILI = wordSet(
  'ya wa kwa katika kuwa yako hii hiyo pia lakini sana vya zaidi wako ambayo kama kwamba za cha ni na au wao yangu mimi wewe yetu hivyo huu wakati watu jambo habari nina kila',
)
/** Of a Swahili text, more than a fifth is words of the list; other languages share only a few of its shortest. */
const SWAHILI_SHARE = 0.15
const SWAHILI_KINDS = 3

/** The language that the table takes for another: Nepali for Hindi or Marathi, Swahili for anything in Latin letters. */
export function lesserKnown(text: string, detected: string): 'ne' | 'sw' | null {
  const words =
    text
      .slice(0, 5_000)
      .toLowerCase()
      .match(/[\p{L}\p{M}]+/gu) ?? []
  if (detected === 'hi' || detected === 'mr') {
    const nepali = words.filter((word) => NEPALI.has(word)).length
    const other = words.filter((word) => HINDI_OR_MARATHI.has(word)).length
    return nepali > other ? 'ne' : null
  }
  const swahili = words.filter((word) => SWAHILI.has(word))
  const telling = swahili.length >= SWAHILI_SHARE * words.length && new Set(swahili).size >= SWAHILI_KINDS
  return telling ? 'sw' : null
}

function wordSet(words: string): Set<string> {
  return new Set(words.split(' '))
}
