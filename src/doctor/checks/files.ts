import type { FileFacts } from '../facts.ts';
import { fine, orFine, problem, warning, type Finding } from '../finding.ts';

const mebibyte = 1024 * 1024;
const leastFree = { problem: 50 * mebibyte, warning: 500 * mebibyte };

/** Whether others may read, or change, what is not theirs. */
export function checkFiles(files: readonly FileFacts[]): readonly Finding[] {
  const found = files.flatMap(({ path, purpose, mode, allowed }): readonly Finding[] => {
    const excess = mode & 0o777 & ~allowed;
    if (excess === 0) return [];
    const who = (excess & 0o007) === 0 ? 'its group' : 'everybody';
    const may = (excess & 0o022) === 0 ? 'read' : 'change';
    return [
      problem(
        'file-exposed',
        path,
        `${path}, ${purpose}, has mode ${octal(mode)}: ${who} may ${may} it`,
        `Run "chmod ${octal(mode & allowed)} ${path}"${may === 'read' ? ', and replace what it holds if others may have read it' : ''}`,
      ),
    ];
  });
  return orFine(
    found,
    'files',
    files[0]?.path ?? '',
    `${files.length} files and folders are kept from others`,
  );
}

/** @param free bytes */
export function checkDisk(dataDir: string, free: number): readonly Finding[] {
  const size = `${Math.floor(free / mebibyte)} MiB`;
  const remedy =
    'Make room on that file system: the service cannot link, delete or record calls once it is full';
  const what = `${size} are left where the service keeps its data`;
  if (free < leastFree.problem) return [problem('disk-full', dataDir, what, remedy)];
  if (free < leastFree.warning) return [warning('disk-full', dataDir, what, remedy)];
  return [fine('disk', dataDir, what)];
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8);
}
