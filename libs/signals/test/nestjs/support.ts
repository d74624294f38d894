import type { ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { SignalsModule, type SignalsModuleOptions } from 'nestjs-signals';

/** A started application of these providers. */
export async function start(
  metadata: ModuleMetadata,
  options: SignalsModuleOptions = {},
): Promise<TestingModule> {
  const application = await Test.createTestingModule({
    ...metadata,
    imports: [SignalsModule.forRoot(options), ...(metadata.imports ?? [])],
  }).compile();
  return application.init();
}
