/**
 * The functions of onnxruntime's C API that we call: the place of each in the table that the library hands out, what it
 * takes and what it gives. The table only ever grows at its end (onnxruntime_c_api.h), so a place stays right;
 * `proof.ts` checks it at load all the same.
 *
 * A `gives` is what the function writes to its last argument; such a function, and one that `fails`, returns a status.
 */
export const FUNCTIONS = {
  CreateStatus: { at: 0, takes: ['int', 'text'], returns: 'pointer' },
  GetErrorCode: { at: 1, takes: ['pointer'], returns: 'int' },
  GetErrorMessage: { at: 2, takes: ['pointer'], returns: 'pointer' },
  CreateEnv: { at: 3, takes: ['int', 'text'], gives: 'pointer' },
  CreateSessionOptions: { at: 10, takes: [], gives: 'pointer' },
  DisableMemPattern: { at: 17, takes: ['pointer'], fails: true },
  SetSessionLogSeverityLevel: { at: 22, takes: ['pointer', 'int'], fails: true },
  SetSessionGraphOptimizationLevel: { at: 23, takes: ['pointer', 'int'], fails: true },
  SetIntraOpNumThreads: { at: 24, takes: ['pointer', 'int'], fails: true },
  SetInterOpNumThreads: { at: 25, takes: ['pointer', 'int'], fails: true },
  SessionGetInputCount: { at: 30, takes: ['pointer'], gives: 'size' },
  SessionGetOutputCount: { at: 31, takes: ['pointer'], gives: 'size' },
  SessionGetInputTypeInfo: { at: 33, takes: ['pointer', 'size'], gives: 'pointer' },
  SessionGetOutputTypeInfo: { at: 34, takes: ['pointer', 'size'], gives: 'pointer' },
  SessionGetInputName: { at: 36, takes: ['pointer', 'size', 'pointer'], gives: 'pointer' },
  SessionGetOutputName: { at: 37, takes: ['pointer', 'size', 'pointer'], gives: 'pointer' },
  CreateTensorWithDataAsOrtValue: {
    at: 49,
    takes: ['pointer', 'pointer', 'size', 'array', 'size', 'int'],
    gives: 'pointer',
  },
  CastTypeInfoToTensorInfo: { at: 55, takes: ['pointer'], gives: 'pointer' },
  GetTensorElementType: { at: 60, takes: ['pointer'], gives: 'int' },
  GetDimensionsCount: { at: 61, takes: ['pointer'], gives: 'size' },
  GetDimensions: { at: 62, takes: ['pointer', 'array', 'size'], fails: true },
  GetTensorTypeAndShape: { at: 65, takes: ['pointer'], gives: 'pointer' },
  CreateMemoryInfo: { at: 68, takes: ['text', 'int', 'int', 'int'], gives: 'pointer' },
  AllocatorFree: { at: 76, takes: ['pointer', 'pointer'], fails: true },
  GetAllocatorWithDefaultOptions: { at: 78, takes: [], gives: 'pointer' },
  ReleaseEnv: { at: 92, takes: ['pointer'] },
  ReleaseStatus: { at: 93, takes: ['pointer'] },
  ReleaseMemoryInfo: { at: 94, takes: ['pointer'] },
  ReleaseSession: { at: 95, takes: ['pointer'] },
  ReleaseValue: { at: 96, takes: ['pointer'] },
  ReleaseTypeInfo: { at: 98, takes: ['pointer'] },
  ReleaseTensorTypeAndShapeInfo: { at: 99, takes: ['pointer'] },
  ReleaseSessionOptions: { at: 100, takes: ['pointer'] },
  GetAvailableProviders: { at: 125, takes: ['array', 'array'], fails: true },
  ReleaseAvailableProviders: { at: 126, takes: ['pointer', 'int'], fails: true },
  AddSessionConfigEntry: { at: 130, takes: ['pointer', 'text', 'text'], fails: true },
  RunWithBinding: { at: 133, takes: ['pointer', 'pointer', 'pointer'], fails: true },
  CreateIoBinding: { at: 134, takes: ['pointer'], gives: 'pointer' },
  ReleaseIoBinding: { at: 135, takes: ['pointer'] },
  BindInput: { at: 136, takes: ['pointer', 'text', 'pointer'], fails: true },
  BindOutput: { at: 137, takes: ['pointer', 'text', 'pointer'], fails: true },
  CreateAndRegisterAllocator: { at: 144, takes: ['pointer', 'pointer', 'pointer'], fails: true },
  AddInitializer: { at: 150, takes: ['pointer', 'text', 'pointer'], fails: true },
  CreatePrepackedWeightsContainer: { at: 166, takes: [], gives: 'pointer' },
  ReleasePrepackedWeightsContainer: { at: 167, takes: ['pointer'] },
  CreateSessionFromArrayWithPrepackedWeightsContainer: {
    at: 169,
    takes: ['pointer', 'array', 'size', 'pointer', 'pointer'],
    gives: 'pointer',
  },
  UnregisterAllocator: { at: 177, takes: ['pointer', 'pointer'], fails: true },
  SessionOptionsAppendExecutionProvider_CUDA_V2: { at: 204, takes: ['pointer', 'pointer'], fails: true },
  CreateCUDAProviderOptions: { at: 205, takes: [], gives: 'pointer' },
  UpdateCUDAProviderOptions: { at: 206, takes: ['pointer', 'array', 'array', 'size'], fails: true },
  ReleaseCUDAProviderOptions: { at: 208, takes: ['pointer'] },
  /** Null in a library that was not built for training. */
  GetTrainingApi: { at: 219, takes: ['int'], returns: 'pointer' },
  /** Refuses, in a library that was not built for Ascend processors. */
  SessionOptionsAppendExecutionProvider_CANN: { at: 220, takes: ['pointer', 'pointer'], returns: 'pointer' },
  GetBuildInfoString: { at: 254, takes: [], returns: 'pointer' },
} as const satisfies Readonly<Record<string, Entry>>

export type Table = typeof FUNCTIONS
export type FunctionName = keyof Table

/** A table of the same functions, perhaps at other places. */
export type Places = Readonly<Record<FunctionName, Entry>>

export type Argument = 'int' | 'size' | 'text' | 'pointer' | 'array'

export type Entry = {
  at: number
  takes: readonly Argument[]
  returns?: 'pointer' | 'int'
  gives?: 'pointer' | 'size' | 'int'
  fails?: true
}
