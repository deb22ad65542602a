import { define } from '../define.ts';
import type { LimitRange } from '../types.gen.ts';

export const limitRanges = define<LimitRange>({ group: '', kind: 'LimitRange', plural: 'limitranges', shortNames: ['limits'] });
