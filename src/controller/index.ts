/**
 * The loops that make the actual state follow the desired one.
 *
 * - Each controller is a pure plan (what should change, given what is there) and a thin reconcile that carries it out.
 * - A controller acts as its own service account; caches are shared and read as system:kube-controller-manager.
 * - A key is reconciled by one worker at a time; a failure is tried again with back-off, a `TerminalError` is not.
 * - Controllers know of each other only what the API shows. They hold no state that a restart would miss; expectations bridge the
 *   time until the cache shows what was done.
 * - Must not know: the store, the API server's insides, sockets.
 */
export { type ControllerConfig, type ControllerEntry, controllerRegistry, createControllers } from './controllers.ts';
export { type Change, type Controller, type ControllerContext, type Reconciler, type Result, TerminalError, type Watch } from './controller.ts';
export { controllerUser, runControllers, type RunControllersOptions } from './run-controllers.ts';
