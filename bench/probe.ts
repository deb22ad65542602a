/** Loaded into the server under test by --import: answers its parent with the longest event-loop stall and GC pause since it was last asked. Costs the hot paths nothing. */
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let longestGcMs = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) longestGcMs = Math.max(longestGcMs, entry.duration);
}).observe({ entryTypes: ['gc'] });

process.on('message', (message) => {
  if (message !== 'probe') return;
  process.send?.({ stallMs: delay.max / 1e6, gcMs: longestGcMs });
  delay.reset();
  longestGcMs = 0;
});
// Listening for messages must not keep the server alive.
process.channel?.unref();
