import { controllerRef, type Container, type Job, type Pod } from '../../api/index.ts';
import { podFromTemplate } from '../pod-control.ts';
import { failureCountAnnotation, indexKey, isIndexed, jobKind, trackingFinalizer } from './model.ts';

const indexVariable = {
  name: 'JOB_COMPLETION_INDEX',
  valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${indexKey}']` } },
};

/** The Pod of a Job; `index` is -1 for Jobs without indexes. Pure. */
export function jobPod(job: Job, index: number, failures: number): Pod {
  const template = job.spec?.template ?? {};
  const ref = controllerRef(job, jobKind);
  const name = job.metadata?.name ?? '';
  if (!isIndexed(job)) return podFromTemplate(template, job, { ref, finalizers: [trackingFinalizer] });
  const mark = { [indexKey]: String(index) };
  const counted = job.spec?.backoffLimitPerIndex === undefined ? {} : { [failureCountAnnotation]: String(failures) };
  const withIndex = (c: Container): Container =>
    c.env?.some((e) => e.name === indexVariable.name) === true ? c : { ...c, env: [...(c.env ?? []), indexVariable] };
  const spec = template.spec && {
    ...template.spec,
    hostname: template.spec.hostname ?? `${name}-${index}`,
    containers: template.spec.containers.map(withIndex),
    ...(template.spec.initContainers === undefined ? {} : { initContainers: template.spec.initContainers.map(withIndex) }),
  };
  const metadata = {
    ...template.metadata,
    labels: { ...template.metadata?.labels, ...mark },
    annotations: { ...template.metadata?.annotations, ...mark, ...counted },
  };
  return podFromTemplate({ metadata, ...(spec === undefined ? {} : { spec }) }, job, {
    ref,
    finalizers: [trackingFinalizer],
    generateName: `${name.slice(0, 220)}-${index}-`,
  });
}
