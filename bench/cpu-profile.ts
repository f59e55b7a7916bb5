/** A profile as V8 writes it (--cpu-prof), as far as it is used. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Ids of nodes, one for each moment that was looked at. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

/** Where time went, in milliseconds, the most first. */
export type Shares = readonly (readonly [where: string, ms: number])[];

/** Sums up where a profile's functions ran themselves: by package, or file of this project, and by function. */
export function sharesOf(profiles: readonly CpuProfile[]): {
  readonly byPlace: Shares;
  readonly byFunction: Shares;
} {
  const places = new Map<string, number>();
  const functions = new Map<string, number>();
  for (const { nodes, samples, timeDeltas } of profiles) {
    const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
    for (const [index, id] of samples.entries()) {
      const frame = byId.get(id);
      if (frame === undefined || frame.functionName === '(idle)') continue;
      const ms = (timeDeltas[index] ?? 0) / 1000;
      const place = placeOf(frame);
      places.set(place, (places.get(place) ?? 0) + ms);
      const name = `${frame.functionName || '(anonymous)'} ${place}`;
      functions.set(name, (functions.get(name) ?? 0) + ms);
    }
  }
  return { byPlace: mostFirst(places), byFunction: mostFirst(functions) };
}

function placeOf({ url, functionName }: ProfileNode['callFrame']): string {
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules)/.exec(url) ?? [];
  if (name !== undefined) return name;
  const [, file] = /\/((?:src|migrations)\/.*)$/.exec(url) ?? [];
  return file ?? (url === '' ? functionName : url);
}

function mostFirst(sums: ReadonlyMap<string, number>): Shares {
  return [...sums].toSorted(([, a], [, b]) => b - a);
}
