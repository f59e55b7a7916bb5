import { useState } from 'react';
import { Input, Label, SearchField } from 'react-aria-components';
import { api } from '../api.ts';
import { useLive } from '../live.ts';
import { ErrorNote, Loading } from '../parts/notices.tsx';
import { useData } from '../use-data.ts';
import { OwnNumbers } from './own-numbers.tsx';
import { RemoteNumbers } from './remote-numbers.tsx';

/** This system's numbers, and those of linked systems. */
export function Numbers() {
  const { changes } = useLive();
  const [search, setSearch] = useState('');
  const own = useData(api.numbers, `${changes.numbers}`);
  const remote = useData(api.remoteNumbers, `${changes.remoteNumbers} ${changes.numbers}`);
  return (
    <>
      <div className="bar">
        <h2>Numbers</h2>
        <SearchField value={search} onChange={setSearch}>
          <Label>Find a number or name</Label>
          <Input />
        </SearchField>
      </div>
      <ErrorNote error={own.error ?? remote.error} />
      {own.value === undefined ? <Loading /> : <OwnNumbers numbers={own.value.numbers} search={search} />}
      {remote.value && <RemoteNumbers {...remote.value} search={search} />}
    </>
  );
}
