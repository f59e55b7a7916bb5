import type { DirectoryPublisher } from './directory-publisher.ts';
import type { RevisionExchange } from './health-monitor.ts';
import type { PeerDirectories } from './peer-directories.ts';

/** Lets heartbeats tell both sides which directories they have, so that each finds out what was lost. */
export function directoryExchange(
  publisher: Pick<DirectoryPublisher, 'revision' | 'peerHas'>,
  directories: Pick<PeerDirectories, 'revisionOf' | 'revisionTold'>,
): RevisionExchange {
  return {
    revisionsFor: (id) => ({ shares: publisher.revision, has: directories.revisionOf(id) }),
    revisionsTold: (id, { shares, has }) => {
      directories.revisionTold(id, shares);
      publisher.peerHas(id, has);
    },
  };
}
