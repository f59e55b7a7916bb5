import { readFile, writeFile } from 'node:fs/promises';
import { RigError } from './rig-error.ts';

const HEADER_BYTES = 44;
const FULL_SCALE = 32_767;

/**
 * Writes a sine as a WAV file: 16 bit, mono, at half of full scale.
 *
 * @param hertz the tone's frequency
 * @param seconds how long it lasts
 * @param rate samples per second
 */
export async function writeTone(path: string, hertz: number, seconds: number, rate = 8000): Promise<void> {
  const samples = Math.round(seconds * rate);
  const bytes = Buffer.alloc(HEADER_BYTES + samples * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20); // PCM
  bytes.writeUInt16LE(1, 22); // channels
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i += 1) {
    const value = Math.sin((2 * Math.PI * hertz * i) / rate) * 0.5 * FULL_SCALE;
    bytes.writeInt16LE(Math.round(value), HEADER_BYTES + i * 2);
  }
  await writeFile(path, bytes);
}

/**
 * Tells how much of the latest second of a recording is one tone (of all of it, when it is shorter). The file may still
 * be written to.
 *
 * @param since bytes of the file that are left out of account: its size at an earlier moment
 * @returns share of the energy at `hertz`, 0 to 1: above 0.8 for the tone through a telephone codec, below 0.1 for
 *   another tone, 0 for silence and for less than a quarter of a second
 * @throws {RigError} when the file is not a WAV of 16 bit PCM
 */
export async function toneShare(path: string, hertz: number, since = 0): Promise<number> {
  const { rate, samples } = readWav(await readFile(path), path);
  const latest = samples.subarray(Math.max(Math.ceil(since / 2), samples.length - rate));
  const energy = energyOf(latest);
  if (latest.length < rate / 4 || energy / latest.length < 100) return 0;
  return goertzel(latest, hertz / rate) / energy;
}

function readWav(file: Buffer, path: string): { rate: number; samples: Int16Array } {
  const bad = (what: string) =>
    new RigError(`${path} ${what}`, 'a recording has to be a WAV file of 16 bit PCM, mono');
  if (file.toString('latin1', 0, 4) !== 'RIFF') throw bad('is not a WAV file');
  let rate = 0;
  let at = 12;
  while (at + 8 <= file.length) {
    const id = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const body = at + 8;
    if (id === 'fmt ') {
      if (file.readUInt16LE(body + 2) !== 1 || file.readUInt16LE(body + 14) !== 16)
        throw bad('has another format');
      rate = file.readUInt32LE(body + 4);
    } else if (id === 'data') {
      // While a phone still writes, the size in the header is 0.
      const end = size === 0 ? file.length : Math.min(body + size, file.length);
      const samples = new Int16Array((end - body) >> 1).map((_, i) => file.readInt16LE(body + i * 2));
      return { rate, samples };
    }
    at = body + size + (size % 2);
  }
  throw bad('has no sound in it');
}

function energyOf(samples: Int16Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0);
}

/** Energy at one frequency (Goertzel), on the scale of `energyOf`. `cycles` is in periods per sample. */
function goertzel(samples: Int16Array, cycles: number): number {
  const omega = 2 * Math.PI * cycles;
  const coefficient = 2 * Math.cos(omega);
  let last = 0;
  let beforeLast = 0;
  for (const sample of samples) {
    [last, beforeLast] = [sample + coefficient * last - beforeLast, last];
  }
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
  return (2 * power) / samples.length;
}
