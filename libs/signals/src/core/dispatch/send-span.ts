import { currentCause, siteWhenWanted } from '../diagnostics/channels.js';
import type { ReceiverInfo } from '../receiver.js';
import { matchesSender, type Registration } from '../registry/registration.js';
import type { AnySignal, Sender } from '../signal.js';
import type {
  Application,
  Cause,
  SendTrace,
  SkippedReceiver,
  SkipReason,
} from '../diagnostics/traces.js';
import type { TransactionPlace } from '../transaction.js';

/** The trace of one send; made only while somebody listens. */
export class SendSpan implements SendTrace {
  readonly kind = 'send';
  readonly signal: AnySignal;
  readonly sender: Sender | null;
  readonly payload: unknown;
  readonly robust: boolean;
  readonly site: string | undefined = siteWhenWanted();
  readonly cause: Cause | undefined = currentCause();
  receivers: readonly ReceiverInfo[] = [];
  readonly skipped: SkippedReceiver[] = [];

  constructor(
    readonly application: Application,
    send: Pick<SendTrace, 'signal' | 'sender' | 'payload' | 'robust'>,
    readonly place: TransactionPlace | undefined,
  ) {
    this.signal = send.signal;
    this.sender = send.sender;
    this.payload = send.payload;
    this.robust = send.robust;
  }

  /** Compares what is connected with the route. A function that is connected twice runs once. */
  reaches(route: readonly Registration[], connected: readonly Registration[]): void {
    this.receivers = route.map(({ info }) => info);
    for (const registration of connected) {
      if (route.some(({ source }) => source === registration.source)) continue;
      this.skip(registration.info, matchesSender(registration, this.sender) ? 'muted' : 'sender');
    }
  }

  skip(receiver: ReceiverInfo, reason: SkipReason): void {
    this.skipped.push({ receiver, reason });
  }
}
