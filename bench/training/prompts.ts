/** Requests of everyday length, for runs whose texts don't matter. */
export const PROMPTS = [
  'Explain in two sentences why the sky is blue.',
  'Write a short note that declines an invitation to a party.',
  'Name three things to check before a long drive, with a reason for each.',
  'Describe the taste of a lemon to somebody who never had one.',
  'Give me a recipe for pancakes for two people.',
  'What is the difference between weather and climate?',
  'Suggest a title and a first sentence for a story about a lighthouse.',
  'How do I remove a coffee stain from a shirt?',
]
