import { matchesPattern } from '../../domain/dial-pattern.ts';
import type { PhoneContext } from '../facts.ts';
import type { FunctionReader } from './function-reader.ts';

/** So many lines of a context are read. */
const maxLines = 300;
/** Of each length, numbers with different first digits: a context that takes them all is no outside prefix. */
const firstDigits = ['2', '5', '7'];

/** Numbers of a length. */
function samplesOf(length: number): readonly string[] {
  return firstDigits.map((digit) => digit + '9'.repeat(length - 1));
}

type Exists = (context: string, extension: string) => Promise<boolean>;

/**
 * What a phone's context looks at before `interlinks` and finds numbers in that this system does not have: its own
 * patterns, and contexts that it includes earlier. Read from extensions.conf, where the order stands.
 */
export async function readEarlier(
  functions: FunctionReader,
  exists: Exists,
  context: string,
  { min, max }: { readonly min: number; readonly max: number },
): Promise<PhoneContext['earlier']> {
  const earlier: { what: string; numbers: readonly string[] }[] = [];
  const lengths = Array.from({ length: max - min + 1 }, (_none, index) => min + index);

  for await (const line of lines(functions, context, 'exten')) {
    const pattern = line.split(',')[0] ?? '';
    const numbers = lengths.filter((length) =>
      samplesOf(length).every((sample) => matchesPattern(pattern, sample)),
    );
    if (numbers.length > 0)
      earlier.push({
        what: `the pattern ${pattern}`,
        numbers: numbers.map((length) => samplesOf(length)[0] ?? ''),
      });
  }
  for await (const included of lines(functions, context, 'include')) {
    const name = included.split(/[,|]/)[0]?.trim() ?? '';
    if (await exists(name, 'interlinks')) break;
    const numbers: string[] = [];
    for (const length of lengths) {
      const samples = samplesOf(length);
      const taken = await Promise.all(samples.map((sample) => exists(name, sample)));
      if (taken.every(Boolean)) numbers.push(samples[0] ?? '');
    }
    if (numbers.length > 0) earlier.push({ what: `the context ${name}`, numbers });
  }
  return earlier;
}

async function* lines(functions: FunctionReader, context: string, name: string): AsyncGenerator<string> {
  for (let index = 0; index < maxLines; index += 1) {
    const line = await functions.read(`AST_CONFIG(extensions.conf,${context},${name},${index})`);
    if (line === '') return;
    yield line;
  }
}
