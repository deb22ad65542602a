import type { FieldError } from '../../apimachinery/index.ts';
import { formatTime } from '../../apimachinery/index.ts';
import type { Draft } from '../../apimachinery/index.ts';
import type { RequestContext, Strategy } from '../definition.ts';
import { semanticEqual } from '../helpers/semantic-equal.ts';
import { keep, keepMetadata } from '../helpers/strategy.ts';
import { type Checks, collect } from '../helpers/validation/checks.ts';
import { checkSignerName } from '../helpers/validation/signer-name.ts';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../types.gen.ts';

type Csr = CertificateSigningRequest;

const usages = [
  ...['any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment', 'decipher only'],
  ...['digital signature', 'email protection', 'encipher only', 'ipsec end system', 'ipsec tunnel', 'ipsec user', 'key agreement'],
  ...['key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime', 'server auth', 'signing', 'timestamping'],
];

/** A PEM block that holds a request; whether it is sound is for the signer to see. */
function requestProblem(base64: string): string | undefined {
  const pem = Buffer.from(base64, 'base64').toString('latin1');
  return /-----BEGIN (NEW )?CERTIFICATE REQUEST-----[\s\S]+-----END (NEW )?CERTIFICATE REQUEST-----/.test(pem)
    ? undefined
    : 'PEM block type must be CERTIFICATE REQUEST';
}

function checkConditions(c: Checks, conditions: readonly CertificateSigningRequestCondition[]): void {
  const seen = new Set<string>();
  for (const [i, condition] of conditions.entries()) {
    const at = `status.conditions[${i}]`;
    if (!condition.type) c.required(at, 'type');
    if (!condition.status) c.required(at, 'status');
    else if (['Approved', 'Denied', 'Failed'].includes(condition.type) && condition.status !== 'True') {
      c.notSupported([at, 'status'], condition.status, ['True']);
    }
    const other = condition.type === 'Approved' ? 'Denied' : condition.type === 'Denied' ? 'Approved' : undefined;
    if (other && seen.has(other)) c.invalid([at, 'type'], condition.type, 'Approved and Denied conditions are mutually exclusive');
    if (seen.has(condition.type)) c.duplicate(at, 'type', condition.type);
    seen.add(condition.type);
  }
}

function check(c: Checks, obj: Csr): void {
  const spec = obj.spec;
  const problem = requestProblem(spec?.request ?? '');
  if (problem) c.invalid(['spec', 'request'], spec?.request ?? '', problem);
  if (!spec?.usages?.length) c.required('spec', 'usages');
  const seen = new Set<string>();
  for (const [i, usage] of (spec?.usages ?? []).entries()) {
    if (!usages.includes(usage)) c.notSupported(['spec', `usages[${i}]`], usage, usages);
    else if (seen.has(usage)) c.duplicate('spec', `usages[${i}]`, usage);
    seen.add(usage);
  }
  if (spec?.signerName === 'kubernetes.io/legacy-unknown') {
    c.invalid(['spec', 'signerName'], spec.signerName, 'the legacy signerName is not allowed via this API version');
  } else checkSignerName(c, spec?.signerName, 'spec', 'signerName');
  if (spec?.expirationSeconds !== undefined && spec.expirationSeconds < 600) {
    c.invalid(['spec', 'expirationSeconds'], spec.expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)');
  }
  checkConditions(c, obj.status?.conditions ?? []);
}

function checkConditionChanges(c: Checks, obj: Csr, old: Csr, subresource: string): void {
  const of = (csr: Csr, type: string) => (csr.status?.conditions ?? []).filter((x) => x.type === type);
  const fixed = subresource === 'approval' ? [] : ['Approved', 'Denied'];
  for (const type of ['Approved', 'Denied', 'Failed']) {
    if (of(obj, type).length < of(old, type).length) {
      c.forbidden('status', 'conditions', `updates may not remove a condition of type ${JSON.stringify(type)}`);
    } else if (fixed.includes(type)) {
      if (of(obj, type).length > of(old, type).length) {
        c.forbidden('status', 'conditions', `updates may not add a condition of type ${JSON.stringify(type)}`);
      } else if (!semanticEqual(of(obj, type), of(old, type))) {
        c.forbidden('status', 'conditions', `updates may not modify a condition of type ${JSON.stringify(type)}\n`);
      }
    }
  }
  if (obj.status?.certificate === old.status?.certificate) return;
  if (subresource !== 'status') c.forbidden('status', 'certificate', 'updates may not set certificate content');
  else if (old.status?.certificate) c.forbidden('status', 'certificate', 'updates may not modify existing certificate content');
}

/** Times that the caller left out: when the condition came, and when its status changed. */
function fillTimes(obj: Draft<Csr>, old: Csr, ctx: RequestContext): void {
  const now = formatTime(ctx.nowMs);
  for (const condition of obj.status?.conditions ?? []) {
    condition.lastUpdateTime ??= now;
    const before = old.status?.conditions?.find((x) => x.type === condition.type && x.status === condition.status);
    condition.lastTransitionTime ??= before?.lastTransitionTime ?? now;
  }
}

function keepDecisions(obj: Draft<Csr>, old: Csr): void {
  const decided = (x: CertificateSigningRequestCondition) => x.type === 'Approved' || x.type === 'Denied';
  const kept = (old.status?.conditions ?? []).filter(decided) as Draft<CertificateSigningRequestCondition>[];
  const others = (obj.status?.conditions ?? []).filter((x) => !decided(x));
  if (obj.status?.conditions || kept.length > 0) (obj.status ??= {}).conditions = [...kept, ...others];
}

export const csrStrategy: Strategy<Csr> = {
  nameRule: 'pathSegment',
  prepareForCreate(obj, ctx) {
    const { name, uid, groups, extra } = ctx.user;
    delete obj.status;
    const spec = obj.spec as Draft<Csr>['spec'] | undefined;
    if (!spec) return;
    spec.username = name;
    spec.groups = [...groups];
    if (uid) spec.uid = uid;
    else delete spec.uid;
    if (extra && Object.keys(extra).length > 0) spec.extra = structuredClone(extra) as NonNullable<typeof spec.extra>;
    else delete spec.extra;
    obj.status = {};
  },
  prepareForUpdate(obj, old, ctx) {
    keep(obj, old, 'spec');
    if (ctx.subresource === 'status') {
      keepMetadata(obj, old);
      keepDecisions(obj, old);
      fillTimes(obj, old, ctx);
    } else if (ctx.subresource === 'approval') {
      keepMetadata(obj, old);
      const conditions = obj.status?.conditions;
      const kept = { ...old.status } as NonNullable<Draft<Csr>['status']>;
      if (conditions) kept.conditions = conditions;
      else delete kept.conditions;
      obj.status = kept;
      fillTimes(obj, old, ctx);
    } else keep(obj, old, 'status');
  },
  validate: (obj) => collect((c) => check(c, obj)),
  validateUpdate: (obj, old, ctx): readonly FieldError[] =>
    collect((c) => {
      checkConditions(c, obj.status?.conditions ?? []);
      checkConditionChanges(c, obj, old, ctx.subresource);
    }),
};
