import { defineSignal } from 'nestjs-signals';

export interface Told {
  readonly id: number;
}

export const opened = defineSignal<Told>('shop.opened', { description: 'The shop opened.' });
export const unheard = defineSignal<Told>('shop.unheard');
// signals-allow SIG003: for those who build on the shop
export const keptForOthers = defineSignal<Told>('shop.keptForOthers');
// signals-allow SIG003
export const allowedWithoutReason = defineSignal<Told>('shop.allowedWithoutReason');
// signals-allow SIG003: somebody listens by now
export const allowedInVain = defineSignal<Told>('shop.allowedInVain');
export const heardAsEvent = defineSignal<Told>('shop.heardAsEvent');
export const unsent = defineSignal<Told>('shop.unsent');
export const charged = defineSignal<Told>('shop.charged');
export const ping = defineSignal<Told>('shop.ping');
export const pong = defineSignal<Told>('shop.pong');
export const calmPing = defineSignal<Told>('shop.calmPing');
export const logged = defineSignal<Told>('shop.logged');
export const ordered = defineSignal<Told>('shop.ordered');
export const twin = defineSignal<Told>('shop.twin');
export const otherTwin = defineSignal<Told>('shop.twin');
