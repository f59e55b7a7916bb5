import { type Kysely, sql, type Transaction } from 'kysely';
import type { Schema } from './schema.ts';
import { SecretBox, type SecretColumn, secretColumns } from './secret-box.ts';
import { createSecretKey, missingSecretKey, readSecretKey, wrongSecretKey } from './secret-key-file.ts';

const proofText = 'Interlinks';

/**
 * Gives the box for the secrets in a database. The key is made at the first start; the database then keeps a proof of
 * it, so that another key, or none, is noticed before anything is read or written.
 * @throws FailureError `secret-key-missing`, `secret-key-wrong`, `secret-key-exposed`, `data-dir-unusable`
 */
export async function openSecrets(db: Kysely<Schema>, dataDir: string): Promise<SecretBox> {
  const stored = await db.selectFrom('secret_key').select('proof').executeTakeFirst();
  const key = await readSecretKey(dataDir);
  if (stored === undefined) {
    const box = new SecretBox(key ?? (await createSecretKey(dataDir)));
    await db.transaction().execute((trx) => adopt(trx, box));
    return box;
  }
  if (key === undefined) throw missingSecretKey(dataDir);
  const box = new SecretBox(key);
  if (!proves(box, stored.proof)) throw wrongSecretKey(dataDir);
  return box;
}

function proves(box: SecretBox, proof: string): boolean {
  try {
    return box.openText('secret_key.proof', '1', proof) === proofText;
  } catch {
    return false;
  }
}

/** Binds the database to the key. What was written before there was one is sealed now. */
async function adopt(trx: Transaction<Schema>, box: SecretBox): Promise<void> {
  for (const [place, idColumn] of Object.entries(secretColumns)) {
    await sealColumn(trx, box, place as SecretColumn, idColumn);
  }
  const proof = box.sealText('secret_key.proof', '1', proofText);
  await trx.insertInto('secret_key').values({ singleton: 1, proof }).execute();
}

async function sealColumn(
  trx: Transaction<Schema>,
  box: SecretBox,
  place: SecretColumn,
  idColumn: string,
): Promise<void> {
  const [table, column] = [sql.table(place.split('.')[0] ?? ''), sql.ref(place.split('.')[1] ?? '')];
  const id = sql.ref(idColumn);
  const { rows } = await sql<{ id: string | number; value: string | Uint8Array }>`
    select ${id} as id, ${column} as value from ${table} where ${column} is not null`.execute(trx);
  for (const row of rows) {
    const sealed =
      typeof row.value === 'string'
        ? box.sealText(place, String(row.id), row.value)
        : box.sealBytes(place, String(row.id), row.value);
    await sql`update ${table} set ${column} = ${sealed} where ${id} = ${row.id}`.execute(trx);
  }
}
