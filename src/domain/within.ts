/**
 * Waits for work, but not for ever.
 *
 * @param what names the work in the error
 * @throws Error when `ms` milliseconds are over
 */
export async function within<T>(ms: number, work: PromiseLike<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
