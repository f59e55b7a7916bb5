import type { TrunkTechnology } from '../../src/domain/interlink.ts';
import type { Office } from './office.ts';
import { lastCall } from './records.ts';
import { RigError } from './rig-error.ts';
import { dialInVain } from './talk.ts';

const FAMILY = 'unused-tickets';

/** Makes an office's Asterisk keep the tickets that its calls are given, instead of calling with them. */
export async function keepTickets({ pbx: { asterisk } }: Office, technology: TrunkTechnology): Promise<void> {
  const context = `interlinks-dial-${technology}`;
  await asterisk.cli(`dialplan remove context ${context}`);
  const step = `Set(DB(${FAMILY}/\${EXTEN})=\${IL_TICKET})`;
  await asterisk.cli(`dialplan add extension _X.,1,${step} into ${context}`);
}

/**
 * A ticket that a linked system gave to one of the office's phones for a call to a number, and that was not used. The
 * office {@link keepTickets}.
 *
 * @throws {RigError} when the call was given none
 */
export async function unusedTicket(office: Office, phone: string, number: string): Promise<string> {
  const { asterisk } = office.pbx;
  await dialInVain(office.phone(phone), number);
  const answer = await asterisk.cli(`database get ${FAMILY} ${number}`);
  await asterisk.cli(`database del ${FAMILY} ${number}`);
  const ticket = /^Value: ([\w-]{22})$/m.exec(answer)?.[1];
  if (ticket !== undefined) return ticket;
  const call = await lastCall(office, 'out', number).catch(String);
  throw new RigError(`${office.name} was given no ticket for ${number}`, JSON.stringify(call));
}
