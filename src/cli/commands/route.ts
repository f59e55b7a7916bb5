import { route, type RouteView } from '../../admin/schema.ts';
import { adminClient } from '../admin-client.ts';
import type { CliCommand, GlobalOptions } from '../command.ts';
import { printJson, printLine } from '../output.ts';

/** Adds `route`, which says what a call would do. */
export function addRouteCommand(program: CliCommand): void {
  program
    .command('route')
    .argument('<dialed>', 'the number as dialed')
    .summary('say what a call would do, and why')
    .description(
      'Says what a call would do, and why, by the same rules as for a call. Linked systems are asked as for a call, but nobody’s phone rings.',
    )
    .option(
      '--from <endpoint|interlink>',
      'who dials: an endpoint such as PJSIP/101, or a linked system by its name here',
    )
    .withExamples(
      ['interlinks route 201', 'Where does 201 lead?'],
      ['interlinks route 201 --from PJSIP/101', 'And for this phone: what does the other side see of it?'],
      ['interlinks route 190 --from Lisbon', 'Can Lisbon reach 190 here?'],
    )
    .answering(route)
    .action(async (dialed: string, _options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<GlobalOptions & { from?: string }>();
      const { from } = options;
      const query = from === undefined ? '' : `?${new URLSearchParams({ from }).toString()}`;
      const client = await adminClient(options);
      const found = await client.get(`/routes/${encodeURIComponent(dialed)}${query}`, route);
      if (options.json === true) printJson(found);
      else printRoute(found);
    });
}

function printRoute({ dialed, summary, steps }: RouteView): void {
  printLine(`${dialed}: ${summary}`);
  for (const [index, step] of steps.entries()) printLine(`  ${index + 1}. ${step}`);
}
