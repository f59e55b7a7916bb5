/** Loaded into a service with `--import`: its clock is CLOCK_OFFSET_MS ahead of the machine's. */
const offset = Number(process.env['CLOCK_OFFSET_MS']);
const real = Date.now;
Date.now = () => real() + offset;
