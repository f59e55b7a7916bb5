import { useEffect, useState } from 'react';
import { Button, Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { SessionView } from '../access-schema.ts';
import { api, errorOf, type ApiError } from './api.ts';
import { follow, useLive } from './live.ts';
import { Banners } from './parts/banners.tsx';
import { ErrorNote, Loading } from './parts/notices.tsx';
import { Calls } from './sections/calls.tsx';
import { Dial } from './sections/dial.tsx';
import { Interlinks } from './sections/interlinks.tsx';
import { Log } from './sections/log.tsx';
import { Numbers } from './sections/numbers.tsx';
import { Problems } from './sections/problems.tsx';
import { SignedOut } from './sections/signed-out.tsx';
import { useAction } from './use-action.ts';

const sections = [
  { id: 'interlinks', title: 'Interlinks', Section: Interlinks },
  { id: 'numbers', title: 'Numbers', Section: Numbers },
  { id: 'calls', title: 'Calls', Section: Calls },
  { id: 'dial', title: 'What happens when I dial …', Section: Dial },
  { id: 'problems', title: 'Problems', Section: Problems },
  { id: 'log', title: 'Log', Section: Log },
] as const;

const signInHash = /^#sign-in=([\w-]+)$/;

type Admission =
  | { readonly kind: 'asking' }
  | { readonly kind: 'in'; readonly session: SessionView }
  | { readonly kind: 'out'; readonly error: ApiError | undefined };

/** Signs in where the address says so, and shows the page to who is signed in. */
export function App() {
  const [admission, setAdmission] = useState<Admission>({ kind: 'asking' });
  useEffect(() => {
    enter().then(
      (session) => setAdmission({ kind: 'in', session }),
      (thrown: unknown) => {
        const error = errorOf(thrown);
        setAdmission({ kind: 'out', error: error.code === 'unauthorized' ? undefined : error });
      },
    );
  }, []);
  if (admission.kind === 'asking') return <Loading />;
  const leave = (): void => setAdmission({ kind: 'out', error: undefined });
  return admission.kind === 'out' ? (
    <SignedOut error={admission.error} />
  ) : (
    <Page session={admission.session} onLeft={leave} />
  );
}

let entering: Promise<SessionView> | undefined;

/** Once for the whole page: a sign-in link works once. */
async function enter(): Promise<SessionView> {
  const [, code] = signInHash.exec(window.location.hash) ?? [];
  if (code !== undefined) window.history.replaceState(undefined, '', '/');
  return await (entering ??= code === undefined ? api.session() : api.signIn(code));
}

/** Whoever is signed in no longer is signed out as well. */
async function signOut(): Promise<void> {
  await api.signOut().catch((thrown: unknown) => {
    if (errorOf(thrown).code !== 'unauthorized') throw thrown;
  });
}

function Page({ session, onLeft }: { readonly session: SessionView; readonly onLeft: () => void }) {
  const [section, setSection] = useSection();
  const { system } = useLive();
  const leave = useAction(signOut, onLeft);
  useEffect(() => follow(onLeft), [onLeft]);
  useEffect(() => {
    document.title = system === undefined ? 'Interlinks' : `${system.name} – Interlinks`;
  }, [system]);
  return (
    <>
      <header className="top">
        <h1>{system?.name ?? 'Interlinks'}</h1>
        <span className="quiet">{session.who}</span>
        <Button onPress={() => leave.run()}>Sign out</Button>
      </header>
      <ErrorNote error={leave.error} />
      <Banners />
      <Tabs selectedKey={section} onSelectionChange={(key) => setSection(String(key))}>
        <TabList aria-label="Sections" className="tabs">
          {sections.map(({ id, title }) => (
            <Tab id={id} key={id}>
              {title}
            </Tab>
          ))}
        </TabList>
        {sections.map(({ id, Section }) => (
          <TabPanel id={id} key={id}>
            <main>
              <Section />
            </main>
          </TabPanel>
        ))}
      </Tabs>
      <footer className="foot">
        Interlinks {system?.version} · <a href="/licences.md">Licences</a>
      </footer>
    </>
  );
}

function sectionInAddress(): string {
  const id = window.location.hash.slice(1);
  return sections.some((section) => section.id === id) ? id : 'interlinks';
}

/** The section in the address, so that Back and bookmarks work. */
function useSection(): [string, (id: string) => void] {
  const [section, setSection] = useState(sectionInAddress);
  useEffect(() => {
    const changed = (): void => setSection(sectionInAddress());
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  return [
    section,
    (id) => {
      window.location.hash = id;
    },
  ];
}
