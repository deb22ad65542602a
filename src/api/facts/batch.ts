import type { GroupFacts } from './parse.ts';

export const batchFacts: GroupFacts = {
  group: 'batch',
  version: 'v1',
  alias: 'batch.v1',
  openApiPrefix: 'io.k8s.api.batch.v1',
  text: `
enum CompletionMode Indexed NonIndexed
enum ConcurrencyPolicy Allow Forbid Replace
enum PodFailurePolicyAction Count FailIndex FailJob Ignore
enum PodFailurePolicyOnExitCodesOperator In NotIn
enum PodReplacementPolicy Failed TerminatingOrFailed
string JobConditionType

kind Job
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 JobSpec
  status? 3 JobStatus

kind JobList
  metadata? 1 meta.v1.ListMeta
  items 2 []Job

type PodFailurePolicyOnExitCodesRequirement
  containerName? 1 *string
  operator 2 PodFailurePolicyOnExitCodesOperator
  values 3 []int32 list=set

type PodFailurePolicyOnPodConditionsPattern
  type 1 core.v1.PodConditionType
  status? 2 core.v1.ConditionStatus

type PodFailurePolicyRule
  action 1 PodFailurePolicyAction
  onExitCodes? 2 *PodFailurePolicyOnExitCodesRequirement
  onPodConditions? 3 []PodFailurePolicyOnPodConditionsPattern

type PodFailurePolicy
  rules 1 []PodFailurePolicyRule

type SuccessPolicy
  rules 1 []SuccessPolicyRule

type SuccessPolicyRule
  succeededIndexes? 1 *string
  succeededCount? 2 *int32

type JobSpec
  parallelism? 1 *int32
  completions? 2 *int32
  activeDeadlineSeconds? 3 *int64
  podFailurePolicy? 11 *PodFailurePolicy
  successPolicy? 16 *SuccessPolicy
  backoffLimit? 7 *int32
  backoffLimitPerIndex? 12 *int32
  maxFailedIndexes? 13 *int32
  selector? 4 *meta.v1.LabelSelector
  manualSelector? 5 *bool
  template 6 core.v1.PodTemplateSpec
  ttlSecondsAfterFinished? 8 *int32
  completionMode? 9 *CompletionMode
  suspend? 10 *bool
  podReplacementPolicy? 14 *PodReplacementPolicy
  managedBy? 15 *string

type JobStatus
  conditions? 1 []JobCondition patch=merge key=type
  startTime? 2 *time
  completionTime? 3 *time
  active? 4 int32
  succeeded? 5 int32
  failed? 6 int32
  terminating? 11 *int32
  completedIndexes? 7 string
  failedIndexes? 10 *string
  uncountedTerminatedPods? 8 *UncountedTerminatedPods
  ready? 9 *int32

type UncountedTerminatedPods
  succeeded? 1 []string list=set
  failed? 2 []string list=set

type JobCondition
  type 1 JobConditionType
  status 2 core.v1.ConditionStatus
  lastProbeTime? 3 time
  lastTransitionTime? 4 time
  reason? 5 string
  message? 6 string

type JobTemplateSpec
  metadata? 1 meta.v1.ObjectMeta
  spec? 2 JobSpec

kind CronJob
  metadata? 1 meta.v1.ObjectMeta
  spec 2 CronJobSpec
  status? 3 CronJobStatus

kind CronJobList
  metadata? 1 meta.v1.ListMeta
  items 2 []CronJob

type CronJobSpec
  schedule 1 string
  timeZone? 8 *string
  startingDeadlineSeconds? 2 *int64
  concurrencyPolicy? 3 ConcurrencyPolicy
  suspend? 4 *bool
  jobTemplate 5 JobTemplateSpec
  successfulJobsHistoryLimit? 6 *int32
  failedJobsHistoryLimit? 7 *int32

type CronJobStatus
  active? 1 []core.v1.ObjectReference
  lastScheduleTime? 4 *time
  lastSuccessfulTime? 5 *time
`,
};
