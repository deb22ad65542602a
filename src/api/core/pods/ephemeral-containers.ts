import type { FieldError } from '../../../apimachinery/index.ts';
import { isMirrorPod } from '../../helpers/pods.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import { collect } from '../../helpers/validation/checks.ts';
import type { Pod } from '../../types.gen.ts';
import { differences } from './differences.ts';
import { checkPod } from './validate.ts';

/** On `/ephemeralcontainers` entries are added; none changes or goes. */
export function validateEphemeralContainersUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  return collect((c) => {
    checkPod(c, pod);
    if (isMirrorPod(old)) c.forbidden('<nil>', '', 'static pods do not support ephemeral containers');
    const now = new Map((pod.spec?.ephemeralContainers ?? []).map((e) => [e.name, e]));
    for (const before of old.spec?.ephemeralContainers ?? []) {
      const after = now.get(before.name);
      const named = `existing ephemeral containers ${JSON.stringify(before.name)}`;
      if (!after) c.forbidden('spec', 'ephemeralContainers', `${named} may not be removed\n`);
      else if (!semanticEqual(after, before))
        c.forbidden('spec', 'ephemeralContainers', `${named} may not be changed\n${differences(after, before)}`);
    }
  });
}
