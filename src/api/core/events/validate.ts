import type { FieldError } from '../../../apimachinery/index.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isDns1123Subdomain, isLabelKey } from '../../helpers/validation/formats.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import type { Event } from '../../types.gen.ts';

function checkNamespace(c: Checks, obj: Event): void {
  const namespace = obj.metadata?.namespace ?? '';
  const involved = obj.involvedObject?.namespace ?? '';
  if (involved === '') {
    if (namespace !== 'default' && namespace !== 'kube-system')
      c.invalid(['involvedObject', 'namespace'], involved, 'does not match event.namespace');
  } else if (namespace !== involved && !obj.eventTime) c.invalid(['involvedObject', 'namespace'], involved, 'does not match event.namespace');
}

function checkLength(c: Checks, value: string | undefined, max: number, field: string): void {
  if ((value ?? '').length > max) c.invalid([field, ''], '', `can have at most ${max} characters`);
}

/** What the newer form of events asks for. */
function checkModern(c: Checks, obj: Event, controllerField: string): void {
  if (!obj.reportingComponent) c.required(controllerField, '');
  c.format(isLabelKey, obj.reportingComponent ?? '', controllerField, '');
  if (!obj.reportingInstance) c.required('reportingInstance', '');
  checkLength(c, obj.reportingInstance, 128, 'reportingIntance');
  if (!obj.action) c.required('action', '');
  checkLength(c, obj.action, 128, 'action');
  if (!obj.reason) c.required('reason', '');
  checkLength(c, obj.reason, 128, 'reason');
  checkLength(c, obj.message, 1024, 'message');
}

/** Events through core/v1: the newer rules hold when `eventTime` is set. */
export function validateCoreEvent(obj: Event): readonly FieldError[] {
  return collect((c) => {
    checkNamespace(c, obj);
    if (obj.eventTime) checkModern(c, obj, 'reportingComponent');
    c.optionalFormat(isDns1123Subdomain, obj.metadata?.namespace, 'namespace', '');
  });
}

/** Events through events.k8s.io/v1. */
export function validateEvent(obj: Event): readonly FieldError[] {
  return collect((c) => {
    checkNamespace(c, obj);
    if (!obj.eventTime) c.required('eventTime', '');
    if (obj.type !== 'Normal' && obj.type !== 'Warning') c.invalid(['type', ''], '', `has invalid value: ${obj.type ?? ''}`);
    if (obj.firstTimestamp) c.invalid(['firstTimestamp', ''], '', 'needs to be unset');
    if (obj.lastTimestamp) c.invalid(['lastTimestamp', ''], '', 'needs to be unset');
    if (obj.count) c.invalid(['count', ''], '', 'needs to be unset');
    if (obj.source?.component || obj.source?.host) c.invalid(['source', ''], '', 'needs to be unset');
    checkModern(c, obj, 'reportingController');
  });
}

const fixed = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
] as const;

/** Through events.k8s.io/v1 only the series of an event changes. */
export function validateEventUpdate(obj: Event, old: Event): readonly FieldError[] {
  return collect((c) => {
    for (const field of fixed) {
      const same = semanticEqual(obj[field], old[field]);
      c.immutable(obj[field] ?? null, !same, field === 'reportingComponent' ? 'reportingController' : field, '');
    }
  });
}
