import type { CallRecord } from '../../domain/call.ts';
import type { CallEvents } from '../call-events.ts';

/** Call events that remember what they were told. */
export class ToldEvents implements CallEvents {
  readonly told: [keyof CallEvents, string][] = [];
  readonly errors: unknown[] = [];

  redirected(call: CallRecord): void {
    this.told.push(['redirected', call.callId]);
  }

  rang(call: CallRecord): void {
    this.told.push(['rang', call.callId]);
  }

  answered(call: CallRecord): void {
    this.told.push(['answered', call.callId]);
  }

  ended(call: CallRecord): void {
    this.told.push(['ended', call.callId]);
  }

  notWritten(_callId: string, error: unknown): void {
    this.errors.push(error);
  }
}
