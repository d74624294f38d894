import { defineSignal } from 'nestjs-signals/core';

/** A dead letter, as an action names it. */
export interface ActedLetter {
  readonly id: string;
  readonly receiver: string;
  readonly signal: string | undefined;
  readonly eventId: string | undefined;
}

/** What somebody is about to do in the inspector, or by a command that asks it to. */
export type InspectorAction = {
  /** The name that the access resolver gave, or else the address of the request. */
  readonly by: string;
} & (
  | {
      readonly action: 'replay';
      readonly letters: readonly ActedLetter[];
      /** Another receiver than the one that each died in. */
      readonly to: string | undefined;
    }
  | { readonly action: 'discard'; readonly letters: readonly ActedLetter[] }
  | { readonly action: 'pin' | 'unpin'; readonly trace: string }
);

/**
 * Sent before an action is done, outside any transaction. What a receiver in the sender's phase throws
 * refuses the action: what cannot be audited is not done. An action may fail after it was told of.
 */
export const inspectorAction = defineSignal<InspectorAction>('inspector.inspectorAction', {
  description:
    'Somebody is about to replay or discard dead letters, or to pin a trace, in the inspector.',
});
