export { Exclusive } from '../domain/exclusive.ts';
