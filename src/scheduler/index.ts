/**
 * kube-scheduler: chooses a node for each pod that has none.
 *
 * - A *cycle* looks at one pod and a snapshot of the nodes: PreFilter, Filter, Score, pick. It is pure (`schedule-one.ts`).
 * - What it decides is *assumed* in the cache at once; *binding* (Reserve, Permit, PreBind, Bind) goes on beside the next cycle.
 * - A pod that fits nowhere waits for an event that one of the refusing plugins says may help (`queue.ts`).
 * - Plugins are one file each and one line in `plugins/index.ts`. Their reasons are printed to users: exact.
 * - Knows the API only: watches, the binding subresource, events.
 */
export * from './framework/index.ts';
export { inTreePlugins } from './plugins/index.ts';
export { type Decision, feasibleNodesWanted, scheduleOne } from './schedule-one.ts';
export { runScheduler, type Scheduler, type SchedulerOptions } from './scheduler.ts';
