import { FakeClock, seededRng, silentLogger } from '../../src/base/index.ts';
import { type Client, createClient, createInformerFactory, inProcessTransport } from '../../src/client/index.ts';
import { type Controller, controllerUser, runControllers } from '../../src/controller/index.ts';
import { FakeApiServer } from './fake-api-server.ts';

/** Controllers at work on a fake API server and a fake clock. */
export interface ControllersOnFake extends AsyncDisposable {
  readonly server: FakeApiServer;
  readonly clock: FakeClock;
  readonly client: Client;
  /** Moves time on by `ms` and lets everything come to rest. */
  settle(ms?: number): Promise<void>;
}

export async function runOnFake(controllers: readonly Controller[], prepare?: (server: FakeApiServer) => void): Promise<ControllersOnFake> {
  const clock = new FakeClock();
  const server = new FakeApiServer({ clock });
  prepare?.(server);
  const end = new AbortController();
  const rng = seededRng(1);
  const clientAs = (name: string) => createClient(inProcessTransport(server.handler, name === 'admin' ? { name, groups: [] } : controllerUser(name)));
  const client = clientAs('admin');
  const informers = createInformerFactory({ client, clock, rng, logger: silentLogger });
  informers.start(end.signal);
  const running = runControllers({ controllers, clientFor: clientAs, informers, clock, rng, logger: silentLogger, signal: end.signal });
  const settle = async (ms = 0) => {
    await idle();
    await clock.advance(ms);
    await idle();
  };
  await settle();
  return {
    server,
    clock,
    client,
    settle,
    async [Symbol.asyncDispose]() {
      end.abort(new Error('the test has ended'));
      await running;
    },
  };
}

/** Work in process is promises alone: some turns of the loop see it through. */
async function idle(): Promise<void> {
  for (let i = 0; i < 60; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
