import { api } from '../api.ts';
import { useLive } from '../live.ts';
import { CallTable } from '../parts/call-table.tsx';
import { ErrorNote, Loading } from '../parts/notices.tsx';
import { useData } from '../use-data.ts';
import { queryOf, type Filters } from './call-filters.tsx';

const most = 500;

/** Each call that the filters are for, the newest first. */
export function CallList({ filters }: { readonly filters: Filters }) {
  const { changes } = useLive();
  const query = { ...queryOf(filters), limit: most };
  const { value, error } = useData(() => api.calls(query), `${changes.calls} ${JSON.stringify(query)}`);
  return (
    <>
      <ErrorNote error={error} />
      {value === undefined ? <Loading /> : <CallTable calls={value.calls} />}
      {value?.calls.length === most && <p className="quiet">The newest {most} are shown.</p>}
    </>
  );
}
