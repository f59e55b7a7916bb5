import { useEffect } from 'react';
import type { ApiError } from '../api.ts';
import { ErrorNote } from '../parts/notices.tsx';

/** For who is not signed in. */
export function SignedOut({ error }: { readonly error: ApiError | undefined }) {
  // A new link that is opened in this tab changes nothing but what follows the #.
  useEffect(() => {
    const again = (): void => window.location.reload();
    window.addEventListener('hashchange', again);
    return () => window.removeEventListener('hashchange', again);
  }, []);
  return (
    <main className="signed-out">
      <h1>Interlinks</h1>
      <ErrorNote error={error} />
      <p>
        You are not signed in. On the machine of the service, run <code>interlinks open</code>, and open the
        link that it prints in this browser.
      </p>
    </main>
  );
}
