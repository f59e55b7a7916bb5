import type { AuditEntryView, SessionView } from '../access-schema.ts';
import type { CallQuery, CallView, UsageQuery, UsageView } from '../call-schema.ts';
import type {
  DeletionPreview,
  DeletionView,
  EndedInterlinkView,
  FindingView,
  InterlinkView,
  NewKey,
  NewLink,
  NumberView,
  Problem,
  RemoteNumbersView,
  RouteView,
} from '../schema.ts';

/** A refusal of the service, or that it does not answer, in words for the admin. */
export class ApiError extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor({ code, detail, remedy }: Pick<Problem, 'code' | 'detail' | 'remedy'>) {
    super(detail);
    this.code = code;
    this.remedy = remedy;
  }
}

/** The admin API, as far as the page uses it; docs/openapi.json has all of it. */
export const api = {
  session: () => get<SessionView>('/session'),
  signIn: (code: string) => send<SessionView>('POST', '/session', { code }),
  signOut: () => send<SessionView>('DELETE', '/session'),
  interlinks: () =>
    get<{ interlinks: readonly InterlinkView[]; ended: readonly EndedInterlinkView[] }>('/interlinks'),
  newKey: (key: NewKey) => send<{ key: string; interlink: InterlinkView }>('POST', '/keys', key),
  checkKey: (key: string) => send<{ url: string; expiresAt: string }>('POST', '/keys/check', { key }),
  link: (link: NewLink) => send<InterlinkView>('POST', '/interlinks', link),
  rename: (id: string, was: string, name: string) =>
    send<InterlinkView>('PATCH', `/interlinks/${id}`, { name, was }),
  /** @param was empty: it had none; so is a prefix that is taken away */
  setPrefix: (id: string, was: string, prefix: string) =>
    send<InterlinkView>('PATCH', `/interlinks/${id}`, { prefix: prefix || null, was: was || null }),
  whatGoes: (id: string) => get<DeletionPreview>(`/interlinks/${id}/deletion`),
  delete: (id: string) => send<DeletionView>('DELETE', `/interlinks/${id}`),
  dropNotice: (id: string) => send<unknown>('DELETE', `/interlinks/${id}/notice`),
  numbers: () => get<{ numbers: readonly NumberView[] }>('/numbers'),
  setPrivate: (number: string, hidden: boolean) =>
    send<NumberView>('PATCH', `/numbers/${encodeURIComponent(number)}`, { private: hidden }),
  remoteNumbers: () => get<RemoteNumbersView>('/remote-numbers'),
  route: (number: string, from: string) =>
    get<RouteView>(`/routes/${encodeURIComponent(number)}`, from === '' ? {} : { from }),
  calls: (query: CallQuery) => get<{ calls: readonly CallView[] }>('/calls', query),
  usage: (query: UsageQuery) => get<{ periods: readonly UsageView[] }>('/usage', query),
  problems: () => get<{ findings: readonly FindingView[] }>('/problems'),
  testSound: (id: string) =>
    send<{ findings: readonly FindingView[] }>('POST', `/interlinks/${id}/media-test`),
  audit: () => get<{ entries: readonly AuditEntryView[] }>('/audit'),
};

/** Where the browser finds something of the API itself. */
export function addressOf(path: string, query: object = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return `/api/v1${path}${text === '' ? '' : `?${text}`}`;
}

async function get<T>(path: string, query?: object): Promise<T> {
  return await answerOf<T>(fetch(addressOf(path, query)));
}

async function send<T>(method: string, path: string, body?: object): Promise<T> {
  const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return await answerOf<T>(fetch(addressOf(path), { method, ...json }));
}

async function answerOf<T>(request: Promise<Response>): Promise<T> {
  const response = await request.catch(() => undefined);
  const body: unknown = await response?.json().catch(() => undefined);
  if (response?.ok === true && body !== undefined) return body as T;
  throw new ApiError(isProblem(body) ? body : unanswered);
}

const unanswered = {
  code: 'daemon-unreachable',
  detail: 'The service does not answer.',
  remedy: 'Nothing is lost on this page; try again once it is back.',
};

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'remedy' in body;
}

/** What went wrong, whatever was thrown. */
export function errorOf(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const detail = `The page has a mistake: ${String(thrown)}`;
  return new ApiError({ code: 'internal', detail, remedy: 'Load it again; please report it.' });
}
