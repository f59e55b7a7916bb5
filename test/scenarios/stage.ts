import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startOffice, type Office, type OfficePhone } from '../rig/office.ts';
import type { PhoneEvent, PhoneEventType } from '../rig/phone-events.ts';
import { temporaryFolder } from '../rig/temp-folder.ts';
import { writeTone } from '../rig/tone.ts';
import { watchOffice, type Watching } from '../rig/watching.ts';
import type { OfficeName, ScenarioOffice } from './scenario.ts';

/** What callers on hold hear, Hz. */
const musicHertz = 800;

/** Two offices that are not linked yet, with one order of events for each phone. */
export interface Stage {
  readonly offices: Readonly<Record<OfficeName, Office>>;
  phone(number: string): OfficePhone;
  officeOf(number: string): Office;
  /** Waits for something that no step has spoken of yet; what comes before it counts as spoken of. */
  notice(number: string, type: PhoneEventType, ms?: number): Promise<PhoneEvent>;
  /** What a phone has noticed and no step has spoken of. */
  unspoken(number: string): readonly PhoneEvent[];
  /** How an office sees the other one. */
  readonly watching: Readonly<Record<OfficeName, Watching>>;
  /** When the scenario began, milliseconds since the epoch. */
  readonly beganAt: number;
  /** Forgets what happened before, and lets all phones answer. */
  begin(): void;
  /** Ends all calls. */
  end(): Promise<void>;
  stop(): Promise<void>;
}

export async function startStage(offices: Readonly<Record<OfficeName, ScenarioOffice>>): Promise<Stage> {
  const music = await temporaryFolder('music');
  await writeTone(join(music, 'tone.wav'), musicHertz, 20);
  const [berlin, lisbon] = await Promise.all([
    start('Berlin', offices.Berlin, music),
    start('Lisbon', offices.Lisbon, music),
  ]);
  const all = [berlin, lisbon];
  const watching = { Berlin: await watchOffice(berlin), Lisbon: await watchOffice(lisbon) };
  let beganAt = Date.now();
  const spoken = new Map<string, number>();
  const officeOf = (number: string): Office => {
    const office = all.find(({ phoneNumbers }) => phoneNumbers.includes(number));
    if (office === undefined) throw new Error(`no office has a phone ${number}`);
    return office;
  };
  const phone = (number: string): OfficePhone => officeOf(number).phone(number);
  return {
    offices: { Berlin: berlin, Lisbon: lisbon },
    phone,
    officeOf,
    notice: async (number, type, ms = 10_000) => {
      const { waitFor, events } = phone(number);
      const event = await waitFor(type, { ms, from: spoken.get(number) ?? 0 });
      spoken.set(number, events.list.indexOf(event) + 1);
      return event;
    },
    unspoken: (number) => phone(number).events.list.slice(spoken.get(number) ?? 0),
    watching,
    get beganAt() {
      return beganAt;
    },
    begin: () => {
      beganAt = Date.now();
      for (const number of all.flatMap(({ phoneNumbers }) => phoneNumbers)) {
        phone(number).manner = 'answers';
        spoken.set(number, phone(number).events.list.length);
      }
    },
    end: async () => {
      for (const { pbx, service } of all) {
        service.kill('SIGCONT');
        pbx.asterisk.kill('SIGCONT');
        await pbx.asterisk.cli('channel request hangup all');
      }
    },
    stop: async () => {
      await Promise.all(Object.values(watching).map((one) => one.stop()));
      await Promise.all(all.map((office) => office.stop()));
      await rm(music, { recursive: true });
    },
  };
}

async function start(
  name: string,
  { config, dialplan, phones }: ScenarioOffice,
  music: string,
): Promise<Office> {
  const { numbers, ...settings } = config;
  return await startOffice({
    name,
    numbers,
    settings,
    phones,
    pbx: {
      outbound: `exten => _[0-9*#]!,1,Hangup(1)\n\n${dialplan}`,
      files: { 'musiconhold.conf': `[default]\nmode=files\ndirectory=${music}\n` },
    },
  });
}
