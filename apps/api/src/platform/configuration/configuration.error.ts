import { StartupError } from '../startup/startup.error.js';

export interface WrongVariable {
  readonly name: string;
  readonly problem: string;
}

/** The environment does not describe an application that could run. Lists everything that is wrong at once. */
export class ConfigurationError extends StartupError {
  override readonly name = 'ConfigurationError';

  constructor(readonly variables: readonly WrongVariable[]) {
    const lines = variables.map(({ name, problem }) => `  ${name} ${problem}`);
    super(
      `The environment is not usable:\n${lines.join('\n')}\nThe README lists every variable and its default.`,
    );
  }
}
