import { type FieldError, fieldError } from '../../../../apimachinery/index.ts';
import { needsHealthCheckPort, needsNodePorts, type ServiceSpec } from './service-fields.ts';
import type { PortAllocator } from './port-allocator.ts';
import type { Taken } from './taken.ts';

/** Gives a Service its node ports: those asked for, or any. Fills `spec`; returns what is wrong. */
export function allocatePorts(
  spec: ServiceSpec,
  before: ServiceSpec | undefined,
  from: { readonly ports: PortAllocator; readonly taken: Taken },
): readonly FieldError[] {
  const run = new PortRun(before, from);
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    for (const [i, port] of (spec.ports ?? []).entries()) {
      const field = `spec.ports[${i}].nodePort`;
      if (port.nodePort) run.take(port.nodePort, field);
      else if (needsNodePorts(spec)) {
        const found = sharedPort(spec, i) ?? run.any(field);
        if (found !== undefined) port.nodePort = found;
      }
    }
  }
  if (needsHealthCheckPort(spec)) {
    if (spec.healthCheckNodePort) run.take(spec.healthCheckNodePort, 'spec.healthCheckNodePort');
    else {
      const found = run.any('spec.healthCheckNodePort');
      if (found !== undefined) spec.healthCheckNodePort = found;
    }
  }
  return run.errors;
}

class PortRun {
  readonly errors: FieldError[] = [];
  /** What the Service has already, or has been given in this run. */
  readonly #own: Set<number>;
  readonly #ports: PortAllocator;
  readonly #taken: Taken;

  constructor(before: ServiceSpec | undefined, from: { readonly ports: PortAllocator; readonly taken: Taken }) {
    this.#ports = from.ports;
    this.#taken = from.taken;
    const ports = [...(before?.ports ?? []).map((p) => p.nodePort ?? 0), before?.healthCheckNodePort ?? 0];
    this.#own = new Set(ports.filter((p) => p > 0));
  }

  take(port: number, field: string): void {
    if (this.#own.has(port)) return;
    if (!this.#ports.inRange(port)) {
      const text = `provided port is not in the valid range. The range of valid ports is ${this.#ports.rangeText}`;
      this.errors.push(fieldError.invalid(field, port, text));
    } else if (this.#ports.has(port)) this.errors.push(fieldError.invalid(field, port, 'provided port is already allocated'));
    else this.#keep(port);
  }

  any(field: string): number | undefined {
    const port = this.#ports.next();
    if (port === undefined) this.errors.push(fieldError.internal(field, 'failed to allocate a nodePort: range is full'));
    else this.#keep(port);
    return port;
  }

  #keep(port: number): void {
    this.#taken.port(port);
    this.#own.add(port);
  }
}

/** Ports of one number in two protocols share a node port. */
function sharedPort(spec: ServiceSpec, index: number): number | undefined {
  const { port, protocol } = spec.ports![index]!;
  return spec.ports!.find((p, i) => i !== index && p.port === port && p.protocol !== protocol && p.nodePort)?.nodePort;
}
