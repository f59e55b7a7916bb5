import { z } from 'zod';
import { decodeKey } from '../../domain/authorization-key.ts';
import { ok, type Result } from '../../domain/failure.ts';
import type { Interlink } from '../../domain/interlink.ts';
import type { AdminDeps } from '../deps.ts';
import { operation, type Operation } from '../operation.ts';
import {
  deletion,
  deletionPreview,
  forgotten,
  enteredKey,
  findings,
  generatedKey,
  interlink,
  interlinkChange,
  interlinks,
  keyCheck,
  newKey,
  newLink,
  type InterlinkView,
} from '../schema.ts';
import { viewDeletion, viewEnded, viewInterlink } from '../views.ts';
import { previewDeletion } from './preview-deletion.ts';

const byId = z.object({ id: z.string() });

/** Interlinks, from the key to the end. */
export function interlinkOperations(deps: AdminDeps): readonly Operation[] {
  const view = (result: Result<Interlink>): Result<InterlinkView> =>
    result.ok ? ok(viewInterlink(deps.watch(result.value))) : result;
  const nameOf = (id: string): string =>
    deps.interlinks().find(({ interlink: { id: known } }) => known === id)?.interlink.name ?? id;

  return [
    operation({
      method: 'GET',
      path: '/interlinks',
      summary: 'The interlinks, and deleted ones of which something is still to be done',
      answer: interlinks,
      handle: async () =>
        ok({
          interlinks: deps.interlinks().map(viewInterlink),
          ended: (await deps.endedInterlinks()).map(viewEnded),
        }),
    }),
    operation({
      method: 'POST',
      path: '/keys',
      summary: 'Generates an authorization key; it is told this once',
      body: newKey,
      answer: generatedKey,
      status: 201,
      audit: { action: 'key-generated', subject: ({ body: { name } }) => name },
      handle: async ({ body: { name, trunk, plain, expiresIn, url, trunkAddress } }) => {
        const made = await deps.generateKey({
          name,
          ...(plain === true ? { trunkKind: 'pjsip-plain' } : trunk && { trunkKind: trunk }),
          ...(expiresIn === undefined ? {} : { expiresInMs: expiresIn * 1000 }),
          ...(url === undefined ? {} : { url }),
          ...(trunkAddress === undefined ? {} : { trunkHost: trunkAddress }),
        });
        if (!made.ok) return made;
        return ok({ key: made.value.key, interlink: viewInterlink(deps.watch(made.value.interlink)) });
      },
    }),
    operation({
      method: 'POST',
      path: '/keys/check',
      summary: 'Says whether what was entered is a whole authorization key, and of whom; asks nobody',
      body: enteredKey,
      answer: keyCheck,
      handle: ({ body: { key } }) => {
        const read = decodeKey(key);
        if (!read.ok) return read;
        const { url, expiresAt } = read.value;
        return ok({ url, expiresAt: new Date(expiresAt).toISOString() });
      },
    }),
    operation({
      method: 'POST',
      path: '/interlinks',
      summary: 'Links this system to the one that generated the key',
      body: newLink,
      answer: interlink,
      status: 201,
      audit: { action: 'key-entered', subject: ({ body: { name } }) => name },
      handle: async ({ body }) => view(await deps.redeemKey(body)),
    }),
    operation({
      method: 'PATCH',
      path: '/interlinks/{id}',
      summary: 'Changes the name or the prefix of an interlink, for this side only',
      params: byId,
      body: interlinkChange,
      answer: interlink,
      audit: {
        action: 'interlink-changed',
        subject: ({ params, body }, answer) => {
          const name = answer?.name ?? nameOf(params.id);
          if ('name' in body) return body.was === undefined ? body.name : `${body.was} → ${body.name}`;
          return `${name}: prefix ${body.prefix ?? 'taken away'}`;
        },
      },
      handle: async ({ params: { id }, body }) =>
        view(
          'name' in body
            ? await deps.renameInterlink(id, body.name, body.was)
            : await deps.setPrefix(id, body.prefix ?? undefined, body.was),
        ),
    }),
    operation({
      method: 'GET',
      path: '/interlinks/{id}/deletion',
      summary: 'What deleting an interlink would cut off; deletes nothing',
      params: byId,
      answer: deletionPreview,
      handle: async ({ params: { id } }) => ok(await previewDeletion(deps, id)),
    }),
    operation({
      method: 'DELETE',
      path: '/interlinks/{id}',
      summary: 'Ends an interlink on both sides for good, or revokes a key',
      params: byId,
      answer: deletion,
      audit: {
        action: 'interlink-deleted',
        subject: ({ params: { id } }, answer) => answer?.name ?? nameOf(id),
      },
      handle: async ({ params: { id } }) => {
        const deleted = await deps.deleteInterlink(id);
        return deleted.ok ? ok(viewDeletion(deleted.value)) : deleted;
      },
    }),
    operation({
      method: 'DELETE',
      path: '/interlinks/{id}/notice',
      summary: 'Gives up telling the other system that an interlink was deleted',
      params: byId,
      answer: forgotten,
      audit: {
        action: 'notice-dropped',
        subject: ({ params: { id } }, answer) => answer?.name ?? id,
      },
      handle: async ({ params: { id } }) => {
        const dropped = await deps.dropNotice(id);
        return dropped.ok ? ok({ id, name: dropped.value.name }) : dropped;
      },
    }),
    operation({
      method: 'POST',
      path: '/interlinks/{id}/media-test',
      summary: 'Tests by a call that rings nobody whether sound goes both ways; takes about 3 s',
      params: byId,
      answer: findings,
      handle: async ({ params: { id } }) => {
        const tested = await deps.testMedia(id);
        return tested.ok ? ok({ findings: [...tested.value] }) : tested;
      },
    }),
  ];
}
