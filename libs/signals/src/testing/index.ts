import '../symbol-dispose.js';

export { PreparedInTestError } from './borrowed-connection.js';
export {
  captureOnCommit,
  type CallbackOutcome,
  type CapturedCallback,
  type CaptureOnCommitOptions,
} from './capture-on-commit.js';
export { mute } from './mute.js';
export type { PatienceOptions } from './patience.js';
export { UnfitDataSourceError } from './rolled-back-data-source.js';
export { rolledBackTest, UnendedTransactionError } from './rolled-back-test.js';
export { NotSettledError, settled } from './settled.js';
export { ConnectionBusyError, RolledBackTestEndedError } from './shared-connection.js';
export { NotSentError, spyOn } from './spy-on.js';
export type { RecordedSend, SendOutcome, SignalSpy, SpyOptions } from './spy-on.js';
export {
  NoDatabaseError,
  standInDataSource,
  type ManagerMethods,
  type StandInOptions,
} from './stand-in-data-source.js';
