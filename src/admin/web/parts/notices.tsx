import type { ApiError } from '../api.ts';

/** What went wrong and what to do about it; nothing when nothing did. Read out when it appears. */
export function ErrorNote({ error }: { error: ApiError | undefined }) {
  return (
    <div role="alert">
      {error && (
        <p className="note error">
          {error.message} <span className="remedy">{error.remedy}</span> <code>{error.code}</code>
        </p>
      )}
    </div>
  );
}

export function Loading() {
  return (
    <p className="quiet" role="status">
      Loading …
    </p>
  );
}
