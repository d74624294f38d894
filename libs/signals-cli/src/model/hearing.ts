import type { MappedReceiver, MappedSignal, SignalMap } from './signal-map.js';

/** Who sends: the name of a class or of something else; null for nobody, undefined for who knows. */
export type SenderName = string | null | undefined;

/** The receivers that a send reaches, in their order. Of an unknown sender: those of every sender, which surely hear it. */
export function receiversOf(
  signal: MappedSignal | undefined,
  sender: SenderName,
  map: SignalMap,
): readonly MappedReceiver[] {
  return signal?.receivers.filter((receiver) => hears(receiver, sender, map)) ?? [];
}

export function hears({ sender, info }: MappedReceiver, by: SenderName, map: SignalMap): boolean {
  if (sender === undefined) return true;
  if (by === null || by === undefined) return false;
  const wanted = typeof sender === 'string' ? sender : sender.name;
  if (wanted === by) return true;
  if (!info.includeSubclasses || typeof sender === 'string') return false;
  const type = map.entities.find(({ name }) => name === by)?.type;
  return type !== undefined && Object.prototype.isPrototypeOf.call(sender, type);
}

/** Whether there is a sender whom both hear. */
export function overlap(one: MappedReceiver, other: MappedReceiver, map: SignalMap): boolean {
  if (one.sender === undefined || other.sender === undefined) return true;
  return (
    hears(one, nameOf(other.sender), map) ||
    hears(other, nameOf(one.sender), map) ||
    map.entities.some(({ name }) => hears(one, name, map) && hears(other, name, map))
  );
}

function nameOf(sender: string | { readonly name: string }): string {
  return typeof sender === 'string' ? sender : sender.name;
}
