import { v7 } from 'uuid';

/** A new id of a row: UUID v7, so ids sort by the time they were made and cannot be guessed. */
export function newId(): string {
  return v7();
}
