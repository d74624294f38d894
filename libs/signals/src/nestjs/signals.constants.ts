/** Token of the options that `SignalsModule.forRoot()` was given. */
export const SIGNALS_OPTIONS = Symbol('SIGNALS_OPTIONS');
