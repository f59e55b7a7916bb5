import { expect, test } from 'vitest';
import { sharesOf } from './cpu-profile.ts';

const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 1 });

test('sums up time by package, file and function, the most first, and leaves out where nothing ran', () => {
  const nodes = [
    { id: 1, callFrame: frame('(idle)', '') },
    { id: 2, callFrame: frame('(garbage collector)', '') },
    { id: 3, callFrame: frame('take', 'file:///opt/interlinks/src/calls/tickets.ts') },
    { id: 4, callFrame: frame('', 'file:///opt/interlinks/node_modules/a/node_modules/@x/b/c.js') },
    { id: 5, callFrame: frame('write', 'node:net') },
  ];
  const profile = {
    nodes,
    samples: [1, 2, 3, 4, 5, 4, 3],
    timeDeltas: [9000, 500, 1000, 2000, 400, 2500, 1000],
  };
  const { byPlace, byFunction } = sharesOf([profile, { nodes, samples: [3], timeDeltas: [100] }]);
  expect(byPlace).toEqual([
    ['@x/b', 4.5],
    ['src/calls/tickets.ts', 2.1],
    ['(garbage collector)', 0.5],
    ['node:net', 0.4],
  ]);
  expect(byFunction[0]).toEqual(['(anonymous) @x/b', 4.5]);
  expect(byFunction[1]).toEqual(['take src/calls/tickets.ts', 2.1]);
});
