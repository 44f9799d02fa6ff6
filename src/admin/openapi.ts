import { z } from 'zod';
import type { Route } from './route.js';
import { answerSchemas, problemSchema } from './view-schemas.js';

/** The OpenAPI 3.1 document of the given routes, made from the same table and schemas that serve them. */
export function openApiDocument(
  routes: readonly Route[],
  version: string,
): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ballast admin API',
      version,
      description:
        'Scopes: read < operate < admin. A query parameter that is not listed is refused. Secrets are in no answer.',
    },
    servers: [{ url: '/admin/v1' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(
        [...Object.entries(answerSchemas), ['Problem', problemSchema] as const].map(([name, schema]) => [
          name,
          jsonSchema(schema, 'output'),
        ]),
      ),
    },
  };
}

function operation(route: Route): unknown {
  const status = String(route.status ?? 200);
  return {
    operationId: `${route.method}${route.path.replace(/[/:]+(\w)/g, (_whole, letter: string) => letter.toUpperCase())}`,
    summary: route.summary,
    description: `Needs scope ${route.scope}.`,
    'x-scope': route.scope,
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { [route.body.contentType]: { schema: jsonSchema(route.body.schema, 'input') } },
          },
        }),
    ...(route.takesStream === true && {
      requestBody: {
        required: true,
        content: { 'application/x-tar': { schema: { type: 'string', format: 'binary' } } },
      },
    }),
    responses: {
      [status]: {
        description: 'Done',
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${route.answer}` } } },
      },
      default: {
        description: 'Refused: 400 faulty, 401 no known token, 403 scope too small, 404, 409, 429, 5xx',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function pathParameters(route: Route): unknown[] {
  return [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(route: Route): unknown[] {
  const schema = jsonSchema(route.query, 'input') as {
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly required?: readonly string[];
  };
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: property,
  }));
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const document: Record<string, unknown> = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  delete document.$schema;
  return document;
}
