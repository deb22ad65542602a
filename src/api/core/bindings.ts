import { define } from '../define.ts';
import type { Binding } from '../types.gen.ts';

export const bindings = define<Binding>({ group: '', kind: 'Binding', plural: 'bindings', verbs: ['create'], virtual: true });
