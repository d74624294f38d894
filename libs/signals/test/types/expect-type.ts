/** Compiles for `true` only. */
export type Expect<T extends true> = T;

/** Whether each of two types is the other one. Nothing but itself equals `any`. */
export type Equal<A, B> =
  IsAny<A> extends IsAny<B> ? ([A, B] extends [B, A] ? true : false) : false;

type IsAny<T> = 0 extends 1 & T ? true : false;
