import type { Office } from './office.ts';

/** One series of the metrics, with its value at the moment of asking. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the service exposes at `/metrics`. */
export interface Exposition {
  readonly text: string;
  /** Names as in the TYPE lines: a histogram is one metric. */
  readonly metrics: readonly string[];
  readonly series: readonly Series[];
  /** The value of the one series with these labels; undefined when there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

/** Asks for a path of the admin listener as a monitoring system does: without a token. */
export async function ask(office: Office, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://${office.address}:8420${path}`);
  return { status: response.status, text: await response.text() };
}

/** Reads an office's metrics. Throws when it exposes none. */
export async function scrape(office: Office): Promise<Exposition> {
  const { status, text } = await ask(office, '/metrics');
  if (status !== 200) throw new Error(`${office.name} answers ${status}: ${text}`);
  const lines = text.split('\n');
  const series = lines.filter((line) => line !== '' && !line.startsWith('#')).map(parseSeries);
  return {
    text,
    metrics: lines.flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []),
    series,
    value: (name, labels = {}) =>
      series.find(
        (one) =>
          one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
      )?.value,
  };
}

/** Reads a line such as `interlinks_peer_up{interlink="Lisbon"} 1`. */
function parseSeries(line: string): Series {
  const [, name = '', labels = '', value] = /^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? [];
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, label = '', text = '']) => [label, text])),
    value: Number(value),
  };
}
