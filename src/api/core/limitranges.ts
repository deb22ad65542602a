import { define } from '../define.ts';
import type { LimitRange } from '../types.gen.ts';
import { defaultLimitRange, validateLimitRange } from './limitranges/validate.ts';

export const limitRanges = define<LimitRange>({
  group: '',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  strategy: { allowCreateOnUpdate: true, default: defaultLimitRange, validate: validateLimitRange, validateUpdate: validateLimitRange },
});
