export { flatten, type Leaf } from './flatten.js';
export { failureSentence, failureWord, isInTransaction, phaseWord } from './failure.js';
export { hears, overlap, receiversOf, type SenderName } from './hearing.js';
export { INSTANCE_WRITES, signalsOfWrite } from './model-signals.js';
export { Prediction } from './prediction.js';
export {
  mapSignals,
  type MappedReceiver,
  type MappedSignal,
  type SignalMap,
} from './signal-map.js';
export type { ReceiverStep, SendStep, Step, TransactionStep, WriteStep } from './steps.js';
