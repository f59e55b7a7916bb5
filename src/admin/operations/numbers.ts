import { z } from 'zod';
import { ok } from '../../domain/failure.ts';
import type { AdminDeps } from '../deps.ts';
import { operation, type Operation } from '../operation.ts';
import { number, numberChange, numbers, remoteNumbers, route } from '../schema.ts';
import { viewNumber, viewRemoteNumbers } from '../views.ts';

const byNumber = z.object({ number: z.string() });

/** This system's numbers, those of linked systems, and where a dialed one leads. */
export function numberOperations(deps: AdminDeps): readonly Operation[] {
  return [
    operation({
      method: 'GET',
      path: '/numbers',
      summary: 'The numbers of this system',
      answer: numbers,
      handle: () => ok({ numbers: deps.numbers().map(viewNumber) }),
    }),
    operation({
      method: 'PATCH',
      path: '/numbers/{number}',
      summary: 'Makes a number private or shares it, in the configuration file and with the next call',
      params: byNumber,
      body: numberChange,
      answer: number,
      audit: {
        action: 'number-changed',
        subject: ({ params, body }) => `${params.number}: ${body.private ? 'private' : 'shared'}`,
      },
      handle: async ({ params, body }) => {
        const changed = await deps.setPrivate(params.number, body.private);
        return changed.ok ? ok(viewNumber(changed.value)) : changed;
      },
    }),
    operation({
      method: 'GET',
      path: '/remote-numbers',
      summary: 'The numbers that linked systems share, and what somebody here gets who dials one',
      answer: remoteNumbers,
      handle: () => {
        const directories = deps.directories();
        return ok(viewRemoteNumbers(deps.remoteNumbers(directories), directories));
      },
    }),
    operation({
      method: 'GET',
      path: '/routes/{number}',
      summary: 'What a call would do and why; rings nobody',
      params: byNumber,
      query: z.object({
        /** An endpoint such as `PJSIP/101`, or the name of an interlink. */
        from: z.string().optional(),
      }),
      answer: route,
      handle: async ({ params, query }) => {
        const explained = await deps.explain(params.number, query.from);
        if (!explained.ok) return explained;
        const { steps, ...told } = explained.value;
        return ok({ dialed: params.number, ...told, steps: [...steps] });
      },
    }),
  ];
}
