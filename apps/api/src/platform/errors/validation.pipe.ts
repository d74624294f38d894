import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { InvalidError, pointerTo, type FieldError } from './domain.errors.js';
import { unstorableTexts } from './unstorable-texts.js';

/** A person mends no more at once, and a refusal stays small whatever was sent. */
const MOST_TOLD = 20;
/** More than any address of the API takes. */
const MOST_PARAMETERS = 20;

export class ValidationFailedError extends InvalidError {
  readonly code = 'validation-failed';
  readonly title = 'The request is not valid';

  constructor(errors: readonly FieldError[]) {
    const count = errors.length === 1 ? '1 field is' : `${errors.length} fields are`;
    super(
      errors.length > MOST_TOLD
        ? `${count} wrong; errors has the first ${MOST_TOLD}.`
        : `${count} wrong; see errors.`,
      { errors: errors.slice(0, MOST_TOLD) },
    );
  }
}

/** Turns a request into its DTO, or refuses it and says which fields are wrong, unknown ones included. */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      stopAtFirstError: true,
      exceptionFactory: (errors) =>
        new ValidationFailedError(errors.flatMap((e) => describe(e, ''))),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    if (metadata.type === 'body' && !isObjectOrNothing(value)) {
      throw new ValidationFailedError([{ pointer: '', detail: 'must be a JSON object' }]);
    }
    if (metadata.type === 'query' && Object.keys(Object(value)).length > MOST_PARAMETERS) {
      const detail = `must have at most ${MOST_PARAMETERS} parameters`;
      throw new ValidationFailedError([{ pointer: '', detail }]);
    }
    const unstorable = [...unstorableTexts(value)];
    if (unstorable.length > 0) throw new ValidationFailedError(unstorable);
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

function isObjectOrNothing(value: unknown): boolean {
  return typeof value === 'object' ? !Array.isArray(value) : value === undefined;
}

function describe(error: ValidationError, parent: string): FieldError[] {
  const pointer = pointerTo(parent, error.property);
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    pointer,
    detail:
      rule === 'whitelistValidation'
        ? 'is not a known field'
        : withoutProperty(message, error.property),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => describe(child, pointer))];
}

/** class-validator begins its messages with the property, which the pointer says already. */
function withoutProperty(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
