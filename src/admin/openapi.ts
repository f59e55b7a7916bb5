import { z } from 'zod';
import { version } from '../domain/version.ts';
import type { Described, Method } from './operation.ts';
import { problem } from './schema.ts';

type Anything = Described<unknown, unknown, unknown, unknown>;

/** OpenAPI 3.1 of these operations; its schemas are those that requests are checked with. */
export function openApi(operations: readonly Anything[]): object {
  const paths: Record<string, Partial<Record<Lowercase<Method>, object>>> = {};
  for (const one of operations) {
    const path = (paths[`/api/v1${one.path}`] ??= {});
    path[one.method.toLowerCase() as Lowercase<Method>] = describe(one);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Interlinks admin API',
      version,
      description: 'See docs/api.md. Times are ISO 8601 in UTC. Errors are problem details (RFC 9457).',
    },
    servers: [{ url: 'http://127.0.0.1:8420' }],
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'interlinks-8420' },
      },
      schemas: { Problem: schemaOf(problem, 'output') },
    },
  };
}

function describe({
  summary,
  params,
  query,
  body,
  answer,
  status = 200,
  contentType,
  scope,
}: Anything): object {
  const type = contentType?.split(';')[0] ?? 'application/json';
  const content = (schema: z.ZodType, io: 'input' | 'output', as = type) => ({
    [as]: { schema: schemaOf(schema, io) },
  });
  return {
    summary,
    ...(scope === 'write' ? { 'x-scope': scope } : {}),
    ...(scope === 'open' ? { security: [] } : {}),
    ...(params || query
      ? { parameters: [...parameters(params, 'path'), ...parameters(query, 'query')] }
      : {}),
    ...(body ? { requestBody: { required: true, content: content(body, 'input', 'application/json') } } : {}),
    responses: {
      [status]: { description: 'Done', content: content(answer, 'output') },
      default: {
        description: 'Not done',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function parameters(schema: z.ZodType | undefined, place: 'path' | 'query'): readonly object[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, one]) => ({
    name,
    in: place,
    required: place === 'path',
    schema: schemaOf(one, 'input'),
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io });
  return json;
}
