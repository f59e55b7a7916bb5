import { z } from 'zod';
import { isPort } from './hosts.ts';
import { excerpt, type Flaw } from './problem.ts';

type Check<T> = (value: T) => Flaw | undefined;

/** A text that a check finds no flaw in. The flaw's remedy travels with the issue. */
export function text(check: Check<string>) {
  return z.string().superRefine(reporting(check));
}

/** A whole number within limits, both included. */
export function whole(least: number, most: number, unit: string) {
  return z.number().superRefine(
    reporting((value) => {
      if (Number.isInteger(value) && value >= least && value <= most) return undefined;
      return {
        message: `${value} is out of range`,
        remedy: `Write a whole number from ${least} to ${most} (${unit})`,
      };
    }),
  );
}

export function port() {
  return z
    .number()
    .superRefine(
      reporting((value) =>
        isPort(value)
          ? undefined
          : { message: `${value} is no port`, remedy: 'Write a whole number from 1 to 65535' },
      ),
    );
}

/** A list without doubles. */
export function listOf<T extends z.ZodType<string>>(entry: T, least: number, most: number) {
  return z.array(entry).superRefine(
    reporting((entries: readonly string[]) => {
      const twice = entries.find((value, index) => entries.indexOf(value) !== index);
      if (twice !== undefined)
        return { message: `${excerpt(twice)} stands in the list twice`, remedy: 'Remove one' };
      if (entries.length >= least && entries.length <= most) return undefined;
      return { message: `The list has ${entries.length} entries`, remedy: `Write ${least} to ${most}` };
    }),
  );
}

/** A section of the file; it may be left out when each of its keys may. */
export function section<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject(shape).prefault(() => ({}) as never);
}

/** Turns a check into a refinement of zod. */
export function reporting<T>(check: Check<T>): (value: T, context: z.RefinementCtx<T>) => void {
  return (value, context) => {
    const flaw = check(value);
    if (flaw !== undefined)
      context.addIssue({ code: 'custom', message: flaw.message, params: { remedy: flaw.remedy } });
  };
}
