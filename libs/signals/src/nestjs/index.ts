export { Receiver } from './receiver.decorator.js';
export {
  requestFailed,
  requestFinished,
  requestStarted,
  type RequestEnd,
  type RequestEvent,
  type RequestFailed,
  type RequestFinished,
  type RequestStarted,
} from './request-signals.js';
export type { ApplicationSurvey, SurveyedReceiver, SurveyRefusal } from './application-survey.js';
export { SeveralSignalsModulesError } from './several-modules.error.js';
export { SignalsModule, type SignalsModuleAsyncOptions } from './signals.module.js';
export type { SignalsModuleOptions } from './signals-module-options.js';
