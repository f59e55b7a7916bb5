import type { Failure, FailureCode } from '../domain/failure.ts';
import type { Problem } from './schema.ts';

const statusOf: Partial<Record<FailureCode, number>> = {
  'already-linked': 409,
  'changed-meanwhile': 409,
  'config-invalid': 409,
  'config-unreadable': 409,
  'config-unwritable': 409,
  'daemon-unreachable': 503,
  'database-unreachable': 503,
  forbidden: 403,
  internal: 500,
  'key-expired': 410,
  'key-used': 409,
  'name-taken': 409,
  'not-found': 404,
  'peer-unreachable': 502,
  'peer-untrusted': 502,
  'prefix-taken': 409,
  'sign-in-refused': 401,
  'too-many-requests': 429,
  unauthorized: 401,
};

/** The RFC 9457 problem of a failure; what is not listed is the fault of the request. */
export function problemOf(failure: Failure): Problem {
  const status = statusOf[failure.code] ?? 422;
  return {
    type: 'about:blank',
    title: failure.code.replaceAll('-', ' '),
    status,
    code: failure.code,
    detail: failure.message,
    remedy: failure.remedy,
  };
}
