export type { ApplicationSurvey, SurveyedReceiver, SurveyRefusal } from './application-survey.js';
export { interceptRequests, rawOf, type Passage, type Wrapped } from './request-hook.js';
export {
  requestFailed,
  requestFinished,
  requestSignals,
  requestStarted,
  type RequestEnd,
  type RequestEvent,
  type RequestFailed,
  type RequestFinished,
  type RequestStarted,
} from './request-signals.js';
export { TransactionalError, type TransactionalOptions } from './transactional.decorator.js';
