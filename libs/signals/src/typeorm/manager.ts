import type { EntityManager } from 'typeorm';

declare module '../core/receiver.js' {
  interface ManagerRegistry {
    readonly manager: EntityManager;
  }
}
