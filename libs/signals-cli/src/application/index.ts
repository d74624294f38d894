export { readAddressees, type Addressee } from './addressees.js';
export { readApplication, type Application } from './application.js';
export type { EntityInfo } from './entities.js';
export { hearsEvent, type EventListener } from './event-listeners.js';
export { routesFor, type Route } from './routes.js';
export { readConfig, readSettings, type GivenSettings, type Settings } from './settings.js';
