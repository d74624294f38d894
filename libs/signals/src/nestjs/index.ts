export type { ApplicationSurvey, SurveyedReceiver, SurveyRefusal } from './application-survey.js';
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
export { TransactionalError, type TransactionalOptions } from './transactional.decorator.js';
