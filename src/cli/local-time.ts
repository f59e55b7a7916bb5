/** A time for people at this machine, such as `14:05:09`, with the date before it unless it is today's. */
export function localTime(iso: string, now = new Date()): string {
  const time = new Date(iso);
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(padded).join(':');
  if (time.toDateString() === now.toDateString()) return clock;
  return `${time.getFullYear()}-${padded(time.getMonth() + 1)}-${padded(time.getDate())} ${clock}`;
}

function padded(count: number): string {
  return String(count).padStart(2, '0');
}
