import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { callOutcomes } from '../../src/domain/call.ts';
import { refusalReasons } from '../../src/domain/refusal.ts';
import { fetchTools } from '../rig/debian.ts';
import { scrape, type Exposition } from '../rig/exposition.ts';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { run, startProcess } from '../rig/process.ts';
import { readQuery } from '../rig/promql.ts';
import { dialInVain } from '../rig/talk.ts';
import { temporaryFolder } from '../rig/temp-folder.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const RULES = join(REPOSITORY, 'monitoring/prometheus/interlinks.rules.yml');
const RULE_TESTS = RULES.replace('.yml', '.test.yml');

const WAIT_MS = 10_000;

/** What Prometheus adds to every series. */
const TARGET_LABELS = ['job', 'instance'];

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}
interface AlertTest {
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly object[] }[];
}
interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

let office: Office;
let lisbon: Office;
let exposition: Exposition;
let promtool: string;
let alerts: readonly Alert[];
let alertTests: readonly AlertTest[];
let dashboard: Dashboard;
let docs: string;

function read(path: string): Promise<string> {
  return readFile(join(REPOSITORY, path), 'utf8');
}

beforeAll(async () => {
  promtool = (await fetchTools('prometheus')).executable('promtool');
  const rules = parse(await read('monitoring/prometheus/interlinks.rules.yml')) as {
    groups: { rules: Alert[] }[];
  };
  alerts = rules.groups.flatMap((group) => group.rules);
  alertTests = (parse(await readFile(RULE_TESTS, 'utf8')) as { tests: AlertTest[] }).tests;
  dashboard = JSON.parse(await read('monitoring/grafana/interlinks.json')) as Dashboard;
  docs = await read('docs/monitoring.md');
  [office, lisbon] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }, { number: '102' }], phones: { '101': 1000 } }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }] }),
  ]);
  await linkOffices(office, lisbon);
  await dialInVain(office.phone('101'), '201');
  exposition = await vi.waitFor(async () => {
    const scraped = await scrape(office);
    if (scraped.value('interlinks_calls_total', { interlink: 'Lisbon' }) !== 1)
      throw new Error('not counted');
    return scraped;
  }, WAIT_MS);
});

afterAll(() => Promise.all([office, lisbon].map((one) => one.stop())));

/** Labels of a metric, or of a part of a histogram such as `…_bucket`. */
function labelsOf(metric: string): readonly string[] {
  const series = exposition.series.filter(({ name }) => name === metric);
  return [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))];
}

/** What an expression, and the texts that show its result, use although no service exposes it. */
function strangersIn(expression: string, texts: readonly string[] = []): readonly string[] {
  const { selectors, grouping } = readQuery(expression);
  const known = new Set([...selectors.flatMap(({ metric }) => labelsOf(metric)), ...TARGET_LABELS]);
  const shown = texts.flatMap((text) =>
    [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)/g)].map(([, label = '']) => label),
  );
  expect(selectors.length).toBeGreaterThan(0);
  return [
    ...selectors
      .map(({ metric }) => metric)
      .filter((name) => name !== 'up' && labelsOf(name).length === 0 && exposition.value(name) === undefined),
    ...selectors.flatMap(({ metric, labels }) =>
      labels.filter((label) => !TARGET_LABELS.includes(label) && !labelsOf(metric).includes(label)),
    ),
    ...[...grouping, ...shown].filter((label) => !known.has(label)),
  ];
}

test('the metrics keep to the conventions of Prometheus', async () => {
  const check = ['-c', 'printf %s "$1" | "$0" check metrics', promtool, exposition.text];
  const { output } = await (await startProcess('sh', check)).ended;
  const complaints = output.split('\n').filter((line) => line.startsWith('interlinks_'));
  expect(complaints).toEqual([]);
});

describe('docs/monitoring.md', () => {
  test('has every metric with its labels, and no other', () => {
    const documented = [...docs.matchAll(/^\| `(interlinks_\w+)` +\| ([^|]*)\|/gm)].map(
      ([, name = '', labels = '']) => [name, [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label)],
    );
    const exposed = exposition.metrics
      .filter((name) => name.startsWith('interlinks_'))
      .map((name) => [
        name,
        (labelsOf(name).length > 0 ? labelsOf(name) : labelsOf(`${name}_count`)).toSorted(),
      ]);
    expect(exposed.length).toBeGreaterThan(10);
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(exposed));
    expect(exposition.metrics.filter((name) => !/^(interlinks|process|nodejs)_/.test(name))).toEqual([]);
  });

  test.each([...callOutcomes, ...refusalReasons])('says what %s means', (value) => {
    expect(docs).toContain(`| \`${value}\``);
  });

  test('says what to do at each alert, and at no other', () => {
    const headings = [...docs.matchAll(/^### (Interlinks\w+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(alerts.map(({ alert }) => alert));
  });
});

describe('the alerts', () => {
  test('use nothing that the service does not expose', () => {
    for (const { alert, expr, annotations } of alerts) {
      expect([alert, strangersIn(expr, Object.values(annotations))]).toEqual([alert, []]);
    }
  });

  test('fire when they should and do not when they should not', async () => {
    expect(await run(promtool, ['check', 'rules', RULES])).toContain(`SUCCESS: ${alerts.length} rules found`);
    expect(await run(promtool, ['test', 'rules', RULE_TESTS])).toContain('SUCCESS');
  });

  test('have each a case of both kinds', () => {
    const cases = alertTests.flatMap((one) => one.alert_rule_test);
    for (const { alert } of alerts) {
      const own = cases.filter(({ alertname }) => alertname === alert);
      const firing = own.filter(({ exp_alerts }) => exp_alerts.length > 0).length;
      expect([alert, firing > 0, own.length > firing]).toEqual([alert, true, true]);
    }
  });
});

describe('the dashboard', () => {
  test('uses nothing that the service does not expose', async () => {
    const targets = dashboard.panels.flatMap(({ title, targets: list = [] }) =>
      list.map((target) => ({ title, ...target })),
    );
    expect(targets.length).toBeGreaterThan(15);
    for (const { title, expr, legendFormat } of targets) {
      expect([title, strangersIn(expr, [legendFormat])]).toEqual([title, []]);
    }
    const rules = targets.map(({ expr }, index) => ({
      record: `panel:${index}`,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    }));
    const file = join(await temporaryFolder('dashboard'), 'queries.yml');
    await writeFile(file, stringify({ groups: [{ name: 'dashboard', rules }] }));
    expect(await run(promtool, ['check', 'rules', file])).toContain(`SUCCESS: ${rules.length} rules found`);
    await rm(dirname(file), { recursive: true });
  });

  test('shows every metric of Interlinks', () => {
    const used = JSON.stringify(dashboard);
    const own = exposition.metrics.filter((name) => name.startsWith('interlinks_'));
    expect(own.filter((name) => !used.includes(name))).toEqual([]);
  });
});

test.each([
  ['interlinks_peer_upp == 0', 'interlinks_peer_upp'],
  ['interlinks_peer_up{peer="Lisbon"} == 0', 'peer'],
  ['sum by (number) (rate(interlinks_calls_total[5m]))', 'number'],
])('what does not exist is found: %s', (expression, stranger) => {
  expect(strangersIn(expression)).toEqual([stranger]);
});
