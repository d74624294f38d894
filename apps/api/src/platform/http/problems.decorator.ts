import { applyDecorators } from '@nestjs/common';
import { ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { Problem, PROBLEM_CONTENT_TYPE } from '../errors/problem.dto.js';

/** How a problem looks in OpenAPI. */
export const PROBLEM_CONTENT = {
  [PROBLEM_CONTENT_TYPE]: { schema: { $ref: getSchemaPath(Problem) } },
};

/** Documents the problems that a route answers with: `@Problems({ 409: 'The order was paid already.' })`. */
export function Problems(byStatus: Readonly<Record<number, string>>) {
  return applyDecorators(
    ...Object.entries(byStatus).map(([status, description]) =>
      ApiResponse({ status: Number(status), description, content: PROBLEM_CONTENT }),
    ),
  );
}
