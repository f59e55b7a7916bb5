import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { phoneCodecs } from '../rig/phone.ts';

const office = z.looseObject({ numbers: z.array(z.looseObject({ number: z.string() })) });
const phone = z.strictObject({
  tone: z.number(),
  codec: z.enum(phoneCodecs).optional(),
  account: z.string().optional(),
});
const steps = z.strictObject({
  trunks: z.array(z.enum(['pjsip', 'iax2'])).default(['pjsip', 'iax2']),
  /** Takes so long that only `make rig-long` runs it. */
  long: z.boolean().default(false),
  scenarios: z.record(z.string(), z.array(z.string()).min(1)),
});
const officeNames = ['Berlin', 'Lisbon'] as const;

export type OfficeName = (typeof officeNames)[number];

export interface ScenarioOffice {
  /** As in interlinks.yaml. */
  readonly config: z.infer<typeof office>;
  /** Contexts of its own dial plan. */
  readonly dialplan: string;
  readonly phones: Readonly<Record<string, z.infer<typeof phone>>>;
}

/** A folder of scenarios that share two offices. */
export interface ScenarioFolder extends z.infer<typeof steps> {
  readonly name: string;
  readonly offices: Readonly<Record<OfficeName, ScenarioOffice>>;
}

/** Reads the folders that are short, or those that are long. Throws for a file that is missing or not as README.md says. */
export async function readScenarios({ long }: { long: boolean }): Promise<readonly ScenarioFolder[]> {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const all = await Promise.all(folders.toSorted().map(async (name) => await readFolder(name)));
  return all.filter((folder) => folder.long === long);
}

async function readFolder(name: string): Promise<ScenarioFolder> {
  const folder = join(import.meta.dirname, name);
  const read = async <T>(file: string, schema: z.ZodType<T>): Promise<T> =>
    schema.parse(parse(await readFile(join(folder, file), 'utf8')));
  const phones = await read('phones.yaml', z.record(z.enum(officeNames), z.record(z.string(), phone)));
  const readOffice = async (of: OfficeName): Promise<ScenarioOffice> => {
    const dialplan = join(folder, `${of.toLowerCase()}.conf`);
    return {
      config: await read(`${of.toLowerCase()}.yaml`, office),
      dialplan: existsSync(dialplan) ? await readFile(dialplan, 'utf8') : '',
      phones: phones[of],
    };
  };
  return {
    name,
    ...(await read('steps.yaml', steps)),
    offices: { Berlin: await readOffice('Berlin'), Lisbon: await readOffice('Lisbon') },
  };
}
