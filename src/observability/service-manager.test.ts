import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pino } from 'pino';
import { ServiceManager } from './service-manager.ts';

const poll = { timeout: 5000, interval: 10 };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlinks-notify-'));
  const program = ['#!/bin/sh', `echo "$*" >> "${folder}/told"`, ''].join('\n');
  await writeFile(join(folder, 'systemd-notify'), program, { mode: 0o755 });
  vi.stubEnv('PATH', [folder, process.env['PATH']].join(delimiter));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function told(): Promise<readonly string[]> {
  const text = await readFile(join(folder, 'told'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

function managerWith(env: Readonly<Record<string, string>>): ServiceManager {
  return new ServiceManager({ env, status: () => 'all is well', log: pino({ level: 'silent' }) });
}

test('is told that the service is ready, that its event loop turns, and that it stops', async () => {
  const manager = managerWith({
    NOTIFY_SOCKET: '/run/n',
    WATCHDOG_USEC: '40000',
    WATCHDOG_PID: `${process.pid}`,
  });
  manager.ready();
  await expect.poll(told, poll).toContain('WATCHDOG=1 STATUS=all is well');
  expect((await told())[0]).toBe('READY=1 STATUS=all is well');
  manager.stopping();
  await expect.poll(told, poll).toContain('STOPPING=1');
});

test('of another process, or of none, the watchdog is not answered', async () => {
  const manager = managerWith({ NOTIFY_SOCKET: '/run/n', WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' });
  manager.ready();
  await expect.poll(told, poll).toHaveLength(1);
  manager.stopping();
  await expect.poll(told, poll).toHaveLength(2);
  expect(await told()).toEqual(['READY=1 STATUS=all is well', 'STOPPING=1']);
});

test('nobody is told where systemd does not ask', async () => {
  const manager = managerWith({});
  manager.ready();
  manager.stopping();
  expect(await told()).toEqual([]);
});
