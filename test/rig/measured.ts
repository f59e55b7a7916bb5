/** Waits for something and prints how long it took. @param what completes "… s: …" */
export async function measured(what: string, work: () => Promise<void>): Promise<void> {
  const started = performance.now();
  await work();
  process.stdout.write(`${((performance.now() - started) / 1000).toFixed(1)} s: ${what}\n`);
}
