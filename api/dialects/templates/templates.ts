import type { ChatTemplate } from './template.ts'
import { ofHarmony, systemInside, toolResponses, withoutDates, withoutMarks } from './turns.ts'

const EOS = ['</s>', '<|endoftext|>', '<|end_of_text|>', '<｜end▁of▁sentence｜>', '<eos>', '[EOS]']

/**
 * The chat templates that are read back, the ones with unmistakable headers first. The forms are those that the models'
 * own tokenizers print (test/fixtures/chat-templates.json).
 */
export const TEMPLATES: readonly ChatTemplate[] = [
  {
    name: 'ChatML: Qwen, Yi, Phi-4, SmolLM, OLMo 3, Falcon-H1, Nemotron, Hermes, LFM',
    header: /<\|im_start\|>(system|developer|user|assistant|tool)(?:\n|<\|im_sep\|>)/g,
    closing: ['<|im_end|>', '<|endoftext|>'],
    turn: toolResponses,
  },
  {
    name: 'Llama 3',
    header: /<\|start_header_id\|>(system|user|assistant|tool|ipython)<\|end_header_id\|>\n\n/g,
    closing: ['<|eot_id|>', '<|eom_id|>', '<|end_of_text|>'],
    turn: withoutDates,
  },
  {
    name: 'Llama 4',
    header: /<\|header_start\|>(system|user|assistant|tool|ipython)<\|header_end\|>\n\n/g,
    closing: ['<|eot|>', '<|eom|>', '<|end_of_text|>'],
  },
  {
    name: 'GLM-4',
    begins: '[gMASK]<sop>',
    header: /<\|(system|user|assistant|observation)\|>\n?/g,
    closing: ['<|endoftext|>'],
    trim: true,
    headersStop: true,
    turn: toolResponses,
  },
  {
    name: 'Zephyr, Tulu, OLMo 1 and 2, Phi-3, Falcon 3',
    header: /<\|(system|user|assistant|tool)\|>\n?/g,
    closing: ['<|end|>', ...EOS],
    trim: true,
  },
  {
    name: 'Gemma 1 to 3',
    header: /<start_of_turn>(system|user|model)\n/g,
    closing: ['<end_of_turn>', '<eos>'],
  },
  {
    name: 'Gemma 4',
    header: /<\|turn>(system|user|model|tool)\n/g,
    closing: ['<turn|>', '<eos>'],
  },
  {
    name: 'Llama 2, Mistral, Mixtral',
    header: /(?:<s>)?\[(\/?INST|\/?SYSTEM_PROMPT|\/?AVAILABLE_TOOLS|\/?TOOL_RESULTS)\]/g,
    closing: ['</s>'],
    trim: true,
    turn: systemInside,
  },
  {
    name: 'DeepSeek V2.5, V3, R1',
    header: /<｜(User|Assistant|tool▁outputs?▁begin|tool▁outputs?▁end)｜>/g,
    closing: ['<｜end▁of▁sentence｜>'],
    preamble: true,
    trim: true,
  },
  {
    name: 'Granite 3 and 4',
    header:
      /<\|start_of_role\|>(system|user|assistant|tool|tool_response|tools|available_tools|documents)(?: ?\{[^}<]*\})?<\|end_of_role\|>/g,
    closing: ['<|end_of_text|>'],
    turn: toolResponses,
  },
  {
    name: 'Command R, Command A, Aya',
    header: /<\|START_OF_TURN_TOKEN\|><\|(SYSTEM|USER|CHATBOT)_TOKEN\|>/g,
    closing: ['<|END_OF_TURN_TOKEN|>', '<|END_RESPONSE|>', '<|END_TEXT|>'],
    turn: withoutMarks,
  },
  {
    name: 'Kimi K2',
    header: /<\|im_(?:system\|>(tool)|(system|user|assistant)\|>[^<]*)<\|im_middle\|>/g,
    closing: ['<|im_end|>'],
  },
  {
    name: 'MiniMax M2',
    header: /\]~b\](system|developer|user|ai|tool)\n/g,
    closing: ['[e~['],
  },
  {
    name: 'MiniMax Text-01 and M1',
    header: /<beginning_of_sentence>(system|user|ai|tool)[^\n<]*\n/g,
    closing: ['<end_of_sentence>'],
  },
  {
    name: 'Harmony: gpt-oss',
    header:
      /<\|start\|>(?:(assistant)|(system|developer|user|functions\.[\w.-]+)[^<]*(?:<\|channel\|>[^<]*)?<\|message\|>)/g,
    closing: ['<|end|>', '<|return|>', '<|call|>'],
    turn: ofHarmony,
  },
  {
    name: 'EXAONE',
    header: /\[\|(system|user|assistant|tool)\|\]\n?/g,
    closing: ['[|endofturn|]'],
    trim: true,
  },
  {
    name: 'Seed-OSS',
    header: /<seed:bos>(system|user|assistant|tool)\n/g,
    closing: ['<seed:eos>'],
  },
  {
    name: 'Vicuna, LLaVA',
    header: /(?:^|(?<=<\/s>)|\s)(USER|ASSISTANT):(?:\s|$)/g,
    closing: EOS,
    preamble: true,
    trim: true,
    words: true,
  },
  {
    name: 'Human and Assistant, User and Assistant: DeepSeek V2, InstructGPT-like data sets',
    header: /(?:^|(?<=<\/s>|<｜end▁of▁sentence｜>)|\n)(System|Human|User|Assistant):(?:\s|$)/g,
    closing: EOS,
    preamble: true,
    trim: true,
    words: true,
  },
  {
    name: 'Alpaca',
    header: /(?:^|(?<=<\/s>)|\n)(### Instruction|### Response):(?:\s|$)/g,
    closing: EOS,
    preamble: true,
    trim: true,
    words: true,
  },
]

/** What tokenizers put before a text, and pad it with on the left. */
export const OPENING: readonly string[] = [
  '<|begin_of_text|>',
  '<|endoftext|>',
  '<|im_end|>',
  '<｜begin▁of▁sentence｜>',
  '<BOS_TOKEN>',
  '<PAD>',
  '<begin_of_document>',
  ']~!b[',
  '<bos>',
  '<pad>',
  '<s>',
  '</s>',
  '<unk>',
]

/** What ends a turn in any of them, and padding on the right: what trainers leave at the end of decoded text. */
export const CLOSING: readonly string[] = [
  ...new Set(TEMPLATES.flatMap(({ closing }) => closing)),
  '<|pad|>',
  '<|finetune_right_pad_id|>',
  '<|finetune_right_pad|>',
  '<pad>',
  '<PAD>',
]
