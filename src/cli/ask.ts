import { createInterface } from 'node:readline';

/**
 * Asks on the terminal; the question goes to stderr, so that stdout has the answer alone. Ctrl-C ends the command.
 *
 * @returns undefined when nothing is entered but the end of input (Ctrl-D)
 */
export async function ask(question: string): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return await new Promise((resolve) => {
    terminal.once('SIGINT', () => {
      terminal.close();
      process.stderr.write('\n');
      process.kill(process.pid, 'SIGINT');
    });
    terminal.once('close', () => resolve(undefined));
    terminal.question(question, (answer) => {
      resolve(answer);
      terminal.close();
    });
  });
}
