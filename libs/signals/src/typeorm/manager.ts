import type { EntityManager } from 'typeorm';

declare module '../core/dispatch/receiver-context.js' {
  interface ManagerRegistry {
    readonly manager: EntityManager;
  }
}
