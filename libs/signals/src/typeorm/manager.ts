import type { EntityManager } from 'typeorm';

declare module '../receiver-context.js' {
  interface ManagerRegistry {
    readonly manager: EntityManager;
  }
}
