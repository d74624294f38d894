import type { Signals } from 'nestjs-signals/core';
import type { InspectorOptions } from '../inspector-options.js';
import type { Recorder } from '../recorder/recorder.js';
import type { VisibleField } from '../recorder/shown-value.js';
import type { ActionLog } from './action-log.js';
import type { EventStream } from './event-stream.js';
import type { SourceChecks } from './source-checks.js';

/** What the API answers from. */
export interface Inspected {
  readonly recorder: Recorder;
  readonly signals: Signals;
  readonly stream: EventStream;
  readonly options: InspectorOptions;
  readonly environment: string;
  readonly isVisible: VisibleField;
  readonly actions: ActionLog;
  readonly sources: SourceChecks;
}
