import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBaresip, type BaresipControl, type BaresipEvent } from './baresip.ts';
import { fetchTools } from './debian.ts';
import type { PhoneAccount } from './pbx.ts';
import { phoneEvent, phoneEvents, type PhoneEvents } from './phone-events.ts';
import { startProcess, type RunningProcess } from './process.ts';
import { RigError } from './rig-error.ts';

/** What a phone does with an incoming call: it picks up, rings until `answer` is called, or is busy (486). */
export type PhoneManner = 'answers' | 'rings' | 'busy';

export const phoneCodecs = ['pcma', 'pcmu'] as const;
export type PhoneCodec = (typeof phoneCodecs)[number];

export interface PhoneOptions {
  /** The phone's own loopback address. */
  readonly address: string;
  /** Address of the PBX; the phone registers there, on port 5060. */
  readonly registrar: string;
  readonly account: PhoneAccount;
  /** Frequency in Hz that the phone's microphone picks up during a call. */
  readonly tone: number;
  readonly manner?: PhoneManner;
  /**
   * The only codec it speaks; left out: `pcma`. With several, Asterisk may begin with another one than the phone chose
   * and change to that in the call, and baresip 1.1 stops recording when what it hears has another codec.
   */
  readonly codec?: PhoneCodec;
  /** Left out: a process on this machine. */
  readonly program?: PhoneProgram;
}

/** The baresip that a phone is, and where it runs. */
export interface PhoneProgram {
  /** The folder for what belongs to its phones; the program sees it under the same path. */
  readonly folder: string;
  /** The folder of baresip's modules, as the program sees it. */
  readonly modules: string;
  /** Starts it with a folder that has its configuration. */
  start(directory: string): Promise<RunningProcess>;
}

/** A SIP phone (baresip) without a person. It is killed with the process that started it. */
export interface Phone {
  readonly number: string;
  /** Everything that happened so far; `list.length` before an action is the `from` of a wait after it. */
  readonly events: PhoneEvents;
  readonly waitFor: PhoneEvents['waitFor'];
  /** May be changed at any time; counts for the next incoming call. */
  manner: PhoneManner;
  /** Calls a number. Gives the id its events have as `call`. */
  dial(number: string): Promise<string>;
  /** Answers the call that rings. */
  answer(): Promise<void>;
  /** Ends the current call, or refuses the one that rings with 486. */
  hangup(): Promise<void>;
  /** Sends digits as RFC 4733 events in the current call. */
  sendDtmf(digits: string): Promise<void>;
  /** Transfers the current call to a number, without asking there first. */
  transfer(number: string): Promise<void>;
  /** Path of a WAV file with what the phone hears in its current call, or heard in the last one that had sound. */
  recording(): string;
  /** Puts the current call on hold. */
  hold(): Promise<void>;
  /** Takes the current call back from hold. */
  resume(): Promise<void>;
  /** What baresip wrote, for looking into a failure. */
  log(): string;
  /** Ends calls, unregisters, removes recordings. */
  stop(): Promise<void>;
}

const CONTROL_PORT = 4444;
/** Longer than any test: none is about a registration that falls due while Asterisk is stopped. */
const REGISTRATION_S = 3600;
const START_MS = 10_000;

/**
 * Starts a phone and waits until it is registered.
 *
 * @throws {RigError} when baresip cannot be fetched or started, or the PBX refuses the registration
 */
export async function startPhone(options: PhoneOptions): Promise<Phone> {
  const { address, account, program = await localProgram() } = options;
  const directory = await mkdtemp(join(program.folder, 'interlinks-phone-'));
  await writeFile(join(directory, 'config'), config(options, directory, program.modules));
  await writeFile(join(directory, 'accounts'), accounts(options));

  const events = phoneEvents(`phone ${account.number}`);
  const onEvent = (raw: BaresipEvent) => {
    const event = phoneEvent(raw);
    if (event === undefined) return;
    if (event.type === 'incoming' && phone.manner !== 'rings') {
      void control.command(phone.manner === 'busy' ? 'hangup' : 'accept').catch(() => undefined);
    }
    events.add(event);
  };

  const baresip = await program.start(directory);
  const control = await startControl(baresip, address, onEvent).catch(async (error: unknown) => {
    await baresip.stop('SIGKILL');
    throw error;
  });
  const command = async (name: string, parameter?: string): Promise<void> => {
    await control.command(name, parameter);
  };
  const phone: Phone = {
    number: account.number,
    events,
    waitFor: (type, wait) => events.waitFor(type, wait),
    manner: options.manner ?? 'answers',
    dial: async (number) => /call id: (\S+)/.exec(await control.command('dial', number))?.[1] ?? '',
    answer: () => command('accept'),
    hangup: () => command('hangup'),
    sendDtmf: async (digits) => {
      for (const digit of digits) await command('sndcode', digit);
    },
    transfer: (number) => command('transfer', number),
    recording: () => join(directory, latestRecording(directory)),
    hold: () => command('hold'),
    // baresip 1.1 resumes the call, and then says EINVAL if there was no other one to put on hold.
    resume: () => command('resume').catch(() => undefined),
    log: () => baresip.output(),
    stop: async () => {
      await baresip.stop();
      control.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return phone;
}

/** Name of the file that baresip's filter `sndfile` began last. Its names have the time to the second in them. */
function latestRecording(directory: string): string {
  const names = readdirSync(directory).filter((name) => name.endsWith('-dec.wav'));
  return names.toSorted().at(-1) ?? 'nothing-heard-yet.wav';
}

async function localProgram(): Promise<PhoneProgram> {
  const tools = await fetchTools('phones');
  return {
    folder: tmpdir(),
    modules: join(tools.root, 'usr/lib/baresip/modules'),
    start: (directory) =>
      startProcess(tools.executable('baresip'), ['-f', directory, '-v'], { cwd: directory }),
  };
}

/** Waits until baresip is registered. Its log tells, because it registers before anybody can listen for events. */
async function startControl(
  baresip: RunningProcess,
  address: string,
  onEvent: (event: BaresipEvent) => void,
): Promise<BaresipControl> {
  await baresip.waitForLine(/^baresip is ready/, START_MS);
  const control = await connectBaresip(address, CONTROL_PORT, onEvent);
  const line = await baresip.waitForLine(/\{0\/UDP\/v4\} \d{3} /, START_MS);
  if (!line.includes(' 200 '))
    throw new RigError(`The PBX refuses the phone: ${line.trim()}`, 'check the account');
  return control;
}

function config(options: PhoneOptions, directory: string, modules: string): string {
  const { address, tone } = options;
  return `poll_method epoll
sip_listen ${address}:5060
net_interface ${address}
snd_path ${directory}
dns_server ${address}:53
rtp_ports 20000-29998
audio_path ${directory}/none
audio_source ausine,${tone}
audio_player aubridge,nowhere
audio_alert aubridge,nowhere
ausrc_srate 48000
ausrc_channels 1
statmode_default off
call_hold_other_calls no
ctrl_tcp_listen ${address}:${CONTROL_PORT}
module_path ${modules}
module g711.so
module ausine.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app ctrl_tcp.so
module_app menu.so
`;
}

function accounts({ account, registrar, codec = 'pcma' }: PhoneOptions): string {
  const { number, name, password } = account;
  return (
    `"${name}" <sip:${number}@${registrar};transport=udp>;auth_user=${number};auth_pass=${password}` +
    `;audio_codecs=${codec};regint=${REGISTRATION_S};answermode=manual\n`
  );
}
